//! Lists of what belongs to a user, and the way back from their items to users. Whatever is read, is read for all who were
//! read together: a page of users costs as many statements as one user.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use async_graphql::{Context, Pos, Value};
use uuid::Uuid;

use super::{
    connection::{Connection, Node, reads_page},
    guard::{caller, services},
    plain::{Filled, Plain, Selected},
    user::{User, selection_of},
};
use crate::{
    auth::{caller::Permit, policy::Action},
    service::{
        error::ApiError,
        listing::{Listed, Page, QueryOf},
        nested::{Nested, Owned, Row},
        once::Once,
        user::{ByUser, Siblings},
    },
};

/// An item of such a list.
pub(super) trait Item: Node<Listed: Owned> {
    /// The users whom a row names.
    fn users(row: &Row<Self::Listed>) -> Vec<Uuid>;

    /// What else a row leads to, by ids of one kind: read for all rows that were read with it.
    fn others(_: &Row<Self::Listed>) -> Vec<Uuid> {
        Vec::new()
    }

    /// The item that a row is; `named` are the users whom the rows name that were read with it.
    fn of(row: Row<Self::Listed>, named: &Arc<Named>) -> Self;
}

/// The items of pages that were read together.
pub(super) fn items<N: Item>(pages: Vec<Page<Row<N::Listed>>>) -> Vec<Page<N>> {
    let named = Named::by::<N>(pages.iter().flat_map(|page| &page.items));
    pages.into_iter().map(|page| page.with(|row| N::of(row, &named))).collect()
}

/// The items that rows are which were read together, by what they belong to.
pub(super) fn together<K: Eq + Hash, N: Item>(rows: HashMap<K, Vec<Row<N::Listed>>>) -> HashMap<K, Vec<N>> {
    let named = Named::by::<N>(rows.values().flatten());
    let items = |rows: Vec<_>| rows.into_iter().map(|row| N::of(row, &named)).collect();
    rows.into_iter().map(|(key, rows)| (key, items(rows))).collect()
}

/// The list of one of users who were read together. Once it was read for the first of them, [`ready`] answers with those of the
/// others and asks again for the permit alone: a resolver checks nothing else of its user. `owner` says which column has them, `query` what the arguments of the
/// field ask for. That is the same for all of them, and found out once.
pub(super) async fn list_of<N: Item>(
    ctx: &Context<'_>,
    permit: &Permit,
    (users, user): (&Siblings, Uuid),
    owner: <N::Listed as Owned>::Owner,
    query: impl FnOnce() -> Result<QueryOf<N::Listed>, ApiError>,
) -> Result<Filled<Connection<N>>, ApiError> {
    let table = N::Listed::TABLE;
    let ask = async || {
        let query = query()?;
        let (with_pages, owner_name) = (reads_page(&ctx.look_ahead()), N::Listed::owner(owner));
        // the field may stand in several fragments
        let key = format!("{table} {owner_name} {with_pages} {query:?}");
        let read = async |seen| {
            let found = services(ctx)?.nested::<N::Listed>(permit, &seen, owner, &query, with_pages).await?;
            let Nested { users, lists, pages, failed } = found;
            let found = Connection::<N>::together(lists, items(pages)).map(Ok);
            let failed = failed.into_iter().map(|(user, error)| (user, Err(error)));
            Ok(users.into_iter().zip(found).chain(failed).collect())
        };
        let lists = users.once::<Result<Connection<N>, ApiError>, _>(key, read).await?;
        let ready = ReadyLists { part: permit.action(), lists: Arc::clone(&lists) };
        users.known().get(ready_at(ctx.item.pos), async || Ok(Box::new(ready) as Box<dyn Ready>)).await?;
        Ok(lists)
    };
    let all = users.known().get(format!("{table} at {}", ctx.item.pos), ask).await?;
    all.get(&user).cloned().ok_or(ApiError::Internal)?.map(Filled)
}

