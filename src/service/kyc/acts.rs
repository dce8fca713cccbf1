//! Opening reviews, and deciding on them. Who has one is the matter of `claim.rs`.

use std::collections::BTreeSet;

use backdesk_entity::enums::{
    KycDecision, KycLevel, KycReason, KycReviewState, KycStatus, KycTrigger, VerificationKind,
    VerificationSource,
};
use chrono::{DateTime, Days, NaiveTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    KycReview,
    claim::{Held, held, open_review},
    groups::regroup,
};
use crate::{
    auth::policy::Action,
    domain::{
        coming_day,
        kyc::{self, Decided},
        mistake::Mistake,
        problem::{ProblemCode, Problems},
        text,
    },
    service::{
        parse_id,
        user::{Mark, Moment, UserAct},
    },
    store::{
        Writer,
        error::StoreError,
        user::{Parts, Reviewed, TieParts, UserFile},
    },
};

/// Documents that are named at once at most.
const DOCUMENTS: usize = 20;

/// Has a user reviewed.
#[derive(Debug, Serialize)]
pub struct RequestReview {
    /// Why.
    pub trigger: KycTrigger,
    /// The last day on which it should be decided.
    pub due_on: Option<String>,
    /// The documents that it is about.
    pub document_ids: Vec<String>,
}

/// Decides on a review.
#[derive(Debug, Serialize)]
pub struct DecideReview {
    /// Which.
    pub review_id: String,
    /// How.
    pub decision: KycDecision,
    /// The level that the user has by it.
    pub level: Option<KycLevel>,
    /// Why.
    pub reasons: Vec<KycReason>,
    /// The same in words.
    pub comment: Option<String>,
    /// Further documents that it rests on.
    pub document_ids: Vec<String>,
}

impl UserAct for RequestReview {
    const ACTION: Action = Action::KycRequestReview;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        if self.trigger == KycTrigger::DataChanged {
            let message = "DATA_CHANGED says that a change opened the review: give another trigger.";
            p.add(ProblemCode::Invalid, "trigger", message);
        }
        let due_at = self.due_on.as_deref().and_then(|day| p.check("dueOn", end_of(day, at)));
        let documents = documents(&self.document_ids, file, writer, p).await?;
        if !p.is_empty() {
            return Ok(());
        }
        // a user has one that is open: whoever asks again can only hasten it
        let review = if let Some(open) = writer.open_kyc_review(file.user.id).await? {
            let due_at = due_at.unwrap_or(open.due_at).min(open.due_at);
            let hastened = KycReview { due_at, ..open.clone() };
            file.aside.changes = writer.update_kyc_review(&open, &hastened).await?;
            open
        } else {
            let blank = blank(writer, file, at, self.trigger);
            let review = KycReview { due_at: due_at.unwrap_or(blank.due_at), ..blank };
            file.aside.changes = writer.insert_kyc_review(&review).await?;
            file.aside.review = Some(Reviewed { id: review.id, is_new: true, fields: Vec::new() });
            review
        };
        file.aside.changes.extend(writer.attach_to_kyc_review(review.id, &documents).await?);
        file.user.kyc_status = KycStatus::Pending;
        file.aside.made = Some(review.id);
        Ok(())
    }
}

impl UserAct for DecideReview {
    const ACTION: Action = Action::KycDecide;
    const ARGUMENT: &'static str = "input";

    fn parts(&self) -> Parts {
        let ties = TieParts { marks: true, ..TieParts::default() };
        Parts { groups: true, ties, ..Parts::default() }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let comment =
            self.comment.as_deref().and_then(|text| p.check("comment", text::clean_text(text, kyc::COMMENT)));
        if kyc::needs_reason(self.decision) && self.reasons.is_empty() {
            let message = "Say by a code why: it is what is counted, and what the user is told to do better.";
            p.add(ProblemCode::Required, "reasons", message);
        }
        if kyc::needs_comment(&self.reasons) && self.comment.is_none() {
            p.add(ProblemCode::Required, "comment", "OTHER says nothing by itself: say in words what it is.");
        }
        let decided = kyc::decide(file.user.kyc_level, self.decision, self.level)
            .map_err(|mistake| p.add(ProblemCode::IllegalTransition, "level", mistake.into_message()));
        let Some(before) = open_review(&self.review_id, file, writer, p).await? else { return Ok(()) };
        match held(&before, writer) {
            Held::Own => {}
            Held::Free => {
                let message =
                    "Claim the review first, by kycClaim: so that nobody else decides on it as well.";
                p.add(ProblemCode::IllegalTransition, "reviewId", message);
            }
            Held::By(name) => {
                let message = format!("{name} has claimed this review, and decides on it.");
                p.add(ProblemCode::IllegalTransition, "reviewId", message);
            }
        }
        let documents = documents(&self.document_ids, file, writer, p).await?;
        let (Ok(decided), true) = (decided, p.is_empty()) else { return Ok(()) };
        let after = self.decided(&before, decided, comment, at, writer)?;
        self.moves(file, decided, &after, at, writer).await?;
        file.aside.changes = writer.update_kyc_review(&before, &after).await?;
        file.aside.changes.extend(writer.attach_to_kyc_review(after.id, &documents).await?);
        file.aside.made = Some(after.id);
        Ok(())
    }
}

