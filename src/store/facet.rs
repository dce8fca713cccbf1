//! Facets: how many rows of a list have each value of something, in one statement each. What is listed says what it is
//! counted by and how its rows fall into buckets; counting, zeros, order and labels are here once.

use std::{cmp::Reverse, collections::HashMap};

use async_graphql::resolver_utils::EnumType;
use sea_orm::{
    ActiveEnum, QueryResult,
    sea_query::{
        CommonTableExpression, Expr, ExprTrait, Order, Query, SelectStatement, UnionType, WithClause,
    },
};

use super::{
    error::StoreError,
    filter::{self, Attribute, Frame},
};
use crate::{
    auth::policy::Action,
    domain::{list::Filter, text::spoken},
};

/// Buckets of one facet at most, where they are not a vocabulary: the most frequent are kept.
const MAX_BUCKETS: u64 = 300;

/// The rows of the list, where a statement needs them more than once.
pub(crate) const FOUND: &str = "found";
const COUNTED: &str = "counted";
const BUCKET: &str = "bucket";
const TOTAL: &str = "total";
const NAME: &str = "name";

/// What the rows of a list are counted by; `A` is what they are filtered by.
pub(crate) trait Facet<A>: Copy + PartialEq + Send + Sync {
    /// How rows fall into buckets.
    fn buckets(self) -> Buckets<A>;

    /// The part of the rows that it tells of, where seeing the list is not enough.
    fn part(self) -> Option<Action> {
        None
    }
}

/// Rows that have a value in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The value, as filters take it; none for the rows that have none.
    pub key: Option<String>,
    /// What people call it.
    pub label: String,
    /// How many rows.
    pub count: u64,
}

