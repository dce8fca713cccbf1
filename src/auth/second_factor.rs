//! What somebody has beside the password: an authenticator app (`totp`), and codes on paper for the day when it is lost
//! (`recovery`). Pure values; the service keeps secrets sealed, hashes of codes, and the last step that was used.

pub mod recovery;
pub mod totp;

/// The kinds of second factors. A kind more, as security keys would be (WebAuthn), is a word more, with a file of its own
/// here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecondFactor {
    /// A code of an authenticator app.
    Totp,
    /// One of the codes that were shown once.
    RecoveryCode,
}
