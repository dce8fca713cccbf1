//! The bytes of documents and pictures: in a folder, or in a bucket of a service that speaks S3. Nothing here knows whose
//! they are or what they may be; nobody else speaks to the storage.
//!
//! ```text
//! uploads/UPLOAD/body      as they were sent; whoever has the link may send others until it ends
//! files/DOCUMENT/FILE      a copy of them, out of reach of any link that writes: it is judged, and kept
//! ```

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

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

/// How often the file of one link is sent at the same time at most: again when a connection hangs, but nobody with a link
/// takes the room of everybody.
const SENT_AT_ONCE: usize = 2;

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
    /// How often the file of each upload is being sent.
    sending: Mutex<HashMap<Uuid, usize>>,
}

/// A file that is being sent, until this is dropped.
#[derive(Debug)]
#[must_use = "dropped, it is over"]
pub struct Sending {
    files: Files,
    upload: Uuid,
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
        let sending = Mutex::default();
        Self(Arc::new(Inner { object, signer, folder, links, base, limits, room, sending }))
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

    /// Notes that the file of an upload is being sent; none when it is sent often enough at this moment.
    pub fn sending(&self, upload: Uuid) -> Option<Sending> {
        let mut sending = self.0.sending.lock().unwrap_or_else(PoisonError::into_inner);
        let times = sending.entry(upload).or_default();
        if *times >= SENT_AT_ONCE {
            return None;
        }
        *times += 1;
        Some(Sending { files: self.clone(), upload })
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        let mut sending = self.files.0.sending.lock().unwrap_or_else(PoisonError::into_inner);
        match sending.get_mut(&self.upload) {
            Some(times) if *times > 1 => *times -= 1,
            _ => _ = sending.remove(&self.upload),
        }
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
