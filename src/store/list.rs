//! One list machinery for everything that is listed: filter, search, order, pages, counts, facets. What is listed says
//! where its attributes are; the rest is here once.

use std::{fmt::Debug, sync::Arc};

use chrono::{DateTime, Utc};
use sea_orm::{
    QueryResult,
    sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement},
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    cursor::{Cursor, Fingerprint, GivenCursor},
    error::StoreError,
    facet::{Counting, Facet},
    filter::{self, Attribute, Frame},
    page::{self, Key, SortColumn, TotalOrder},
    planning::{Planning, Served},
    session::Reader,
    slow::{Asked, SearchedIn, Work},
};
use crate::{
    auth::policy::Action,
    domain::list::{ListQuery, OrderBy, Window},
};

mod visible;

const TOTAL: &str = "total";

/// Something that is listed.
pub(crate) trait Listed: Sized + 'static {
    /// What it is filtered by.
    type Attribute: Attribute + Debug + Serialize + Send + Sync + 'static;
    /// What it is sorted by.
    type Order: Copy + Debug + Serialize + Send + Sync + 'static;
    /// What it is counted by.
    type Facet: Facet<Self::Attribute>;

    /// The table.
    const TABLE: &'static str;

    /// The columns that an order field stands for.
    fn columns(order: Self::Order) -> &'static [SortColumn];

    /// A select of the table that shows nothing outside the reader's scope; no columns yet.
    fn scoped(reader: &Reader) -> SelectStatement;

    /// The rows that a keyword search finds.
    fn search(words: &str) -> Condition;

    /// Which lists one index serves: their plans are kept.
    const SERVED: Option<Served> = None;

    /// What a keyword search looks into; none where there is no search.
    const SEARCHED: Option<SearchedIn> = None;

    /// The column that keeps what is listed within a reader's account, where it is one column.
    const ACCOUNT: Option<&'static str> = Some("account");

    /// The part that an order tells of, where seeing the list is not enough.
    fn part_of_order(_: Self::Order) -> Option<Action> {
        None
    }
}

/// The rows of a list, which are in its scope and pass its filter; no columns yet.
#[derive(Clone)]
pub(super) enum Rows {
    /// Of the table.
    All(Box<SelectStatement>),
    /// Of one user. The lists of several users share the statement, which leaves open whose the rows are.
    Of(Uuid, Arc<dyn Fn(Expr) -> SelectStatement + Send + Sync>),
}

impl Rows {
    /// The statement.
    pub(super) fn select(&self) -> SelectStatement {
        match self {
            Self::All(rows) => SelectStatement::clone(rows),
            Self::Of(user, rows) => rows(Expr::val(*user)),
        }
    }
}

impl Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All(rows) => f.debug_tuple("All").field(rows).finish(),
            Self::Of(user, _) => f.debug_tuple("Of").field(user).finish_non_exhaustive(),
        }
    }
}

/// A list as it was asked for, ready to be read in pages and counted.
#[derive(Debug)]
#[expect(private_bounds, reason = "what is listed is the store's business; others only hold the list")]
pub struct List<L: Listed> {
    reader: Reader,
    rows: Rows,
    /// The words that are searched for, where nothing else was asked of the rows.
    words: Option<String>,
    order: TotalOrder,
    window: Window,
    start: Option<Cursor>,
    fingerprint: Fingerprint,
    now: DateTime<Utc>,
    planning: Planning,
    asked: Arc<Asked<L>>,
}

/// One page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// What is shown.
    pub items: Vec<T>,
    /// Where each item stands, in the order of the items.
    places: Vec<Cursor>,
    /// Whether more follows in the direction of reading.
    pub more: bool,
}

/// How many rows a filter finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The number, at most the limit.
    pub total: u64,
    /// Whether there are no more than that.
    pub exact: bool,
}

impl<T> Page<T> {
    /// A page that nobody asked for: the list is only counted.
    pub fn unread() -> Self {
        Self { items: Vec::new(), places: Vec::new(), more: false }
    }

    /// The same page of other items, made one by one.
    pub fn with<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        let Self { items, places, more } = self;
        Page { items: items.into_iter().map(convert).collect(), places, more }
    }

    /// The same page of other items, made of all of them together.
    pub fn with_all<U>(self, convert: impl FnOnce(Vec<T>) -> Vec<U>) -> Page<U> {
        let Self { items, places, more } = self;
        Page { items: convert(items), places, more }
    }

    /// The same page of other items, made of all of them at once.
    pub(super) async fn map<U, R>(self, convert: impl FnOnce(Vec<T>) -> R) -> Result<Page<U>, StoreError>
    where
        R: Future<Output = Result<Vec<U>, StoreError>>,
    {
        let Self { items, places, more } = self;
        Ok(Page { items: convert(items).await?, places, more })
    }
}

