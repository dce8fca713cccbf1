//! What somebody carries from the password to the second factor: sealed, so that no row has to be kept of everybody who stops
//! in between, and good for minutes.

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    auth::second_factor::totp::{TotpSecret, qr_svg},
    service::{Services, error::ApiError},
    store::staff::StaffMember,
};

/// How long somebody may take for the second factor.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(5);
/// What sealed challenges are bound to.
const CONTEXT: &str = "second-factor-challenge";
/// Bytes of a challenge at most; an honest one has a few hundred.
const LONGEST: usize = 2048;
/// Who asks for codes, as apps show it.
const ISSUER: &str = "Backdesk";

/// A second factor is asked for.
pub struct Challenge {
    /// What is brought back with the code.
    pub token: Zeroizing<String>,
    /// From when on it is good for nothing.
    pub expires_at: DateTime<Utc>,
    /// What an authenticator app is set up by; none where one is set up already.
    pub set_up: Option<SetUp>,
}

/// What an authenticator app is set up by.
pub struct SetUp {
    /// For people to type: 32 characters of base32.
    pub secret: Zeroizing<String>,
    /// For apps: an `otpauth` address.
    pub uri: Zeroizing<String>,
    /// The same for the camera of a phone.
    pub qr_svg: Zeroizing<String>,
}

impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenge").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What a challenge says, to us alone.
#[derive(Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) staff: Uuid,
    /// The version of their rights: a password that was changed meanwhile is not the one that was right.
    pub(super) rights: i32,
    expires_at: DateTime<Utc>,
    /// The secret that is to be theirs, where none is set up.
    secret: Option<Vec<u8>>,
    /// No two are alike.
    salt: [u8; 8],
}

impl Asked {
    /// The secret that is to be set up.
    pub(super) fn secret(&self) -> Option<TotpSecret> {
        TotpSecret::from_bytes(self.secret.as_deref()?)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.secret);
    }
}

impl Services {
    /// Asks a staff member for a second factor, or to set one up. They are as they were read before their password was judged:
    /// what changed since makes the challenge void.
    pub(super) fn challenge(&self, member: &StaffMember, sets_up: bool) -> Result<Challenge, ApiError> {
        let secret = sets_up.then(TotpSecret::generate);
        let expires_at = self.now() + GOOD_FOR;
        let mut salt = [0; 8];
        rand::fill(&mut salt).map_err(|_| ApiError::Internal)?;
        let asked = Asked {
            staff: member.id,
            rights: member.rights_version,
            expires_at,
            secret: secret.as_ref().map(|secret| secret.as_bytes().to_vec()),
            salt,
        };
        let plain = Zeroizing::new(serde_json::to_vec(&asked).map_err(|_| ApiError::Internal)?);
        let token = Zeroizing::new(URL_SAFE_NO_PAD.encode(self.store().seal(CONTEXT, &plain)));
        let set_up = secret.map(|secret| {
            let uri = secret.otpauth_uri(ISSUER, &member.user_name);
            let qr_svg = qr_svg(&uri).ok_or(ApiError::Internal)?;
            Ok::<_, ApiError>(SetUp { secret: secret.text(), uri, qr_svg })
        });
        Ok(Challenge { token, expires_at, set_up: set_up.transpose()? })
    }

    /// What a challenge that somebody brought back says; none of what is no challenge of ours, or too old.
    pub(super) fn asked(&self, token: &str) -> Option<Asked> {
        if token.len() > LONGEST {
            return None;
        }
        let plain = self.store().unseal(CONTEXT, &URL_SAFE_NO_PAD.decode(token).ok()?)?;
        let asked: Asked = serde_json::from_slice(&plain).ok()?;
        (self.now() < asked.expires_at).then_some(asked)
    }
}
