//! What the viewer may do to a user, so that a front end shows the right buttons.

use async_graphql::{Error, SimpleObject};

use crate::{
    auth::policy::Permission,
    domain::problem::ProblemCode,
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
    /// The policy that hides it from everybody, as the query `platform` names it: then no permission shows it.
    policy: Option<&'static str>,
}

impl From<Withheld> for WithheldField {
    fn from(Withheld { path, permission, policy }: Withheld) -> Self {
        Self { path, permission, policy }
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
    /// The policy that does not allow it, as the query `platform` names it; with `POLICY_FORBIDS`.
    policy: Option<&'static str>,
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
        let reason = |code, message| Self { code, message, missing_permission: None, policy: None };
        match denial {
            Denial::Forbidden { missing } => Self {
                missing_permission: missing,
                ..reason("FORBIDDEN", Error::from(ApiError::Forbidden { missing }).message)
            },
            Denial::OutOfReach => reason("NOT_FOUND", Error::from(ApiError::NotFound).message),
            Denial::State(code, mistake) => reason(code.name(), mistake.into_message()),
            Denial::Policy(policy, mistake) => Self {
                policy: Some(policy),
                ..reason(ProblemCode::PolicyForbids.name(), mistake.into_message())
            },
        }
    }
}
