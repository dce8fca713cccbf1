//! What staff have on file about a made-up user: documents that they asked for, and comments. Of documents requests alone:
//! files come by `shown.rs`, to those whom a demo shows.

use backdesk_entity::{
    comment, comment_version, document,
    enums::{DocumentKind, DocumentState, KycStatus, PersonType, UserStatus},
};
use chrono::{DateTime, TimeDelta, Utc};

use super::{activity::row_id, draw::Draw, life::END, shown::is_shown};
use crate::store::{Writer, error::StoreError, user::UserFile};

/// Somebody of the staff, as the tokens of a demo name them.
pub(super) struct Staff {
    pub(super) subject: &'static str,
    pub(super) name: &'static str,
}

/// Who reviews users.
pub(super) const REVIEWER: Staff = Staff { subject: "demo-compliance", name: "Demo compliance" };
/// Who does so now and then.
pub(super) const OTHER: Staff = Staff { subject: "demo-admin", name: "Demo admin" };
/// Who issued their tokens, unless it is configured otherwise.
pub(super) const ISSUER: &str = "backdesk";

/// What people are asked for, and companies.
const OF_PEOPLE: [DocumentKind; 4] =
    [DocumentKind::Identity, DocumentKind::Address, DocumentKind::Income, DocumentKind::SourceOfFunds];
const OF_COMPANIES: [DocumentKind; 4] = [
    DocumentKind::CompanyRegistration,
    DocumentKind::CompanyArticles,
    DocumentKind::BeneficialOwners,
    DocumentKind::BankAccount,
];
/// What is wanted, in words.
const NOTES: &str = "Both sides please, Not older than three months, In colour please, With all pages";
/// What staff write.
const COMMENTS: &str = "Called: asks for a monthly statement., Waits for the new passport., Wants letters in English., \
                        Payments look regular., Prefers to be called in the morning., Moved: new address by post., \
                        Asked why the limit was lowered.";
/// What they wrote before.
const SLIPS: &str = "Calld., Asks for a statment., See above.";

/// Rows by table.
#[derive(Debug, Default)]
pub(super) struct Papers {
    pub(super) documents: Vec<document::Model>,
    pub(super) comments: Vec<comment::Model>,
    pub(super) versions: Vec<comment_version::Model>,
}

impl Papers {
    /// Adds what there is about a user.
    pub(super) fn add(&mut self, number: u64, file: &UserFile) {
        self.documents.extend(requests(number, file));
        self.comment(number, file);
    }

    fn comment(&mut self, number: u64, file: &UserFile) {
        let user = &file.user;
        let draw = &mut Draw::of(number, "comments");
        // nothing of a cancelled user is written any more
        let until = if user.status == UserStatus::Canceled { user.status_since } else { END };
        let many = if draw.percent(if is_shown(number) { 100 } else { 8 }) { 1 + draw.below(3) } else { 0 };
        for place in 0..many {
            let created_at = draw.instant(user.created_at, until);
            let author = draw.weighted(&[(&REVIEWER, 70), (&OTHER, 30)]);
            let id = row_id(number, "comment", place, created_at);
            let edited_at = (created_at + TimeDelta::minutes(4)).min(until);
            let (slip, is_slip) = (draw.word(SLIPS), draw.percent(15));
            if is_slip {
                self.versions.push(comment_version::Model {
                    comment_id: id,
                    version: 1,
                    body: slip.to_owned(),
                    written_at: created_at,
                });
            }
            self.comments.push(comment::Model {
                id,
                user_id: user.id,
                account: user.account.clone(),
                created_at,
                author_issuer: ISSUER.to_owned(),
                author_subject: author.subject.to_owned(),
                author_name: Some(author.name.to_owned()),
                body: draw.word(COMMENTS).to_owned(),
                visible_to_user: draw.percent(25),
                edited_at: is_slip.then_some(edited_at),
            });
        }
    }

    /// Writes all of it.
    pub(super) async fn write(self, writer: &Writer) -> Result<(), StoreError> {
        writer.insert_documents(self.documents).await?;
        writer.insert_comments(self.comments, self.versions).await
    }
}

/// What a user is asked for: much of those whom a demo shows, something of whoever is under review, little of others.
pub(super) fn requests(number: u64, file: &UserFile) -> Vec<document::Model> {
    let user = &file.user;
    let draw = &mut Draw::of(number, "documents");
    let odds = if user.kyc_status == KycStatus::Pending { 60 } else { 6 };
    let is_asked = draw.percent(odds);
    let many = match (is_shown(number), is_asked) {
        (true, _) => 4,
        (false, true) => 1,
        (false, false) => 0,
    };
    if user.status == UserStatus::Canceled {
        return Vec::new();
    }
    let kinds = match user.person_type {
        PersonType::NaturalPerson => OF_PEOPLE,
        PersonType::LegalEntity => OF_COMPANIES,
    };
    (0..many).zip(kinds).map(|(place, kind)| request(draw, number, file, place, kind)).collect()
}

fn request(draw: &mut Draw, number: u64, file: &UserFile, place: u64, kind: DocumentKind) -> document::Model {
    let user = &file.user;
    let at: DateTime<Utc> = draw.instant(user.created_at.max(END - TimeDelta::days(120)).min(END), END);
    let note = draw.maybe(50, NOTES).map(|notes| draw.word(notes).to_owned());
    // whom a demo shows has time, whatever the calendar says when it is started
    let has_end = draw.percent(60) && !is_shown(number);
    let days = i64::try_from(14 + draw.below(90)).unwrap_or_default();
    document::Model {
        id: row_id(number, "document", place, at),
        user_id: user.id,
        account: user.account.clone(),
        kind,
        state: DocumentState::Requested,
        created_at: at,
        note,
        expires_on: has_end.then_some((at + TimeDelta::days(days)).date_naive()),
        requested_at: Some(at),
        requested_by: Some(REVIEWER.name.to_owned()),
        shared_at: None,
        shared_by: None,
        name: None,
        content_type: None,
        size: None,
        sha256: None,
        file_id: None,
        decided_at: None,
        decided_by: None,
        reason: None,
    }
}
