//! An index that would serve a query: whether one that is there is such a one, and the statement that makes it.

use std::{borrow::Cow, collections::BTreeSet};

use super::indexes::{Dialect, Index, IndexKey};

/// An index that would serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Rows in the order of the list: columns with one value each, then those of the order.
    Walk { table: String, equal: Fixed, order: Vec<IndexKey> },
    /// Rows by columns with one value each, then one that is compared otherwise.
    Find { table: String, equal: Fixed, then: Option<String> },
    /// Rows by substrings of the texts of a column.
    Trigrams { table: String, column: String },
}

/// Columns of which all rows that are wanted have one value each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fixed {
    columns: BTreeSet<String>,
    /// Those of them that are empty.
    empty: BTreeSet<String>,
}

impl Fixed {
    pub(super) fn insert(&mut self, column: &str, is_empty: bool) {
        self.columns.insert(column.to_owned());
        if is_empty {
            self.empty.insert(column.to_owned());
        }
    }

    pub(super) fn contains(&self, column: &str) -> bool {
        self.columns.contains(column)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Those that an index has to begin with, which may have some rows alone; none where these are not all that are wanted.
    fn behind(&self, where_null: Option<&String>) -> Option<usize> {
        match where_null {
            None => Some(self.columns.len()),
            Some(column) => self.empty.contains(column).then(|| self.columns.len() - 1),
        }
    }
}

impl Index {
    /// Whether it finds one row at most by columns with one value each.
    pub(super) fn finds_one(&self, equal: &Fixed) -> bool {
        // rows without a value are never the same
        let has_value = |column: &str| equal.contains(column) && !equal.empty.contains(column);
        self.is_unique
            && self.where_null.as_ref().is_none_or(|column| equal.empty.contains(column))
            && self.keys.iter().all(|key| has_value(&key.column))
    }

    pub(super) fn serves(&self, wanted: &Wanted, dialect: Dialect) -> bool {
        match wanted {
            Wanted::Trigrams { column, .. } => {
                self.finds_substrings
                    && self.where_null.is_none()
                    && self.keys.iter().any(|key| key.column == *column)
            }
            Wanted::Find { equal, then, .. } => self.behind(equal).is_some_and(|rest| match then {
                Some(column) => rest.first().is_some_and(|key| key.column == *column),
                None => true,
            }),
            Wanted::Walk { equal, order, .. } => self.behind(equal).is_some_and(|rest| {
                // a missing id is made up for: rows that are alike in all else are few, and sorted as they come
                let order = if order.len() > 1 { &order[..order.len() - 1] } else { order };
                let matches = |backward: bool| {
                    rest.len() >= order.len()
                        && rest.iter().zip(order).all(|(own, asked)| own.is(asked, backward, dialect))
                };
                matches(false) || matches(true)
            }),
        }
    }

    /// What follows behind these columns, where it begins with them.
    fn behind(&self, equal: &Fixed) -> Option<&[IndexKey]> {
        if self.finds_substrings {
            return None;
        }
        let (first, rest) = self.keys.split_at_checked(equal.behind(self.where_null.as_ref())?)?;
        first.iter().all(|key| equal.contains(&key.column)).then_some(rest)
    }
}

impl IndexKey {
    /// Whether it sorts as is asked for, read backward or not.
    fn is(&self, asked: &Self, backward: bool, dialect: Dialect) -> bool {
        self.column == asked.column
            && (self.descends != backward) == asked.descends
            // SQLite reads an index in two goes, where the NULLs are at its other end
            && (dialect == Dialect::Sqlite || (self.nulls_first != backward) == asked.nulls_first)
    }
}

impl Wanted {
    pub(super) fn table(&self) -> &str {
        match self {
            Self::Walk { table, .. } | Self::Find { table, .. } | Self::Trigrams { table, .. } => table,
        }
    }

    /// The statement that makes it. On PostgreSQL nobody has to wait for it; SQLite cannot do without.
    pub(super) fn statement(&self, dialect: Dialect) -> String {
        let table = self.table();
        let (using, keys): (&str, Vec<Cow<'_, str>>) = match self {
            Self::Walk { equal, order, .. } => {
                let equal = equal.columns.iter().map(|column| Cow::from(column.as_str()));
                ("", equal.chain(written(order, dialect)).collect())
            }
            Self::Find { equal, then, .. } => {
                ("", equal.columns.iter().chain(then).map(|column| Cow::from(column.as_str())).collect())
            }
            Self::Trigrams { column, .. } => (" USING gin", vec![format!("{column} gin_trgm_ops").into()]),
        };
        let create = match dialect {
            Dialect::Postgres => "CREATE INDEX CONCURRENTLY",
            Dialect::Sqlite => "CREATE INDEX",
        };
        format!("{create} {} ON {table}{using} ({})", name(table, &keys), keys.join(", "))
    }
}

/// The columns of an order as an index has them: plainly, where reading that one way or the other gives the order.
fn written(order: &[IndexKey], dialect: Dialect) -> Vec<Cow<'_, str>> {
    let plain = |backward: bool| {
        let plain = |asked: &IndexKey| {
            IndexKey { column: asked.column.clone(), descends: false, nulls_first: false }
                .is(asked, backward, dialect)
        };
        order.iter().all(plain)
    };
    if plain(false) || plain(true) {
        return order.iter().map(|key| Cow::from(key.column.as_str())).collect();
    }
    let key = |IndexKey { column, descends, nulls_first }: &IndexKey| {
        let direction = if *descends { " DESC" } else { "" };
        let nulls = match (descends, nulls_first) {
            _ if dialect == Dialect::Sqlite => "",
            (true, false) => " NULLS LAST",
            (false, true) => " NULLS FIRST",
            // as it is when nothing is said
            (true, true) | (false, false) => "",
        };
        Cow::from(format!("{column}{direction}{nulls}"))
    };
    order.iter().map(key).collect()
}

/// Characters of a name at most: PostgreSQL cuts longer ones.
const NAME: usize = 63;

/// A name that tells an index of an operator from ours.
fn name(table: &str, keys: &[Cow<'_, str>]) -> String {
    let words = |key: &Cow<'_, str>| key.to_lowercase().replace(' ', "_");
    let mut name = format!("{table}_advised_{}", keys.iter().map(words).collect::<Vec<_>>().join("_"));
    name.truncate(NAME);
    name
}
