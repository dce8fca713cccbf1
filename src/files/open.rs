//! Opening the storage that the configuration names.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use object_store::{BackoffConfig, RetryConfig, aws::AmazonS3Builder, local::LocalFileSystem};
use url::Url;
use zeroize::Zeroizing;

use super::Files;
use crate::{
    auth::link::Links,
    config::{self, S3, SecretKey, Storage},
};

/// How often and how long a service is asked again that does not answer.
const RETRIES: usize = 2;
const RETRY: Duration = Duration::from_secs(5);

/// Why there is no storage. For the person who starts the program.
#[derive(Debug)]
pub enum StorageError {
    /// The folder, or the file with the key, cannot be used.
    Path(PathBuf, io::Error),
    /// The folder, or the file with the key, is open to others than its owner.
    Exposed(PathBuf, u32),
    /// The library refuses what is configured.
    Refused,
}

impl std::fmt::Display for StorageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path, error) => write!(f, "the storage of files, {}: {error}", path.display()),
            Self::Exposed(path, mode) => write!(
                f,
                "the storage of files, {path}, can be used by others than its owner (mode {mode:04o}): take their rights \
                 away, `chmod go= {path}`",
                path = path.display()
            ),
            Self::Refused => f.write_str("the storage of files cannot be used as it is configured"),
        }
    }
}

impl std::error::Error for StorageError {}

impl Files {
    /// The storage that is configured. A folder is made when there is none; a service is not asked before it is needed.
    pub fn open(
        storage: &Storage,
        public_url: Option<&Url>,
        links: Links,
        limits: config::Files,
    ) -> Result<Self, StorageError> {
        let base = public_url.map(|url| url.as_str().trim_end_matches('/').to_owned()).unwrap_or_default();
        match storage {
            Storage::Folder(folder) => {
                make(folder).map_err(|error| StorageError::Path(folder.clone(), error))?;
                judge(folder)?;
                let local = LocalFileSystem::new_with_prefix(folder).map_err(|_| StorageError::Refused)?;
                // what was acknowledged survives a power cut
                let local = Arc::new(local.with_fsync(true));
                Ok(Self::new(local, None, Some(folder.clone()), links, base, limits))
            }
            Storage::S3(s3) => {
                let bucket = Arc::new(bucket(s3)?);
                Ok(Self::new(bucket.clone(), Some(bucket), None, links, base, limits))
            }
        }
    }
}

fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Refuses what others than its owner may use.
fn judge(path: &Path) -> Result<(), StorageError> {
    let about = fs::metadata(path).map_err(|error| StorageError::Path(path.to_owned(), error))?;
    match about.permissions().mode() & 0o777 {
        mode if mode.trailing_zeros() >= 6 => Ok(()),
        mode => Err(StorageError::Exposed(path.to_owned(), mode)),
    }
}

fn bucket(s3: &S3) -> Result<object_store::aws::AmazonS3, StorageError> {
    let secret = match &s3.secret_key {
        SecretKey::Given(key) => key.clone(),
        SecretKey::File(path) => {
            judge(path)?;
            let text = fs::read_to_string(path).map_err(|error| StorageError::Path(path.clone(), error))?;
            Zeroizing::new(Zeroizing::new(text).trim().to_owned())
        }
    };
    let retry = RetryConfig { backoff: BackoffConfig::default(), max_retries: RETRIES, retry_timeout: RETRY };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&s3.bucket)
        .with_region(&s3.region)
        .with_access_key_id(&s3.access_key)
        .with_secret_access_key(secret.as_str())
        .with_retry(retry);
    if let Some(endpoint) = &s3.endpoint {
        builder = builder
            .with_endpoint(endpoint.as_str().trim_end_matches('/'))
            .with_allow_http(endpoint.scheme() == "http");
    }
    builder.build().map_err(|_| StorageError::Refused)
}
