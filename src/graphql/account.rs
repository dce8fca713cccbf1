//! Accounts and groups: what users belong to.

use async_graphql::{Context, ID, Object, SimpleObject};
use backdesk_entity::enums::GroupKind;
use chrono::{DateTime, Utc};

use super::{
    guard::{caller, services},
    user::Category,
};
use crate::{
    service::error::ApiError,
    store::{Account as AccountRow, Group as GroupRow},
};

/// A business unit that users belong to and that staff are given access to.
#[derive(SimpleObject)]
pub(super) struct Account {
    /// The code that tokens carry; never renamed.
    code: String,
    /// What people call it.
    name: String,
    /// When it was made.
    created_at: DateTime<Utc>,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        let AccountRow { code, name, created_at } = row;
        Self { code, name, created_at }
    }
}

/// What a user can belong to. Tells nothing about staff.
#[derive(SimpleObject)]
pub(super) struct Group {
    /// What the API calls the group: assign users to it by this.
    id: ID,
    /// Its name for programs: filter users by it.
    key: String,
    /// What people call it.
    name: String,
    /// What membership means.
    description: String,
    /// Assigned by hand, or computed.
    kind: GroupKind,
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        let GroupRow { id, key, name, description, kind } = row;
        Self { id: id.into(), key, name, description, kind }
    }
}

/// Queries on accounts and groups.
#[derive(Debug, Default)]
pub(super) struct AccountQueries;

/// Queries on accounts and groups.
#[Object]
impl AccountQueries {
    /// The accounts whose users you see, by code.
    async fn accounts(&self, ctx: &Context<'_>) -> Result<Vec<Account>, ApiError> {
        Ok(services(ctx)?.accounts(caller(ctx)?).await?.into_iter().map(Account::from).collect())
    }

    /// The groups that users can be in, by key.
    async fn groups(&self, ctx: &Context<'_>) -> Result<Vec<Group>, ApiError> {
        Ok(services(ctx)?.groups(caller(ctx)?).await?.into_iter().map(Group::from).collect())
    }

    /// The categories that users can be in, by key.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<Category>, ApiError> {
        Ok(services(ctx)?.categories(caller(ctx)?).await?.into_iter().map(Category::from).collect())
    }
}
