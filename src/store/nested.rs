//! Lists that are read together: the same list of each of many users. Whatever is asked of them (their pages, how many rows
//! they have, what lies behind a page) costs one statement for all, which takes of each only what its index gives.
//!
//! PostgreSQL takes the users as one value beside one statement for whichever of them (`LATERAL`), so that a page of fifty is
//! the statement of a page of two, planned once and kept. SQLite has no such join: there, and where lists differ in more than
//! their users, it is a union with a part for each.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryResult,
    sea_query::{
        Asterisk, Cond, Condition, Expr, ExprTrait, Func, JoinType, Query, SelectStatement,
        SqliteQueryBuilder, UnionType,
    },
};
use uuid::Uuid;

use super::{
    cursor::Fingerprint,
    error::StoreError,
    facet::{self, Bucket},
    list::{Beyond, Count, List, Listed, Page, Rows, given_cursor},
    membership::is_one_of,
    session::Reader,
    slow::Work,
    user::Seen,
};
use crate::{auth::policy::Action, domain::list::ListQuery};

/// Lists of one statement at most: SQLite takes no more than 500.
const LISTS: usize = 100;
/// Values of one statement at most, unless those of a single list are more: a filter stands in it once for each list.
const VALUES: usize = 10_000;

/// Ids of one statement at most.
const IDS: usize = 5_000;

/// Which list a row belongs to.
const LIST: &str = "list";
const OWN: &str = "own";
const ALL: &str = "every";
/// The users of a statement for several, each in turn.
const ASKED: &str = "asked";

/// Rows that belong to users.
pub(crate) trait Owned: Listed {
    /// The table.
    type Entity: EntityTrait;

    /// The column of the user whom a row belongs to.
    type Owner: Copy + Send + Sync + 'static;

    /// The name of that column.
    fn owner(column: Self::Owner) -> &'static str;

    /// The rows of one user, whom the reader has seen; no columns yet. What is in it stands under the table's name.
    fn rows_of_user(reader: &Reader, column: Self::Owner, user: Expr) -> SelectStatement {
        let mut rows = reader.select_all(Self::Entity::default());
        rows.and_where(Expr::col((Self::TABLE, Self::owner(column))).eq(user));
        rows
    }

    /// Which rows the reader shows, whoever they belong to: all, where seeing the list is enough.
    fn shown(_: &Reader) -> Condition {
        Cond::all()
    }
}

/// The list of one user, or why there is none.
pub(crate) type ListOf<L> = (Uuid, Result<List<L>, StoreError>);

/// Lists that are read together.
#[derive(Debug)]
#[expect(private_bounds, reason = "what is listed is the store's business; others only hold the lists")]
pub struct Lists<L: Listed>(Vec<List<L>>);

impl Reader {
    /// What `query` asks for of each of these users; in place of a list, why its cursor is none.
    pub(crate) fn lists_of<L: Owned>(
        &self,
        users: &Seen,
        owner: L::Owner,
        query: &ListQuery<L::Attribute, L::Order>,
    ) -> Result<Vec<ListOf<L>>, StoreError> {
        self.judge::<L>(query)?;
        let described = (L::TABLE, L::owner(owner), &query.filter, &query.search, &query.order);
        let fingerprint = Fingerprint::of(&described);
        let list = |user: Uuid, start| {
            let reader = self.clone();
            // whoever has seen the user sees what belongs to the user
            let shown = L::shown(self);
            let rows = |passes: Condition| {
                let rows = move |user| {
                    let mut rows = L::rows_of_user(&reader, owner, user);
                    rows.cond_where(shown.clone()).cond_where(passes.clone()).take()
                };
                Rows::Of(user, Arc::new(rows))
            };
            self.list_of::<L>(rows, Some(L::owner(owner)), fingerprint.of_user(user), query, start)
        };
        let mut users = users.ids();
        let Some(given) = given_cursor(&query.window)? else {
            let Some(first) = users.next() else { return Ok(Vec::new()) };
            let first = list(first, None);
            let others: Vec<_> =
                users.map(|user| first.of_another(user, fingerprint.of_user(user))).collect();
            let lists = std::iter::once(first).chain(others);
            return Ok(lists.filter_map(|list| Some((list.user()?, Ok(list)))).collect());
        };
        let list = |user: Uuid| {
            let start = given.of(&fingerprint.of_user(user)).map_err(StoreError::Cursor)?;
            Ok(list(user, Some(start)))
        };
        Ok(users.map(|user| (user, list(user))).collect())
    }

