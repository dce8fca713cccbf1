//! Bytes by links: announced and sent, and fetched. A link is its own permit: whoever was given one may use it, until it
//! ends.

use std::{sync::Arc, time::Duration};

use axum::body::Bytes;
use futures_util::{Stream, stream::BoxStream};

use super::{
    AnnounceFile, Announced, Link, LinkError, Purpose, ReceiveError, Signed, Upload, announce::What,
};
use crate::{
    auth::{caller::Caller, policy::Action},
    config,
    domain::{document::UPLOAD_LASTS, file},
    files::{self, FileKey, FilesError, Sending},
    service::{
        Miss, Services,
        error::{ApiError, Outcome},
        parse_id,
        reads::SensitiveReads,
        user::{Acted, MutationOptions, UserKey, UserSelection},
    },
};

/// A file that is handed out.
pub struct Fetched {
    /// What it is.
    pub media_type: &'static str,
    /// What a browser is to do with it.
    pub disposition: String,
    /// How many bytes it has.
    pub size: u64,
    /// Its bytes.
    pub bytes: BoxStream<'static, Result<Bytes, object_store::Error>>,
}

impl Services {
    /// Announces a file, and says where to send it. The same idempotency key again has the same effect, and a new link.
    pub async fn announce_file<W: What>(
        &self,
        caller: &Arc<Caller>,
        id: &str,
        act: &AnnounceFile<W>,
        options: &MutationOptions,
        selection: &UserSelection,
    ) -> Result<Outcome<Announced>, ApiError> {
        let acted = match Box::pin(self.act(caller, id, act, options, selection)).await? {
            Outcome::Done(acted) => acted,
            Outcome::Problems(problems) => return Ok(Outcome::Problems(problems)),
        };
        let link = match options.validate_only {
            true => None,
            false => self.link_of(caller, W::UPLOAD, &acted).await?,
        };
        Ok(Outcome::Done(Announced { acted, link }))
    }

    /// A link for what was announced, while it is awaited.
    async fn link_of(
        &self,
        caller: &Arc<Caller>,
        action: Action,
        acted: &Acted,
    ) -> Result<Option<Signed>, ApiError> {
        let Some((user, upload)) = acted.user.as_ref().map(|user| user.id).zip(acted.upload) else {
            return Ok(None);
        };
        let permit = self.permit_on(caller, action, Some(user)).await?;
        let Some(upload) = self.store().read(&permit).upload(user, upload).await? else { return Ok(None) };
        let now = self.store().clock().now();
        let until = (upload.started_at + UPLOAD_LASTS).min(now + self.files().limits().link);
        if until <= now {
            return Ok(None);
        }
        let Upload { id, content_type: file_type, sha256, .. } = &upload;
        let upload = files::Upload { id: *id, file_type: *file_type, sha256: sha256.as_deref(), until };
        self.files().upload_link(upload, now).await.map(Some).map_err(|_| ApiError::Unavailable)
    }

    /// A link to fetch the file of a document by; none when there is no such document within the caller's accounts, or no
    /// file yet. It is logged like every read of documents.
    pub async fn document_download(
        &self,
        caller: &Arc<Caller>,
        user: &str,
        document: &str,
        reads: &SensitiveReads,
    ) -> Result<Option<(super::Document, Signed)>, ApiError> {
        let user = parse_id(user);
        let permit = self.permit_on(caller, Action::DocumentDownload, user).await?;
        let Some((user, id)) = user.zip(parse_id(document)) else { return Ok(None) };
        let Some(found) = self.store().read(&permit).document(user, id).await? else {
            self.record_out_of_scope(&permit, Miss::User(UserKey::Id(user)));
            return Ok(None);
        };
        let (Some(file), Some(file_type)) = (found.file_id, found.content_type) else { return Ok(None) };
        reads.note(user, &format!("documents.{id}"));
        let (key, now) = (FileKey { document: id, file }, self.store().clock().now());
        let link = self.files().download_link(key, file_type, Purpose::Download, now).await;
        link.map(|link| Some((found, link))).map_err(|_| ApiError::Unavailable)
    }

    /// What a link says, if it is one of ours and still holds.
    pub fn verify_link(&self, token: &str) -> Result<Link, LinkError> {
        self.files().verify(token, self.store().clock().now())
    }

    /// How many bytes a link to send a file awaits; none when it awaits nothing any more.
    pub async fn awaited(&self, link: &Link) -> Result<Option<u64>, ApiError> {
        if link.purpose != Purpose::Upload {
            return Ok(None);
        }
        let since = self.store().clock().now() - UPLOAD_LASTS;
        let upload = self.store().open_upload(link.ids[0], since).await?;
        Ok(upload.and_then(|upload| u64::try_from(upload.size).ok()))
    }

    /// Notes that bytes come by a link to send a file; none when they come often enough by it at this moment.
    pub fn sending(&self, link: &Link) -> Option<Sending> {
        self.files().sending(link.ids[0])
    }

    /// Takes the bytes of an upload.
    pub async fn receive<E>(
        &self,
        link: &Link,
        size: u64,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<(), ReceiveError> {
        let attempt = self.store().clock().new_id();
        self.files().receive(link.ids[0], attempt, size, body).await?;
        // confirmed by somebody meanwhile, or refused: then nobody comes for these
        match self.awaited(link).await {
            Ok(None) => {
                let _ = self.files().forget(link.ids[0]).await;
                Err(ReceiveError::Used)
            }
            Ok(Some(_)) | Err(_) => Ok(()),
        }
    }

    /// The file that a link opens; none when it is gone.
    pub async fn fetch(&self, link: &Link) -> Result<Option<Fetched>, ApiError> {
        let [document, file] = link.ids;
        let key = FileKey { document, file };
        let Some(file_type) = file::of_number(link.file_type) else { return Ok(None) };
        match self.files().fetch(key).await {
            Ok((size, bytes)) => Ok(Some(Fetched {
                media_type: file::media_type(file_type),
                disposition: files::disposition(key, file_type, link.purpose),
                size,
                bytes,
            })),
            Err(FilesError::Missing) => Ok(None),
            Err(FilesError::Unavailable) => Err(ApiError::Unavailable),
        }
    }

    /// Room to handle a file until it is given back; none when there is none in time.
    pub async fn file_room(&self, patience: Duration) -> Option<tokio::sync::OwnedSemaphorePermit> {
        self.files().room(patience).await
    }

    /// What files may be.
    pub fn file_limits(&self) -> config::Files {
        *self.files().limits()
    }

    /// How long a file may take to arrive.
    pub fn file_arrival(&self) -> Duration {
        self.files().limits().arrival
    }
}
