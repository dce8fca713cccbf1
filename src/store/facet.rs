//! Facets: how many rows of a list have each value of something. What is listed says what it is counted by and how its rows
//! fall into buckets; counting, zeros, order and labels are here once.
//!
//! Facets of which each row has one value are counted in one pass over the rows: by all of them at once, and what comes of it,
//! which is short, by each. Four of them cost a third of four passes so, at a million users.

use std::{cmp::Reverse, collections::HashMap};

use async_graphql::resolver_utils::EnumType;
use sea_orm::{
    ActiveEnum, QueryResult,
    sea_query::{
        Asterisk, CommonTableExpression, Expr, ExprTrait, Order, Query, SelectStatement, UnionType,
        WithClause,
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
/// Facets of one pass at most: of more, the values that rows have together are nearly as many as the rows.
const TOGETHER: usize = 5;

/// The rows of the list, where a statement needs them more than once.
pub(crate) const FOUND: &str = "found";
const COUNTED: &str = "counted";
/// The rows by all values that they have together.
const GROUPED: &str = "grouped";
const FACET: &str = "facet";
const BUCKET: &str = "bucket";
/// The value of each facet in turn.
const VALUES: [&str; TOGETHER] = ["value0", "value1", "value2", "value3", "value4"];
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

/// The facets that are counted in one statement each time, by their places among these.
pub(super) fn together<A, F: Facet<A>>(facets: &[F]) -> Vec<Vec<usize>> {
    let is_of_sets = |place: &usize| matches!(facets[*place].buckets(), Buckets::Sets { .. });
    let (sets, values): (Vec<_>, Vec<_>) = (0..facets.len()).partition(is_of_sets);
    let alone = sets.into_iter().map(|place| vec![place]);
    values.chunks(TOGETHER).map(<[usize]>::to_vec).chain(alone).collect()
}

/// A count by facets: its statement, and how the rows of that are read.
pub(super) struct Counting {
    pub(super) statement: SelectStatement,
    shapes: Vec<Shape>,
}

/// What the buckets of a facet are.
enum Shape {
    Words { words: Vec<Word>, missing: Option<&'static str> },
    Codes { names: Names, missing: &'static str },
    Sets { names: Names, missing: &'static str },
}

impl Counting {
    /// Counts `rows`, which are filtered already and select nothing yet, by facets that go [together].
    pub(super) fn of<A: Attribute>(
        mut rows: SelectStatement,
        facets: impl IntoIterator<Item = Buckets<A>>,
        frame: &Frame<'_>,
    ) -> Self {
        let mut shapes = Vec::new();
        let mut counts = Vec::new();
        for (buckets, value_of) in facets.into_iter().zip(VALUES) {
            let (value, shape) = match buckets {
                Buckets::Words { value, words, missing } => (value, Shape::Words { words, missing }),
                Buckets::Codes { value, names, missing } => {
                    (value, Shape::Codes { names, missing: missing.unwrap_or_default() })
                }
                Buckets::Sets { sets, names, missing } => {
                    let statement = named_sets(rows, *sets, &names, frame);
                    return Self { statement, shapes: vec![Shape::Sets { names, missing }] };
                }
            };
            // computed here alone: a database may take two values that are written alike for two
            rows.expr_as(value, value_of);
            counts.push(counted(counts.len(), value_of, &shape));
            shapes.push(shape);
        }
        let statement = all_of(counts).with_cte(grouped(rows, shapes.len())).take();
        Self { statement, shapes }
    }

    /// The buckets of each facet that the rows of the statement are.
    pub(super) fn read(&self, rows: &[QueryResult]) -> Result<Vec<Vec<Bucket>>, StoreError> {
        let mut of_each: Vec<Vec<&QueryResult>> = self.shapes.iter().map(|_| Vec::new()).collect();
        for row in rows {
            let facet = usize::try_from(row.try_get::<i32>("", FACET)?).map_err(|_| StoreError::Internal)?;
            of_each.get_mut(facet).ok_or(StoreError::Internal)?.push(row);
        }
        self.shapes.iter().zip(of_each).map(|(shape, rows)| shape.read(&rows)).collect()
    }
}

impl Shape {
    fn read(&self, rows: &[&QueryResult]) -> Result<Vec<Bucket>, StoreError> {
        match self {
            Self::Words { words, missing } => {
                let counts: HashMap<Option<String>, u64> = rows
                    .iter()
                    .map(|row| Ok((row.try_get("", BUCKET)?, total(row)?)))
                    .collect::<Result<_, StoreError>>()?;
                let count = |number| counts.get(&number).copied().unwrap_or_default();
                let bucket = |Word { number, key, label }: &Word| Bucket {
                    key: Some((*key).to_owned()),
                    label: label.clone(),
                    count: count(Some(number.to_string())),
                };
                let missing =
                    missing.map(|label| Bucket { key: None, label: label.to_owned(), count: count(None) });
                Ok(words.iter().map(bucket).chain(missing).collect())
            }
            Self::Codes { names, missing } => {
                let mut all = read(rows, names, missing)?;
                all.sort_by(|one, other| {
                    let rank = |bucket: &Bucket| (bucket.key.is_none(), Reverse(bucket.count));
                    rank(one).cmp(&rank(other)).then_with(|| one.key.cmp(&other.key))
                });
                Ok(all)
            }
            Self::Sets { names, missing } => {
                let mut all = read(rows, names, missing)?;
                all.sort_by(|one, other| {
                    (one.key.is_none(), &one.key).cmp(&(other.key.is_none(), &other.key))
                });
                Ok(all)
            }
        }
    }
}

/// How many rows have each of the values that occur together.
fn grouped(rows: SelectStatement, values: usize) -> WithClause {
    let mut select = counting();
    select.from_subquery(rows, FOUND);
    for value in VALUES.into_iter().take(values) {
        select.column((FOUND, value)).group_by_col((FOUND, value));
    }
    WithClause::new()
        .cte(CommonTableExpression::new().table_name(GROUPED).query(select).to_owned())
        .to_owned()
}

/// How many of these have each value of one facet.
fn counted(facet: usize, value: &'static str, shape: &Shape) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(Expr::col((GROUPED, value)).cast_as("text"), BUCKET)
        .expr_as(Expr::col((GROUPED, TOTAL)).sum().cast_as("bigint"), TOTAL)
        .from(GROUPED)
        .group_by_col((GROUPED, value));
    let names = match shape {
        Shape::Codes { names, .. } => names,
        Shape::Words { .. } | Shape::Sets { .. } => &Names::Known(str::to_owned),
    };
    let mut select = named(facet, select, names);
    if matches!(shape, Shape::Codes { .. }) {
        select
            // what has no code is never among those that are left out
            .order_by_expr(Expr::col((COUNTED, BUCKET)).is_null(), Order::Desc)
            .order_by((COUNTED, TOTAL), Order::Desc)
            .order_by((COUNTED, BUCKET), Order::Asc)
            .limit(MAX_BUCKETS);
    }
    select
}

/// All rows of these.
fn all_of(counts: Vec<SelectStatement>) -> SelectStatement {
    // each in a statement around it: SQLite takes no order within a union
    let whole = |one| Query::select().column((COUNTED, Asterisk)).from_subquery(one, COUNTED).take();
    let mut counts = counts.into_iter().map(whole);
    let mut all = counts.next().unwrap_or_default();
    for one in counts {
        all.union(UnionType::All, one);
    }
    Query::select().column((COUNTED, Asterisk)).from_subquery(all, COUNTED).take()
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
    named(0, all, names).with_cte(WithClause::new().cte(found).to_owned()).to_owned()
}

fn counting() -> SelectStatement {
    let mut select = Query::select();
    select.expr_as(Expr::col(Asterisk).count(), TOTAL);
    select
}

/// The same buckets as those of a facet, with their names where a table has them.
fn named(facet: usize, counted: SelectStatement, names: &Names) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(Expr::val(i32::try_from(facet).unwrap_or_default()), FACET)
        .column((COUNTED, BUCKET))
        .column((COUNTED, TOTAL))
        .from_subquery(counted, COUNTED);
    match *names {
        Names::Known(_) => select.expr_as(Expr::val(None::<String>).cast_as("text"), NAME),
        Names::Table(table, key, name) => select
            .expr_as(Expr::col((table, name)), NAME)
            .left_join(table, Expr::col((table, key)).equals((COUNTED, BUCKET))),
    };
    select
}

fn read(rows: &[&QueryResult], names: &Names, missing: &str) -> Result<Vec<Bucket>, StoreError> {
    let bucket = |row: &&QueryResult| {
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
