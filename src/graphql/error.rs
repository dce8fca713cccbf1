//! How an error reaches a client: a stable code in the extensions, a text that tells what to do, never internals.

use async_graphql::{Error, ErrorExtensions};

use crate::service::{code::ErrorCode, error::ApiError};

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Unauthenticated => coded(
                ErrorCode::Unauthenticated,
                "Send a valid access token: `Authorization: Bearer <token>`.",
            ),
            ApiError::Forbidden { missing: Some(permission) } => coded(
                ErrorCode::Forbidden,
                format!("This needs the permission {}, which none of your roles has.", permission.name()),
            )
            .extend_with(|_, extensions| extensions.set("permission", permission.name())),
            ApiError::Forbidden { missing: None } => {
                coded(ErrorCode::Forbidden, "None of your roles allows this for the accounts of your token.")
            }
            ApiError::Unconfirmed { max_age } => coded(
                ErrorCode::StepUpRequired,
                "Show again who you are, by `sessionConfirm`, and send this once more with the token that it answers.",
            )
            .extend_with(|_, extensions| extensions.set("maxAge", max_age.num_seconds())),
            ApiError::PolicyForbids { policy } => coded(
                ErrorCode::PolicyForbids,
                format!("The policy `{policy}` of the platform hides this from everybody: leave it out."),
            )
            .extend_with(|_, extensions| extensions.set("policy", policy)),
            ApiError::NotFound => {
                coded(ErrorCode::NotFound, "There is no such thing within your accounts: check the id.")
            }
            ApiError::Ambiguous => coded(
                ErrorCode::Ambiguous,
                "Several users in your accounts match this key: find them by `users(where: …)` and open one by id.",
            ),
            ApiError::BadInput { code, message } => coded(code, message),
            ApiError::TooMuch { code, limit, message } => {
                coded(code, message).extend_with(|_, extensions| extensions.set("limit", limit))
            }
            ApiError::Unavailable => {
                coded(ErrorCode::Unavailable, "The database cannot be reached: try again in a moment.")
            }
            ApiError::Crowded => {
                coded(ErrorCode::Unavailable, "Too many ask for this at once: try again in a moment.")
            }
            ApiError::TooSlow => coded(
                ErrorCode::QueryTooSlow,
                "The database gave this query up, and would again: no index finds what it asks for in time. Add a \
                 condition that few match (`eq`, `in`, `startsWith`), do without those that may match anywhere \
                 (`contains`, `endsWith`, `not`), order by one field alone, or leave out counts and facets.",
            ),
            ApiError::InDoubt => coded(
                ErrorCode::Unavailable,
                "The database was lost while it committed: the change may or may not have taken effect. Send it again \
                 with its idempotency key, or look before you repeat it.",
            ),
            ApiError::Internal => coded(
                ErrorCode::Internal,
                "Something went wrong on our side. Support finds it by the request id.",
            ),
        }
    }
}

fn coded(code: ErrorCode, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code.name()))
}
