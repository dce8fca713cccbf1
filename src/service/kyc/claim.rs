//! Who has a review: one reviewer at a time, known by issuer and subject, for names are no proof.

use serde::Serialize;

use super::KycReview;
use crate::{
    auth::{policy::Action, token::SUBJECT},
    domain::{
        kyc,
        problem::{ProblemCode, Problems},
        text,
    },
    service::{
        parse_id,
        user::{Moment, UserAct},
    },
    store::{Writer, error::StoreError, user::UserFile},
};

/// Characters of an issuer and of a name at most.
const NAME: usize = 255;

/// Takes a review for oneself.
#[derive(Debug, Serialize)]
pub struct ClaimReview {
    /// Which.
    pub review_id: String,
}

/// Gives a review back to the queue.
#[derive(Debug, Serialize)]
pub struct ReleaseReview {
    /// Which.
    pub review_id: String,
}

/// Gives a review to somebody.
#[derive(Debug, Serialize)]
pub struct HandOverReview {
    /// Which.
    pub review_id: String,
    /// To whom.
    pub to: Reviewer,
}

/// Somebody of the staff, as their token has it.
#[derive(Debug, Clone, Serialize)]
pub struct Reviewer {
    /// Who issues the token; as one's own where it is not said.
    pub issuer: Option<String>,
    /// Its subject.
    pub subject: String,
    /// What people call them.
    pub name: Option<String>,
}

/// Whose a review is.
pub(super) enum Held {
    /// Nobody's.
    Free,
    /// The caller's.
    Own,
    /// Somebody else's, of that name.
    By(String),
}

/// Whose a review is, as the caller sees it.
pub(super) fn held(review: &KycReview, writer: &Writer) -> Held {
    let caller = writer.permit().caller();
    match (&review.assignee_issuer, &review.assignee_subject) {
        (_, None) => Held::Free,
        (Some(issuer), Some(subject)) if issuer == caller.issuer() && subject == caller.subject() => {
            Held::Own
        }
        (_, Some(subject)) => Held::By(review.assignee_name.clone().unwrap_or_else(|| subject.clone())),
    }
}

impl UserAct for ClaimReview {
    const ACTION: Action = Action::KycClaim;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let Some(review) = open_review(&self.review_id, file, writer, p).await? else { return Ok(()) };
        match held(&review, writer) {
            Held::Own => Ok(()),
            Held::Free => {
                let caller = writer.permit().caller();
                let own = Reviewer {
                    issuer: Some(caller.issuer().to_owned()),
                    subject: caller.subject().to_owned(),
                    name: caller.name().map(str::to_owned),
                };
                assign(file, &review, Some(own), at, writer).await
            }
            Held::By(name) => {
                let message = format!("{name} has claimed this review: they release it, or hand it over.");
                p.add(ProblemCode::IllegalTransition, "reviewId", message);
                Ok(())
            }
        }
    }
}

impl UserAct for ReleaseReview {
    const ACTION: Action = Action::KycRelease;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let Some(review) = open_review(&self.review_id, file, writer, p).await? else { return Ok(()) };
        if may_take(&review, at, writer, p) {
            assign(file, &review, None, at, writer).await?;
        }
        Ok(())
    }
}

impl UserAct for HandOverReview {
    const ACTION: Action = Action::KycHandOver;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let Reviewer { issuer, subject, name } = &self.to;
        let own = writer.permit().caller().issuer();
        let issuer = p.check("to.issuer", text::clean_line(issuer.as_deref().unwrap_or(own), NAME));
        let subject = p.check("to.subject", text::clean_line(subject, SUBJECT));
        let name = name.as_deref().and_then(|name| p.check("to.name", text::clean_line(name, NAME)));
        let Some(review) = open_review(&self.review_id, file, writer, p).await? else { return Ok(()) };
        if may_take(&review, at, writer, p)
            && let (Some(subject), true) = (subject, p.is_empty())
            && (&review.assignee_issuer, review.assignee_subject.as_ref()) != (&issuer, Some(&subject))
        {
            assign(file, &review, Some(Reviewer { issuer, subject, name }), at, writer).await?;
        }
        Ok(())
    }
}

/// Whether the caller may take a review out of the hands that it is in. Out of another's it needs a reason: reviewers fall
/// ill, and the trail says who took what from them, and why.
fn may_take(review: &KycReview, at: &Moment, writer: &Writer, p: &mut Problems) -> bool {
    let Held::By(name) = held(review, writer) else { return true };
    if at.reason().is_none() {
        let message = format!("{name} has claimed this review: say why you take it from them.");
        p.add_at(ProblemCode::Required, "options.reason", message);
    }
    at.reason().is_some()
}

async fn assign(
    file: &mut UserFile,
    review: &KycReview,
    to: Option<Reviewer>,
    at: &Moment,
    writer: &Writer,
) -> Result<(), StoreError> {
    let claimed_at = to.as_ref().map(|_| at.now());
    let (issuer, subject, name) = match to {
        Some(Reviewer { issuer, subject, name }) => (issuer, Some(subject), name),
        None => (None, None, None),
    };
    let assigned = KycReview {
        assignee_issuer: issuer,
        assignee_subject: subject,
        assignee_name: name,
        claimed_at,
        ..review.clone()
    };
    file.aside.changes = writer.update_kyc_review(review, &assigned).await?;
    file.aside.made = Some(review.id);
    Ok(())
}

/// The open review of the user that an id names, or a note that there is none.
pub(super) async fn open_review(
    id: &str,
    file: &UserFile,
    writer: &Writer,
    p: &mut Problems,
) -> Result<Option<KycReview>, StoreError> {
    let found = match parse_id(id) {
        Some(id) => writer.kyc_review(file.user.id, id).await?,
        None => None,
    };
    match &found {
        None => p.add(
            ProblemCode::NotFound,
            "reviewId",
            "This user has no such review: see the user's `kyc { reviews }`.",
        ),
        Some(review) if !kyc::is_open(review.state) => p.add(
            ProblemCode::IllegalTransition,
            "reviewId",
            "This review has ended, which stays: ask for another one by kycRequestReview.",
        ),
        Some(_) => {}
    }
    Ok(found.filter(|review| kyc::is_open(review.state)))
}
