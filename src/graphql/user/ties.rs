//! What ties users to each other, and what they were given: the types, and how they are read. A tie to somebody whom you
//! may not see is as good as none: that there is one, and of which kind, tells of them.

use async_graphql::{Context, ID, SimpleObject};
use backdesk_entity::enums::{
    ClientPermission, CompanyRole, ControllingPersonType, EmployeeType, GuestRole, PartyKind, TieKind,
    VerificationKind, VerificationSource,
};
use backdesk_entity::{user_membership, user_party, user_tie};
use chrono::{DateTime, Utc};

use super::{object::User, select::selection_of};
use crate::{
    auth::policy::Action,
    domain::percent,
    graphql::{
        guard::services,
        scalars::{Decimal, Email},
    },
    service::{
        error::ApiError,
        listing,
        user::{Category as CategoryRow, Tied, UserSelection},
    },
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
    company: User,
    /// What the user is there.
    role: CompanyRole,
    /// Since when.
    since: DateTime<Utc>,
}

/// Somebody who belongs to a company.
#[derive(SimpleObject)]
pub(super) struct CompanyMember {
    /// Who.
    user: User,
    /// What they are there.
    role: CompanyRole,
    /// Since when.
    since: DateTime<Utc>,
}

/// Somebody whom a user invited to act for them.
#[derive(SimpleObject)]
pub(super) struct Guest {
    /// What the API calls the invitation.
    id: ID,
    /// Where it went.
    email: Email,
    /// What the guest may do.
    roles: Vec<GuestRole>,
    /// When it went out.
    invited_at: DateTime<Utc>,
    /// When it was accepted; null is not yet.
    accepted_at: Option<DateTime<Utc>>,
    /// The user whom the guest became; null when there is none, or you do not see them.
    user: Option<User>,
}

/// A partner or adviser of a user.
#[derive(SimpleObject)]
pub(super) struct Party {
    /// Who.
    user: User,
    /// Partner or adviser.
    kind: PartyKind,
    /// Since when.
    since: DateTime<Utc>,
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
    kind: VerificationKind,
    /// Whether it was.
    verified: bool,
    /// When.
    at: Option<DateTime<Utc>>,
    /// By what.
    source: Option<VerificationSource>,
    /// By whom: the subject of their token.
    by: Option<String>,
}

impl User {
    pub(super) async fn read_parent(&self, ctx: &Context<'_>) -> Result<Option<UserTie>, ApiError> {
        let Some(permit) = self.permit(ctx, Action::User)? else { return Ok(None) };
        let all = services(ctx)?.parents(&permit, self.siblings(), &wanted(ctx, "user")).await?;
        let tie = all.get(&self.key()).and_then(|ties| ties.first());
        Ok(tie.filter(|tied| tied.user.is_some() || tied.tie.parent_id.is_none()).map(UserTie::from))
    }

    pub(super) async fn read_beneficiaries(
        &self,
        ctx: &Context<'_>,
        first: i32,
    ) -> Result<Vec<UserTie>, ApiError> {
        let first = listing::first_of(first)?;
        let Some(permit) = self.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.beneficiaries(&permit, self.siblings(), first, &wanted(ctx, "user")).await?;
        Ok(all.get(&self.key()).into_iter().flatten().map(UserTie::from).collect())
    }

