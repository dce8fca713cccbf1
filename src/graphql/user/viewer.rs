//! What the viewer may do to a user, so that a front end shows the right buttons.

use async_graphql::{Error, SimpleObject};

use crate::{
    auth::policy::Permission,
    service::{
        error::ApiError,
        user::{Denial, ViewerAction as Action, Withheld},
    },
};

/// An act on a user, and whether you may do it to this one as they are now.
#[derive(SimpleObject)]
pub(super) struct ViewerAction {
    /// The name of the mutation, such as `userFreeze`.
    action: &'static str,
    /// Whether the mutation would accept some input.
    allowed: bool,
    /// Why not; empty when it is allowed.
    reasons: Vec<DenialReason>,
}

/// A field that is null because you may not see it.
#[derive(SimpleObject)]
pub(super) struct WithheldField {
    /// Its path, from the user on, such as `tax`.
    path: &'static str,
    /// A permission that would show it.
    permission: Option<Permission>,
}

impl From<Withheld> for WithheldField {
    fn from(Withheld { path, permission }: Withheld) -> Self {
        Self { path, permission }
    }
}

/// Why an act is not allowed.
#[derive(SimpleObject)]
pub(super) struct DenialReason {
    /// The code that the mutation would answer, such as `FORBIDDEN` or `USER_CANCELED`.
    code: &'static str,
    /// The sentence that it would answer.
    message: String,
    /// The permission that none of your roles has; with `FORBIDDEN`.
    missing_permission: Option<Permission>,
}

impl From<Action> for ViewerAction {
    fn from(Action { action, denial }: Action) -> Self {
        Self {
            action: action.field().unwrap_or_default(),
            allowed: denial.is_none(),
            reasons: denial.into_iter().map(DenialReason::from).collect(),
        }
    }
}

impl From<Denial> for DenialReason {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::Forbidden { missing } => Self {
                code: "FORBIDDEN",
                message: Error::from(ApiError::Forbidden { missing }).message,
                missing_permission: missing,
            },
            Denial::OutOfReach => Self {
                code: "NOT_FOUND",
                message: Error::from(ApiError::NotFound).message,
                missing_permission: None,
            },
            Denial::State(code, mistake) => {
                Self { code: code.name(), message: mistake.into_message(), missing_permission: None }
            }
        }
    }
}