/// Lists that were read for one of users who were read together, and are values of the others.
trait Ready: Send + Sync {
    fn value(&self, user: &User, field: &Selected<'_>) -> Option<Value>;
}

struct ReadyLists<N: Node> {
    part: Action,
    lists: ByUser<Result<Connection<N>, ApiError>>,
}

impl<N: Node> Ready for ReadyLists<N> {
    fn value(&self, user: &User, field: &Selected<'_>) -> Option<Value> {
        let own = self.lists.get(&user.key())?.as_ref().ok()?;
        // each is noted as read, as the resolver does
        user.permit(&field.context(), self.part).ok()??;
        field.object::<Connection<N>>(|field| own.plain(field))
    }
}

fn ready_at(place: Pos) -> String {
    format!("ready at {place}")
}

/// The list that a field answers with, where it was read for another user.
pub(super) fn ready(user: &User, field: &Selected<'_>) -> Option<Value> {
    let lists = user.among().0.known().peek::<Box<dyn Ready>>(&ready_at(field.place()))?;
    lists.value(user, field)
}

/// The item of one of users who were read together, of whom each has one row at most.
pub(super) async fn one_of<N: Item + Send + Sync>(
    key: &str,
    (users, user): (&Siblings, Uuid),
    rows: &HashMap<Uuid, Row<N::Listed>>,
) -> Result<Option<N>, ApiError>
where
    Row<N::Listed>: Clone,
{
    let read = async |_| {
        let named = Named::by::<N>(rows.values());
        Ok(rows.iter().map(|(user, row)| (*user, N::of(row.clone(), &named))).collect())
    };
    let all = users.once::<N, _>(key, read).await?;
    Ok(all.get(&user).cloned())
}

/// What items name that were read together.
#[derive(Debug)]
pub(super) struct Named {
    users: Vec<Uuid>,
    others: Vec<Uuid>,
    known: Once,
}

impl Named {
    fn by<'a, N: Item>(rows: impl Iterator<Item = &'a Row<N::Listed>> + Clone) -> Arc<Self> {
        let users = different(rows.clone().flat_map(N::users));
        let others = different(rows.flat_map(N::others));
        Arc::new(Self { users, others, known: Once::default() })
    }

    /// What else they name.
    pub(super) fn others(&self) -> &[Uuid] {
        &self.others
    }

    /// What is known of it.
    pub(super) fn known(&self) -> &Once {
        &self.known
    }

    /// What `read` finds for all the users, once for each key.
    pub(super) async fn once<T: Send + Sync + 'static>(
        &self,
        key: &str,
        read: impl AsyncFnOnce(&[Uuid]) -> Result<T, ApiError>,
    ) -> Result<Arc<T>, ApiError> {
        self.known.get(key, async || read(&self.users).await).await
    }

    /// One of them, as far as the field selects it; none outside the caller's scope.
    pub(super) async fn user(&self, ctx: &Context<'_>, id: Uuid) -> Result<Option<User>, ApiError> {
        let selection = selection_of(&[ctx.look_ahead()]);
        let read = async || {
            let users = services(ctx)?.users_of(caller(ctx)?, &self.users, &selection).await?;
            Ok(User::all(users).map(|user| (user.key(), user)).collect::<HashMap<_, _>>())
        };
        let all = self.known.get(format!("{selection:?}"), read).await?;
        Ok(all.get(&id).cloned())
    }

    /// The same, where there may be none.
    pub(super) async fn user_at(
        &self,
        ctx: &Context<'_>,
        id: Option<Uuid>,
    ) -> Result<Option<User>, ApiError> {
        match id {
            Some(id) => self.user(ctx, id).await,
            None => Ok(None),
        }
    }

    /// One of the others, which are all of that kind; none outside the caller's scope.
    pub(super) async fn item_at<N: Item>(
        &self,
        ctx: &Context<'_>,
        permit: &Permit,
        id: Option<Uuid>,
    ) -> Result<Option<N>, ApiError> {
        let Some(id) = id else { return Ok(None) };
        let read = async || {
            let rows = services(ctx)?.rows_of::<N::Listed>(permit, &self.others).await?;
            let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
            let named = Self::by::<N>(rows.iter().map(|(_, row)| row));
            let items = rows.into_iter().map(|(_, row)| N::of(row, &named));
            Ok(ids.into_iter().zip(items).collect::<HashMap<_, _>>())
        };
        let all = self.known.get(N::Listed::TABLE, read).await?;
        Ok(all.get(&id).cloned())
    }
}

fn different(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
