//! Acts on comments.

use async_graphql::{Context, ID, InputObject, Object};

use crate::{
    graphql::{
        payload::MutationOptions,
        user::{UserPayload, act},
    },
    service::{
        comment::{AddComment, CorrectComment},
        error::ApiError,
    },
};

/// What is written about a user.
#[derive(Debug, InputObject)]
struct CommentInput {
    /// What is written: 1 to 5000 characters, on several lines if need be.
    body: String,
    /// Whether the user may read it too.
    #[graphql(default)]
    visible_to_user: bool,
}

/// What a comment says from now on.
#[derive(Debug, InputObject)]
struct CommentCorrectInput {
    /// The comment.
    comment_id: ID,
    /// What is written: 1 to 5000 characters, on several lines if need be.
    body: String,
}

/// Acts on comments.
#[derive(Debug, Default)]
pub(in crate::graphql) struct CommentMutations;

/// Acts on comments.
#[Object]
impl CommentMutations {
    /// Comments on a user. A comment stays; its author may correct it for fifteen minutes.
    async fn user_add_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The comment.")] input: CommentInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        let CommentInput { body, visible_to_user } = input;
        act(ctx, &id, AddComment { body, visible_to_user }, options).await
    }

    /// Corrects a comment of one's own, within fifteen minutes. What it said before is kept.
    async fn user_correct_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
        #[graphql(desc = "The correction.")] input: CommentCorrectInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<UserPayload, ApiError> {
        let CommentCorrectInput { comment_id, body } = input;
        act(ctx, &id, CorrectComment { comment_id: comment_id.0, body }, options).await
    }
}
