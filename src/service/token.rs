//! Access tokens for development and scripts.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use super::{Services, error::ApiError};
use crate::{
    auth::{
        caller::Caller,
        policy::{Action, Role},
        token::{AccountsClaim, TokenRequest},
    },
    store::audit::{Change, FieldChange},
};

/// What a token is to say.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whom it stands for.
    pub subject: String,
    /// What people call them.
    pub name: Option<String>,
    /// What it allows.
    pub roles: Vec<Role>,
    /// The accounts that it reaches.
    pub accounts: AccountsClaim,
    /// How long it lasts: [`LONGEST`](crate::auth::token::LONGEST) at most.
    pub ttl: Duration,
}

impl Services {
    /// Signs a token. Leaves an audit entry: whoever can run this command can become anyone.
    pub async fn issue_token(&self, caller: &Arc<Caller>, new: NewToken) -> Result<String, ApiError> {
        let permit = self.permit(caller, Action::TokenIssue).await?;
        let roles: Vec<String> = new.roles.iter().map(|role| role.claim().to_owned()).collect();
        let facts = [
            ("subject", json!(new.subject)),
            ("roles", json!(roles)),
            ("accounts", json!(new.accounts)),
            ("ttlSeconds", json!(new.ttl.as_secs())),
        ];
        let NewToken { subject, name, accounts, ttl, .. } = new;
        let (token, claims) = self
            .tokens()
            .issue(TokenRequest { subject, name, roles, accounts, ttl, session: None })
            .map_err(|error| ApiError::bad_input(error.to_string()))?;
        let fields = facts
            .into_iter()
            .chain([("jti", json!(claims.jti))])
            .map(|(field, after)| FieldChange { field: field.to_owned(), before: json!(null), after });
        let writer = self.store().write(permit).await?;
        writer.commit(Change { fields: fields.collect(), ..Change::default() }).await?;
        Ok(token)
    }
}
