//! The confirmation of a file that was sent: what is in the storage is judged before the transaction begins, and a copy
//! of it, which no link can change any more. What is refused is thrown away; what two confirm at once, one shares.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use backdesk_entity::enums::DocumentState;
use serde::Serialize;

use super::{Document, Upload, acts::blank, announce::What, picture};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::{
        document::{self, UPLOAD_LASTS},
        file,
        problem::{ProblemCode, Problems},
    },
    files::{FileKey, FilesError},
    service::{
        Services,
        error::{ApiError, Outcome},
        parse_id,
        user::{Acted, Moment, MutationOptions, UserAct, UserSelection},
    },
    store::{Writer, error::StoreError, user::UserFile},
};

/// How long room to read a file is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Has a file judged that was sent.
#[derive(Debug, Serialize)]
pub struct ConfirmFile<W> {
    /// The document that it is to be.
    pub document_id: String,
    /// Its SHA-256.
    pub sha256: Option<String>,
    /// What was found in the storage.
    #[serde(skip)]
    found: Option<Found>,
    #[serde(skip)]
    what: PhantomData<W>,
}

/// What was found of an upload.
#[derive(Debug)]
struct Found {
    upload: Upload,
    verdict: Verdict,
}

#[derive(Debug)]
enum Verdict {
    /// Nothing was sent yet.
    Awaited,
    /// The file is what it was said to be.
    Good { key: FileKey, sha256: String },
    /// It is not: the field, and what to do.
    Bad(&'static str, String),
}

impl<W> ConfirmFile<W> {
    /// The file of that document, with the SHA-256 that it should have.
    pub fn new(document_id: String, sha256: Option<String>) -> Self {
        Self { document_id, sha256, found: None, what: PhantomData }
    }
}

impl Services {
    /// Judges a file that was sent, and shares it.
    pub async fn confirm_file<W: What>(
        &self,
        caller: &Arc<Caller>,
        id: &str,
        mut act: ConfirmFile<W>,
        options: &MutationOptions,
        selection: &UserSelection,
    ) -> Result<Outcome<Acted>, ApiError> {
        let user = parse_id(id);
        let permit = self.permit_on(caller, W::CONFIRM, user).await?;
        let uploads = match user.zip(parse_id(&act.document_id)) {
            Some((user, document)) => self.store().read(&permit).uploads(user, document).await?,
            None => Vec::new(),
        };
        // several may be on their way for one request: of those that have come, the newest
        for upload in uploads.into_iter().filter(|upload| upload.kind.is_none() == W::IS_PICTURE) {
            let verdict = self.judge(&upload, act.sha256.as_deref()).await?;
            let has_come = !matches!(verdict, Verdict::Awaited);
            act.found = Some(Found { upload, verdict });
            if has_come {
                break;
            }
        }
        let outcome = Box::pin(self.act(caller, id, &act, options, selection)).await;
        if let Some(Found { upload, verdict }) = act.found {
            self.tidy(&upload, &verdict, &outcome, options).await;
        }
        outcome
    }

    /// Looks at what was sent. A good file has been put out of reach of its link by then.
    async fn judge(&self, upload: &Upload, sha256: Option<&str>) -> Result<Verdict, ApiError> {
        let files = self.files();
        let _room = files.room(PATIENCE).await.ok_or(ApiError::Unavailable)?;
        let Some(sent) = files.sent(upload.id).await.map_err(unavailable)? else {
            return Ok(Verdict::Awaited);
        };
        let size = u64::try_from(upload.size).unwrap_or_default();
        if sent != size {
            return Ok(bad_size(sent, size));
        }
        let key = FileKey { document: upload.document_id, file: self.store().clock().new_id() };
        files.keep(upload.id, key).await.map_err(unavailable)?;
        let arrived = match files.look_at(key, size).await {
            Ok(arrived) => arrived,
            Err(error) => {
                let _ = files.discard(key).await;
                return Err(unavailable(error));
            }
        };
        // another one may have been sent by the same link since
        let bad = if arrived.size != size {
            Some(bad_size(arrived.size, size))
        } else if arrived.file_type != Some(upload.content_type) {
            let message = format!(
                "The file is not what it was announced as, {}, or could pass for something else: announce and send it \
                 anew.",
                file::media_type(upload.content_type)
            );
            Some(Verdict::Bad("documentId", message))
        } else {
            let given = sha256.and_then(|sum| file::parse_sha256(sum).ok());
            let differs = |sum: &Option<String>| sum.as_ref().is_some_and(|sum| *sum != arrived.sha256);
            let message =
                "The file has another SHA-256: it was damaged, or is another one. Announce and send it anew.";
            match (differs(&upload.sha256), differs(&given)) {
                (_, true) => Some(Verdict::Bad("sha256", message.to_owned())),
                (true, _) => Some(Verdict::Bad("documentId", message.to_owned())),
                (false, false) => None,
            }
        };
        let Some(bad) = bad else { return Ok(Verdict::Good { key, sha256: arrived.sha256 }) };
        let _ = files.discard(key).await;
        Ok(bad)
    }

