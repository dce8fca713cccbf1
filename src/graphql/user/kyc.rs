//! What is known of a user's identity, with the reviews of it.

use async_graphql::{Context, Object};
use backdesk_entity::enums::{KycLevel, KycStatus};

use super::{
    User,
    view::{copied, selected},
};
use crate::{
    auth::policy::Action,
    domain::list::ListQuery,
    graphql::{
        connection::{Connection, Order},
        guard::services,
        kyc::{KycReview, KycReviewWhere, oldest_first},
        nested::{list_of, one_of},
        plain::Filled,
    },
    service::{error::ApiError, kyc::KycOrderField, listing::nested_window},
};

/// What is known of a user's identity.
pub(super) struct Kyc(pub(super) User);

/// What is known of a user's identity.
#[Object]
impl Kyc {
    /// How thoroughly it was checked.
    async fn level(&self) -> Result<KycLevel, ApiError> {
        copied(&self.0.row().kyc_level)
    }

    /// Where the check stands.
    async fn status(&self) -> Result<KycStatus, ApiError> {
        copied(&self.0.row().kyc_status)
    }

    /// What the last reviewer wrote.
    async fn comment(&self, ctx: &Context<'_>) -> Result<Option<&str>, ApiError> {
        match self.0.permit(ctx, Action::UserKycComment)? {
            Some(_) => Ok(selected(self.0.row().kyc_comment.read())?.as_deref()),
            None => Ok(None),
        }
    }

    /// The open review; null where there is none.
    async fn current(&self, ctx: &Context<'_>) -> Result<Option<KycReview>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::UserKycCurrent)? else { return Ok(None) };
        let (users, user) = self.0.among();
        let open = services(ctx)?.open_kyc_reviews(&permit, users).await?;
        one_of::<KycReview>("open KYC review", (users, user), &open).await
    }

    /// All reviews, oldest first unless ordered otherwise.
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which reviews.")] filter: Option<KycReviewWhere>,
        #[graphql(desc = "In which order; the id settles ties.")] order_by: Option<Vec<Order<KycOrderField>>>,
        #[graphql(desc = "How many: 10 unless said otherwise, at most 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor to read on from.")] after: Option<String>,
    ) -> Result<Option<Filled<Connection<KycReview>>>, ApiError> {
        let Some(permit) = self.0.permit(ctx, Action::UserKycReviews)? else { return Ok(None) };
        let limits = services(ctx)?.limits();
        let query = || {
            Ok(ListQuery {
                filter: filter.unwrap_or_default().filter()?,
                search: None,
                order: oldest_first(order_by, limits)?,
                window: nested_window(first, after, limits)?,
            })
        };
        list_of(ctx, &permit, self.0.among(), (), query).await.map(Some)
    }
}
