//! Who asks, and what they may do: what a front end needs to show the right menu.

use std::sync::Arc;

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::{account::Account, guard, sign_in::Session};
use crate::{
    auth::{
        caller::Caller,
        policy::{Action, Permission, Role},
    },
    service::error::ApiError,
};

/// The bearer of the token.
pub(super) struct Viewer(Arc<Caller>);

/// The bearer of the token.
#[Object]
impl Viewer {
    /// The token's subject.
    async fn subject(&self) -> &str {
        self.0.subject()
    }

    /// The token's name.
    async fn name(&self) -> Option<&str> {
        self.0.name()
    }

    /// The built-in roles of the token.
    async fn roles(&self) -> Vec<Role> {
        self.0.built_in_roles().collect()
    }

    /// The keys of the roles of the token that administrators defined.
    async fn defined_roles(&self) -> Vec<&str> {
        self.0.defined_roles().collect()
    }

    /// Everything that the roles allow.
    async fn permissions(&self) -> Vec<Permission> {
        self.0.permissions().collect()
    }

    /// The accounts whose users the token reaches; empty without the permission to read users.
    async fn accounts(&self, ctx: &Context<'_>) -> Result<Vec<Account>, ApiError> {
        if !self.0.holds(Permission::UserRead) {
            return Ok(Vec::new());
        }
        Ok(guard::services(ctx)?.accounts(&self.0).await?.into_iter().map(Account::from).collect())
    }

    /// Your open sessions, newest first; empty for programs, and for tokens that were not issued by signing in here.
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>, ApiError> {
        let open = guard::services(ctx)?.own_sessions(&self.0).await?;
        Ok(open.into_iter().map(Session::from).collect())
    }

    /// When the token ends.
    async fn token_expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at()
    }
}

/// The query for oneself.
#[derive(Debug, Default)]
pub(super) struct ViewerQuery;

/// The query for oneself.
#[Object]
impl ViewerQuery {
    /// Who you are, and what you may do.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer, ApiError> {
        let permit = guard::services(ctx)?.permit(guard::caller(ctx)?, Action::Viewer).await?;
        Ok(Viewer(Arc::clone(permit.caller())))
    }
}
