//! Acts on users. Each resolver names its act and hands it to the service.

use async_graphql::{Context, ID, MaybeUndefined, Object, SimpleObject};
use backdesk_entity::enums::{CancelOrigin, ClientPermission, UserStatus};

use super::{
    fees_input::UserFeesInput,
    input::{UserCreateInput, UserUpdateInput, UserVerificationInput, WalletNetworkInput, patch_by},
    select::selection_of,
    tie_input::UserContactInput,
    view::User,
};
use crate::{
    domain::ties::GroupsInput,
    graphql::{
        guard::{caller, services},
        payload::{ChangePreview, MutationError, MutationOptions},
    },
    service::{
        error::{ApiError, Outcome},
        user::{
            self, Acted, CancelUser, FreezeUser, SetActive, SetCategories, SetFees, SetGroups, SetStatus,
            SetVerification, SetWalletNetwork, UpdateContact, UpdateUser, UserAct, UserSelection,
        },
    },
};

/// What an act on a user answers.
#[derive(SimpleObject)]
pub(in crate::graphql) struct UserPayload {
    /// The user as it is now: with `validateOnly` untouched, so that a client's cache stays true, and null for a user who
    /// would be new. Where the idempotency key was used already, as the first answer showed them. Null when there are errors.
    pub(in crate::graphql) user: Option<User>,
    /// Everything that is wrong with the input; empty when the act took effect, or would.
    pub(in crate::graphql) errors: Vec<MutationError>,
    /// Whether `validateOnly` was asked for: nothing changed.
    pub(in crate::graphql) validated_only: bool,
    /// What would change; with `validateOnly`, unless there are errors.
    pub(in crate::graphql) preview: Option<ChangePreview>,
}

/// Acts on users.
#[derive(Debug, Default)]
pub(in crate::graphql) struct UserMutations;

/// Acts on users.
#[Object]
impl UserMutations {
    /// Creates a user. The status is the one that the platform's policy gives, and nothing is verified yet.
    async fn user_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new user.")] input: UserCreateInput,
        #[graphql(desc = "Preview, retry safety and the reason.")] options: Option<MutationOptions>,
    ) -> Result<UserPayload, ApiError> {
        let (options, selection) = asked(ctx, options);
        let new = input.into();
        let outcome = services(ctx)?.create_user(caller(ctx)?, &new, &options, &selection);
        Ok(UserPayload::of(Box::pin(outcome).await?, &options))
    }

    /// Changes a user's record: what is absent stays, what is null becomes empty. A user whose KYC is validated is reviewed
    /// again, unless only fields changed that the platform exempts: `validateOnly` says so beforehand.
    async fn user_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "What changes.")] input: UserUpdateInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, UpdateUser(input.into()), options).await
    }

    /// Sets a user's status. CANCELED is reached by `userCancel` alone.
    async fn user_set_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The new status.")] status: UserStatus,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, SetStatus(status), options).await
    }

    /// Switches a user off, which is the status INVALIDATED, or on again, which brings back the status before.
    async fn user_set_active(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "On or off.")] active: bool,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, SetActive(active), options).await
    }

    /// Freezes a user, who then signs in but moves no money, or unfreezes one. The status stays.
    async fn user_freeze(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "Frozen or not.")] frozen: bool,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, FreezeUser(frozen), options).await
    }

    /// Cancels a user for good: never signs in or changes again. The record stays.
    async fn user_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "Who wants it.")] origin: CancelOrigin,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, CancelUser(origin), options).await
    }

    /// Puts a user into exactly these groups. Computed groups stay what they are and cannot be assigned. Whoever is put into
    /// the group API is linked to a company: a member of one, or one themselves.
    async fn user_set_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "All assigned groups, in place of those before.")] group_ids: Vec<ID>,
        #[graphql(
            desc = "All that the user may do beyond, in place of what there was; without it, that stays."
        )]
        extra_permissions: Option<Vec<ClientPermission>>,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        let groups = group_ids.into_iter().map(|id| id.0).collect();
        let extra_permissions = extra_permissions.map(|all| all.into_iter().collect());
        act(ctx, &id, SetGroups(GroupsInput { groups, extra_permissions }), options).await
    }

    /// Puts a user into exactly these categories. No category is a reason to review the user.
    async fn user_set_categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "All categories, in place of those before.")] category_ids: Vec<ID>,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        let categories = category_ids.into_iter().map(|id| id.0).collect();
        act(ctx, &id, SetCategories(categories), options).await
    }

    /// Marks the identity, the e-mail address or the phone number as verified by you, or takes the mark away. A mark that says
    /// so already stays as it is. The computed groups follow; level and status of KYC do not. What staff may mark is the
    /// policy `operatorVerifies`.
    async fn user_set_verification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "What, and whether it is verified.")] input: UserVerificationInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        let UserVerificationInput { kind, verified } = input;
        act(ctx, &id, SetVerification { kind, verified }, options).await
    }

    /// Changes what a user is reached by, and whether they want letters: what is absent stays, what is null becomes empty.
    async fn user_update_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "What changes.")] input: UserContactInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, UpdateContact(input.into()), options).await
    }

    /// Changes how a wallet of a user is connected to its network, as of now. A system that keeps the wallet may record
    /// something newer, which then replaces this, the note excepted.
    async fn wallet_set_network(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "Which wallet, and what changes.")] input: WalletNetworkInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, SetWalletNetwork::from(input), options).await
    }

    /// Gives a user fees of their own, or the platform's standard again. What is absent stays, null is the standard, and 0 is
    /// none: the two differ.
    async fn user_set_fees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The fees; null goes back to the standard.")] input: MaybeUndefined<UserFeesInput>,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, SetFees(patch_by(input, Into::into)), options).await
    }
}

pub(in crate::graphql) async fn act<A: UserAct>(
    ctx: &Context<'_>,
    id: &ID,
    act: A,
    options: Option<MutationOptions>,
) -> Result<UserPayload, ApiError> {
    let (options, selection) = asked(ctx, options);
    let outcome = services(ctx)?.act(caller(ctx)?, id, &act, &options, &selection);
    Ok(UserPayload::of(Box::pin(outcome).await?, &options))
}

/// What the act is asked besides its own input, and what is selected of the user.
pub(in crate::graphql) fn asked(
    ctx: &Context<'_>,
    options: Option<MutationOptions>,
) -> (user::MutationOptions, UserSelection) {
    (options.into(), selection_of(&[ctx.look_ahead().field("user")]))
}

impl UserPayload {
    pub(in crate::graphql) fn of(outcome: Outcome<Acted>, options: &user::MutationOptions) -> Self {
        let validated_only = options.validate_only;
        match outcome {
            Outcome::Done(Acted { user, preview, made: _, upload: _, review }) => {
                let id = user.as_ref().map(|user| user.id);
                let preview = preview.map(|changes| ChangePreview::of(id, changes).reviewed(review));
                Self { user: user.map(User::alone), errors: Vec::new(), validated_only, preview }
            }
            Outcome::Problems(problems) => {
                let errors = problems.into_iter().map(MutationError::from).collect();
                Self { user: None, errors, validated_only, preview: None }
            }
        }
    }
}
