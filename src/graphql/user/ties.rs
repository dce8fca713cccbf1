//! What ties users to each other, and what they were given, as types; `tied.rs` reads them. A tie to somebody whom you
//! may not see is as good as none: that there is one, and of which kind, tells of them.

use async_graphql::{Context, ID, SimpleObject};
use backdesk_entity::enums::{
    CompanyRole, ControllingPersonType, EmployeeType, GuestRole, PartyKind, TieKind, VerificationKind,
    VerificationSource,
};
use backdesk_entity::user_tie;
use chrono::{DateTime, Utc};

use super::{select::selection_of, view::User};
use crate::{
    domain::percent,
    graphql::scalars::{Decimal, Email},
    service::user::{Category as CategoryRow, Tied, UserSelection},
};

/// How a user is tied to a parent, such as a company that they own a part of.
#[derive(SimpleObject)]
pub(super) struct UserTie {
    /// The other: the parent, or of a parent, the one below. Null when nobody is known.
    user: Option<User>,
    /// How they are tied.
    kind: Option<TieKind>,
    /// What the one below holds of the parent, in percent.
    share_percent: Option<Decimal>,
    /// In which way the one below controls the parent.
    controlling_person_type: Option<ControllingPersonType>,
    /// What the one below is at the parent.
    employee_type: Option<EmployeeType>,
}

/// The company that a user belongs to.
#[derive(SimpleObject)]
pub(super) struct CompanyMembership {
    /// The legal entity that the user is a member of.
    pub(super) company: User,
    /// What the user is there.
    pub(super) role: CompanyRole,
    /// Since when.
    pub(super) since: DateTime<Utc>,
}

/// Somebody who belongs to a company.
#[derive(SimpleObject)]
pub(super) struct CompanyMember {
    /// Who.
    pub(super) user: User,
    /// What they are there.
    pub(super) role: CompanyRole,
    /// Since when.
    pub(super) since: DateTime<Utc>,
}

/// Somebody whom a user invited to act for them.
#[derive(SimpleObject)]
pub(super) struct Guest {
    /// What the API calls the invitation.
    pub(super) id: ID,
    /// Where it went.
    pub(super) email: Email,
    /// What the guest may do.
    pub(super) roles: Vec<GuestRole>,
    /// When it went out.
    pub(super) invited_at: DateTime<Utc>,
    /// When it was accepted; null is not yet.
    pub(super) accepted_at: Option<DateTime<Utc>>,
    /// The user whom the guest became; null when there is none, or you do not see them.
    pub(super) user: Option<User>,
}

/// A partner or adviser of a user.
#[derive(SimpleObject)]
pub(super) struct Party {
    /// Who.
    pub(super) user: User,
    /// Partner or adviser.
    pub(super) kind: PartyKind,
    /// Since when.
    pub(super) since: DateTime<Utc>,
}

/// What the platform sorts its users into.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Category {
    /// What the API calls the category.
    id: ID,
    /// Its name for programs: filter users by it.
    key: String,
    /// What people call it.
    name: String,
}

impl From<CategoryRow> for Category {
    fn from(row: CategoryRow) -> Self {
        let CategoryRow { id, key, name } = row;
        Self { id: id.into(), key, name }
    }
}

/// Whether something of a user was verified, and how, as far as it is known.
#[derive(SimpleObject)]
pub(super) struct Verification {
    /// What.
    pub(super) kind: VerificationKind,
    /// Whether it was.
    pub(super) verified: bool,
    /// When.
    pub(super) at: Option<DateTime<Utc>>,
    /// By what.
    pub(super) source: Option<VerificationSource>,
    /// By whom: the subject of their token.
    pub(super) by: Option<String>,
}

impl From<&Tied<user_tie::Model>> for UserTie {
    fn from(tied: &Tied<user_tie::Model>) -> Self {
        let user_tie::Model { user_id: _, parent_id: _, kind, share, controlling_person_type, employee_type } =
            tied.tie;
        let share_percent = share.map(|share| Decimal(percent::print(share)));
        Self { user: other(tied), kind, share_percent, controlling_person_type, employee_type }
    }
}

pub(super) fn other<T>(tied: &Tied<T>) -> Option<User> {
    tied.user.clone().map(|(view, siblings)| User::beside(view, siblings))
}

/// What is selected of those at the other ends, below that field of the tie.
pub(super) fn wanted(ctx: &Context<'_>, field: &str) -> UserSelection {
    selection_of(&[ctx.look_ahead().field(field)])
}
