//! The ties of a user, and by what something was verified. Others are named by reference; each list is in an order that an
//! import of it leads to again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use backdesk_entity::enums::{
    ClientPermission, CompanyRole, ControllingPersonType, EmployeeType, GuestRole, PartyKind, TieKind,
    VerificationKind, VerificationSource,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    domain::{percent, text},
    store::user::{self, Mark},
};

/// All of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ties<'a> {
    verifications: Verifications<'a>,
    parent: Option<Parent<'a>>,
    company_membership: Option<Membership<'a>>,
    guests: Vec<Guest<'a>>,
    parties: Vec<Party<'a>>,
    categories: BTreeSet<&'a String>,
    extra_permissions: &'a BTreeSet<ClientPermission>,
}

#[derive(Serialize)]
struct Verifications<'a> {
    identity: Option<Verification<'a>>,
    email: Option<Verification<'a>>,
    phone: Option<Verification<'a>>,
}

#[derive(Serialize)]
struct Verification<'a> {
    source: VerificationSource,
    by: Option<&'a str>,
    at: DateTime<Utc>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parent<'a> {
    // of some, only the tie is known
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    kind: Option<TieKind>,
    share_percent: Option<String>,
    controlling_person_type: Option<ControllingPersonType>,
    employee_type: Option<EmployeeType>,
}

#[derive(Serialize)]
struct Membership<'a> {
    reference: Option<&'a str>,
    role: CompanyRole,
    since: DateTime<Utc>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Guest<'a> {
    email: &'a str,
    roles: &'a BTreeSet<GuestRole>,
    invited_at: DateTime<Utc>,
    accepted_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
}

#[derive(Serialize)]
struct Party<'a> {
    kind: PartyKind,
    reference: Option<&'a str>,
    since: DateTime<Utc>,
}

/// Those of one user; `names` has the references of the others.
pub(super) fn ties<'a>(ties: &'a user::Ties, names: &'a HashMap<Uuid, String>) -> Ties<'a> {
    let user::Ties { parent, membership, guests, parties, categories, marks, client_permissions } = ties;
    let name = |id: Uuid| names.get(&id).map(String::as_str);
    let mark = |kind| marks.get(&kind).map(verification);
    let mut parties: Vec<Party<'_>> = parties
        .iter()
        .map(|((kind, id), since)| Party { kind: *kind, reference: name(*id), since: *since })
        .collect();
    parties.sort_by_key(|party| (party.kind, party.reference));
    let guests: BTreeMap<String, Guest<'_>> =
        guests.values().map(|one| (text::fold(&one.email), guest(one, one.user.and_then(name)))).collect();
    Ties {
        verifications: Verifications {
            identity: mark(VerificationKind::Identity),
            email: mark(VerificationKind::Email),
            phone: mark(VerificationKind::Phone),
        },
        parent: parent.as_ref().map(|parent| {
            let user::Parent { id, kind, share, controlling_person_type, employee_type } = *parent;
            Parent {
                reference: id.and_then(name),
                kind,
                share_percent: share.map(percent::print),
                controlling_person_type,
                employee_type,
            }
        }),
        company_membership: membership.map(|user::Membership { company, role, since }| Membership {
            reference: name(company),
            role,
            since,
        }),
        guests: guests.into_values().collect(),
        parties,
        categories: categories.values().collect(),
        extra_permissions: client_permissions,
    }
}

fn verification(Mark { source, by, at }: &Mark) -> Verification<'_> {
    Verification { source: *source, by: by.as_deref(), at: *at }
}

fn guest<'a>(guest: &'a user::Guest, reference: Option<&'a str>) -> Guest<'a> {
    // who it is stands as the reference
    let user::Guest { email, roles, invited_at, accepted_at, user: _ } = guest;
    Guest { email, roles, invited_at: *invited_at, accepted_at: *accepted_at, reference }
}
