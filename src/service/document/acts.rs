//! The acts on documents, but for the confirmation, which reads bytes: `confirm.rs`.

use std::marker::PhantomData;

use backdesk_entity::enums::{DocumentKind, DocumentState, FileType};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{Decision, Document, Upload};
use crate::{
    auth::policy::Action,
    config,
    domain::{
        document, file,
        mistake::Mistake,
        problem::{ProblemCode, Problems},
        text,
    },
    service::{
        parse_id,
        user::{Moment, REASON, UserAct},
    },
    store::{Writer, audit::FieldChange, error::StoreError, user::UserFile},
};

/// Characters of what is wanted at most.
const NOTE: usize = 1000;
/// Files of one user that may be on their way at the same time.
const UPLOADS: u64 = 20;

/// Asks a user for a document.
#[derive(Debug, Serialize)]
pub struct RequestDocument {
    /// What it is to prove.
    pub kind: DocumentKind,
    /// What is wanted, in words.
    pub note: Option<String>,
    /// The last day on which it is taken.
    pub expires_on: Option<String>,
}

/// Announces a file: of a document, or as a picture of the user.
#[derive(Debug, Serialize)]
pub struct AnnounceFile<W> {
    /// The request that it answers.
    pub document_id: Option<String>,
    /// What it proves, unasked.
    pub kind: Option<DocumentKind>,
    /// What the file is called.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub size: i32,
    /// Its SHA-256.
    pub sha256: Option<String>,
    /// The last day of the document.
    pub expires_on: Option<String>,
    /// What is taken.
    #[serde(skip)]
    pub limits: config::Files,
    /// A document or a picture.
    #[serde(skip)]
    pub what: PhantomData<W>,
}

/// Accepts or refuses a document.
#[derive(Debug, Serialize)]
pub struct DecideDocument {
    /// Which.
    pub document_id: String,
    /// How.
    pub decision: Decision,
    /// Why; a refusal needs it.
    pub reason: Option<String>,
}

/// What a file is for.
pub trait What: Send + Sync + 'static {
    /// The act that announces it.
    const UPLOAD: Action;
    /// The act that confirms it.
    const CONFIRM: Action;
    /// Whether it is a picture of the user.
    const IS_PICTURE: bool;
}

/// A document.
#[derive(Debug)]
pub enum OfDocument {}

/// A picture of the user.
#[derive(Debug)]
pub enum OfPicture {}

impl What for OfDocument {
    const UPLOAD: Action = Action::DocumentUpload;
    const CONFIRM: Action = Action::DocumentConfirm;
    const IS_PICTURE: bool = false;
}

impl What for OfPicture {
    const UPLOAD: Action = Action::PictureUpload;
    const CONFIRM: Action = Action::PictureConfirm;
    const IS_PICTURE: bool = true;
}

impl UserAct for RequestDocument {
    const ACTION: Action = Action::DocumentRequest;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let note = self.note.as_deref().and_then(|note| p.check("note", text::clean_text(note, NOTE)));
        let expires_on = last_day(self.expires_on.as_deref(), at, p);
        let asked = Document {
            note,
            expires_on,
            requested_at: Some(at.now()),
            requested_by: Some(author(writer)),
            ..blank(writer.clock().new_id(), file, at, self.kind, DocumentState::Requested)
        };
        file.aside.made = Some(asked.id);
        file.aside.changes = writer.insert_document(&asked).await?;
        Ok(())
    }
}

impl<W: What> UserAct for AnnounceFile<W> {
    const ACTION: Action = W::UPLOAD;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        user: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let answered = self.answered(user, at, writer, p).await?;
        let content_type = p.check("contentType", file::parse_type(&self.content_type, W::IS_PICTURE));
        let name = p.check("name", file::parse_name(&self.name));
        let sha256 = self.sha256.as_deref().and_then(|sum| p.check("sha256", file::parse_sha256(sum)));
        p.check("size", self.size());
        let expires_on = last_day(self.expires_on.as_deref(), at, p);
        if writer.count_uploads(user.user.id).await? >= UPLOADS {
            let message =
                format!("{UPLOADS} files of this user are on their way: confirm some, or wait an hour.");
            p.add_at(ProblemCode::Invalid, Self::ARGUMENT, message);
        }
        let (Some(name), Some(content_type)) = (name, content_type) else { return Ok(()) };
        let upload = Upload {
            id: writer.clock().new_id(),
            document_id: answered.as_ref().map_or_else(|| writer.clock().new_id(), |(id, _)| *id),
            user_id: user.user.id,
            account: user.user.account.clone(),
            kind: answered.map(|(_, kind)| kind).or(self.kind),
            name,
            content_type,
            size: self.size.into(),
            sha256,
            expires_on,
            started_at: at.now(),
        };
        writer.insert_upload(&upload).await?;
        user.aside.made = Some(upload.document_id);
        user.aside.changes = vec![told::<W>(&upload)];
        Ok(())
    }
}

