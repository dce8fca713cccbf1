//! KYC reviews of made-up users, so that a demo has a queue: one of each who waits for a decision, the decided one of each who
//! was refused and of some who were validated.

use backdesk_entity::enums::{
    KycDecision, KycLevel, KycReason, KycReviewState, KycStatus, KycTrigger, UserStatus,
};
use chrono::TimeDelta;

use super::{
    activity::row_id,
    draw::Draw,
    life::END,
    papers::{ISSUER, OTHER, REVIEWER},
};
use crate::{domain::kyc, service::kyc::KycReview, store::user::UserFile};

/// Of a hundred who were validated, those whose review is made up.
const VALIDATED: u64 = 15;

/// The review of the user of that number; none where there was none.
pub(super) fn review(number: u64, file: &UserFile) -> Option<KycReview> {
    let user = &file.user;
    let draw = &mut Draw::of(number, "KYC review");
    let is_shown = draw.percent(VALIDATED);
    let decided = match user.kyc_status {
        KycStatus::Pending if user.status != UserStatus::Canceled => None,
        KycStatus::Refused => Some((KycDecision::Refuse, KycReviewState::Refused)),
        KycStatus::Validated if is_shown => Some((KycDecision::Validate, KycReviewState::Validated)),
        KycStatus::None | KycStatus::Pending | KycStatus::Validated => return None,
    };
    let opened_at = draw.instant(user.created_at, END);
    let decided_at = draw.instant(opened_at, END.min(opened_at + TimeDelta::days(21)));
    let reviewer = draw.weighted(&[(&REVIEWER, 70), (&OTHER, 30)]);
    let name = || reviewer.name.to_owned();
    let trigger = draw.weighted(&[
        (KycTrigger::Requested, 70),
        (KycTrigger::DocumentExpired, 15),
        (KycTrigger::Periodic, 10),
        (KycTrigger::Provider, 5),
    ]);
    let reason = draw.weighted(&[
        (KycReason::DocumentUnreadable, 40),
        (KycReason::AddressUnproven, 30),
        (KycReason::DocumentExpired, 20),
        (KycReason::DocumentMismatch, 10),
    ]);
    let is_claimed = decided.is_some() || draw.percent(40);
    let is_asked = decided.is_none() && is_claimed && draw.percent(30);
    let (decision, state) = match decided {
        Some((decision, state)) => (Some(decision), state),
        None if is_asked => (Some(KycDecision::RequestInformation), KycReviewState::InformationRequested),
        None => (None, KycReviewState::Waiting),
    };
    let gives_reason = decision.is_some_and(kyc::needs_reason);
    let level = if user.kyc_status == KycStatus::Refused { KycLevel::None } else { user.kyc_level };
    Some(KycReview {
        id: row_id(number, "KYC review", 0, opened_at),
        user_id: user.id,
        account: user.account.clone(),
        trigger,
        opened_at,
        opened_by: name(),
        due_at: opened_at + kyc::DUE_WITHIN,
        assignee_issuer: is_claimed.then(|| ISSUER.to_owned()),
        assignee_subject: is_claimed.then(|| reviewer.subject.to_owned()),
        assignee_name: is_claimed.then(name),
        claimed_at: is_claimed.then_some(opened_at),
        state,
        decision,
        level: decided.map(|_| level),
        reasons: if gives_reason { serde_json::json!([reason]).to_string() } else { "[]".to_owned() },
        comment: user.kyc_comment.clone(),
        decided_at: decision.map(|_| decided_at),
        decided_by: decision.map(|_| name()),
        closed_at: decided.map(|_| decided_at),
    })
}
