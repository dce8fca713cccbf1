//! Acts on KYC reviews.

use async_graphql::{Context, ID, InputObject, Object};
use backdesk_entity::enums::{KycDecision, KycLevel, KycReason, KycTrigger};

use crate::{
    graphql::{
        payload::MutationOptions,
        scalars::Date,
        user::{UserPayload, act},
    },
    service::{
        error::ApiError,
        kyc::{ClaimReview, DecideReview, HandOverReview, ReleaseReview, RequestReview, Reviewer},
    },
};

/// Why a user is reviewed, and until when.
#[derive(Debug, InputObject)]
struct KycRequestInput {
    /// Why. Not `DATA_CHANGED`, which says that a change opened the review.
    #[graphql(default_with = "KycTrigger::Requested")]
    trigger: KycTrigger,
    /// The last day on which it should be decided, in UTC; two weeks from now where it is not said.
    due_on: Option<Date>,
    /// The user's documents that it is about, such as one that expired.
    #[graphql(default)]
    document_ids: Vec<ID>,
}

/// One of the user's reviews.
#[derive(Debug, InputObject)]
struct KycReviewInput {
    /// The review.
    review_id: ID,
}

/// One of the user's reviews, and who is to have it.
#[derive(Debug, InputObject)]
struct KycHandOverInput {
    /// The review.
    review_id: ID,
    /// Who is to have it.
    to: KycReviewerInput,
}

/// Somebody of the staff, as their token has it. Whoever cannot decide on reviews can be named, and cannot decide.
#[derive(Debug, InputObject)]
struct KycReviewerInput {
    /// Who issues their token; the issuer of yours where it is not said.
    issuer: Option<String>,
    /// The subject of their token.
    subject: String,
    /// What people call them.
    name: Option<String>,
}

/// What a reviewer decides.
#[derive(Debug, InputObject)]
struct KycDecideInput {
    /// The review, which you have claimed.
    review_id: ID,
    /// Whether the user is who they say, or what is to be done first.
    decision: KycDecision,
    /// The level that the user has by it. With `VALIDATE` from `LIGHT` on; the level of the user stays where it is not said.
    /// With `REFUSE` no higher than before, and `NONE` where it is not said.
    level: Option<KycLevel>,
    /// Why; needed unless the user is validated.
    #[graphql(default)]
    reasons: Vec<KycReason>,
    /// The same in words, on several lines perhaps; needed with `OTHER`. It replaces what the last reviewer wrote.
    comment: Option<String>,
    /// Further documents of the user that the decision rests on. What is asked for, shared or decided on while the review is
    /// open belongs to it anyway.
    #[graphql(default)]
    document_ids: Vec<ID>,
}

/// Acts on reviews.
#[derive(Debug, Default)]
pub(in crate::graphql) struct KycMutations;

/// Acts on reviews.
#[Object]
impl KycMutations {
    /// Has a user reviewed: their KYC is `PENDING` from now on. Of a user who is under review already, it can only make the
    /// review due earlier.
    async fn kyc_request_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "Why, and until when.")] input: KycRequestInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        let KycRequestInput { trigger, due_on, document_ids } = input;
        let (due_on, document_ids) = (due_on.map(|day| day.0), texts(document_ids));
        act(ctx, &id, RequestReview { trigger, due_on, document_ids }, options).await
    }

    /// Takes an open review for oneself, unless somebody has it.
    async fn kyc_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The review.")] input: KycReviewInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, ClaimReview { review_id: input.review_id.0 }, options).await
    }

    /// Gives an open review back to the queue. One that somebody else has is taken from them: that needs a reason.
    async fn kyc_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The review.")] input: KycReviewInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        act(ctx, &id, ReleaseReview { review_id: input.review_id.0 }, options).await
    }

    /// Gives an open review to somebody. One that somebody else has is taken from them: that needs a reason.
    async fn kyc_hand_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The review, and to whom.")] input: KycHandOverInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        let KycHandOverInput { review_id, to: KycReviewerInput { issuer, subject, name } } = input;
        let to = Reviewer { issuer, subject, name };
        act(ctx, &id, HandOverReview { review_id: review_id.0, to }, options).await
    }

    /// Decides on a review that one has claimed. `VALIDATE` and `REFUSE` end it, and set the user's level and status, the
    /// mark of the identity and the groups that stand for the level; the other decisions leave it open.
    async fn kyc_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The decision.")] input: KycDecideInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        let KycDecideInput { review_id, decision, level, reasons, comment, document_ids } = input;
        let (review_id, document_ids) = (review_id.0, texts(document_ids));
        let act_of = DecideReview { review_id, decision, level, reasons, comment, document_ids };
        act(ctx, &id, act_of, options).await
    }
}

fn texts(ids: Vec<ID>) -> Vec<String> {
    ids.into_iter().map(|id| id.0).collect()
}
