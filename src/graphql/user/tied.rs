//! Those whom a user is tied to, and what a user was given, as fields of the user. Each is read for all users of a page
//! together.

use async_graphql::{Context, Object};
use backdesk_entity::{
    enums::{ClientPermission, CompanyRole, VerificationKind},
    user_membership, user_party,
};

use super::{
    ties::{Category, CompanyMember, CompanyMembership, Guest, Party, UserTie, Verification, other, wanted},
    view::{User, copied},
};
use crate::{
    auth::policy::Action,
    graphql::{guard::services, scalars::Email},
    service::{
        error::ApiError,
        listing,
        user::{Tied as Row, UserSelection},
    },
};

/// Those whom a user is tied to, and what a user was given.
pub(super) struct Tied(pub(super) User);

impl Tied {
    /// What the user is in a company; none where they belong to none.
    async fn company_role(&self, ctx: &Context<'_>) -> Result<Option<CompanyRole>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::User)? else { return Ok(None) };
        let all = services(ctx)?.memberships(&permit, self.0.siblings(), &UserSelection::default()).await?;
        Ok(all.get(&self.0.key()).and_then(|ties| ties.first()).map(|tied| tied.tie.role))
    }
}

/// Those whom a user is tied to, and what a user was given.
#[Object]
impl Tied {
    /// What was verified, kind by kind, with how, when and by whom, as far as it is known.
    async fn verifications(&self, ctx: &Context<'_>) -> Result<Vec<Verification>, ApiError> {
        let row = self.0.row();
        let kinds = [
            (VerificationKind::Identity, copied(&row.identity_verified)?),
            (VerificationKind::Email, copied(&row.email_verified)?),
            (VerificationKind::Phone, copied(&row.phone_verified)?),
        ];
        let Some(permit) = self.0.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.marks(&permit, self.0.siblings()).await?;
        let marks = || all.get(&self.0.key()).into_iter().flatten();
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

    /// The user above, such as a company that the user owns a part of; null when there is none whom you see.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<UserTie>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::User)? else { return Ok(None) };
        let all = services(ctx)?.parents(&permit, self.0.siblings(), &wanted(ctx, "user")).await?;
        let tie = all.get(&self.0.key()).and_then(|ties| ties.first());
        Ok(tie.filter(|tied| tied.user.is_some() || tied.tie.parent_id.is_none()).map(UserTie::from))
    }

    /// Those whose parent the user is, whoever holds most first. The filter `parent` lists all of them.
    async fn beneficiaries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100.", default = 10)] first: i32,
    ) -> Result<Vec<UserTie>, ApiError> {
        let first = listing::first_of(first)?;
        let Some(permit) = self.0.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all =
            services(ctx)?.beneficiaries(&permit, self.0.siblings(), first, &wanted(ctx, "user")).await?;
        Ok(all.get(&self.0.key()).into_iter().flatten().map(UserTie::from).collect())
    }

    /// The company that the user belongs to; null when there is none that you see.
    async fn company_membership(&self, ctx: &Context<'_>) -> Result<Option<CompanyMembership>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::User)? else { return Ok(None) };
        let all = services(ctx)?.memberships(&permit, self.0.siblings(), &wanted(ctx, "company")).await?;
        Ok(all.get(&self.0.key()).and_then(|ties| ties.first()).and_then(|tied| {
            let user_membership::Model { user_id: _, company_id: _, role, since } = tied.tie;
            Some(CompanyMembership { company: other(tied)?, role, since })
        }))
    }

    /// Whether the user belongs to a company.
    async fn company_user(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(self.company_role(ctx).await?.is_some())
    }

    /// Whether the user owns the company that they belong to.
    async fn company_owner(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(self.company_role(ctx).await? == Some(CompanyRole::Owner))
    }

    /// Whether the user is staff of the company that they belong to.
    async fn company_staff(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(self.company_role(ctx).await? == Some(CompanyRole::Staff))
    }

    /// Those who belong to the user, a company: owners first. The filter `company` lists all of them.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100.", default = 10)] first: i32,
    ) -> Result<Vec<CompanyMember>, ApiError> {
        let first = listing::first_of(first)?;
        let Some(permit) = self.0.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.members(&permit, self.0.siblings(), first, &wanted(ctx, "user")).await?;
        let member = |tied: &Row<user_membership::Model>| {
            let user_membership::Model { user_id: _, company_id: _, role, since } = tied.tie;
            Some(CompanyMember { user: other(tied)?, role, since })
        };
        Ok(all.get(&self.0.key()).into_iter().flatten().filter_map(member).collect())
    }

    /// Those whom the user invited, the first first.
    async fn guests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100.", default = 10)] first: i32,
    ) -> Result<Option<Vec<Guest>>, ApiError> {
        let first = listing::first_of(first)?;
        let Some(permit) = self.0.permit(ctx, Action::UserGuests)? else { return Ok(None) };
        let all = services(ctx)?.guests(&permit, self.0.siblings(), &wanted(ctx, "user")).await?;
        let all =
            all.get(&self.0.key()).into_iter().flatten().take(usize::try_from(first).unwrap_or_default());
        let guest = |tied: &Row<_>| {
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

    /// Partners and advisers of the user, the first first.
    async fn parties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100.", default = 10)] first: i32,
    ) -> Result<Vec<Party>, ApiError> {
        let first = listing::first_of(first)?;
        let Some(permit) = self.0.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.parties(&permit, self.0.siblings(), &wanted(ctx, "user")).await?;
        let party = |tied: &Row<user_party::Model>| {
            let user_party::Model { user_id: _, party_id: _, kind, since } = tied.tie;
            Some(Party { user: other(tied)?, kind, since })
        };
        let all = all.get(&self.0.key()).into_iter().flatten().filter_map(party);
        Ok(all.take(usize::try_from(first).unwrap_or_default()).collect())
    }

    /// The categories that the user is in, by key.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<Category>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.categories_of(&permit, self.0.siblings()).await?;
        Ok(all.get(&self.0.key()).into_iter().flatten().cloned().map(Category::from).collect())
    }

    /// What the user may do at the platform beyond what their groups allow. Nothing of the back office.
    async fn extra_permissions(&self, ctx: &Context<'_>) -> Result<Vec<ClientPermission>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::User)? else { return Ok(Vec::new()) };
        let all = services(ctx)?.client_permissions(&permit, self.0.siblings()).await?;
        Ok(all.get(&self.0.key()).into_iter().flatten().copied().collect())
    }
}
