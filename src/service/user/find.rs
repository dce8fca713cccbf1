//! Finding users: one, or a list.

use std::sync::Arc;

use uuid::Uuid;

use super::{Category, UserAttribute, UserKey, UserOrderField, UserSelection, UserView, Users};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::{list::ListQuery, policy::may_be_hidden},
    service::{Miss, Services, error::ApiError, listing},
    store::{Account, Group, List},
};

/// A request for users.
pub type UserQuery = ListQuery<UserAttribute, UserOrderField>;

impl Services {
    /// The users that `query` asks for, of the accounts that the caller sees.
    pub async fn users(&self, caller: &Arc<Caller>, query: &UserQuery) -> Result<List<Users>, ApiError> {
        let permit = self.permit(caller, Action::Users).await?;
        listing::judge_filter(&query.filter, self.limits())?;
        query.search.as_deref().map_or(Ok(()), listing::judge_search)?;
        let reader = self.store().read(&permit);
        let list = self.shown(caller, Action::Users, reader.users(query)).await?;
        // what a policy hides could be guessed by a filter, as what a permission hides
        let parts = List::<Users>::parts_of(query);
        let mut paths = parts.iter().filter_map(|part| part.user_part()).filter(|path| may_be_hidden(path));
        if let Some(path) = paths.next()
            && let Some(policy) = reader.policies().await?.policies.that_hides(path)
        {
            return Err(ApiError::PolicyForbids { policy });
        }
        Ok(list)
    }

    /// One user. Nobody learns whether a user that they do not see exists.
    pub async fn user(
        &self,
        caller: &Arc<Caller>,
        key: UserKey,
        selection: &UserSelection,
    ) -> Result<Option<UserView>, ApiError> {
        let permit = self.permit(caller, Action::User).await?;
        judge_key(&key)?;
        let mut found = self.store().read(&permit).find_users(&key, selection).await?;
        if found.len() > 1 {
            return Err(ApiError::Ambiguous);
        }
        let found = found.pop();
        if found.is_none() {
            self.record_out_of_scope(&permit, Miss::User(key));
        }
        Ok(found)
    }

    /// Those of these users whom the caller sees: for items that name users. Nobody is refused who sees none.
    pub(crate) async fn users_of(
        &self,
        caller: &Arc<Caller>,
        ids: &[Uuid],
        selection: &UserSelection,
    ) -> Result<Vec<UserView>, ApiError> {
        match caller.permit(Action::User) {
            Ok(permit) => Ok(self.store().read(&permit).users_of(ids, selection).await?),
            Err(_) => Ok(Vec::new()),
        }
    }

    /// The accounts that the caller sees.
    pub async fn accounts(&self, caller: &Arc<Caller>) -> Result<Vec<Account>, ApiError> {
        let permit = self.permit(caller, Action::Accounts).await?;
        Ok(self.store().read(&permit).accounts().await?)
    }

    /// The groups that users can be in.
    pub async fn groups(&self, caller: &Arc<Caller>) -> Result<Vec<Group>, ApiError> {
        let permit = self.permit(caller, Action::Groups).await?;
        Ok(self.store().read(&permit).groups().await?)
    }

    /// The categories that users can be in.
    pub async fn categories(&self, caller: &Arc<Caller>) -> Result<Vec<Category>, ApiError> {
        let permit = self.permit(caller, Action::Categories).await?;
        Ok(self.store().read(&permit).categories().await?)
    }
}

fn judge_key(key: &UserKey) -> Result<(), ApiError> {
    match key {
        UserKey::Id(_) => Ok(()),
        UserKey::Reference(text) | UserKey::Email(text) => listing::judge_text(text),
        UserKey::ExternalId(id) => listing::judge_text(&id.system).and(listing::judge_text(&id.value)),
    }
}
