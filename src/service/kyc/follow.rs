//! What other acts mean for KYC: a change of a validated user is reviewed, an open review rests on the documents that come
//! meanwhile, and the review of a cancelled user ends. Every act on a user comes by here. Of what the importer brings nothing
//! is reviewed: it was, or is, where it comes from. The status comes with it, and ends a review here that it leaves no room for.

use backdesk_entity::enums::{DocumentState, KycReviewState, KycStatus, KycTrigger, UserStatus};
use chrono::{DateTime, Utc};

use super::{KycReview, acts};
use crate::{
    domain::kyc,
    service::user::Moment,
    store::{
        Writer,
        error::StoreError,
        user::{Reviewed, UserFile},
    },
};

/// Opens a review of what an act changed, or has the open one look at it and at the documents that the act is about, or ends
/// it with its user.
pub(in crate::service) async fn follow(
    writer: &Writer,
    before: &UserFile,
    after: &mut UserFile,
    at: &Moment,
) -> Result<(), StoreError> {
    if after.user.status == UserStatus::Canceled {
        return close(writer, after, at.now()).await;
    }
    if let Some((document, state)) = after.aside.document
        && let Some(review) = writer.open_kyc_review(after.user.id).await?
    {
        // perhaps the one that the review waits for
        if state == DocumentState::Shared {
            let changed = KycReview { state: kyc::changed(review.state), ..review.clone() };
            after.aside.changes.extend(writer.update_kyc_review(&review, &changed).await?);
        }
        after.aside.changes.extend(writer.attach_to_kyc_review(review.id, &[document].into()).await?);
    }
    // before anybody vouched for the data, a change of them is none; a refused user asks for another review
    if !matches!(before.user.kyc_status, KycStatus::Validated | KycStatus::Pending) {
        return Ok(());
    }
    let mut fields: Vec<String> =
        after.changes_since(Some(before)).into_iter().map(|change| change.field).collect();
    fields.retain(|field| kyc::is_about_user(field));
    if fields.is_empty() {
        return Ok(());
    }
    let policies = writer.policies_that_stay().await?;
    fields.retain(|field| kyc::is_material(policies, field));
    if fields.is_empty() {
        return Ok(());
    }
    let (id, is_new) = match writer.open_kyc_review(after.user.id).await? {
        Some(review) => {
            let changed = KycReview { state: kyc::changed(review.state), ..review.clone() };
            after.aside.changes.extend(writer.update_kyc_review(&review, &changed).await?);
            (review.id, false)
        }
        None if before.user.kyc_status == KycStatus::Validated => {
            let review = acts::blank(writer, after, at, KycTrigger::DataChanged);
            after.aside.changes.extend(writer.insert_kyc_review(&review).await?);
            (review.id, true)
        }
        // another system reviews this user
        None => return Ok(()),
    };
    after.user.kyc_status = KycStatus::Pending;
    after.aside.review = Some(Reviewed { id, is_new, fields });
    Ok(())
}

/// Ends the review of a user whom an import cancels, or whose KYC it settles: nobody could decide on it any more, or would
/// decide what is decided.
pub(in crate::service) async fn follow_import(
    writer: &Writer,
    before: &UserFile,
    after: &mut UserFile,
) -> Result<(), StoreError> {
    let is_reviewed = |file: &UserFile| {
        file.user.status != UserStatus::Canceled && file.user.kyc_status == KycStatus::Pending
    };
    if is_reviewed(before) && !is_reviewed(after) {
        let now = writer.clock().now();
        close(writer, after, now).await?;
    }
    Ok(())
}

async fn close(writer: &Writer, file: &mut UserFile, now: DateTime<Utc>) -> Result<(), StoreError> {
    if let Some(review) = writer.open_kyc_review(file.user.id).await? {
        let closed = KycReview { state: KycReviewState::Closed, closed_at: Some(now), ..review.clone() };
        file.aside.changes.extend(writer.update_kyc_review(&review, &closed).await?);
    }
    Ok(())
}