impl Reader {
    /// A list of what `query` asks for.
    pub(super) fn list<L: Listed>(
        &self,
        query: &ListQuery<L::Attribute, L::Order>,
    ) -> Result<List<L>, StoreError> {
        self.judge::<L>(query)?;
        let fingerprint = Fingerprint::of(&(L::TABLE, &query.filter, &query.search, &query.order));
        let start = match given_cursor(&query.window)? {
            Some(given) => Some(given.of(&fingerprint).map_err(StoreError::Cursor)?),
            None => None,
        };
        let rows = |passes| Rows::All(Box::new(L::scoped(self).cond_where(passes).take()));
        Ok(self.list_of(rows, None, fingerprint, query, start))
    }

    /// A list that was judged, of the rows that pass the condition which `rows` is given; `owner` is the column that says whose
    /// they are, where they are one user's.
    pub(super) fn list_of<L: Listed>(
        &self,
        rows: impl FnOnce(Condition) -> Rows,
        owner: Option<&'static str>,
        fingerprint: Fingerprint,
        query: &ListQuery<L::Attribute, L::Order>,
        start: Option<Cursor>,
    ) -> List<L> {
        let ListQuery { filter, search, order, window } = query;
        // a walk keeps the "now" of its first page, or relative dates would shift the list under the reader
        let now = start.as_ref().map_or_else(|| self.store().clock().now(), |cursor| cursor.now);
        let mut passes = Condition::all();
        let frame = Frame { scope: self.in_scope(), now };
        if !filter.is_everything() {
            passes = passes.add(filter::condition(filter, &frame));
        }
        let planning = match (owner, search, L::SERVED) {
            // of one user there are few rows, and an index has them
            (Some(_), ..) => Planning::Kept,
            (None, None, Some(served)) if is_by::<L>(order, served.order) => {
                Planning::of(served, filter, &frame)
            }
            _ => Planning::ByValues,
        };
        if let Some(words) = search {
            passes = passes.add(L::search(words));
        }
        let keys = order.iter().flat_map(|by| {
            let key = |column: &SortColumn| Key { column: *column, direction: by.direction, nulls: by.nulls };
            L::columns(by.field).iter().map(key)
        });
        List {
            reader: self.clone(),
            rows: rows(passes),
            words: search.clone().filter(|_| filter.is_everything()),
            order: TotalOrder::new(L::TABLE, keys),
            window: window.clone(),
            start,
            fingerprint,
            now,
            planning,
            asked: Arc::new(Asked::new(self.permit().action(), self.scope(), owner, query)),
        }
    }
}

/// Whether rows are in the order of this column alone.
fn is_by<L: Listed>(order: &[OrderBy<L::Order>], column: &str) -> bool {
    matches!(order, [by] if matches!(L::columns(by.field), [only] if only.name == column))
}

/// The cursor that a window starts from.
pub(super) fn given_cursor(window: &Window) -> Result<Option<GivenCursor>, StoreError> {
    window.cursor().map(GivenCursor::decode).transpose().map_err(StoreError::Cursor)
}

#[expect(private_bounds, reason = "as above")]
impl<L: Listed> List<L> {
    /// The page that the window asks for, with these columns of each row.
    pub(super) async fn page<T>(
        &self,
        columns: impl IntoIterator<Item = &'static str>,
        read: impl Fn(&QueryResult) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let columns: Vec<&'static str> = columns.into_iter().collect();
        self.page_so(self.planning, &columns, read).await
    }

