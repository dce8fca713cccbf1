//! Acts on the ties of users. Each resolver names its act and hands it to the service.

use async_graphql::{Context, ID, MaybeUndefined, Object};

use super::{
    input::patch_by,
    mutation::{UserPayload, act},
    tie_input::{GuestUpdateInput, UserCompanyInput, UserParentInput, UserPartyInput},
};
use crate::{
    graphql::payload::MutationOptions,
    service::{
        error::ApiError,
        user::{LinkParty, SetCompany, SetParent, UnlinkParty, UpdateGuest},
    },
};

/// Acts on the ties of users.
#[derive(Debug, Default)]
pub(in crate::graphql) struct TieMutations;

/// Acts on the ties of users.
#[Object]
impl TieMutations {
    /// Gives a user a parent of the same account, or takes it away. Nobody stands above themselves, and the shares of one
    /// parent add up to the whole at most.
    async fn user_set_parent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The parent; null takes it away.")] input: MaybeUndefined<UserParentInput>,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, SetParent(patch_by(input, Into::into)), options).await
    }

    /// Makes a user a member of a company, a legal entity of the same account, or of none. Whoever is in the group API and no
    /// company themselves stays in one.
    async fn user_set_company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The company; null leaves it.")] input: MaybeUndefined<UserCompanyInput>,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, SetCompany(patch_by(input, Into::into)), options).await
    }

    /// Attaches a partner or adviser to a user.
    async fn user_link_party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "Whom, as what.")] input: UserPartyInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, LinkParty(input.into()), options).await
    }

    /// Detaches a partner or adviser from a user.
    async fn user_unlink_party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "Whom, as what.")] input: UserPartyInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, UnlinkParty(input.into()), options).await
    }

    /// Changes the e-mail address or the roles of somebody whom a user invited.
    async fn guest_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user who invited them.")] id: ID,
        #[graphql(desc = "What changes.")] input: GuestUpdateInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, UpdateGuest(input.into()), options).await
    }
}
