//! What an operation answers instead of a result. Which one to use:
//!
//! - the token is missing or bad: [`ApiError::Unauthenticated`], made by the door in `http`, and where what it says ended while
//!   its bearer was judged;
//! - the caller lacks a permission: [`ApiError::Forbidden`], made by [`super::Services::permit`] alone;
//! - they have it, and showed too long ago who they are: [`ApiError::Unconfirmed`], made there as well;
//! - a policy of the platform hides what is asked for: [`ApiError::PolicyForbids`];
//! - the thing does not exist, or lies outside the caller's accounts: [`ApiError::NotFound`], never telling which;
//! - an argument of a query makes no sense: [`ApiError::BadInput`], with a sentence that says what to do;
//! - it makes sense but is more than is taken at once: [`ApiError::TooMuch`], with a code of its own;
//! - an input of a mutation is not acceptable: no error at all, but [`Problem`]s in its payload;
//! - the database is gone: [`ApiError::Unavailable`]; too much is worked on already: [`ApiError::Crowded`];
//! - it takes too long, and would again: [`ApiError::TooSlow`];
//! - anything else is our fault: [`ApiError::Internal`].

use chrono::TimeDelta;

use super::code::ErrorCode;
use crate::{
    auth::policy::Permission,
    domain::problem::Problem,
    store::error::{CursorError, StoreError},
};

/// An error of a whole operation. It has no `Display` and no conversion from a database error: whatever is Display turns
/// into a text for the client at a stray `?`, and so this does not compile there.
#[derive(Debug, Clone)]
pub enum ApiError {
    /// No valid token.
    Unauthenticated,
    /// The caller may not do this.
    Forbidden {
        /// What is missing; none when no permission would do.
        missing: Option<Permission>,
    },
    /// The caller may do this, once they have shown again who they are.
    Unconfirmed {
        /// How long ago they may have done so.
        max_age: TimeDelta,
    },
    /// A policy of the platform does not allow this to anybody.
    PolicyForbids {
        /// Its name, as the query `platform` has it.
        policy: &'static str,
    },
    /// There is no such thing within the caller's accounts.
    NotFound,
    /// A key names several things within the caller's accounts.
    Ambiguous,
    /// An argument makes no sense.
    BadInput {
        /// The stable code.
        code: ErrorCode,
        /// What to do.
        message: String,
    },
    /// More than is taken at once.
    TooMuch {
        /// The stable code, which names the limit.
        code: ErrorCode,
        /// The limit.
        limit: u64,
        /// What to do.
        message: String,
    },
    /// Try again later.
    Unavailable,
    /// Too many ask for it at once: try again in a moment.
    Crowded,
    /// The database gave a query up: it would take as long again.
    TooSlow,
    /// The database fell silent while it committed: nobody knows whether the change took effect.
    InDoubt,
    /// Our fault; the log knows more.
    Internal,
}

impl ApiError {
    /// A bad argument of a query.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::BadInput { code: ErrorCode::BadInput, message: message.into() }
    }

    /// More than is taken at once.
    pub fn too_much(code: ErrorCode, limit: impl TryInto<u64>, message: impl Into<String>) -> Self {
        Self::TooMuch { code, limit: limit.try_into().unwrap_or(u64::MAX), message: message.into() }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Cursor(CursorError::Malformed) => {
                Self::bad_input("This is no cursor: take one from `pageInfo` or `edges` of an answer.")
            }
            StoreError::Cursor(CursorError::Mismatch) => Self::BadInput {
                code: ErrorCode::CursorMismatch,
                message: "This cursor belongs to a list with another filter, search or order: start again without it."
                    .into(),
            },
            StoreError::Hidden(refused) => Self::Forbidden { missing: refused.missing },
            StoreError::Unavailable => Self::Unavailable,
            StoreError::TooSlow => Self::TooSlow,
            StoreError::InDoubt => Self::InDoubt,
            // a constraint that no operation expected
            StoreError::Taken(_) | StoreError::Internal => Self::Internal,
        }
    }
}

/// How a mutation ended: with a result, or with everything that is wrong with its input.
#[derive(Debug, Clone)]
pub enum Outcome<T> {
    /// It took effect, or there was nothing to change.
    Done(T),
    /// It did not; all problems at once.
    Problems(Vec<Problem>),
}
