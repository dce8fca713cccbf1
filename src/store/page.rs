//! Keyset pages: any mix of columns and directions, NULLs placed explicitly, the id always last. A page deep in the list
//! costs what the first one costs, and rows that come or go meanwhile neither repeat nor hide others.

use chrono::{DateTime, Utc};
use sea_orm::{
    ExprTrait, QueryResult, Value,
    sea_query::{Cond, Condition, Expr, IntoColumnRef, NullOrdering, Order, SelectStatement},
};
use uuid::Uuid;

use super::{
    cursor::{Cursor, SortValue, instant},
    error::{CursorError, StoreError},
};
use crate::domain::list::{Direction, Nulls, Window};

/// What a sorted column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Instant,
    /// A vocabulary's number.
    Number,
    Count,
    Amount,
    Id,
}

/// A column that lists are sorted by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SortColumn {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
}

/// One key of an order over columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) column: SortColumn,
    pub(crate) direction: Direction,
    pub(crate) nulls: Nulls,
}

/// A total order over a table: the keys, with the id behind them.
#[derive(Debug, Clone)]
pub(crate) struct TotalOrder {
    table: &'static str,
    keys: Vec<Key>,
}

/// Rows of a page, each with the values that it was sorted by.
#[derive(Debug)]
pub(crate) struct RawPage {
    pub(crate) rows: Vec<QueryResult>,
    pub(crate) cursors: Vec<Cursor>,
    /// Whether more rows follow in the direction of reading.
    pub(crate) more: bool,
}

const ID: SortColumn = SortColumn { name: "id", kind: Kind::Id, nullable: false };

impl TotalOrder {
    /// The order by these keys. The id settles ties, in the direction of the last key, so that an index that ends with
    /// the id serves both ways; keys behind an id decide nothing and are dropped.
    pub(crate) fn new(table: &'static str, keys: impl IntoIterator<Item = Key>) -> Self {
        let mut keys: Vec<Key> = keys.into_iter().collect();
        if let Some(end) = keys.iter().position(|key| key.column.kind == Kind::Id) {
            keys.truncate(end + 1);
        } else {
            let direction = keys.last().map_or(Direction::Asc, |key| key.direction);
            keys.push(Key { column: ID, direction, nulls: Nulls::Last });
        }
        Self { table, keys }
    }

    fn reversed(&self) -> Self {
        let flip = |key: &Key| Key {
            direction: key.direction.reversed(),
            nulls: match key.nulls {
                Nulls::First => Nulls::Last,
                Nulls::Last => Nulls::First,
            },
            ..*key
        };
        Self { table: self.table, keys: self.keys.iter().map(flip).collect() }
    }

    /// Selects these columns, and those of the order.
    pub(crate) fn select_columns(&self, columns: &[&'static str], select: &mut SelectStatement) {
        let keys = self.keys.iter().map(|key| key.column.name).filter(|name| !columns.contains(name));
        for name in columns.iter().copied().chain(keys) {
            select.column((self.table, name));
        }
    }

    /// Whether it is by this column and the id alone.
    pub(crate) fn is_by(&self, column: &str) -> bool {
        matches!(self.keys.as_slice(), [key, _] if key.column.name == column)
    }

    fn column(&self, key: &Key) -> impl IntoColumnRef + use<> {
        (self.table, key.column.name)
    }

    /// The order in which a window is read.
    fn read_by(&self, window: &Window) -> Self {
        if window.is_backward() { self.reversed() } else { self.clone() }
    }

    /// Sorts the rows of pages that stand in one table, by the name of that, as each of them is read.
    pub(crate) fn sort_pages(&self, window: &Window, pages: &'static str, select: &mut SelectStatement) {
        self.read_by(window).sort(select, pages);
    }

    fn sort(&self, select: &mut SelectStatement, table: &'static str) {
        for key in &self.keys {
            let direction = match key.direction {
                Direction::Asc => Order::Asc,
                Direction::Desc => Order::Desc,
            };
            if key.column.nullable {
                let nulls = match key.nulls {
                    Nulls::First => NullOrdering::First,
                    Nulls::Last => NullOrdering::Last,
                };
                select.order_by_with_nulls((table, key.column.name), direction, nulls);
            } else {
                // an index serves this as it stands; a NULLS clause would keep it from doing so
                select.order_by((table, key.column.name), direction);
            }
        }
    }

    /// The rows that come after the cursor's.
    fn after(&self, cursor: &Cursor) -> Result<Condition, StoreError> {
        let malformed = || StoreError::Cursor(CursorError::Malformed);
        if cursor.values.len() + 1 != self.keys.len() {
            return Err(malformed());
        }
        let mut values = cursor.values.clone();
        values.push(SortValue::Id(cursor.id));
        let mut rest: Option<Condition> = None;
        for (key, value) in self.keys.iter().zip(&values).rev() {
            let (after, from) = self.sides(key, value).ok_or_else(malformed)?;
            rest = Some(match (after, rest) {
                (Some(after), None) => Cond::all().add(after),
                // the bound in front is what lets an index start at the right row
                (Some(after), Some(rest)) => Cond::all().add(from).add(Cond::any().add(after).add(rest)),
                (None, Some(rest)) => Cond::all().add(from).add(rest),
                (None, None) => Cond::any(),
            });
        }
        Ok(rest.unwrap_or_else(Cond::any))
    }

    /// Two conditions on one key: strictly after the value (none when nothing can be), and not before it.
    fn sides(&self, key: &Key, value: &SortValue) -> Option<(Option<Condition>, Condition)> {
        let column = || Expr::col(self.column(key));
        if *value == SortValue::Null {
            return key.column.nullable.then(|| match key.nulls {
                Nulls::Last => (None, Cond::all().add(column().is_null())),
                Nulls::First => (Some(Cond::all().add(column().is_not_null())), Cond::all()),
            });
        }
        let value = key.column.kind.value(value)?;
        let (after, from) = match key.direction {
            Direction::Asc => (column().gt(value.clone()), column().gte(value)),
            Direction::Desc => (column().lt(value.clone()), column().lte(value)),
        };
        let nulls_follow = key.column.nullable && key.nulls == Nulls::Last;
        let with_nulls = |expr: Expr| match nulls_follow {
            true => Cond::any().add(expr).add(column().is_null()),
            false => Cond::all().add(expr),
        };
        Some((Some(with_nulls(after)), with_nulls(from)))
    }

    /// Where a row stands in this order.
    fn cursor_of(&self, row: &QueryResult, now: DateTime<Utc>) -> Result<Cursor, StoreError> {
        let values = self.keys[..self.keys.len() - 1]
            .iter()
            .map(|key| key.column.kind.read(row, key.column.name))
            .collect::<Result<_, _>>()?;
        Ok(Cursor { values, id: row.try_get("", ID.name)?, now })
    }
}

impl Kind {
    fn value(self, value: &SortValue) -> Option<Value> {
        Some(match (self, value) {
            // PostgreSQL has no NUL in texts: no row can have been sorted by one
            (Self::Text, SortValue::Text(text)) if !text.contains('\0') => text.clone().into(),
            (Self::Instant, SortValue::Instant(micros)) => instant(*micros)?.into(),
            (Self::Number, SortValue::Number(number)) => i16::try_from(*number).ok()?.into(),
            (Self::Count, SortValue::Number(number)) => (*number).into(),
            (Self::Amount, SortValue::Amount(amount)) => (*amount).into(),
            (Self::Id, SortValue::Id(id)) => (*id).into(),
            _ => return None,
        })
    }

