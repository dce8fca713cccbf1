//! Authenticated encryption: the master key, what it seals, and the key of each user.
//!
//! Whoever reads the database alone can neither forge a token nor read what is sealed; whoever may write to
//! it cannot move a sealed value to another place, because each is bound to its context. All of it is
//! AES-256-GCM with random nonces by AWS-LC. The keys in use are derived from the master key (HKDF, RFC 5869),
//! one for each purpose, so a later purpose cannot weaken an earlier one.
//!
//! ```text
//! master key --HKDF "seal"-----> SealingKey   signing keys and other secrets of the server
//!            --HKDF "data key"-> wraps        DataKey of one user: audit values, personal data
//!            --HKDF "file link"-> signs       links to files, see `auth::link`
//!            --HKDF "opaque token"-> hashes   refresh tokens, links in mails and the like, see `auth::opaque`
//! ```
//!
//! Destroying a user's wrapped [`DataKey`] makes everything sealed with it unreadable at once; a backup holds the
//! wrapped key as well, and forgets with its own end.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

pub use self::master_key::{MasterKey, MasterKeyError};

mod master_key;

/// Bytes of every key here: AES-256, and the master key to match.
const KEY_BYTES: usize = 32;

/// The first byte of everything sealed, so that another algorithm can come later beside this one.
const VERSION: u8 = 1;

/// What stands before the ciphertext: the version and the nonce.
const HEAD: usize = 1 + NONCE_LEN;

/// Seals and opens values. Layout: one version byte, 12 bytes of nonce, the ciphertext, 16 bytes of tag.
///
/// Nonces are random, so one key is good for 2^32 values (NIST SP 800-38D, section 8.3).
pub struct SealingKey(RandomizedNonceKey);

impl SealingKey {
    fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self(RandomizedNonceKey::new(&AES_256_GCM, key).expect("AES-256 takes keys of 32 bytes"))
    }

    /// Encrypts `plain` for `context`, which names the place of the value, e.g. `signing-key:KID`. The context
    /// is not stored; opening with another one fails.
    ///
    /// # Panics
    /// When `plain` is longer than the 64 GiB that AES-GCM takes.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        // made in its full size: growing would leave a copy of the plain text behind
        let mut sealed = Vec::with_capacity(HEAD + plain.len() + AES_256_GCM.tag_len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&[0; NONCE_LEN]);
        sealed.extend_from_slice(plain);
        let (nonce, tag) = self
            .0
            .seal_in_place_separate_tag(Aad::from(context.as_bytes()), &mut sealed[HEAD..])
            .expect("AES-GCM takes up to 64 GiB");
        sealed[1..HEAD].copy_from_slice(nonce.as_ref());
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// Decrypts what [`SealingKey::seal`] made for the same context.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (&version, rest) = sealed.split_first().ok_or(SealError::Malformed)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Malformed)?;
        if version != VERSION {
            return Err(SealError::Malformed);
        }
        let mut in_out = ciphertext.to_vec();
        let plain = self
            .0
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context.as_bytes()), &mut in_out)
            .map_err(|_| SealError::Refused)?;
        let length = plain.len();
        in_out.truncate(length);
        Ok(in_out)
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(secret)")
    }
}

/// Why a sealed value does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealError {
    /// Too short, or of a version that this program does not know.
    Malformed,
    /// Another key, another context, or altered since.
    Refused,
}

impl std::fmt::Display for SealError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "this is no sealed value of a known version",
            Self::Refused => "the sealed value belongs to another key or place, or was altered",
        })
    }
}

impl std::error::Error for SealError {}

/// The key for the data of one user.
pub struct DataKey {
    secret: Zeroizing<[u8; KEY_BYTES]>,
    sealing: SealingKey,
}

impl DataKey {
    /// A new random key.
    pub fn generate() -> Self {
        Self::new(random_key())
    }

    fn new(secret: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self { sealing: SealingKey::new(&secret), secret }
    }

    /// The key sealed by the master key, to be stored beside the user `id`.
    pub fn wrap(&self, master: &MasterKey, id: Uuid) -> Vec<u8> {
        master.wrapping_key().seal(&wrap_context(id), &*self.secret)
    }

    /// The key back from its wrapped form; refused when it was wrapped for another user.
    pub fn unwrap(master: &MasterKey, id: Uuid, wrapped: &[u8]) -> Result<Self, SealError> {
        let mut plain = master.wrapping_key().open(&wrap_context(id), wrapped)?;
        let secret = plain.as_slice().try_into().map(Zeroizing::new).map_err(|_| SealError::Malformed);
        plain.zeroize();
        secret.map(Self::new)
    }

    /// See [`SealingKey::seal`].
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        self.sealing.seal(context, plain)
    }

    /// See [`SealingKey::open`].
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.sealing.open(context, sealed)
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(secret)")
    }
}

fn wrap_context(id: Uuid) -> String {
    format!("data-key:{id}")
}

fn random_key() -> Zeroizing<[u8; KEY_BYTES]> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    // AWS-LC ends the process rather than report that it has no entropy; nothing could go on without
    rand::fill(&mut *key).expect("the system has random numbers");
    key
}

#[cfg(test)]
mod tests;
