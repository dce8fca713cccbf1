//! Acts on users. Each resolver names its act and hands it to the service.

use async_graphql::{Context, ID, Object, SimpleObject};
use backdesk_entity::enums::{CancelOrigin, UserStatus};

use super::{
    input::{UserCreateInput, UserUpdateInput},
    object::User,
    select::selection_of,
};
use crate::{
    graphql::{
        guard::{caller, services},
        payload::{MutationError, MutationOptions},
    },
    service::{
        error::{ApiError, Outcome},
        user::{CancelUser, FreezeUser, SetActive, SetGroups, SetStatus, UpdateUser, UserAct, UserView},
    },
};

/// What an act on a user answers.
#[derive(SimpleObject)]
pub(super) struct UserPayload {
    /// The user as it is now; null when there are errors.
    user: Option<User>,
    /// Everything that is wrong with the input; empty when the act took effect.
    errors: Vec<MutationError>,
}

/// Acts on users.
#[derive(Debug, Default)]
pub(in crate::graphql) struct UserMutations;

/// Acts on users.
#[Object]
impl UserMutations {
    /// Creates a user. The status is LIVE, and nothing is verified yet.
    async fn user_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new user.")] input: UserCreateInput,
        #[graphql(desc = "Retry safety and the reason.")] options: Option<MutationOptions>,
    ) -> Result<UserPayload, ApiError> {
        let (options, selection) = (options.into(), selection_of(&[ctx.look_ahead().field("user")]));
        let new = input.into();
        let outcome = services(ctx)?.create_user(caller(ctx)?, &new, &options, &selection);
        Ok(Box::pin(outcome).await?.into())
    }

    /// Changes a user's record: what is absent stays, what is null becomes empty.
    async fn user_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "What changes.")] input: UserUpdateInput,
        #[graphql(desc = "Retry safety, expected version and the reason.")] options: Option<MutationOptions>,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, UpdateUser(input.into()), options).await
    }

    /// Sets a user's status. CANCELED is reached by `userCancel` alone.
    async fn user_set_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The new status.")] status: UserStatus,
        #[graphql(desc = "Retry safety, expected version and the reason.")] options: Option<MutationOptions>,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, SetStatus(status), options).await
    }

    /// Switches a user off, which is the status INVALIDATED, or on again, which brings back the status before.
    async fn user_set_active(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "On or off.")] active: bool,
        #[graphql(desc = "Retry safety, expected version and the reason.")] options: Option<MutationOptions>,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, SetActive(active), options).await
    }

    /// Freezes a user, who then signs in but moves no money, or unfreezes one. The status stays.
    async fn user_freeze(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "Frozen or not.")] frozen: bool,
        #[graphql(desc = "Retry safety, expected version and the reason.")] options: Option<MutationOptions>,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, FreezeUser(frozen), options).await
    }

    /// Cancels a user for good: never signs in or changes again. The record stays.
    async fn user_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "Who wants it.")] origin: CancelOrigin,
        #[graphql(desc = "Retry safety, expected version and the reason.")] options: Option<MutationOptions>,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, CancelUser(origin), options).await
    }

    /// Puts a user into exactly these groups. Computed groups stay what they are and cannot be assigned.
    async fn user_set_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "All assigned groups, in place of those before.")] group_ids: Vec<ID>,
        #[graphql(desc = "Retry safety, expected version and the reason.")] options: Option<MutationOptions>,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, SetGroups(group_ids.into_iter().map(|id| id.0).collect()), options).await
    }
}

async fn act<A: UserAct>(
    ctx: &Context<'_>,
    id: &ID,
    act: A,
    options: Option<MutationOptions>,
) -> Result<UserPayload, ApiError> {
    let (options, selection) = (options.into(), selection_of(&[ctx.look_ahead().field("user")]));
    let outcome = services(ctx)?.act(caller(ctx)?, id, &act, &options, &selection);
    Ok(Box::pin(outcome).await?.into())
}

impl From<Outcome<UserView>> for UserPayload {
    fn from(outcome: Outcome<UserView>) -> Self {
        match outcome {
            Outcome::Done(user) => Self { user: Some(user.into()), errors: Vec::new() },
            Outcome::Problems(problems) => {
                Self { user: None, errors: problems.into_iter().map(MutationError::from).collect() }
            }
        }
    }
}
