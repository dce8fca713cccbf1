//! The made-up users whom a demo shows: nothing is missing in their files. What they were asked for is shared in a demo, with
//! bytes: it goes the way of every other document, by acts of the demo's staff: announced, sent, judged, shared, decided on.
//! Some of them are under a review meanwhile. What is done already is not done again, and what somebody who tries the demo
//! made impossible is left alone.

use std::{collections::BTreeMap, fmt::Write, marker::PhantomData, sync::Arc};

use axum::body::Bytes;
use backdesk_entity::enums::{DocumentKind, DocumentState, KycTrigger};
use futures_util::stream;

use super::{papers, people};
use crate::{
    auth::{caller::Caller, policy::Action},
    service::{
        Services,
        document::{AnnounceFile, ConfirmFile, DecideDocument, Decision, Document, OfDocument},
        error::{ApiError, Outcome},
        kyc::{ClaimReview, RequestReview},
        user::{Acted, MutationOptions, UserSelection},
    },
};

/// Their numbers, persons and companies; whose file is opened first comes last, and is changed last.
pub(super) const SHOWN: [u64; 12] = [3, 61, 91, 105, 119, 242, 496, 597, 598, 689, 462, 844];
/// The numbers of those among them who are under review, which one of the staff has claimed.
const REVIEWED: [u64; 5] = [119, 598, 689, 462, 844];
/// Why a document is refused.
const REFUSAL: &str = "The second page is missing.";

/// Whether a demo shows the user of that number.
pub(super) fn is_shown(number: u64) -> bool {
    SHOWN.contains(&number)
}

impl Services {
    /// Has staff share what the users were asked for who are shown in a demo, and decide on some of it. `staff` may do so.
    pub async fn show_documents(&self, staff: &Arc<Caller>) -> Result<(), ApiError> {
        for number in SHOWN {
            let Ok(file) = people::user(number, &BTreeMap::new()) else { continue };
            for (place, request) in (number..).zip(papers::requests(number, &file)) {
                // each state there is: accepted, refused, not looked at, still awaited
                let decision = match place % 4 {
                    0 => Some(Decision::Accept),
                    1 => None,
                    2 => Some(Decision::Refuse),
                    _ => continue,
                };
                let permit = self.permit(staff, Action::Documents).await?;
                let found = self.store().read(&permit).document(request.user_id, request.id).await?;
                if let Some(found) = found.filter(|found| found.state == DocumentState::Requested) {
                    if REVIEWED.contains(&number) {
                        Box::pin(self.review(staff, &found.user_id.to_string())).await?;
                    }
                    Box::pin(self.share(staff, &found, decision)).await?;
                }
            }
        }
        Ok(())
    }

    /// Has a user reviewed by whoever asks.
    async fn review(&self, staff: &Arc<Caller>, user: &str) -> Result<(), ApiError> {
        let (options, selection) = (MutationOptions::default(), UserSelection::default());
        let asked = RequestReview { trigger: KycTrigger::Periodic, due_on: None, document_ids: Vec::new() };
        if let Outcome::Done(Acted { made: Some(review), .. }) =
            Box::pin(self.act(staff, user, &asked, &options, &selection)).await?
        {
            let claimed = ClaimReview { review_id: review.to_string() };
            self.act(staff, user, &claimed, &options, &selection).await?;
        }
        Ok(())
    }

    /// Answers a request with a file, and decides on it.
    async fn share(
        &self,
        staff: &Arc<Caller>,
        asked: &Document,
        decision: Option<Decision>,
    ) -> Result<(), ApiError> {
        let (user, id) = (asked.user_id.to_string(), asked.id.to_string());
        let (name, bytes) = paper(asked);
        let size = bytes.len();
        let announced = AnnounceFile::<OfDocument> {
            document_id: Some(id.clone()),
            kind: None,
            name,
            content_type: "application/pdf".to_owned(),
            size: i32::try_from(size).unwrap_or_default(),
            sha256: None,
            expires_on: None,
            limits: self.file_limits(),
            what: PhantomData,
        };
        let options =
            MutationOptions { reason: Some("Came by post.".to_owned()), ..MutationOptions::default() };
        let selection = UserSelection::default();
        let outcome = self.act(staff, &user, &announced, &options, &selection).await?;
        let Outcome::Done(Acted { upload: Some(upload), .. }) = outcome else { return Ok(()) };
        let attempt = self.store().clock().new_id();
        let body = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(bytes))]);
        let sent = self.files().receive(upload, attempt, size as u64, body).await;
        sent.map_err(|_| ApiError::Unavailable)?;
        let confirmed = ConfirmFile::<OfDocument>::new(id.clone(), None);
        let confirmed = self.confirm_file(staff, &user, confirmed, &options, &selection).await?;
        if let (Outcome::Done(_), Some(decision)) = (confirmed, decision) {
            let reason = (decision == Decision::Refuse).then(|| REFUSAL.to_owned());
            let decided = DecideDocument { document_id: id, decision, reason };
            self.act(staff, &user, &decided, &MutationOptions::default(), &selection).await?;
        }
        Ok(())
    }
}

/// The name and the bytes of a document: a PDF of one page that says what it is.
fn paper(asked: &Document) -> (String, Vec<u8>) {
    let what = match asked.kind {
        DocumentKind::Identity => "passport",
        DocumentKind::Address => "electricity-bill",
        DocumentKind::Income => "payslip",
        DocumentKind::SourceOfFunds => "savings",
        DocumentKind::BankAccount => "bank-statement",
        DocumentKind::CompanyRegistration => "register-extract",
        DocumentKind::CompanyArticles => "articles",
        DocumentKind::BeneficialOwners => "owners",
        DocumentKind::Tax => "tax-notice",
        DocumentKind::Contract => "contract",
        DocumentKind::Other => "letter",
    };
    (format!("{what}.pdf"), pdf(&[&format!("Made up: {what}"), &format!("of user {}", asked.user_id)]))
}

/// A PDF of one page with these lines of ASCII.
fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut page = "BT /F1 20 Tf 72 720 Td 28 TL".to_owned();
    for line in lines {
        // a text takes whatever is written to it
        let _ = write!(page, " ({line}) '");
    }
    page += " ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut text = "%PDF-1.4\n".to_owned();
    let mut places = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(&objects) {
        let _ = writeln!(places, "{:010} 00000 n ", text.len());
        let _ = write!(text, "{number} 0 obj\n{object}\nendobj\n");
    }
    let begin = text.len();
    let size = objects.len() + 1;
    let _ = write!(text, "{places}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF\n");
    text.into_bytes()
}
