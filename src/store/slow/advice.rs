//! What would make a slow query quick: pure, from its shape and the indexes that there are. It knows neither how many rows
//! there are nor how many match: it names an index that fits, for a person to judge.
//!
//! An index serves columns that are compared with one value first, then those of the order, and the id behind them; or, where
//! no order has to be kept, one column that is compared otherwise.

use std::collections::BTreeSet;

use super::{
    indexes::{Dialect, IndexKey, Indexes},
    shape::{Part, Reach, Searched, Shape, Sort, Tested, Work},
    wanted::{Fixed, Wanted},
};
use crate::domain::list::Operator;

/// What would help a slow query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// This index.
    Create {
        /// The statement that makes it.
        statement: String,
    },
    /// An index that fits is there: it is slow for another reason.
    Served {
        /// Its name.
        index: String,
    },
    /// No index would.
    Nothing(Why),
}

/// Why no index serves a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It looks for substrings, and the database has no index of these.
    Substring,
    /// It looks for substrings letter by letter, which no index does.
    Letters,
    /// It looks for what is not something.
    Negated,
    /// It takes one of several conditions, and not each of them has an index that could serve it.
    Alternatives,
    /// It reads all rows.
    Everything,
}

impl Why {
    /// A sentence that says what to do instead.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Substring => {
                "SQLite has no index of parts of texts, and reads every row: use startsWith, or PostgreSQL"
            }
            Self::Letters => {
                "parts of these texts are compared letter by letter, which no index does: add a condition that few match"
            }
            Self::Negated => "what is not something are most rows: add a condition that few match",
            Self::Alternatives => "no index finds each of its alternatives: ask for them one by one",
            Self::Everything => "it reads every row: add a condition, or do without the count",
        }
    }
}

impl Advice {
    /// What would help a query of this shape.
    pub(super) fn on(shape: &Shape, indexes: &Indexes) -> Self {
        let asked = Conditions::of(shape);
        if let Some(index) = indexes.on(&shape.table).find(|index| index.finds_one(&asked.equal)) {
            return Self::Served { index: index.name.clone() };
        }
        let wanted = asked.wanted(shape, indexes);
        let mut there = None;
        for wanted in &wanted {
            match indexes.on(wanted.table()).find(|index| index.serves(wanted, indexes.dialect)) {
                Some(index) => there = there.or(Some(index)),
                None => return Self::Create { statement: wanted.statement(indexes.dialect) },
            }
        }
        match there {
            Some(index) => Self::Served { index: index.name.clone() },
            None => Self::Nothing(asked.why(indexes.dialect)),
        }
    }
}

/// What all rows that a query finds have in common, by what an index could do with it.
#[derive(Debug, Default)]
struct Conditions {
    table: String,
    equal: Fixed,
    /// Columns that are compared otherwise.
    ranges: Vec<String>,
    /// Columns whose texts have a substring.
    substrings: Vec<String>,
    /// Columns of other tables, whose rows name those of the list.
    elsewhere: Vec<Tested>,
    alternatives: Vec<BTreeSet<Part>>,
    /// Every test, wherever it stands.
    tests: Vec<Tested>,
}

impl Conditions {
    fn of(shape: &Shape) -> Self {
        let mut all = Self { table: shape.table.clone(), ..Self::default() };
        let account = match &shape.reach {
            Reach::Account(column) => column.as_ref(),
            Reach::Everything | Reach::Accounts | Reach::Leads => None,
        };
        shape.owner.iter().chain(account).for_each(|column| all.equal.insert(column, false));
        let searched = shape.search.as_ref().map(|searched| searched.part(&shape.table));
        for part in [&shape.filter].into_iter().chain(&searched) {
            all.add(part);
            all.tests.extend(part.tests().into_iter().cloned());
        }
        all
    }

    fn add(&mut self, part: &Part) {
        match part {
            Part::All(parts) => parts.iter().for_each(|part| self.add(part)),
            Part::Any(parts) => self.alternatives.push(parts.clone()),
            Part::Is(test) if test.negated => {}
            Part::Is(test) if test.table != self.table => self.elsewhere.push(test.clone()),
            Part::Is(test) => {
                let column = test.column.clone();
                match test.operator {
                    Operator::Eq | Operator::IsNull => {
                        self.equal.insert(&column, test.operator == Operator::IsNull);
                    }
                    Operator::Contains | Operator::EndsWith if test.by_like => self.substrings.push(column),
                    // compared as it stands, which nothing serves
                    Operator::Contains | Operator::EndsWith => {}
                    Operator::In
                    | Operator::StartsWith
                    | Operator::Gt
                    | Operator::Gte
                    | Operator::Lt
                    | Operator::Lte
                    | Operator::Within => self.ranges.push(column),
                }
            }
        }
    }

