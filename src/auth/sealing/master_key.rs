//! The master key and the file it may come from.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::hkdf;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::{KEY_BYTES, SealingKey, random_key};
use crate::clock::Clock;

/// A key file holds 44 characters and a line end. More than this is another file given by mistake.
const KEY_FILE_LIMIT: u64 = 1024;

/// Standard base64, as `openssl rand -base64 32` prints it; the "=" at the end may be missing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The secret that protects every other secret. It is never stored in the database.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; KEY_BYTES]>);

impl MasterKey {
    /// Reads a key from the base64 of 32 bytes; white space around it does not matter.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let bytes = Zeroizing::new(BASE64.decode(text.trim()).map_err(|_| MasterKeyError::NotBase64)?);
        let key = bytes.as_slice().try_into().map_err(|_| MasterKeyError::Length(bytes.len()))?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// A new random key, always from the system: a manual clock must not make keys that can be guessed.
    pub fn generate() -> Self {
        Self(random_key())
    }

    /// Reads the key from a file that only its owner can read.
    ///
    /// A missing file is an error: a volume that was not mounted must not lead to a new key that opens nothing.
    pub fn load(path: &Path) -> Result<Self, MasterKeyError> {
        let unreadable = |error| MasterKeyError::file(path, error);
        let file = File::open(path).map_err(unreadable)?;
        // asked of the open file, not of the path, which could be another file by now
        let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(MasterKeyError::Exposed { path: path.to_owned(), mode });
        }
        let mut text = Zeroizing::new(String::new());
        file.take(KEY_FILE_LIMIT).read_to_string(&mut text).map_err(unreadable)?;
        Self::parse(&text).map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidData, error)))
    }

    /// Reads the key from `path`, or makes one there with mode 0600 when there is none.
    ///
    /// Processes that start at once agree: the key is written to a file of another name and then linked to
    /// `path`, which works for one of them only; the others read what that one wrote, and never half of it.
    pub fn load_or_create(path: &Path) -> Result<Self, MasterKeyError> {
        match Self::load(path) {
            Err(MasterKeyError::File { error, .. }) if error.kind() == io::ErrorKind::NotFound => {}
            loaded => return loaded,
        }
        Self::generate().write_new(path).map_err(|error| MasterKeyError::file(path, error))?;
        Self::load(path)
    }

    /// Writes the key to `path` unless there is a file already.
    fn write_new(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;

        // another name each time, so that two processes or threads never write to the same draft
        let draft = folder.join(format!(".master.key.{}", Clock::system().new_id()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        let mut text = Zeroizing::new(BASE64.encode(*self.0));
        text.push('\n');
        let linked =
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(
                |()| match fs::hard_link(&draft, path) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                    linked => linked,
                },
            );
        let removed = fs::remove_file(&draft);
        linked.and(removed)?;
        // without this a power cut could take the file back after data were sealed with its key
        File::open(folder)?.sync_all()
    }

    /// The key for secrets of the server itself, such as its signing keys.
    pub fn sealing_key(&self) -> SealingKey {
        SealingKey::new(&self.derive("backdesk seal v1"))
    }

    /// The key that wraps each user's [`super::DataKey`].
    pub(super) fn wrapping_key(&self) -> SealingKey {
        SealingKey::new(&self.derive("backdesk data key v1"))
    }

    /// The key that signs links to files.
    pub(in crate::auth) fn link_key(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        self.derive("backdesk file link v1")
    }

    /// The key that hashes secrets which others keep and bring back.
    pub(in crate::auth) fn opaque_key(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        self.derive("backdesk opaque token v1")
    }

    /// A key of its own for one purpose, by HKDF-SHA256 without salt (the master key is random already).
    fn derive(&self, purpose: &str) -> Zeroizing<[u8; KEY_BYTES]> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        hkdf::Salt::none(hkdf::HKDF_SHA256)
            .extract(&*self.0)
            .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|derived| derived.fill(&mut *key))
            .expect("HKDF-SHA256 gives 32 bytes");
        key
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(secret)")
    }
}

/// Why there is no master key. Says where and what to do, never what the key is.
#[derive(Debug)]
pub enum MasterKeyError {
    /// The text is not base64.
    NotBase64,
    /// The text is base64 of this many bytes instead of 32.
    Length(usize),
    /// The file can be read (or written) by others than its owner.
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file cannot be read or made.
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl MasterKeyError {
    fn file(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_owned(), error }
    }
}

impl std::fmt::Display for MasterKeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotBase64 => {
                f.write_str("the master key is not base64; `openssl rand -base64 32` makes one")
            }
            Self::Length(bytes) => write!(
                f,
                "the master key has {bytes} bytes and needs {KEY_BYTES}; `openssl rand -base64 32` makes one"
            ),
            Self::Exposed { path, mode } => write!(
                f,
                "the master key file {path} can be used by others than its owner (mode {mode:04o}): run `chmod 600 \
                 {path}`, and replace the key if anybody may have read it",
                path = path.display()
            ),
            Self::File { path, error } => write!(f, "the master key file {}: {error}", path.display()),
        }
    }
}

impl std::error::Error for MasterKeyError {}

#[cfg(test)]
mod tests;
