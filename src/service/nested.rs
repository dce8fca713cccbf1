//! Lists of what belongs to users: read for all users of a page together. A permit for the part comes with each question:
//! whoever has none is not refused, but the part is withheld.

use uuid::Uuid;

use super::{
    Services,
    error::ApiError,
    listing::{self, List, Lists, Page, QueryOf},
};
use crate::{auth::caller::Permit, store::user::Seen};

pub(crate) use crate::store::{Owned, Row};

/// The lists of users who were read together.
pub(crate) struct Nested<L: Owned> {
    /// The users, and their lists.
    pub(crate) users: Vec<Uuid>,
    pub(crate) lists: Lists<L>,
    /// The page of each.
    pub(crate) pages: Vec<Page<Row<L>>>,
    /// The users whose list the cursor is none of, and why.
    pub(crate) failed: Vec<(Uuid, ApiError)>,
}

impl Services {
    /// What `query` asks for of each of these users; without pages, where the lists are only counted.
    pub(crate) async fn nested<L: Owned>(
        &self,
        permit: &Permit,
        seen: &Seen,
        owner: L::Owner,
        query: &QueryOf<L>,
        with_pages: bool,
    ) -> Result<Nested<L>, ApiError> {
        listing::judge_filter(&query.filter, self.limits())?;
        let found = self.store().read(permit).lists_of::<L>(seen, owner, query);
        let found = self.shown(permit.caller(), permit.action(), found).await?;
        let (mut users, mut lists, mut failed) = (Vec::new(), Vec::<List<L>>::new(), Vec::new());
        for (user, list) in found {
            match list {
                Ok(list) => {
                    users.push(user);
                    lists.push(list);
                }
                Err(error) => failed.push((user, error.into())),
            }
        }
        let lists = Lists::of(lists);
        let pages =
            if with_pages { lists.pages().await? } else { users.iter().map(|_| Page::unread()).collect() };
        Ok(Nested { users, lists, pages, failed })
    }

    /// Those of these rows that the permit reaches: for items that lead to them.
    pub(crate) async fn rows_of<L: Owned>(
        &self,
        permit: &Permit,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Row<L>)>, ApiError> {
        Ok(self.store().read(permit).rows_of::<L>(ids).await?)
    }
}