    /// The indexes that would serve, the one that helps most first.
    fn wanted(&self, shape: &Shape, indexes: &Indexes) -> Vec<Wanted> {
        let Self { table, equal, ranges, substrings, elsewhere, alternatives, .. } = self;
        let find = |then: Option<&String>| Wanted::Find {
            table: table.clone(),
            equal: equal.clone(),
            then: then.cloned(),
        };
        let mut wanted = Vec::new();
        if indexes.dialect == Dialect::Postgres {
            wanted.extend(
                substrings
                    .iter()
                    .map(|column| Wanted::Trigrams { table: table.clone(), column: column.clone() }),
            );
        }
        wanted.extend(elsewhere.iter().filter_map(|test| alone(test, indexes)));
        for group in alternatives {
            wanted.extend(each(group, table, indexes).into_iter().flatten());
        }
        let order = order(&shape.order, equal);
        let finds = !(ranges.is_empty() && wanted.is_empty());
        if matches!(shape.work, Work::Page | Work::NumberedPage | Work::Beyond) {
            // with nothing to find by but a range, the range is looked up, and what it finds is sorted
            if !equal.is_empty() || !finds && substrings.is_empty() {
                wanted.push(Wanted::Walk { table: table.clone(), equal: equal.clone(), order });
            }
        } else if !equal.is_empty() && ranges.is_empty() {
            wanted.push(find(None));
        }
        wanted.extend(ranges.first().map(|column| find(Some(column))));
        wanted
    }

    fn why(&self, dialect: Dialect) -> Why {
        let some = |holds: fn(&Tested) -> bool| self.tests.iter().any(holds);
        if dialect == Dialect::Sqlite && some(|test| test.is_substring() && test.by_like) {
            Why::Substring
        } else if some(|test| test.is_substring() && !test.by_like) {
            Why::Letters
        } else if !self.alternatives.is_empty() {
            Why::Alternatives
        } else if some(|test| test.negated) {
            Why::Negated
        } else {
            Why::Everything
        }
    }
}

/// The index that serves a test by itself.
fn alone(test: &Tested, indexes: &Indexes) -> Option<Wanted> {
    // a table that a statement makes has no index; every other has one, of its key
    if test.negated || indexes.on(&test.table).next().is_none() {
        return None;
    }
    let (table, column) = (test.table.clone(), test.column.clone());
    match test.operator {
        Operator::Contains | Operator::EndsWith => (test.by_like && indexes.dialect == Dialect::Postgres)
            .then_some(Wanted::Trigrams { table, column }),
        // "has no such row" is a negation in other words
        Operator::IsNull => None,
        _ => Some(Wanted::Find { table, equal: Fixed::default(), then: Some(column) }),
    }
}

/// An index for each of these alternatives, or none at all: with one that has none, all rows are read.
fn each(group: &BTreeSet<Part>, table: &str, indexes: &Indexes) -> Option<Vec<Wanted>> {
    group
        .iter()
        .map(|part| match part {
            Part::Is(test) if test.table == table && test.operator == Operator::IsNull && !test.negated => {
                let (table, column) = (test.table.clone(), test.column.clone());
                Some(vec![Wanted::Find { table, equal: Fixed::default(), then: Some(column) }])
            }
            Part::Is(test) => Some(vec![alone(test, indexes)?]),
            Part::All(parts) => {
                parts.iter().find_map(|part| each(&BTreeSet::from([part.clone()]), table, indexes))
            }
            Part::Any(parts) => each(parts, table, indexes),
        })
        .collect::<Option<Vec<_>>>()
        .map(|each| each.into_iter().flatten().collect())
}

/// The columns of an order, as far as they are not the same in all rows; the id settles ties.
fn order(sorts: &[Sort], equal: &Fixed) -> Vec<IndexKey> {
    let mut keys: Vec<IndexKey> = Vec::new();
    let all = sorts.iter().flat_map(|sort| sort.columns.iter().map(move |column| (sort, column)));
    for (Sort { descends, nulls_first, .. }, (column, is_nullable)) in all {
        // where nothing is empty the statement says nothing of it either, and this is what is meant then
        let nulls_first = if *is_nullable { *nulls_first } else { *descends };
        if !equal.contains(column) && keys.iter().all(|key| key.column != *column) {
            keys.push(IndexKey { column: column.clone(), descends: *descends, nulls_first });
        }
        if column == ID {
            return keys;
        }
    }
    let descends = sorts.last().is_some_and(|sort| sort.descends);
    keys.push(IndexKey { column: ID.to_owned(), descends, nulls_first: descends });
    keys
}

const ID: &str = "id";

impl Searched {
    /// The filter that a search is.
    fn part(&self, table: &str) -> Part {
        let test = |column: &String, operator: Operator| {
            Part::Is(Tested {
                attribute: "search".to_owned(),
                operator,
                negated: false,
                table: table.to_owned(),
                column: column.clone(),
                by_like: operator == Operator::Contains,
            })
        };
        match self {
            Self::Words(column) => test(column, Operator::Contains),
            Self::Whole(columns) => {
                Part::Any(columns.iter().map(|column| test(column, Operator::Eq)).collect())
            }
        }
    }
}
