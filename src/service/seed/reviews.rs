//! KYC reviews of made-up users, so that a demo has a queue, and files a history: the last one of each who waits for a
//! decision or was refused and of many who were validated, and up to two before it.

use backdesk_entity::enums::{
    KycDecision::{self, Refuse, RequestInformation, Validate},
    KycLevel, KycReason, KycReviewState, KycStatus, KycTrigger, UserStatus,
};
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    activity::row_id,
    draw::Draw,
    life::{END, NOTED, REFUSED},
    papers::{ISSUER, OTHER, REVIEWER},
};
use crate::{domain::kyc, service::kyc::KycReview, store::user::UserFile};

/// Of a hundred who were validated, those whose reviews are made up.
const VALIDATED: u64 = 40;
/// How long a review takes at most.
const LONGEST: TimeDelta = TimeDelta::days(21);

/// What came of a review.
#[derive(Clone, Copy)]
struct Outcome {
    /// None while it is open.
    decision: Option<KycDecision>,
    /// The level that the user has after it.
    level: KycLevel,
}

/// The reviews of the user of that number, the newest first, by which the user's KYC stands where it does.
pub(super) fn reviews(number: u64, file: &UserFile) -> Vec<KycReview> {
    let user = &file.user;
    let draw = &mut Draw::of(number, "KYC review");
    let is_told = draw.percent(VALIDATED);
    let decision = match user.kyc_status {
        KycStatus::Pending if user.status != UserStatus::Canceled => None,
        KycStatus::Refused => Some(Refuse),
        KycStatus::Validated if is_told => Some(Validate),
        KycStatus::None | KycStatus::Pending | KycStatus::Validated => return Vec::new(),
    };
    let mut outcome = Outcome { decision, level: user.kyc_level };
    // nobody reviews a cancelled user any more
    let until = if user.status == UserStatus::Canceled { user.status_since } else { END };
    let mut reviews = vec![KycReview {
        comment: user.kyc_comment.clone(),
        ..review(draw, number, file, 0, until, outcome)
    }];
    let draw = &mut Draw::of(number, "former KYC reviews");
    let many = draw.weighted(&[(0, 50), (1, 30), (2, 20)]);
    // a level that the newest one found was given by one before
    let is_known = outcome.level != KycLevel::None && decision != Some(Validate);
    for place in 1..=many.max(u64::from(is_known)) {
        let until = reviews.last().map_or(until, |later| later.opened_at);
        outcome = before(draw, outcome);
        reviews.push(review(draw, number, file, place, until, outcome));
    }
    reviews
}

/// What came of the review before one with this outcome, which must have been a step from there.
fn before(draw: &mut Draw, Outcome { decision, level }: Outcome) -> Outcome {
    let given = |decision, level| Outcome { decision: Some(decision), level };
    let refused = given(Refuse, KycLevel::None);
    match decision {
        None | Some(Refuse) if level != KycLevel::None => given(Validate, level),
        None => refused,
        Some(_) => draw.weighted(&[
            (given(Validate, level.max(KycLevel::Light)), 40),
            (given(Validate, KycLevel::Light), 20),
            (refused, 40),
        ]),
    }
}

/// A review that ended, or was opened, until that instant.
fn review(
    draw: &mut Draw,
    number: u64,
    file: &UserFile,
    place: u64,
    until: DateTime<Utc>,
    Outcome { decision: decided, level }: Outcome,
) -> KycReview {
    let user = &file.user;
    let opened_at = draw.instant(user.created_at, until);
    let decided_at = draw.instant(opened_at, until.min(opened_at + LONGEST));
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
    let decision = decided.or(is_asked.then_some(RequestInformation));
    let state = match decision {
        Some(Validate) => KycReviewState::Validated,
        Some(Refuse) => KycReviewState::Refused,
        Some(_) => KycReviewState::InformationRequested,
        None => KycReviewState::Waiting,
    };
    let gives_reason = decision.is_some_and(kyc::needs_reason);
    let comment = match decided {
        Some(Refuse) => Some(draw.word(REFUSED)),
        _ => draw.maybe(15, NOTED).map(|notes| draw.word(notes)),
    };
    KycReview {
        id: row_id(number, "KYC review", place, opened_at),
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
        comment: comment.map(str::to_owned),
        decided_at: decision.map(|_| decided_at),
        decided_by: decision.map(|_| name()),
        closed_at: decided.map(|_| decided_at),
    }
}