    /// What `query` asks for, whoever the rows belong to.
    pub(crate) fn list_all<L: Owned>(
        &self,
        query: &ListQuery<L::Attribute, L::Order>,
    ) -> Result<List<L>, StoreError> {
        self.list(query)
    }

    /// Those of these rows that are within the scope.
    pub(crate) async fn rows_of<L: Owned>(&self, ids: &[Uuid]) -> Result<Vec<(Uuid, Row<L>)>, StoreError> {
        let mut rows = Vec::new();
        for some in ids.chunks(IDS) {
            let mut select = L::scoped(self);
            select.columns(columns::<L>().into_iter().map(|column| (L::TABLE, column))).and_where(is_one_of(
                Expr::col((L::TABLE, "id")),
                some.iter().copied(),
                self.store().backend(),
            ));
            for row in self.db().query_all(&select).await? {
                rows.push((row.try_get("", "id")?, Row::<L>::from_query_result(&row, "")?));
            }
        }
        Ok(rows)
    }
}

#[expect(private_bounds, reason = "as above")]
impl<L: Listed> Lists<L> {
    /// These lists.
    pub fn of(lists: Vec<List<L>>) -> Self {
        Self(lists)
    }

    /// The list at a place.
    pub fn get(&self, at: usize) -> Option<&List<L>> {
        self.0.get(at)
    }

    /// What they are read for.
    pub(crate) fn action(&self) -> Option<Action> {
        self.0.first().map(List::action)
    }

    /// Counts the rows of each, up to `limit`.
    pub async fn counts(&self, limit: u64) -> Result<Vec<Count>, StoreError> {
        let all = self.read(|_, rows| Ok(List::<L>::count_statement(rows, limit)), Work::Count).await?;
        all.iter().map(|rows| Count::read(rows.first().ok_or(StoreError::Internal)?, limit)).collect()
    }

    /// Counts the rows of each by these facets, each of which has its buckets.
    pub(crate) async fn facets(&self, by: &[L::Facet]) -> Result<Vec<Vec<Vec<Bucket>>>, StoreError> {
        let mut found: Vec<Vec<Vec<Bucket>>> = self.0.iter().map(|_| vec![Vec::new(); by.len()]).collect();
        let Some(first) = self.0.first() else { return Ok(found) };
        // one after another: a list takes no more than its share of the connections
        for places in facet::together(by) {
            let some: Vec<L::Facet> = places.iter().map(|place| by[*place]).collect();
            let counting = first.counting(first.rows().select(), &some)?;
            let all = self.read(|list, rows| Ok(list.counting(rows, &some)?.statement), Work::Facet).await?;
            for (facets, rows) in found.iter_mut().zip(all) {
                for (place, buckets) in places.iter().zip(counting.read(&rows)?) {
                    facets[*place] = buckets;
                }
            }
        }
        Ok(found)
    }

    /// Whether there is something behind each of these pages, against the direction of reading.
    pub async fn beyond<T>(&self, pages: &[Page<T>]) -> Result<Vec<bool>, StoreError> {
        let mut known = Vec::new();
        let mut asked = Vec::new();
        for (list, page) in self.0.iter().zip(pages) {
            known.push(match list.beyond(page)? {
                Beyond::Known(known) => Some(known),
                Beyond::Asked(statement) => {
                    asked.push(*statement);
                    None
                }
            });
        }
        let mut found = self.read_apart(asked, Work::Beyond).await?.into_iter().map(|rows| !rows.is_empty());
        Ok(known.into_iter().map(|known| known.or_else(|| found.next()).unwrap_or_default()).collect())
    }

    /// What a statement for each list finds, of each apart. Sorted, where they are pages.
    async fn read(
        &self,
        statement: impl Fn(&List<L>, SelectStatement) -> Result<SelectStatement, StoreError>,
        work: Work,
    ) -> Result<Vec<Vec<QueryResult>>, StoreError> {
        let Some((first, rows)) = self.for_any() else {
            let all = self.0.iter().map(|list| statement(list, list.rows().select()));
            return self.read_apart(all.collect::<Result<_, _>>()?, work).await;
        };
        let places: HashMap<Uuid, usize> =
            self.0.iter().enumerate().filter_map(|(place, list)| Some((list.user()?, place))).collect();
        let mut select = of_each(places.keys().copied().collect(), statement(first, rows)?);
        if work == Work::Page {
            first.sort_pages(OWN, &mut select);
        }
        let mut all: Vec<Vec<QueryResult>> = self.0.iter().map(|_| Vec::new()).collect();
        for row in first.query(work, &select).await? {
            let place = places.get(&row.try_get("", LIST)?).ok_or(StoreError::Internal)?;
            all.get_mut(*place).ok_or(StoreError::Internal)?.push(row);
        }
        Ok(all)
    }

