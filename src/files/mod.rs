//! The bytes of documents and pictures: in a folder, or in a bucket of a service that speaks S3. Nothing here knows whose
//! they are or what they may be; nobody else speaks to the storage.
//!
//! ```text
//! uploads/UPLOAD/body      as they were sent; whoever has the link may send others until it ends
//! files/DOCUMENT/FILE      a copy of them, out of reach of any link that writes: it is judged, and kept
//! ```

use std::{path::PathBuf, sync::Arc, time::Duration};

use backdesk_entity::enums::FileType;
use object_store::{ObjectStore, memory::InMemory, path::Path, signer::Signer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::{auth::link::Links, config};

mod bytes;
mod link;
mod open;

pub use bytes::{Arriving, ReceiveError};
pub(crate) use link::disposition;
pub use link::{Signed, Upload};
pub use open::StorageError;

/// Where the bytes of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKey {
    /// The document that they belong to.
    pub document: Uuid,
    /// The file itself.
    pub file: Uuid,
}

/// Why the storage did not do it. No `Display`: its texts are for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilesError {
    /// There are no such bytes.
    Missing,
    /// The storage does not answer, or refuses us; the log knows more.
    Unavailable,
}

/// The storage.
#[derive(Debug, Clone)]
pub struct Files(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    object: Arc<dyn ObjectStore>,
    /// Who signs links to the storage itself; without it links lead to us.
    signer: Option<Arc<dyn Signer>>,
    /// The folder, where it is one.
    folder: Option<PathBuf>,
    links: Links,
    /// What stands before our own links.
    base: String,
    limits: config::Files,
    room: Arc<Semaphore>,
}

impl Files {
    fn new(
        object: Arc<dyn ObjectStore>,
        signer: Option<Arc<dyn Signer>>,
        folder: Option<PathBuf>,
        links: Links,
        base: String,
        limits: config::Files,
    ) -> Self {
        let room = Arc::new(Semaphore::new(limits.at_once));
        Self(Arc::new(Inner { object, signer, folder, links, base, limits, room }))
    }

    /// A storage that is gone with the program, for tests.
    pub fn in_memory(links: Links, limits: config::Files) -> Self {
        Self::new(Arc::new(InMemory::new()), None, None, links, String::new(), limits)
    }

    /// What files may be, and how long they may take.
    pub fn limits(&self) -> &config::Files {
        &self.0.limits
    }

    /// Whether links lead to us, and not to the storage.
    pub fn serves_itself(&self) -> bool {
        self.0.signer.is_none()
    }

    /// Room to handle one more file until it is given back; none when there is none in time.
    pub async fn room(&self, patience: Duration) -> Option<OwnedSemaphorePermit> {
        let room = Arc::clone(&self.0.room).acquire_owned();
        tokio::time::timeout(patience, room).await.ok()?.ok()
    }
}

impl FileKey {
    fn path(self) -> Path {
        Path::from_iter(["files".to_owned(), self.document.to_string(), self.file.to_string()])
    }
}

/// Everything that was sent by the link of an upload.
fn upload_folder(upload: Uuid) -> Path {
    Path::from_iter(["uploads".to_owned(), upload.to_string()])
}

fn upload_body(upload: Uuid) -> Path {
    upload_folder(upload).join("body")
}

/// The name that a file is fetched under: nothing of the user's, for it stands in links.
fn download_name(key: FileKey, file_type: FileType) -> String {
    format!("document-{}.{}", key.document, crate::domain::file::extension(file_type))
}

impl From<object_store::Error> for FilesError {
    fn from(error: object_store::Error) -> Self {
        use object_store::Error as E;
        let cause = match error {
            E::NotFound { .. } => return Self::Missing,
            E::PermissionDenied { .. } => "permission denied",
            E::Unauthenticated { .. } => "the key is refused",
            E::AlreadyExists { .. } => "exists already",
            E::Generic { store, .. } => store,
            _ => "other",
        };
        // its own text may quote addresses with signatures in them
        tracing::error!(cause, "the storage of files failed");
        Self::Unavailable
    }
}
