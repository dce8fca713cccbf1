//! What an entry is made of, and what is sealed of it. Names of fields stay in clear; values and reasons are sealed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::auth::policy::{Action, Permission};

/// Whose key seals what concerns no user; the id of the platform where it is what an act concerned.
pub const PLATFORM: Uuid = Uuid::nil();

/// What one act changed, and of whom. The audit entry is made of it.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The fields, with old and new values.
    pub fields: Vec<FieldChange>,
    /// Whom it concerned; none for the platform as a whole.
    pub target: Option<Target>,
    /// The account concerned, where there is no target.
    pub account: Option<String>,
    /// Users concerned beside the target.
    pub users: Vec<Concerned>,
    /// Why, as the caller wrote.
    pub reason: Option<String>,
    /// The KYC review that looks at it, with the names of the fields that matter.
    pub review: Option<(Uuid, Vec<String>)>,
}

/// A user whom an act concerned beside its target, and what it changed of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerned {
    /// The user.
    pub id: Uuid,
    /// Their account.
    pub account: String,
    /// The fields, with old and new values.
    pub fields: Vec<FieldChange>,
}

/// What was read of sensitive fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads {
    /// Of whom which ones.
    pub users: BTreeMap<Uuid, BTreeSet<String>>,
    /// Those that lists were filtered, sorted or counted by, whomever they showed.
    pub lists: BTreeSet<String>,
}

/// One changed field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its name in the API.
    pub field: String,
    /// The value before.
    pub before: Value,
    /// The value after.
    pub after: Value,
}

impl FieldChange {
    /// What became of something of which the trail shows no value before: there was none, or it is nobody's to see.
    pub fn told(field: &str, after: impl Into<Value>) -> Self {
        Self { field: field.to_owned(), before: Value::Null, after: after.into() }
    }
}

/// The thing that an act concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its kind, such as `USER`.
    pub kind: &'static str,
    /// Its id.
    pub id: Uuid,
    /// Its account; none for what is the platform's own.
    pub account: Option<String>,
    /// Its version after the act.
    pub version: Option<i32>,
}

impl Target {
    /// The platform itself.
    pub fn platform(version: i32) -> Self {
        Self { kind: "PLATFORM", id: PLATFORM, account: None, version: Some(version) }
    }
}

/// A refused act, for the trail.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// When it was tried.
    pub at: DateTime<Utc>,
    /// What was tried.
    pub action: Action,
    /// The code it was answered with.
    pub code: &'static str,
    /// The permission that was missing.
    pub missing: Option<Permission>,
    /// Whom it was tried on, where somebody was named.
    pub on: Option<Aim>,
    /// The account it was tried in, where one was named.
    pub account: Option<String>,
}

/// Whom a refused act was tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// A user.
    User(Uuid),
    /// A staff member.
    Staff(Uuid),
}

/// What is sealed of an entry.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Details {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) changes: Vec<FieldChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) missing: Option<String>,
}

/// What sealed details are bound to: a copy in another entry does not open.
pub(super) fn context(entry: Uuid) -> String {
    format!("audit:{entry}")
}

/// The same of one of the users whom an entry concerns.
pub(super) fn context_of_user(entry: Uuid, user: Uuid) -> String {
    format!("audit:{entry}:{user}")
}

/// The names in a JSON list.
pub(super) fn names(list: &str) -> Vec<String> {
    serde_json::from_str(list).unwrap_or_default()
}
