//! Passwords: how they are kept, and how what somebody types is compared with what is kept. Argon2id (RFC 9106) in the
//! smallest form that OWASP recommends. What a new one must be is `rules`, and how many are worked on at once `hashing`.
//!
//! A hash takes tens of milliseconds and 19 MiB, which is the point of it: call [`hash`] and [`verify`] through [`Hashing`],
//! never on a thread that serves.
//!
//! Text is compared in Unicode's normal form KC, as NIST asks (SP 800-63B, 5.1.1.2: NFKC or NFKD): what a phone in Tokyo
//! sends as full width letters, or a Mac as letters and marks, is what the same person types elsewhere. RFC 8265 takes NFC,
//! to keep signs such as ² and 2 apart; a password of twelve characters lives without that difference, and its owner may not
//! know it.

use argon2::{Algorithm, Argon2, Params, PasswordHash as Phc, PasswordHasher, PasswordVerifier, Version};
use aws_lc_rs::rand;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

mod hashing;
mod rules;

pub use self::{
    hashing::{Crowded, Hashing},
    rules::NewPassword,
};

/// KiB of memory that a hash takes: OWASP's Password Storage Cheat Sheet, 19 MiB with two passes and one lane.
const MEMORY: u32 = 19 * 1024;
/// How often it goes over that memory.
const PASSES: u32 = 2;
/// How many could work on it at once; more help whoever guesses more than us.
const LANES: u32 = 1;
/// Bytes of salt (RFC 9106, 3.1).
const SALT: usize = 16;
/// Bytes of a hash.
const HASH: usize = 32;

/// What a stored hash may ask for: a row that asks for more, by mistake or by malice, would take the machine with it.
const MOST_MEMORY: u32 = 256 * 1024;
const MOST_PASSES: u32 = 10;
const MOST_LANES: u32 = 4;

/// Bytes of what somebody typed that are looked at. More than any password that is allowed has.
const LOOKED_AT: usize = 1024;
/// How many times as long text is at most in normal form KC (Unicode Standard Annex #15, table 3: UTF-8).
const LONGER: usize = 11;

/// A password as somebody typed it, right or wrong.
pub struct Password {
    text: Zeroizing<String>,
    too_long: bool,
}

impl Password {
    /// Takes what was typed. Of more than a kilobyte nothing is kept: it is wrong, after the same work as any other.
    pub fn typed(text: &str) -> Self {
        let too_long = text.len() > LOOKED_AT;
        Self { text: normal(if too_long { "" } else { text }), too_long }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(secret)")
    }
}

/// What is kept of a password: a PHC string (`$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`), of which is known that it can be
/// compared with bounded work.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash that was stored.
    pub fn from_stored(text: &str) -> Result<Self, Malformed> {
        read(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The hash of nobody's password, to be compared where there is no user of that name: it takes the work that users' own
    /// take, so that time does not tell names.
    pub fn decoy() -> Self {
        // no password is known whose hash is all zeros
        let (salt, hash) = ("A".repeat(22), "A".repeat(43));
        Self(format!("$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${salt}${hash}"))
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(secret)")
    }
}

/// A stored hash is none that can be compared: no PHC string of Argon2id in its version 1.3, or one that asks for more than
/// 256 MiB, ten passes or four lanes. It is refused before a byte of that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the stored hash of a password is no Argon2id, or asks for too much")
    }
}

impl std::error::Error for Malformed {}

/// The password was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Whether its hash is weaker than a new one would be. Whoever has the password at hand should store a new one.
    pub needs_rehash: bool,
}

/// The password was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong;

/// The hash of a new password, with a salt of its own.
///
/// # Panics
/// When the system has no random numbers; nothing could go on without.
pub fn hash(password: &NewPassword) -> PasswordHash {
    hash_of(password.as_str())
}

/// The hash of a password that was right, where [`Verified`] says that it needs a new one. Rules for new passwords are not
/// asked.
///
/// # Panics
/// See [`hash`].
pub fn rehash(password: &Password) -> PasswordHash {
    hash_of(&password.text)
}

fn hash_of(text: &str) -> PasswordHash {
    let mut salt = [0; SALT];
    // AWS-LC ends the process rather than report that it has no entropy; nothing could go on without
    rand::fill(&mut salt).expect("the system has random numbers");
    let params = Params::new(MEMORY, PASSES, LANES, Some(HASH)).expect("the parameters are Argon2's");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let phc = argon2.hash_password_with_salt(text.as_bytes(), &salt).expect("Argon2 takes any text and salt");
    PasswordHash(phc.to_string())
}

/// Whether somebody typed the password of that hash. It takes the same time whatever was typed.
pub fn verify(stored: &PasswordHash, typed: &Password) -> Result<Verified, Wrong> {
    let (phc, needs_rehash) = read(&stored.0).map_err(|Malformed| Wrong)?;
    // the parameters are those of the hash; the hashes are compared in a time that does not tell where they differ
    let right = Argon2::default().verify_password(typed.text.as_bytes(), &phc).is_ok();
    if right && !typed.too_long { Ok(Verified { needs_rehash }) } else { Err(Wrong) }
}

/// The parts of a stored hash, and whether it is weaker than a new one.
fn read(text: &str) -> Result<(Phc, bool), Malformed> {
    let phc = Phc::new(text).map_err(|_| Malformed)?;
    let params = Params::try_from(&phc).map_err(|_| Malformed)?;
    let is_ours = phc.algorithm == Algorithm::Argon2id.ident()
        && phc.version == Some(Version::V0x13.into())
        && params.keyid().is_empty()
        && params.data().is_empty();
    let is_bounded =
        params.m_cost() <= MOST_MEMORY && params.t_cost() <= MOST_PASSES && params.p_cost() <= MOST_LANES;
    let (Some(salt), Some(hash), true, true) = (&phc.salt, &phc.hash, is_ours, is_bounded) else {
        return Err(Malformed);
    };
    if salt.len() < argon2::MIN_SALT_LEN {
        return Err(Malformed);
    }
    let is_weaker =
        params.m_cost() < MEMORY || params.t_cost() < PASSES || salt.len() < SALT || hash.len() < HASH;
    Ok((phc, is_weaker))
}

/// The form in which passwords are compared. Made in its full size: growing would leave a copy behind.
fn normal(text: &str) -> Zeroizing<String> {
    let mut normal = Zeroizing::new(String::with_capacity(text.len() * LONGER));
    normal.extend(text.nfkc());
    normal
}

#[cfg(test)]
mod tests;