impl<W: What> AnnounceFile<W> {
    /// The request that the file answers, and its kind.
    async fn answered(
        &self,
        user: &UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<Option<(Uuid, DocumentKind)>, StoreError> {
        let id = match (&self.document_id, self.kind) {
            _ if W::IS_PICTURE => return Ok(None),
            (Some(id), None) => id,
            (None, Some(_)) => return Ok(None),
            (Some(_), Some(_)) => {
                p.add(
                    ProblemCode::Invalid,
                    "kind",
                    "The request says what the document proves: leave the kind out.",
                );
                return Ok(None);
            }
            (None, None) => {
                p.add(
                    ProblemCode::Required,
                    "kind",
                    "Say what the document proves, or which request it answers.",
                );
                return Ok(None);
            }
        };
        let Some(document) = named(id, user, writer, p).await? else { return Ok(None) };
        let today = document::state(document.state, document.expires_on, at.today());
        if let Err(mistake) = document::share(today) {
            p.add(ProblemCode::IllegalTransition, "documentId", mistake.into_message());
        }
        Ok(Some((document.id, document.kind)))
    }

    fn size(&self) -> Result<(), Mistake> {
        let most = if W::IS_PICTURE { self.limits.picture_bytes } else { self.limits.bytes };
        match u64::try_from(self.size) {
            Ok(1..) if i64::from(self.size) <= i64::try_from(most).unwrap_or(i64::MAX) => Ok(()),
            _ => Err(Mistake::new(format!("A file has 1 to {most} bytes here."))),
        }
    }
}

impl UserAct for DecideDocument {
    const ACTION: Action = Action::DocumentDecide;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        let reason = self.reason.as_deref().and_then(|why| p.check("reason", text::clean_line(why, REASON)));
        if self.decision == Decision::Refuse && self.reason.is_none() {
            p.add(
                ProblemCode::Required,
                "reason",
                "Say why the document is refused: the user is to do better.",
            );
        }
        let Some(before) = named(&self.document_id, file, writer, p).await? else { return Ok(()) };
        match document::decide(document::state(before.state, before.expires_on, at.today()), self.decision) {
            Ok(state) => {
                let after = Document {
                    state,
                    decided_at: Some(at.now()),
                    decided_by: Some(author(writer)),
                    reason,
                    ..before.clone()
                };
                file.aside.changes = writer.update_document(&before, &after).await?;
                file.aside.made = Some(after.id);
            }
            Err(mistake) => p.add(ProblemCode::IllegalTransition, "decision", mistake.into_message()),
        }
        Ok(())
    }
}

/// The document of the user that an id names, or a note that there is none.
pub(super) async fn named(
    id: &str,
    file: &UserFile,
    writer: &Writer,
    p: &mut Problems,
) -> Result<Option<Document>, StoreError> {
    let found = match parse_id(id) {
        Some(id) => writer.document(file.user.id, id).await?,
        None => None,
    };
    if found.is_none() {
        p.add(
            ProblemCode::NotFound,
            "documentId",
            "This user has no such document: see the user's `documents`.",
        );
    }
    Ok(found)
}

/// A document of which nothing is known but whose and what it is.
pub(super) fn blank(
    id: Uuid,
    file: &UserFile,
    at: &Moment,
    kind: DocumentKind,
    state: DocumentState,
) -> Document {
    Document {
        id,
        user_id: file.user.id,
        account: file.user.account.clone(),
        kind,
        state,
        created_at: at.now(),
        note: None,
        expires_on: None,
        requested_at: None,
        requested_by: None,
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

/// Who acts, as documents show it.
pub(super) fn author(writer: &Writer) -> String {
    let caller = writer.permit().caller();
    caller.name().unwrap_or(caller.subject()).to_owned()
}

/// A last day, which has not passed.
fn last_day(given: Option<&str>, at: &Moment, p: &mut Problems) -> Option<NaiveDate> {
    let day = given.map(|text| {
        let day = text.trim().parse::<NaiveDate>().ok();
        day.filter(|day| (at.today()..=LAST).contains(day))
            .ok_or_else(|| Mistake::new("Write a day from today on, as YYYY-MM-DD."))
    });
    p.check("expiresOn", day?)
}

/// Beyond this year texts of days no longer sort as days do.
const LAST: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// What the trail tells of an announcement.
fn told<W: What>(upload: &Upload) -> FieldChange {
    let Upload { name, content_type, size, sha256, kind, expires_on, .. } = upload;
    let after = json!({
        "kind": kind, "name": name, "contentType": file::media_type(*content_type), "size": size, "sha256": sha256,
        "expiresOn": expires_on,
    });
    let field = match W::IS_PICTURE {
        true => "pictureUpload".to_owned(),
        false => format!("documents.{}.upload", upload.document_id),
    };
    FieldChange { field, before: json!(null), after }
}

/// The number of a type of file, as links say it.
pub(super) fn number(file_type: FileType) -> i16 {
    file_type as i16
}