    /// Throws away what is needed no more. What cannot be thrown away now is swept later.
    async fn tidy(
        &self,
        upload: &Upload,
        verdict: &Verdict,
        outcome: &Result<Outcome<Acted>, ApiError>,
        options: &MutationOptions,
    ) {
        let files = self.files();
        let tidied = match (verdict, outcome) {
            (Verdict::Good { key, .. }, _) if options.validate_only => files.discard(*key).await,
            (_, _) if options.validate_only => Ok(()),
            (_, Ok(Outcome::Done(acted))) => match files.keep_only(upload.document_id, acted.made).await {
                Ok(()) => files.forget(upload.id).await,
                error => error,
            },
            // the change may have taken effect: its file must stay
            (_, Err(ApiError::InDoubt)) => Ok(()),
            (Verdict::Good { key, .. }, _) => files.discard(*key).await,
            (Verdict::Bad(..), Ok(Outcome::Problems(_))) => self.refuse_upload(upload).await,
            (_, _) => Ok(()),
        };
        if tidied.is_err() {
            tracing::warn!(upload = %upload.id, "what was sent could not be thrown away");
        }
    }

    /// Throws a bad file away with its announcement: its link opens nothing any more.
    async fn refuse_upload(&self, upload: &Upload) -> Result<(), FilesError> {
        self.store().drop_upload(upload.id).await.map_err(|_| FilesError::Unavailable)?;
        self.files().forget(upload.id).await
    }
}

fn bad_size(sent: u64, announced: u64) -> Verdict {
    let message =
        format!("The file has {sent} bytes, and {announced} were announced: announce and send it anew.");
    Verdict::Bad("documentId", message)
}

fn unavailable(_: FilesError) -> ApiError {
    ApiError::Unavailable
}

impl<W: What> UserAct for ConfirmFile<W> {
    const ACTION: Action = W::CONFIRM;
    const ARGUMENT: &'static str = "input";

    async fn apply(
        &self,
        user: &mut UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        if let Some(sum) = &self.sha256 {
            p.check("sha256", file::parse_sha256(sum));
        }
        let Some((upload, found)) = self.awaited(user, at, writer, p).await? else { return Ok(()) };
        let (key, sha256) = match &found.verdict {
            Verdict::Good { key, sha256 } => (*key, sha256),
            Verdict::Bad(field, message) => {
                p.add(ProblemCode::Invalid, field, message.as_str());
                return Ok(());
            }
            Verdict::Awaited => {
                let message = "Nothing was sent yet: send the file to its link, then confirm it.";
                p.add(ProblemCode::Invalid, "documentId", message);
                return Ok(());
            }
        };
        writer.end_upload(upload.id).await?;
        user.aside.made = Some(key.file);
        if W::IS_PICTURE {
            user.user.picture = Some(picture::kept(key, upload.content_type));
            return Ok(());
        }
        let Some(kind) = upload.kind else { return Err(StoreError::Internal) };
        let before = writer.document(user.user.id, upload.document_id).await?;
        let state = before.as_ref().map_or(DocumentState::Requested, |before| {
            document::state(before.state, before.expires_on, at.today())
        });
        let state = match document::share(state) {
            Ok(state) => state,
            Err(mistake) => {
                p.add(ProblemCode::IllegalTransition, "documentId", mistake.into_message());
                return Ok(());
            }
        };
        let asked = before
            .clone()
            .unwrap_or_else(|| blank(upload.document_id, user, at, kind, DocumentState::Requested));
        let after = Document {
            state,
            shared_at: Some(at.now()),
            shared_by: Some(writer.permit().caller().called().to_owned()),
            name: Some(upload.name),
            content_type: Some(upload.content_type),
            size: Some(upload.size),
            sha256: Some(sha256.clone()),
            file_id: Some(key.file),
            // until now it was the last day of the request, which says nothing about the document
            expires_on: upload.expires_on,
            ..asked
        };
        user.aside.document = Some((after.id, after.state));
        user.aside.changes = match &before {
            Some(before) => writer.update_document(before, &after).await?,
            None => writer.insert_document(&after).await?,
        };
        Ok(())
    }
}

impl<W: What> ConfirmFile<W> {
    /// The upload that was judged, if it still waits; or a note of what became of it.
    async fn awaited(
        &self,
        user: &UserFile,
        at: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<Option<(Upload, &Found)>, StoreError> {
        let upload = match &self.found {
            Some(found) => writer.upload(user.user.id, found.upload.id).await?,
            None => None,
        };
        if let (Some(upload), Some(found)) = (upload, &self.found)
            // what may be swept is shared no more: its bytes could be gone
            && upload.started_at + UPLOAD_LASTS > at.now()
        {
            return Ok(Some((upload, found)));
        }
        let document = match parse_id(&self.document_id) {
            Some(id) if !W::IS_PICTURE => writer.document(user.user.id, id).await?,
            _ => None,
        };
        match document {
            None => p.add(
                ProblemCode::NotFound,
                "documentId",
                "No such file is on its way: it was confirmed or refused, or its hour is over. Announce it anew.",
            ),
            Some(_) => p.add(
                ProblemCode::IllegalTransition,
                "documentId",
                "Nothing is on its way for this document: its file was confirmed or refused already, or never announced.",
            ),
        }
        Ok(None)
    }
}