impl DecideReview {
    /// The review with the decision on it.
    fn decided(
        &self,
        before: &KycReview,
        decided: Decided,
        comment: Option<String>,
        at: &Moment,
        writer: &Writer,
    ) -> Result<KycReview, StoreError> {
        let mut reasons = self.reasons.clone();
        reasons.sort_unstable();
        reasons.dedup();
        let is_open = kyc::is_open(decided.state);
        Ok(KycReview {
            state: decided.state,
            decision: Some(self.decision),
            level: (!is_open).then_some(decided.level),
            reasons: serde_json::to_string(&reasons).map_err(|_| StoreError::Internal)?,
            comment,
            decided_at: Some(at.now()),
            decided_by: Some(writer.permit().caller().called().to_owned()),
            closed_at: (!is_open).then(|| at.now()),
            ..before.clone()
        })
    }

    /// What the decision moves of the user: level, status, the mark of the identity, and the groups that stand for the level.
    async fn moves(
        &self,
        file: &mut UserFile,
        decided: Decided,
        review: &KycReview,
        at: &Moment,
        writer: &Writer,
    ) -> Result<(), StoreError> {
        file.user.kyc_status = decided.status;
        file.user.kyc_level = decided.level;
        file.user.kyc_comment.clone_from(&review.comment);
        let Some(verified) = decided.verified else { return Ok(()) };
        file.user.identity_verified = verified;
        file.ties.marks.remove(&VerificationKind::Identity);
        if verified {
            let by = Some(writer.permit().caller().subject().to_owned());
            let mark = Mark { source: VerificationSource::Operator, by, at: at.now() };
            file.ties.marks.insert(VerificationKind::Identity, mark);
        }
        regroup(file, writer).await
    }
}

/// The documents of the user that ids name; whatever else they name is a problem.
async fn documents(
    ids: &[String],
    file: &UserFile,
    writer: &Writer,
    p: &mut Problems,
) -> Result<BTreeSet<Uuid>, StoreError> {
    if ids.len() > DOCUMENTS {
        p.add(ProblemCode::Invalid, "documentIds", format!("Name {DOCUMENTS} documents at most."));
        return Ok(BTreeSet::new());
    }
    let mut found = BTreeSet::new();
    for (number, given) in ids.iter().enumerate() {
        let document = match parse_id(given) {
            Some(id) => writer.document(file.user.id, id).await?,
            None => None,
        };
        match document {
            Some(document) => drop(found.insert(document.id)),
            None => p.add(
                ProblemCode::NotFound,
                &format!("documentIds.{number}"),
                "This user has no such document: see the user's `documents`.",
            ),
        }
    }
    Ok(found)
}

/// A review on which nobody decided yet.
pub(super) fn blank(writer: &Writer, file: &UserFile, at: &Moment, trigger: KycTrigger) -> KycReview {
    KycReview {
        id: writer.clock().new_id(),
        user_id: file.user.id,
        account: file.user.account.clone(),
        trigger,
        opened_at: at.now(),
        opened_by: writer.permit().caller().called().to_owned(),
        due_at: at.now() + kyc::DUE_WITHIN,
        assignee_issuer: None,
        assignee_subject: None,
        assignee_name: None,
        claimed_at: None,
        state: KycReviewState::Waiting,
        decision: None,
        level: None,
        reasons: "[]".to_owned(),
        comment: None,
        decided_at: None,
        decided_by: None,
        closed_at: None,
    }
}

/// The end of a day that has not passed.
fn end_of(day: &str, at: &Moment) -> Result<DateTime<Utc>, Mistake> {
    let day = coming_day::parse(day, at.today())?;
    Ok((day + Days::new(1)).and_time(NaiveTime::MIN).and_utc())
}