    /// The same, planned so.
    pub(super) async fn page_so<T>(
        &self,
        planning: Planning,
        columns: &[&'static str],
        read: impl Fn(&QueryResult) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let statement = self.page_statement(self.rows.select(), columns)?;
        let rows = self.query_so(Work::Page, planning, &statement).await?;
        self.read_page(rows, read)
    }

    /// The same list of another user.
    pub(super) fn of_another(&self, user: Uuid, fingerprint: Fingerprint) -> Self {
        let rows = match self.rows.clone() {
            Rows::Of(_, rows) => Rows::Of(user, rows),
            all @ Rows::All(_) => all,
        };
        Self {
            reader: self.reader.clone(),
            rows,
            words: self.words.clone(),
            order: self.order.clone(),
            window: self.window.clone(),
            start: self.start.clone(),
            fingerprint,
            now: self.now,
            planning: self.planning,
            asked: Arc::clone(&self.asked),
        }
    }

    /// Whose rows are listed, where they are one user's.
    pub(super) fn user(&self) -> Option<Uuid> {
        match self.rows {
            Rows::Of(user, _) => Some(user),
            Rows::All(_) => None,
        }
    }

    /// The words that are searched for, where that is all that was asked and the list is in the order of this column.
    pub(super) fn words_alone(&self, by: &str) -> Option<&str> {
        self.words.as_deref().filter(|_| self.order.is_by(by))
    }

    /// These rows from where the page starts on, in the order in which it is read.
    pub(super) fn walk(
        &self,
        rows: SelectStatement,
        columns: &[&'static str],
    ) -> Result<SelectStatement, StoreError> {
        page::walk(rows, columns, &self.order, &self.window, self.start.as_ref())
    }

    /// The page of `found`, which are rows in the order of the list.
    pub(super) fn cut(&self, found: &'static str, select: &mut SelectStatement) {
        self.order.sort_pages(&self.window, found, select);
        page::cut(select, &self.window);
    }

    /// Selects these columns of rows, and those that the list is sorted by.
    pub(super) fn select_columns(&self, columns: &[&'static str], rows: &mut SelectStatement) {
        self.order.select_columns(columns, rows);
    }

    /// Whether so many rows are the whole page and more.
    pub(super) fn is_filled_by(&self, rows: usize) -> bool {
        rows as u64 > self.window.size()
    }

    /// The statement that reads the page of these rows.
    pub(super) fn page_statement(
        &self,
        rows: SelectStatement,
        columns: &[&'static str],
    ) -> Result<SelectStatement, StoreError> {
        page::statement(rows, columns, &self.order, &self.window, self.start.as_ref())
    }

    /// The page that the rows of its statement are.
    pub(super) fn read_page<T>(
        &self,
        rows: Vec<QueryResult>,
        read: impl Fn(&QueryResult) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let raw = page::read(rows, &self.order, &self.window, self.now)?;
        let items = raw.rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page { items, places: raw.cursors, more: raw.more })
    }

    /// Sorts rows of pages of such lists, as each of them is read.
    pub(super) fn sort_pages(&self, pages: &'static str, select: &mut SelectStatement) {
        self.order.sort_pages(&self.window, pages, select);
    }

    /// Its rows, in no order.
    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The rows of a statement of the list: should it be slow, it is known what was asked for.
    pub(super) async fn query(
        &self,
        work: Work,
        statement: &SelectStatement,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let planning = match work {
            // all rows are looked at, by whichever index has the fewest
            Work::Facet => Planning::ByValues,
            _ => self.planning,
        };
        self.query_so(work, planning, statement).await
    }

    pub(super) async fn query_so(
        &self,
        work: Work,
        planning: Planning,
        statement: &SelectStatement,
    ) -> Result<Vec<QueryResult>, StoreError> {
        Ok(self.reader.db().read_list(&*self.asked, work, planning, statement).await?)
    }

    /// The reader that the list was made by.
    pub(super) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// What the list is read for.
    pub(crate) fn action(&self) -> Action {
        self.reader.permit().action()
    }

    /// The cursor of an item of the page.
    pub fn cursor<T>(&self, page: &Page<T>, item: usize) -> Option<String> {
        page.places.get(item).map(|place| place.encode(&self.fingerprint))
    }

    /// Whether the list is read from its end.
    pub fn is_backward(&self) -> bool {
        self.window.is_backward()
    }

    /// What there is behind the page, against the direction of reading. Without a cursor to start from, or rows that were
    /// skipped, there is nothing.
    pub(super) fn beyond<T>(&self, page: &Page<T>) -> Result<Beyond, StoreError> {
        if self.window.skipped() > 0 {
            // a page with rows has those before it that it skipped; one without may stand behind the end of nothing
            return Ok(match page.places.is_empty() {
                false => Beyond::Known(true),
                true => Beyond::Asked(Box::new(page::any(self.rows.select()))),
            });
        }
        let Some(start) = &self.start else {
            return Ok(Beyond::Known(false));
        };
        let backward = self.window.is_backward();
        let edge = if backward { page.places.last() } else { page.places.first() };
        let (edge, inclusive) = edge.map_or((start, true), |edge| (edge, false));
        let select = page::beyond(self.rows.select(), &self.order, backward, edge, inclusive)?;
        Ok(Beyond::Asked(Box::new(select)))
    }

    /// Counts the rows of the whole list, up to `limit`: an exact count of a million rows costs a second, and nobody
    /// reads the difference.
    pub async fn count(&self, limit: u64) -> Result<Count, StoreError> {
        let statement = Self::count_statement(self.rows.select(), limit);
        let rows = self.query(Work::Count, &statement).await?;
        Count::read(rows.first().ok_or(StoreError::Internal)?, limit)
    }

    /// The statement that counts these rows.
    pub(super) fn count_statement(mut rows: SelectStatement, limit: u64) -> SelectStatement {
        rows.expr(Expr::val(1)).limit(limit + 1);
        let mut count = Query::select();
        count
            .expr_as(Expr::col(sea_orm::sea_query::Asterisk).count(), TOTAL)
            .from_subquery(rows, Alias::new("found"));
        count
    }

    /// How these rows are counted by facets that go together.
    pub(super) fn counting(&self, rows: SelectStatement, by: &[L::Facet]) -> Result<Counting, StoreError> {
        for facet in by {
            self.reader.may_see(facet.part())?;
        }
        let frame = Frame { scope: self.reader.in_scope(), now: self.now };
        Ok(Counting::of(rows, by.iter().map(|facet| facet.buckets()), &frame))
    }
}

/// Whether there is something behind a page.
pub(super) enum Beyond {
    /// This is known.
    Known(bool),
    /// There is if the statement finds a row.
    Asked(Box<SelectStatement>),
}

impl Count {
    /// The count of a statement's row.
    pub(super) fn read(row: &QueryResult, limit: u64) -> Result<Self, StoreError> {
        let total = u64::try_from(row.try_get::<i64>("", TOTAL)?).unwrap_or_default();
        Ok(Self { total: Ord::min(total, limit), exact: total <= limit })
    }
}