    pub(super) async fn read_membership(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<CompanyMembership>, ApiError> {
        let Some(permit) = self.permit(ctx, Action::User)? else { return Ok(None) };
        let all = services(ctx)?.memberships(&permit, self.siblings(), &wanted(ctx, "company")).await?;
        Ok(all.get(&self.key()).and_then(|ties| ties.first()).and_then(|tied| {
            let user_membership::Model { user_id: _, company_id: _, role, since } = tied.tie;
            Some(CompanyMembership { company: other(tied)?, role, since })
        }))
    }

    /// What the user is in a company; none where they belong to none.
    pub(super) async fn company_role(&self, ctx: &Context<'_>) -> Result<Option<CompanyRole>, ApiError> {
        let Some(permit) = self.permit(ctx, Action::User)? else { return Ok(None) };
        let all = services(ctx)?.memberships(&permit, self.siblings(), &UserSelection::default()).await?;
        Ok(all.get(&self.key()).and_then(|ties| ties.first()).map(|tied| tied.tie.role))
    }

    pub(super) async fn read_members(
        &self,
        ctx: &Context<'_>,
        first: i32,
    ) -> Result<Vec<CompanyMember>, ApiError> {
        let first = listing::first_of(first)?;
        let Some(permit) = self.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.members(&permit, self.siblings(), first, &wanted(ctx, "user")).await?;
        let member = |tied: &Tied<user_membership::Model>| {
            let user_membership::Model { user_id: _, company_id: _, role, since } = tied.tie;
            Some(CompanyMember { user: other(tied)?, role, since })
        };
        Ok(all.get(&self.key()).into_iter().flatten().filter_map(member).collect())
    }

    pub(super) async fn read_guests(
        &self,
        ctx: &Context<'_>,
        first: i32,
    ) -> Result<Option<Vec<Guest>>, ApiError> {
        let first = listing::first_of(first)?;
        let Some(permit) = self.permit(ctx, Action::UserGuests)? else { return Ok(None) };
        let all = services(ctx)?.guests(&permit, self.siblings(), &wanted(ctx, "user")).await?;
        let all = all.get(&self.key()).into_iter().flatten().take(usize::try_from(first).unwrap_or_default());
        let guest = |tied: &Tied<_>| {
            let (id, guest): &(uuid::Uuid, crate::service::user::Guest) = &tied.tie;
            Guest {
                id: (*id).into(),
                email: Email(guest.email.clone()),
                roles: guest.roles.iter().copied().collect(),
                invited_at: guest.invited_at,
                accepted_at: guest.accepted_at,
                user: other(tied),
            }
        };
        Ok(Some(all.map(guest).collect()))
    }

    pub(super) async fn read_parties(&self, ctx: &Context<'_>, first: i32) -> Result<Vec<Party>, ApiError> {
        let first = listing::first_of(first)?;
        let Some(permit) = self.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.parties(&permit, self.siblings(), &wanted(ctx, "user")).await?;
        let party = |tied: &Tied<user_party::Model>| {
            let user_party::Model { user_id: _, party_id: _, kind, since } = tied.tie;
            Some(Party { user: other(tied)?, kind, since })
        };
        let all = all.get(&self.key()).into_iter().flatten().filter_map(party);
        Ok(all.take(usize::try_from(first).unwrap_or_default()).collect())
    }

    pub(super) async fn read_categories(&self, ctx: &Context<'_>) -> Result<Vec<Category>, ApiError> {
        let Some(permit) = self.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.categories_of(&permit, self.siblings()).await?;
        Ok(all.get(&self.key()).into_iter().flatten().cloned().map(Category::from).collect())
    }

    pub(super) async fn read_extra_permissions(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Vec<ClientPermission>, ApiError> {
        let Some(permit) = self.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.client_permissions(&permit, self.siblings()).await?;
        Ok(all.get(&self.key()).into_iter().flatten().copied().collect())
    }

    /// Each kind, with whether it was verified: the marks say how, where it is known.
    pub(super) async fn read_verifications(
        &self,
        ctx: &Context<'_>,
        kinds: [(VerificationKind, bool); 3],
    ) -> Result<Vec<Verification>, ApiError> {
        let Some(permit) = self.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.marks(&permit, self.siblings()).await?;
        let marks = || all.get(&self.key()).into_iter().flatten();
        let shown = kinds.map(|(kind, verified)| {
            let mark = marks().find(|mark| mark.kind == kind && verified);
            let by = mark.and_then(|mark| mark.by.clone());
            Verification {
                kind,
                verified,
                at: mark.map(|mark| mark.at),
                source: mark.map(|mark| mark.source),
                by,
            }
        });
        Ok(shown.into())
    }
}

impl From<&Tied<user_tie::Model>> for UserTie {
    fn from(tied: &Tied<user_tie::Model>) -> Self {
        let user_tie::Model { user_id: _, parent_id: _, kind, share, controlling_person_type, employee_type } =
            tied.tie;
        let share_percent = share.map(|share| Decimal(percent::print(share)));
        Self { user: other(tied), kind, share_percent, controlling_person_type, employee_type }
    }
}

fn other<T>(tied: &Tied<T>) -> Option<User> {
    tied.user.clone().map(|(view, siblings)| User::beside(view, siblings))
}

/// What is selected of those at the other ends, below that field of the tie.
fn wanted(ctx: &Context<'_>, field: &str) -> UserSelection {
    selection_of(&[ctx.look_ahead().field(field)])
}
