//! What is wrong with an input, as a mutation answers it: a stable code, the way to the field, and what to do.

use async_graphql::{Enum, resolver_utils::EnumType};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::mistake::Mistake;

/// The kinds of problems. Clients switch on them: a code is never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(name = "MutationErrorCode")]
pub enum ProblemCode {
    /// A value is missing.
    Required,
    /// A value is not acceptable; the message says what would be.
    Invalid,
    /// Another record of the account has this value already.
    Unique,
    /// Something that the input names does not exist, or is outside your accounts.
    NotFound,
    /// The life cycle has no such step.
    IllegalTransition,
    /// The user is cancelled, which is final: nothing of them can be changed.
    UserCanceled,
    /// The record changed since the version that you gave.
    VersionConflict,
    /// A policy of the platform does not allow it; `policy` names it.
    PolicyForbids,
    /// It contradicts what is recorded: the same external id with other content at the same instant, or of another user,
    /// kind or currency.
    Conflict,
    /// The idempotency key was used before, with another input.
    IdempotencyMismatch,
    /// A role or permission that you do not hold, or not as far: nobody hands on more than they hold, or acts on somebody who
    /// holds more. `values` names them.
    OutOfScopePermission,
    /// An account that you do not see: nobody hands on more than they hold, or acts on somebody who sees more. `values` names
    /// them.
    OutOfScopeAccount,
    /// Nobody does this to themselves.
    SelfActionForbidden,
    /// The last administrator with access to everything stays.
    LastAdmin,
    /// User name, password, code or challenge are not right, or too many tries failed of late: which, nobody is told.
    SignInFailed,
    /// The link is none of ours, was used, has run out, or another one was sent.
    LinkInvalid,
    /// The session is over: sign in again.
    SessionEnded,
}

impl ProblemCode {
    /// Its name in the API, such as `INVALID`.
    pub fn name(self) -> &'static str {
        <Self as EnumType>::items().iter().find(|item| item.value == self).map_or("", |item| item.name)
    }
}

/// One problem of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The kind.
    pub code: ProblemCode,
    /// The way to the field, from the mutation's arguments on.
    pub field: Vec<String>,
    /// A sentence that says what to do.
    pub message: String,
    /// Set with [`ProblemCode::VersionConflict`].
    pub conflict: Option<VersionConflict>,
    /// The name of the policy; set with [`ProblemCode::PolicyForbids`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The values at fault, where the field has several: keys of roles, codes of accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// What happened to a record since the version that the caller knew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionConflict {
    /// The version that the caller gave.
    pub yours: i32,
    /// The version now.
    pub current: i32,
    /// The fields that changed in between.
    pub changed_fields: Vec<String>,
    /// Who changed it last.
    pub by: Option<String>,
    /// When it changed last.
    pub at: Option<DateTime<Utc>>,
}

impl Problem {
    /// A problem of the field that `path` leads to, its steps separated by dots.
    pub fn new(code: ProblemCode, path: &str, message: impl Into<String>) -> Self {
        let field = path.split('.').filter(|step| !step.is_empty()).map(str::to_owned).collect();
        Self { code, field, message: message.into(), conflict: None, policy: None, values: Vec::new() }
    }

    /// The same of these values.
    pub fn of(self, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { values: values.into_iter().map(Into::into).collect(), ..self }
    }

    /// A problem that a policy of the platform makes, by the policy's name.
    pub fn of_policy(policy: &str, path: &str, message: impl Into<String>) -> Self {
        let policy = Some(policy.to_owned());
        Self { policy, ..Self::new(ProblemCode::PolicyForbids, path, message) }
    }
}

/// Collects the problems of one input, so that the caller learns all of them at once.
#[derive(Debug, Default)]
pub struct Problems {
    root: String,
    found: Vec<Problem>,
}

impl Problems {
    /// Problems of the argument that `root` names, such as `input.profile`.
    pub fn under(root: &str) -> Self {
        Self { root: root.to_owned(), found: Vec::new() }
    }

    /// Notes a problem of `field`, relative to the root.
    pub fn add(&mut self, code: ProblemCode, field: &str, message: impl Into<String>) {
        self.found.push(Problem::new(code, &format!("{}.{field}", self.root), message));
    }

    /// Notes a problem of the argument that `path` leads to, wherever the root is.
    pub fn add_at(&mut self, code: ProblemCode, path: &str, message: impl Into<String>) {
        self.found.push(Problem::new(code, path, message));
    }

    /// Notes a problem that is known in full.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.found.extend(problems);
    }

    /// The value, or a note of why there is none.
    pub fn check<T>(&mut self, field: &str, judged: Result<T, Mistake>) -> Option<T> {
        judged.map_err(|mistake| self.add(ProblemCode::Invalid, field, mistake.into_message())).ok()
    }

    /// Whether nothing was found so far.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All that was found; empty when the input is fine.
    pub fn into_found(self) -> Vec<Problem> {
        self.found
    }
}
