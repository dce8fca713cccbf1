//! KYC reviews: opened by somebody or by a change of a validated user, claimed by one reviewer at a time, decided on. What
//! the decisions move is in `domain/kyc.rs`.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{
    Services,
    document::Document,
    error::ApiError,
    listing::{self, List, Page},
    user::Siblings,
};
use crate::{
    auth::{
        caller::{Caller, Permit},
        policy::Action,
    },
    domain::list::ListQuery,
    service::user::ByUser,
};

mod acts;
mod claim;
mod follow;
mod groups;

pub use acts::{DecideReview, RequestReview};
pub use claim::{ClaimReview, HandOverReview, ReleaseReview, Reviewer};
pub(in crate::service) use follow::{follow, follow_import};
pub(in crate::service) use groups::follow_client_type;

pub use crate::store::kyc::{
    KycAttribute, KycFacet, KycOrderField, KycReview, KycReviews, ReviewedChange, ReviewedChanges,
};

/// A request for reviews.
pub type KycQuery = ListQuery<KycAttribute, KycOrderField>;

impl Services {
    /// The reviews that `query` asks for, of the accounts that the caller sees.
    pub async fn kyc_reviews(
        &self,
        caller: &Arc<Caller>,
        query: &KycQuery,
        with_page: bool,
    ) -> Result<(List<KycReviews>, Page<KycReview>), ApiError> {
        let permit = self.permit(caller, Action::KycReviews).await?;
        listing::judge_filter(&query.filter, self.limits())?;
        let found = self.store().read(&permit).kyc_reviews(query, with_page).await;
        self.shown(caller, Action::KycReviews, found).await
    }

    /// The open reviews of users who were read together.
    pub async fn open_kyc_reviews(
        &self,
        permit: &Permit,
        users: &Siblings,
    ) -> Result<ByUser<KycReview>, ApiError> {
        let reader = self.store().read(permit);
        let read = async move |seen| {
            let rows = reader.open_kyc_reviews(&seen).await?;
            Ok(rows.into_iter().map(|row| (row.user_id, row)).collect())
        };
        users.once("open KYC reviews", read).await
    }

    /// The documents that these reviews rest on, by review.
    pub async fn kyc_documents(
        &self,
        permit: &Permit,
        reviews: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<Document>>, ApiError> {
        Ok(self.store().read(permit).kyc_documents(reviews).await?)
    }

    /// What these reviews look at, by review, with so many of the newest changes opened.
    pub async fn kyc_changes(
        &self,
        caller: &Arc<Caller>,
        reviews: &[Uuid],
        opened: usize,
    ) -> Result<HashMap<Uuid, ReviewedChanges>, ApiError> {
        let permit = self.permit(caller, Action::KycReviews).await?;
        Ok(self.store().read(&permit).kyc_changes(reviews, opened).await?)
    }
}