/// How rows fall into buckets. Where rows may have no value, `missing` is what people call that.
pub(crate) enum Buckets<A> {
    /// Each row has one word at most. Every word has its bucket, in declared order, also when no row has it.
    Words { value: Expr, words: Vec<Word>, missing: Option<&'static str> },
    /// Each row has one code at most. Codes that occur have buckets, the most frequent first.
    Codes { value: Expr, names: Names, missing: Option<&'static str> },
    /// Rows may be in several sets, and count in each. Every set has its bucket, by key.
    Sets { sets: Box<Sets<A>>, names: Names, missing: &'static str },
}

/// A word that rows are counted by, and the number that stands for it in the statement.
pub(crate) struct Word {
    number: i32,
    key: &'static str,
    label: String,
}

/// What codes are called.
pub(crate) enum Names {
    /// By the program.
    Known(fn(&str) -> String),
    /// By a table: its name, the column of the code, and the column of the name.
    Table(&'static str, &'static str, &'static str),
}

/// Sets that rows may be in.
pub(crate) struct Sets<A> {
    /// The columns of the rows that tell.
    pub(crate) columns: &'static [&'static str],
    /// Sets that are states, by key.
    pub(crate) states: Vec<(&'static str, Filter<A>)>,
    /// The rows in no set at all.
    pub(crate) none: Filter<A>,
    /// Key and number of rows of every other set, from [`FOUND`].
    pub(crate) others: SelectStatement,
}

impl<A> Buckets<A> {
    /// The words of a vocabulary, which a column keeps by their numbers.
    pub(crate) fn words<W>(column: (&'static str, &'static str), missing: Option<&'static str>) -> Self
    where
        W: EnumType + ActiveEnum<Value = i16>,
    {
        let word =
            |key: &'static str, value: &W| Word { number: value.to_value().into(), key, label: spoken(key) };
        Self::Words {
            value: number(Expr::col(column)),
            words: W::items().iter().map(|item| word(item.name, &item.value)).collect(),
            missing,
        }
    }

    /// True and false, by what people call them.
    pub(crate) fn flag(value: Expr, holds: &str, fails: &str) -> Self {
        let word = |number, key, label: &str| Word { number, key, label: label.to_owned() };
        let words = vec![word(1, "true", holds), word(0, "false", fails)];
        Self::Words { value: number(value), words, missing: None }
    }

    /// Numbers from 1 on, by how they are written.
    pub(crate) fn numbers<const N: usize>(
        column: (&'static str, &'static str),
        written: [&'static str; N],
    ) -> Self {
        let word = |(number, key): (i32, &'static str)| Word { number, key, label: key.to_owned() };
        let words = (1..).zip(written).map(word).collect();
        Self::Words { value: number(Expr::col(column)), words, missing: None }
    }

    /// The codes in a column.
    pub(crate) fn codes(
        column: (&'static str, &'static str),
        names: Names,
        missing: Option<&'static str>,
    ) -> Self {
        Self::Codes { value: Expr::col(column), names, missing }
    }
}

/// Small numbers and truth values as one type that both databases read alike.
fn number(value: Expr) -> Expr {
    value.cast_as("integer")
}

/// A count by a facet: its statement, and how the rows of that are read.
pub(super) struct Counting {
    pub(super) statement: SelectStatement,
    shape: Shape,
}

/// What the buckets of a facet are.
enum Shape {
    Words { words: Vec<Word>, missing: Option<&'static str> },
    Codes { names: Names, missing: &'static str },
    Sets { names: Names, missing: &'static str },
}

impl Counting {
    /// Counts `rows`, which are filtered already and select nothing yet.
    pub(super) fn of<A: Attribute>(rows: SelectStatement, buckets: Buckets<A>, frame: &Frame<'_>) -> Self {
        match buckets {
            Buckets::Words { value, words, missing } => {
                Self { statement: grouped(rows, value), shape: Shape::Words { words, missing } }
            }
            Buckets::Codes { value, names, missing } => {
                let mut statement = named(grouped(rows, value), &names);
                statement
                    // what has no code is never among those that are left out
                    .order_by_expr(Expr::col((COUNTED, BUCKET)).is_null(), Order::Desc)
                    .order_by((COUNTED, TOTAL), Order::Desc)
                    .order_by((COUNTED, BUCKET), Order::Asc)
                    .limit(MAX_BUCKETS);
                Self { statement, shape: Shape::Codes { names, missing: missing.unwrap_or_default() } }
            }
            Buckets::Sets { sets, names, missing } => Self {
                statement: named_sets(rows, *sets, &names, frame),
                shape: Shape::Sets { names, missing },
            },
        }
    }

    /// The buckets that the rows of the statement are.
    pub(super) fn read(&self, rows: &[QueryResult]) -> Result<Vec<Bucket>, StoreError> {
        match &self.shape {
            Shape::Words { words, missing } => {
                let counts: HashMap<Option<i32>, u64> = rows
                    .iter()
                    .map(|row| Ok((row.try_get("", BUCKET)?, total(row)?)))
                    .collect::<Result<_, StoreError>>()?;
                let count = |number| counts.get(&number).copied().unwrap_or_default();
                let bucket = |Word { number, key, label }: &Word| Bucket {
                    key: Some((*key).to_owned()),
                    label: label.clone(),
                    count: count(Some(*number)),
                };
                let missing =
                    missing.map(|label| Bucket { key: None, label: label.to_owned(), count: count(None) });
                Ok(words.iter().map(bucket).chain(missing).collect())
            }
            Shape::Codes { names, missing } => {
                let mut all = read(rows, names, missing)?;
                all.sort_by(|one, other| {
                    let rank = |bucket: &Bucket| (bucket.key.is_none(), Reverse(bucket.count));
                    rank(one).cmp(&rank(other)).then_with(|| one.key.cmp(&other.key))
                });
                Ok(all)
            }
            Shape::Sets { names, missing } => {
                let mut all = read(rows, names, missing)?;
                all.sort_by(|one, other| {
                    (one.key.is_none(), &one.key).cmp(&(other.key.is_none(), &other.key))
                });
                Ok(all)
            }
        }
    }
}

/// How many rows have each value. The value is computed once, below: a database may take two that are written alike for
/// two.
fn grouped(mut rows: SelectStatement, value: Expr) -> SelectStatement {
    rows.expr_as(value, BUCKET);
    let mut select = counting();
    select.column((FOUND, BUCKET)).from_subquery(rows, FOUND).group_by_col((FOUND, BUCKET));
    select
}

/// The sets with their names. The rows are found once, however many sets look at them: their filter may have more values
/// than a statement takes twice.
fn named_sets<A: Attribute>(
    mut rows: SelectStatement,
    sets: Sets<A>,
    names: &Names,
    frame: &Frame<'_>,
) -> SelectStatement {
    let (table, _) = A::ID;
    let Sets { columns, states, none, others } = sets;
    for column in columns {
        rows.column((table, *column));
    }
    let states = states.into_iter().map(|(key, filter)| (Some(key), filter));
    let mut all = others;
    for (key, filter) in states.chain([(None, none)]) {
        let mut one = counting();
        one.expr_as(Expr::val(key), BUCKET)
            .from_as(FOUND, table)
            .cond_where(filter::condition(&filter, frame));
        all.union(UnionType::All, one);
    }
    let found = CommonTableExpression::new().table_name(FOUND).query(rows).to_owned();
    named(all, names).with_cte(WithClause::new().cte(found).to_owned()).to_owned()
}

fn counting() -> SelectStatement {
    let mut select = Query::select();
    select.expr_as(Expr::col(sea_orm::sea_query::Asterisk).count(), TOTAL);
    select
}

/// The same buckets, with their names where a table has them.
fn named(counted: SelectStatement, names: &Names) -> SelectStatement {
    let mut select = Query::select();
    select.column((COUNTED, BUCKET)).column((COUNTED, TOTAL)).from_subquery(counted, COUNTED);
    if let Names::Table(table, key, name) = *names {
        select
            .expr_as(Expr::col((table, name)), NAME)
            .left_join(table, Expr::col((table, key)).equals((COUNTED, BUCKET)));
    }
    select
}

fn read(rows: &[QueryResult], names: &Names, missing: &str) -> Result<Vec<Bucket>, StoreError> {
    let bucket = |row: &QueryResult| {
        let key: Option<String> = row.try_get("", BUCKET)?;
        let label = match (&key, names) {
            (None, _) => missing.to_owned(),
            (Some(key), Names::Known(name)) => name(key),
            (Some(key), Names::Table(..)) => {
                row.try_get::<Option<String>>("", NAME)?.unwrap_or_else(|| key.clone())
            }
        };
        Ok(Bucket { key, label, count: total(row)? })
    };
    rows.iter().map(bucket).collect()
}

fn total(row: &QueryResult) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.try_get::<i64>("", TOTAL)?).unwrap_or_default())
}
