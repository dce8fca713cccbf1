//! Lists that are read together: the same list of each of many users. Whatever is asked of them (their pages, how many rows
//! they have, what lies behind a page) costs one statement for all, which takes of each only what its index gives.

use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryResult,
    sea_query::{
        Asterisk, Cond, Condition, Expr, ExprTrait, Query, SelectStatement, SqliteQueryBuilder, UnionType,
    },
};
use uuid::Uuid;

use super::{
    error::StoreError,
    facet::Bucket,
    list::{Beyond, Count, List, Listed, Page, given_cursor},
    session::Reader,
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

/// Rows that belong to users.
pub(crate) trait Owned: Listed {
    /// The table.
    type Entity: EntityTrait;

    /// The column of the user whom a row belongs to.
    type Owner: Copy + Send + Sync;

    /// The name of that column.
    fn owner(column: Self::Owner) -> &'static str;

    /// The rows of one user, whom the reader has seen; no columns yet. What is in it stands under the table's name.
    fn rows_of_user(reader: &Reader, column: Self::Owner, user: Uuid) -> SelectStatement {
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
        let given = given_cursor(&query.window)?;
        let list = |user: Uuid| {
            // whoever has seen the user sees what belongs to the user
            let mut rows = L::rows_of_user(self, owner, user);
            rows.cond_where(L::shown(self));
            self.list_of(rows, Some((L::owner(owner), user)), query, given.as_ref())
        };
        Ok(users.ids().map(|user| (user, list(user))).collect())
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
            select
                .columns(columns::<L>().into_iter().map(|column| (L::TABLE, column)))
                .and_where(Expr::col((L::TABLE, "id")).is_in(some.iter().copied()));
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
        let all = self.read(self.0.iter().map(|list| list.count_statement(limit)).collect(), false).await?;
        all.iter().map(|rows| Count::read(rows.first().ok_or(StoreError::Internal)?, limit)).collect()
    }

    /// Counts the rows of each by one facet.
    pub(crate) async fn facets(&self, by: L::Facet) -> Result<Vec<Vec<Bucket>>, StoreError> {
        let counting = self.0.iter().map(|list| list.counting(by)).collect::<Result<Vec<_>, _>>()?;
        let all = self.read(counting.iter().map(|one| one.statement.clone()).collect(), false).await?;
        counting.into_iter().zip(all).map(|(one, rows)| one.read(&rows)).collect()
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
        let mut found = self.read(asked, false).await?.into_iter().map(|rows| !rows.is_empty());
        Ok(known.into_iter().map(|known| known.or_else(|| found.next()).unwrap_or_default()).collect())
    }

    /// The rows of statements, of each apart: one statement for as many as it takes. Sorted, where they are pages.
    async fn read(
        &self,
        statements: Vec<SelectStatement>,
        are_pages: bool,
    ) -> Result<Vec<Vec<QueryResult>>, StoreError> {
        let Some(first) = self.0.first() else { return Ok(Vec::new()) };
        let (db, many) = (first.reader().db(), statements.len() > 1);
        let mut all: Vec<Vec<QueryResult>> = Vec::new();
        for some in statements.chunks(at_once(&statements)) {
            if !many {
                all.push(db.query_all(&some[0]).await?);
                continue;
            }
            let mut select = union(some);
            if are_pages {
                first.sort_pages(ALL, &mut select);
            }
            let mut rows: Vec<Vec<QueryResult>> = some.iter().map(|_| Vec::new()).collect();
            for row in db.query_all(&select).await? {
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
        let statements = self.0.iter().map(|list| list.page_statement(&columns)).collect::<Result<_, _>>()?;
        let all = self.read(statements, true).await?;
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
