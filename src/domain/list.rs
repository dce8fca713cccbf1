//! The language of lists: what is wanted (filter, search, order, window), free of any table. The front end writes it,
//! the store translates it.

use async_graphql::Enum;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[graphql(name = "SortDirection")]
pub enum Direction {
    /// Smallest, oldest, A first.
    Asc,
    /// Largest, newest, Z first.
    Desc,
}

impl Direction {
    /// The other way.
    pub fn reversed(self) -> Self {
        match self {
            Self::Asc => Self::Desc,
            Self::Desc => Self::Asc,
        }
    }
}

/// Where missing values stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[graphql(name = "NullsOrder")]
pub enum Nulls {
    /// Before all others.
    First,
    /// After all others.
    Last,
}

/// One key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OrderBy<F> {
    /// What to sort by.
    pub field: F,
    /// Which way.
    pub direction: Direction,
    /// Where missing values stand, whichever way.
    pub nulls: Nulls,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// The rows after a cursor, or the first ones.
    Forward {
        /// How many.
        first: u64,
        /// The cursor.
        after: Option<String>,
    },
    /// The rows before a cursor, or the last ones.
    Backward {
        /// How many.
        last: u64,
        /// The cursor.
        before: Option<String>,
    },
    /// The rows of a page that is named by its number.
    Numbered {
        /// Which page, from 1.
        page: u64,
        /// How many rows a page has.
        per_page: u64,
    },
}

impl Window {
    /// How many rows at most.
    pub fn size(&self) -> u64 {
        match self {
            Self::Forward { first, .. } => *first,
            Self::Backward { last, .. } => *last,
            Self::Numbered { per_page, .. } => *per_page,
        }
    }

    /// How many rows stand before the window, where they are counted and not said by a cursor.
    pub fn skipped(&self) -> u64 {
        match self {
            Self::Forward { .. } | Self::Backward { .. } => 0,
            Self::Numbered { page, per_page } => page.saturating_sub(1).saturating_mul(*per_page),
        }
    }

    /// The cursor to start from.
    pub fn cursor(&self) -> Option<&str> {
        match self {
            Self::Forward { after, .. } => after.as_deref(),
            Self::Backward { before, .. } => before.as_deref(),
            Self::Numbered { .. } => None,
        }
    }

    /// Whether it is read from the end.
    pub fn is_backward(&self) -> bool {
        matches!(self, Self::Backward { .. })
    }
}

/// Which rows are wanted: tests of attributes of kind `F`, combined. Two-valued: a test of a missing value is false, and
/// `Not` is its exact complement, so that a filter and its negation split every list in two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Filter<F, T = Test> {
    /// Every one of these; all rows when empty.
    All(Vec<Filter<F, T>>),
    /// At least one of these; no row when empty.
    Any(Vec<Filter<F, T>>),
    /// The rows that the filter leaves out.
    Not(Box<Filter<F, T>>),
    /// A test of one attribute.
    Is(F, T),
    /// What is found by one row of another table that passes all of this: every attribute in it is of that table.
    ByOne(Box<Filter<F, T>>),
}

impl<F> Default for Filter<F> {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl<F> Filter<F> {
    /// Whether it leaves nothing out, as a filter does that nobody gave.
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// The complement.
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// The same filter without its values.
    pub fn without_values(&self) -> Filter<F, Operator>
    where
        F: Copy,
    {
        let all = |parts: &[Self]| parts.iter().map(Self::without_values).collect();
        match self {
            Self::All(parts) => Filter::All(all(parts)),
            Self::Any(parts) => Filter::Any(all(parts)),
            Self::Not(inner) => Filter::Not(Box::new(inner.without_values())),
            Self::Is(attribute, test) => Filter::Is(*attribute, test.operator()),
            Self::ByOne(inner) => Filter::ByOne(Box::new(inner.without_values())),
        }
    }
}

/// A test of one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Test {
    /// Equal.
    Eq(Operand),
    /// One of these.
    In(Vec<Operand>),
    /// Contains the text.
    Contains(String),
    /// Starts with the text.
    StartsWith(String),
    /// Ends with the text.
    EndsWith(String),
    /// Greater, later.
    Gt(Operand),
    /// Greater or equal.
    Gte(Operand),
    /// Less, earlier.
    Lt(Operand),
    /// Less or equal.
    Lte(Operand),
    /// Missing.
    IsNull,
    /// Not longer ago than this, and not in the future.
    Within(#[serde(serialize_with = "seconds")] Duration),
}

/// How a test compares, whatever it compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as the tests are")]
pub enum Operator {
    Eq,
    In,
    Contains,
    StartsWith,
    EndsWith,
    Gt,
    Gte,
    Lt,
    Lte,
    IsNull,
    Within,
}

impl Test {
    /// How it compares. One of many values is that value.
    pub fn operator(&self) -> Operator {
        match self {
            Self::Eq(_) => Operator::Eq,
            Self::In(values) if values.len() == 1 => Operator::Eq,
            Self::In(_) => Operator::In,
            Self::Contains(_) => Operator::Contains,
            Self::StartsWith(_) => Operator::StartsWith,
            Self::EndsWith(_) => Operator::EndsWith,
            Self::Gt(_) => Operator::Gt,
            Self::Gte(_) => Operator::Gte,
            Self::Lt(_) => Operator::Lt,
            Self::Lte(_) => Operator::Lte,
            Self::IsNull => Operator::IsNull,
            Self::Within(_) => Operator::Within,
        }
    }
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as what they hold")]
pub enum Operand {
    Text(String),
    Instant(DateTime<Utc>),
    Date(NaiveDate),
    /// The day of the list, which a walk of many pages keeps.
    Today,
    Number(i32),
    /// Of money, in the smallest unit of a currency.
    Amount(i64),
    Id(Uuid),
    Flag(bool),
}

fn seconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(duration.num_seconds())
}

/// A whole request for a list.
#[derive(Debug, Clone)]
pub struct ListQuery<A, F> {
    /// Which rows.
    pub filter: Filter<A>,
    /// Words that all must be found.
    pub search: Option<String>,
    /// In which order; the id settles ties.
    pub order: Vec<OrderBy<F>>,
    /// Which part.
    pub window: Window,
}