    fn read(self, row: &QueryResult, column: &str) -> Result<SortValue, StoreError> {
        let value = match self {
            Self::Text => row.try_get::<Option<String>>("", column)?.map(SortValue::Text),
            Self::Instant => row
                .try_get::<Option<DateTime<Utc>>>("", column)?
                .map(|instant| SortValue::Instant(instant.timestamp_micros())),
            Self::Number => {
                row.try_get::<Option<i16>>("", column)?.map(|number| SortValue::Number(number.into()))
            }
            Self::Count => row.try_get::<Option<i32>>("", column)?.map(SortValue::Number),
            Self::Amount => row.try_get::<Option<i64>>("", column)?.map(SortValue::Amount),
            Self::Id => row.try_get::<Option<Uuid>>("", column)?.map(SortValue::Id),
        };
        Ok(value.unwrap_or(SortValue::Null))
    }
}

/// The statement of one page of `select`, which is filtered already: these columns of its rows, and those of the order.
pub(crate) fn statement(
    select: SelectStatement,
    columns: &[&'static str],
    order: &TotalOrder,
    window: &Window,
    start: Option<&Cursor>,
) -> Result<SelectStatement, StoreError> {
    let mut select = walk(select, columns, order, window, start)?;
    cut(&mut select, window);
    Ok(select)
}

/// The rows of `select` from where a window starts on, in the order in which it is read: the same columns of each.
pub(crate) fn walk(
    mut select: SelectStatement,
    columns: &[&'static str],
    order: &TotalOrder,
    window: &Window,
    start: Option<&Cursor>,
) -> Result<SelectStatement, StoreError> {
    let reading = order.read_by(window);
    if let Some(cursor) = start {
        select.cond_where(reading.after(cursor)?);
    }
    order.select_columns(columns, &mut select);
    reading.sort(&mut select, order.table);
    Ok(select)
}

/// Ends a walk behind the page, and one row more that tells whether it goes on.
pub(crate) fn cut(select: &mut SelectStatement, window: &Window) {
    select.limit(window.size() + 1);
    // only a numbered page skips rows, and the service says how many at most
    if window.skipped() > 0 {
        select.offset(window.skipped());
    }
}

/// The page that the rows of its statement are, as they were read.
pub(crate) fn read(
    mut rows: Vec<QueryResult>,
    order: &TotalOrder,
    window: &Window,
    now: DateTime<Utc>,
) -> Result<RawPage, StoreError> {
    let more = rows.len() as u64 > window.size();
    if more {
        rows.pop();
    }
    if window.is_backward() {
        rows.reverse();
    }
    let cursors = rows.iter().map(|row| order.cursor_of(row, now)).collect::<Result<_, _>>()?;
    Ok(RawPage { rows, cursors, more })
}

/// The rows of `select` on the far side of `edge`: before it when the page was read forward, after it when backward.
/// `inclusive` counts the edge itself, for an empty page that has but the cursor it was asked with.
pub(crate) fn beyond(
    mut select: SelectStatement,
    order: &TotalOrder,
    backward: bool,
    edge: &Cursor,
    inclusive: bool,
) -> Result<SelectStatement, StoreError> {
    let beyond = if backward { order.clone() } else { order.reversed() };
    let mut condition = Cond::any().add(beyond.after(edge)?);
    if inclusive {
        condition = condition.add(Expr::col((order.table, ID.name)).eq(edge.id));
    }
    Ok(any(select.cond_where(condition).take()))
}

/// One row where `select` has any.
pub(crate) fn any(mut select: SelectStatement) -> SelectStatement {
    select.clear_selects().expr_as(Expr::val(1), "one").limit(1).take()
}
