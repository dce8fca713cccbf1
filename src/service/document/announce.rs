//! The announcement of a file: what it is to be, before a byte of it is sent.

use std::marker::PhantomData;

use backdesk_entity::enums::DocumentKind;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    Upload,
    acts::{last_day, named},
};
use crate::{
    auth::policy::Action,
    config,
    domain::{
        document, file,
        mistake::Mistake,
        problem::{ProblemCode, Problems},
    },
    service::user::{Moment, UserAct},
    store::{Writer, audit::FieldChange, error::StoreError, user::UserFile},
};

/// Files of one user that may be on their way at the same time.
const UPLOADS: u64 = 20;

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
        user.aside.upload = Some(upload.id);
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