    /// The first list, and its rows for whichever of the users, where one statement can be for all.
    fn for_any(&self) -> Option<(&List<L>, SelectStatement)> {
        let [first, others @ ..] = self.0.as_slice() else { return None };
        let Rows::Of(_, rows) = first.rows() else { return None };
        let is_alike = |list: &List<L>| match list.rows() {
            Rows::Of(_, own) => Arc::ptr_eq(own, rows),
            Rows::All(_) => false,
        };
        let can_join = first.reader().db().get_database_backend() == DbBackend::Postgres;
        (can_join && !others.is_empty() && others.iter().all(is_alike))
            .then(|| (first, rows(Expr::col((ASKED, ASKED)))))
    }

    /// The rows of statements, of each apart: one statement for as many as it takes. Sorted, where they are pages.
    async fn read_apart(
        &self,
        statements: Vec<SelectStatement>,
        work: Work,
    ) -> Result<Vec<Vec<QueryResult>>, StoreError> {
        let Some(first) = self.0.first() else { return Ok(Vec::new()) };
        let many = statements.len() > 1;
        let mut all: Vec<Vec<QueryResult>> = Vec::new();
        for some in statements.chunks(at_once(&statements)) {
            if !many {
                all.push(first.query(work, &some[0]).await?);
                continue;
            }
            let mut select = union(some);
            if work == Work::Page {
                first.sort_pages(ALL, &mut select);
            }
            let mut rows: Vec<Vec<QueryResult>> = some.iter().map(|_| Vec::new()).collect();
            for row in first.query(work, &select).await? {
                let list =
                    usize::try_from(row.try_get::<i32>("", LIST)?).map_err(|_| StoreError::Internal)?;
                rows.get_mut(list).ok_or(StoreError::Internal)?.push(row);
            }
            all.extend(rows);
        }
        Ok(all)
    }
}

#[expect(private_bounds, reason = "as above")]
impl<L: Owned> Lists<L> {
    /// The page of each.
    pub(crate) async fn pages(&self) -> Result<Vec<Page<Row<L>>>, StoreError> {
        let columns = columns::<L>();
        let all = self.read(|list, rows| list.page_statement(rows, &columns), Work::Page).await?;
        let row = |row: &QueryResult| Ok(Row::<L>::from_query_result(row, "")?);
        self.0.iter().zip(all).map(|(list, rows)| list.read_page(rows, row)).collect()
    }
}

/// A row of such a list.
pub(crate) type Row<L> = <<L as Owned>::Entity as EntityTrait>::Model;

fn columns<L: Owned>() -> Vec<&'static str> {
    <L::Entity as EntityTrait>::Column::iter().map(|column| column.as_str()).collect()
}

/// How many of these statements, which are alike, one takes.
fn at_once(statements: &[SelectStatement]) -> usize {
    let values = statements.first().map_or(0, |one| one.build(SqliteQueryBuilder).1.0.len());
    (VALUES / values.max(1)).clamp(1, LISTS)
}

/// What a statement finds for each of these users in turn, each row with the user.
fn of_each(users: Vec<Uuid>, statement: SelectStatement) -> SelectStatement {
    let users = Func::cust("unnest").arg(Expr::val(users));
    Query::select()
        .expr_as(Expr::col((ASKED, ASKED)), LIST)
        .column((OWN, Asterisk))
        .from_function(users, ASKED)
        .join_lateral(JoinType::InnerJoin, statement, OWN, Expr::val(true))
        .take()
}

/// All rows of all statements, each with the place of its own. Each is limited before they come together, and sorted again
/// behind that: no database promises an order of such rows.
fn union(statements: &[SelectStatement]) -> SelectStatement {
    let mut parts = statements.iter().zip(0_i32..).map(|(statement, at)| {
        let mut part = Query::select();
        part.expr_as(Expr::val(at), LIST).column((OWN, Asterisk)).from_subquery(statement.clone(), OWN);
        part
    });
    let mut all = parts.next().unwrap_or_default();
    for part in parts {
        all.union(UnionType::All, part);
    }
    Query::select()
        .column((ALL, Asterisk))
        .from_subquery(all, ALL)
        .order_by((ALL, LIST), sea_orm::sea_query::Order::Asc)
        .take()
}
