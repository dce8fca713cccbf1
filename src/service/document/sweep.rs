//! Throwing away bytes that nobody comes for: what was announced and not confirmed, what a program left behind that ended
//! in the middle, and pictures that no user has any more. What fails is tried again by the next sweep, and stops no other.

use super::{Upload, picture::stored_picture};
use crate::{
    domain::document::{ORPHANED_AFTER, SWEPT_AFTER},
    files::FilesError,
    service::Services,
    store::error::StoreError,
};

impl Services {
    /// Throws away what was announced and not confirmed within its hour. What was asked for still waits.
    pub(in crate::service) async fn sweep_uploads(&self) -> Result<(), FilesError> {
        let now = self.store().clock().now();
        let (mut swept, mut behind) = (Ok(()), None);
        loop {
            let old = self.store().old_uploads(now - SWEPT_AFTER, behind).await.map_err(unavailable)?;
            let Some(last) = old.last() else { break };
            behind = Some(last.id);
            for upload in &old {
                if let Err(error) = self.sweep_upload(upload).await {
                    tracing::warn!(upload = %upload.id, "a file that nobody confirmed could not be swept");
                    swept = Err(error);
                }
            }
        }
        self.files().forget_orphans(now - ORPHANED_AFTER).await.and(swept)
    }

    async fn sweep_upload(&self, upload: &Upload) -> Result<(), FilesError> {
        // the bytes first: without the row nobody would find them again
        self.files().forget(upload.id).await?;
        self.sweep_copies(upload).await?;
        self.store().drop_upload(upload.id).await.map_err(unavailable)
    }

    /// Throws away what a program left behind that ended while it judged the file. The copy of a later upload for the same
    /// document may be judged right now, and become the document's file: whoever tidies up after that one, tidies these.
    async fn sweep_copies(&self, upload: &Upload) -> Result<(), FilesError> {
        // in this order: what was found belongs to uploads that are still there, or have ended by the time they are looked up
        let copies = self.files().of_document(upload.document_id).await?;
        if copies.is_empty() || self.store().has_later_upload(upload).await.map_err(unavailable)? {
            return Ok(());
        }
        let kept = self.store().file_of_document(upload.document_id).await.map_err(unavailable)?;
        for copy in copies.into_iter().filter(|copy| Some(copy.file) != kept) {
            self.files().discard(copy).await?;
        }
        Ok(())
    }

    /// Throws away the pictures that no user has any more.
    pub(in crate::service) async fn sweep_pictures(&self) -> Result<(), FilesError> {
        let (mut swept, mut behind) = (Ok(()), String::new());
        loop {
            let discarded = self.store().discarded_pictures(&behind).await.map_err(unavailable)?;
            let Some(last) = discarded.last() else { return swept };
            behind.clone_from(last);
            for picture in &discarded {
                if let Err(error) = self.sweep_picture(picture).await {
                    tracing::warn!("a picture that no user has any more could not be swept");
                    swept = Err(error);
                }
            }
        }
    }

    async fn sweep_picture(&self, picture: &str) -> Result<(), FilesError> {
        // all that came to be by its announcement, for that has ended
        if let Some((key, _)) = stored_picture(picture) {
            self.files().keep_only(key.document, None).await?;
        }
        self.store().drop_discarded_picture(picture).await.map_err(unavailable)
    }
}

fn unavailable(_: StoreError) -> FilesError {
    FilesError::Unavailable
}
