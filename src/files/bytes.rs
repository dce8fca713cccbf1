//! Bytes on their way: received by a link of ours, put out of reach of links, read, and thrown away.

use std::{fmt::Write, fs, io::ErrorKind};

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::Bytes;
use backdesk_entity::enums::FileType;
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{Error, ObjectMeta, ObjectStoreExt, WriteMultipart};
use uuid::Uuid;

use super::{FileKey, Files, FilesError, upload_body, upload_folder};
use crate::domain::file::Look;

/// Bytes that are written at once.
const PART: usize = 256 * 1024;
/// Parts of one file that are written at the same time.
const PARTS_AT_ONCE: usize = 2;

/// Why bytes were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiveError {
    /// More came than were announced.
    TooMany,
    /// Fewer came, or they broke off.
    TooFew,
    /// The link was used already.
    Used,
    /// The storage failed.
    Storage(FilesError),
}

/// A file as it was found in the storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arriving {
    /// Its bytes.
    pub size: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// What it is by its content; none when it is nothing that is taken.
    pub file_type: Option<FileType>,
}

impl From<Error> for ReceiveError {
    fn from(error: Error) -> Self {
        match error {
            Error::AlreadyExists { .. } => Self::Used,
            other => Self::Storage(other.into()),
        }
    }
}

impl Files {
    /// Takes the bytes of an upload, exactly so many, once: nothing stays of what breaks off.
    pub async fn receive<E>(
        &self,
        upload: Uuid,
        attempt: Uuid,
        size: u64,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<(), ReceiveError> {
        let object = &self.0.object;
        let (draft, whole) = (upload_folder(upload).join(attempt.to_string()), upload_body(upload));
        match object.head(&whole).await {
            Err(Error::NotFound { .. }) => {}
            Ok(_) => return Err(ReceiveError::Used),
            Err(error) => return Err(error.into()),
        }
        let mut writing = WriteMultipart::new_with_chunk_size(object.put_multipart(&draft).await?, PART);
        let copied = async {
            let mut body = std::pin::pin!(body);
            let mut left = size;
            while let Some(bytes) = body.next().await {
                let bytes = bytes.map_err(|_| ReceiveError::TooFew)?;
                left = left.checked_sub(bytes.len() as u64).ok_or(ReceiveError::TooMany)?;
                writing.wait_for_capacity(PARTS_AT_ONCE).await?;
                writing.put(bytes);
            }
            if left == 0 { Ok(()) } else { Err(ReceiveError::TooFew) }
        };
        if let Err(error) = copied.await {
            // the error that matters is the first one
            let _ = writing.abort().await;
            return Err(error);
        }
        writing.finish().await?;
        // one of those who send at once comes first; a link is good for one
        let first = object.copy_if_not_exists(&draft, &whole).await;
        let _ = object.delete(&draft).await;
        Ok(first?)
    }

    /// How many bytes were sent by the link of an upload; none when none were.
    pub async fn sent(&self, upload: Uuid) -> Result<Option<u64>, FilesError> {
        match self.0.object.head(&upload_body(upload)).await {
            Ok(about) => Ok(Some(about.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Copies what was sent out of reach of the link that it was sent by.
    pub async fn keep(&self, upload: Uuid, key: FileKey) -> Result<(), FilesError> {
        Ok(self.0.object.copy(&upload_body(upload), &key.path()).await?)
    }

    /// Reads a file from its beginning to its end, and says what it is; nothing of it stays in memory. Stops behind `most`
    /// bytes: such a file is too large, whatever else it is.
    pub async fn look_at(&self, key: FileKey, most: u64) -> Result<Arriving, FilesError> {
        let (mut look, mut digest, mut size) = (Look::default(), Context::new(&SHA256), 0_u64);
        let (_, mut bytes) = self.fetch(key).await?;
        while let Some(bytes) = bytes.try_next().await? {
            size += bytes.len() as u64;
            if size > most {
                break;
            }
            look.at(&bytes);
            digest.update(&bytes);
        }
        Ok(Arriving { size, sha256: hexadecimal(digest.finish().as_ref()), file_type: look.verdict() })
    }

    /// The length of a file, and its bytes.
    pub async fn fetch(
        &self,
        key: FileKey,
    ) -> Result<(u64, BoxStream<'static, Result<Bytes, Error>>), FilesError> {
        let found = self.0.object.get(&key.path()).await?;
        Ok((found.meta.size, found.into_stream()))
    }

    /// Throws a file away. That it is gone already is as good.
    pub async fn discard(&self, key: FileKey) -> Result<(), FilesError> {
        match self.0.object.delete(&key.path()).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Throws away whatever was sent by the link of an upload.
    pub async fn forget(&self, upload: Uuid) -> Result<(), FilesError> {
        self.delete_all(&upload_folder(upload), DateTime::<Utc>::MAX_UTC).await?;
        if let Some(folder) = &self.0.folder {
            // what broke off with the program, which the library hides
            match fs::remove_dir_all(folder.join(upload_folder(upload).as_ref())) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(FilesError::Unavailable),
                _ => {}
            }
        }
        Ok(())
    }

    /// Throws away what was sent before this instant and is there still: a program that ended between a commit and its tidying
    /// left it behind. What is awaited is younger.
    pub async fn forget_orphans(&self, before: DateTime<Utc>) -> Result<(), FilesError> {
        self.delete_all(&object_store::path::Path::from("uploads"), before).await
    }

    async fn delete_all(
        &self,
        folder: &object_store::path::Path,
        before: DateTime<Utc>,
    ) -> Result<(), FilesError> {
        let found: Vec<_> = self.0.object.list(Some(folder)).try_collect().await?;
        for about in found.iter().filter(|about| about.last_modified < before) {
            match self.0.object.delete(&about.location).await {
                Ok(()) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The files of a document.
    pub async fn of_document(&self, document: Uuid) -> Result<Vec<FileKey>, FilesError> {
        let folder = object_store::path::Path::from_iter(["files".to_owned(), document.to_string()]);
        let found: Vec<_> = self.0.object.list(Some(&folder)).try_collect().await?;
        let file = |about: &ObjectMeta| Uuid::try_parse(about.location.filename()?).ok();
        Ok(found.iter().filter_map(file).map(|file| FileKey { document, file }).collect())
    }

    /// Throws away all files of a document but this one.
    pub async fn keep_only(&self, document: Uuid, file: Option<Uuid>) -> Result<(), FilesError> {
        for key in self.of_document(document).await? {
            if Some(key.file) != file {
                self.discard(key).await?;
            }
        }
        Ok(())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // a text takes whatever is written to it
        let _ = write!(text, "{byte:02x}");
        text
    })
}
