//! What ties users to each other and to the platform: parent, company, guests, partners and advisers, categories, verified
//! marks, permissions as clients. As a change sees them, and as the audit trail tells of them.

use std::collections::{BTreeMap, BTreeSet};

use backdesk_entity::enums::{
    ClientPermission, CompanyRole, ControllingPersonType, EmployeeType, GuestRole, PartyKind, TieKind,
    VerificationKind, VerificationSource,
};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::domain::percent;

mod many;
mod others;
mod read;
mod targets;
mod write;

pub(super) use many::names;
pub use others::Other;
pub(super) use targets::{categories, leads, rows};
pub(super) use write::rows as saved;

/// How a user is tied to their parent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the entity documents each column")]
pub struct Parent {
    pub id: Option<Uuid>,
    pub kind: Option<TieKind>,
    pub share: Option<i32>,
    pub controlling_person_type: Option<ControllingPersonType>,
    pub employee_type: Option<EmployeeType>,
}

/// What a user is in a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the entity documents each column")]
pub struct Membership {
    pub company: Uuid,
    pub role: CompanyRole,
    pub since: DateTime<Utc>,
}

/// Somebody whom a user invited.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the entity documents each column")]
pub struct Guest {
    pub email: String,
    pub roles: BTreeSet<GuestRole>,
    pub invited_at: DateTime<Utc>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub user: Option<Uuid>,
}

/// By what, by whom and when something was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the entity documents each column")]
pub struct Mark {
    pub source: VerificationSource,
    pub by: Option<String>,
    pub at: DateTime<Utc>,
}

#[expect(clippy::struct_excessive_bools, reason = "one for each table, independent of one another")]
/// Which ties a change may touch, so that no others are read.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "named as what they are")]
pub struct TieParts {
    pub parent: bool,
    pub membership: bool,
    pub guests: bool,
    pub parties: bool,
    pub categories: bool,
    pub marks: bool,
    pub client_permissions: bool,
}

impl TieParts {
    /// Everything.
    pub const ALL: Self = Self {
        parent: true,
        membership: true,
        guests: true,
        parties: true,
        categories: true,
        marks: true,
        client_permissions: true,
    };
}

/// The ties of a user that were read. Those that were not are empty, and must be left so: what is written is the difference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ties {
    /// The parent.
    pub parent: Option<Parent>,
    /// The company.
    pub membership: Option<Membership>,
    /// The guests, by id.
    pub guests: BTreeMap<Uuid, Guest>,
    /// Partners and advisers, with the beginning of each.
    pub parties: BTreeMap<(PartyKind, Uuid), DateTime<Utc>>,
    /// Categories: ids with their keys.
    pub categories: BTreeMap<Uuid, String>,
    /// Verified marks.
    pub marks: BTreeMap<VerificationKind, Mark>,
    /// What the user may do as a client.
    pub client_permissions: BTreeSet<ClientPermission>,
}

impl Ties {
    /// What there is, by the API's names of the fields; what is empty is not there.
    pub(super) fn facts(&self, facts: &mut Map<String, Value>) {
        let Self { parent, membership, guests, parties, categories, marks, client_permissions } = self;
        let mut tell = |name: &str, value: Value| facts.insert(name.to_owned(), value);
        if let Some(Parent { id, kind, share, controlling_person_type, employee_type }) = parent {
            tell("parent.user", json!(id));
            tell("parent.kind", json!(kind));
            tell("parent.sharePercent", json!(share.map(percent::print)));
            tell("parent.controllingPersonType", json!(controlling_person_type));
            tell("parent.employeeType", json!(employee_type));
        }
        if let Some(Membership { company, role, since }) = membership {
            tell("companyMembership.company", json!(company));
            tell("companyMembership.role", json!(role));
            tell("companyMembership.since", json!(since));
        }
        for (id, Guest { email, roles, invited_at, accepted_at, user }) in guests {
            tell(&format!("guests.{id}.email"), json!(email));
            tell(&format!("guests.{id}.roles"), json!(roles));
            tell(&format!("guests.{id}.invitedAt"), json!(invited_at));
            tell(&format!("guests.{id}.acceptedAt"), json!(accepted_at));
            tell(&format!("guests.{id}.user"), json!(user));
        }
        if !parties.is_empty() {
            let all = parties.iter();
            let all = all.map(|((kind, id), since)| json!({ "kind": kind, "user": id, "since": since }));
            tell("parties", all.collect());
        }
        if !categories.is_empty() {
            tell("categories", json!(categories.values().collect::<BTreeSet<_>>()));
        }
        for (kind, Mark { source, by, at }) in marks {
            tell(mark_name(*kind), json!({ "source": source, "by": by, "at": at }));
        }
        if !client_permissions.is_empty() {
            tell("extraPermissions", json!(client_permissions));
        }
    }
}

fn mark_name(kind: VerificationKind) -> &'static str {
    match kind {
        VerificationKind::Identity => "verifications.identity",
        VerificationKind::Email => "verifications.email",
        VerificationKind::Phone => "verifications.phone",
    }
}
