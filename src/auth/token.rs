//! Access tokens: JWTs as RFC 9068 has them, signed and verified with the keys of `auth::keys`.
//!
//! One algorithm (`EdDSA`), one type (`at+jwt`), our issuer, our audience. Nothing in a token chooses how it is
//! verified (RFC 8725): the algorithm is pinned, the key is looked up among ours, and a header that brings or
//! points to a key refuses the token. `client_id`, which RFC 9068 wants, is left out while there are no OAuth
//! clients. What the roles and accounts of a token allow is not judged here but in `auth::policy`.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation};
use quick_cache::sync::Cache;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

pub use self::claims::{AccountsClaim, Claims, SUBJECT};
use crate::auth::keys::{KeyRing, is_kid};
use crate::clock::Clock;

mod claims;

/// The longest token that is issued or looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// The longest lifetime of a token: nobody can take one back, and a former key is kept for as long.
pub const LONGEST: Duration = Duration::from_hours(30 * 24);

/// The longest header of a token that is looked at, encoded: an honest one names a type, an algorithm and a key.
const MAX_HEADER_BYTES: usize = 512;

/// How far another server's clock may be ahead or behind, in seconds.
pub(crate) const LEEWAY: i64 = 30;

/// Tokens of which it is known that their signature holds: checking one costs more than all else of a short request. A page
/// of a front end asks with the same one many times.
const KNOWN_TOKENS: usize = 1_000;

/// The `typ` of an access token (RFC 9068, section 2.1). An ID token or anything else of ours that is signed
/// with the same key has another, and so is never taken for one.
const TYPE: &str = "at+jwt";

/// What a new token is to say; the rest [`Tokens::issue`] knows.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// See [`Claims::sub`]; not empty.
    pub subject: String,
    /// See [`Claims::name`].
    pub name: Option<String>,
    /// See [`Claims::roles`].
    pub roles: Vec<String>,
    /// See [`Claims::accounts`].
    pub accounts: AccountsClaim,
    /// How long it is good, from now on, in whole seconds (rounded down).
    pub ttl: Duration,
    /// The session that it belongs to; none of tokens that nobody can take back.
    pub session: Option<OfSession>,
}

/// What a token says of the session that it belongs to.
#[derive(Debug, Clone)]
pub struct OfSession {
    /// See [`Claims::sid`].
    pub id: String,
    /// See [`Claims::rights`].
    pub rights: i32,
    /// See [`Claims::auth_time`].
    pub shown_at: DateTime<Utc>,
}

/// Why a token was not issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueError {
    /// The subject is empty, or longer than [`SUBJECT`].
    Subject,
    /// The lifetime is shorter than a second, or longer than [`LONGEST`].
    Lifetime,
    /// The token would be longer than [`MAX_TOKEN_BYTES`], and no server would take it.
    TooLarge,
    /// The key does not sign.
    Signing,
}

impl std::fmt::Display for IssueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Subject => "a token needs a subject, of 255 characters at most",
            Self::Lifetime => "a token needs a lifetime of a second at least, and of 30 days at most",
            Self::TooLarge => "the token would be longer than 8 KB: name fewer roles or accounts",
            Self::Signing => "the signing key does not sign",
        })
    }
}

impl std::error::Error for IssueError {}

/// Why a token is refused.
///
/// It has no `Display` and no `Error`, so that no `?` turns it into a message for the client by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// Longer than [`MAX_TOKEN_BYTES`], or its header longer than any that we issue.
    TooLarge,
    /// Not three parts of base64url with a JSON object each in the first two.
    Malformed,
    /// Signed with anything but `EdDSA`, or not at all.
    Algorithm,
    /// A JWT, but not an access token.
    Type,
    /// Has a `crit` header: demands something that this program does not know.
    Critical,
    /// Brings its own key, or says where to get it.
    ForeignKey,
    /// Names no key, or by a name that no key of ours can have.
    NoKey,
    /// Names a key that is none of ours, as far as is known here, or that does not verify any more.
    UnknownKey,
    /// The signature is not that of the key that it names.
    Signature,
    /// A claim is missing or of the wrong type.
    Claims,
    /// Issued by somebody else.
    Issuer,
    /// Issued for somebody else.
    Audience,
    /// No longer good.
    Expired,
    /// Not yet good, or issued in the future.
    NotYetValid,
}

impl TokenError {
    /// A short stable word for logs and for `error_description` of `WWW-Authenticate` (RFC 6750, section 3).
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Malformed => "malformed",
            Self::Algorithm => "wrong_algorithm",
            Self::Type => "wrong_type",
            Self::Critical => "critical_header",
            Self::ForeignKey => "foreign_key",
            Self::NoKey => "no_key",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "bad_signature",
            Self::Claims => "bad_claims",
            Self::Issuer => "wrong_issuer",
            Self::Audience => "wrong_audience",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
        }
    }
}

/// Issues and verifies access tokens. All clones hold the same keys.
#[derive(Debug, Clone)]
pub struct Tokens {
    ring: Arc<RwLock<Arc<KeyRing>>>,
    issuer: String,
    audience: String,
    clock: Clock,
    validation: Validation,
    /// Tokens whose signature holds, by their hash: none is kept. What time makes of their claims, and whether their key still
    /// verifies, is judged each time.
    known: Arc<Cache<[u8; 32], Known>>,
}

/// What is known of a token whose signature holds.
#[derive(Debug, Clone)]
struct Known {
    kid: Arc<str>,
    claims: Arc<Claims>,
}

impl Tokens {
    /// Tokens of `issuer` for `audience`, signed and verified with the keys of `ring`.
    pub fn new(ring: KeyRing, issuer: String, audience: String, clock: Clock) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&issuer]);
        validation.set_audience(&[&audience]);
        // jsonwebtoken passes a token without `iss` or `aud` unless they are named here
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // it would ask the system for the time; `judge_times` asks our clock
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let ring = Arc::new(RwLock::new(Arc::new(ring)));
        let known = Arc::new(Cache::new(KNOWN_TOKENS));
        Self { ring, issuer, audience, clock, validation, known }
    }

    /// Who issues them.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The keys that are held now.
    pub fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Holds these keys from now on: a token whose key is not among them is refused at once.
    pub fn hold(&self, ring: KeyRing) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }

    /// The keys that verify now, as a JSON Web Key Set.
    pub fn jwks(&self) -> Value {
        self.ring().jwks(self.clock.now())
    }

    /// Signs a new token that is good from now on.
    pub fn issue(&self, request: TokenRequest) -> Result<(String, Claims), IssueError> {
        let TokenRequest { subject, name, roles, accounts, ttl, session } = request;
        if !is_subject(&subject) {
            return Err(IssueError::Subject);
        }
        let now = self.clock.now().timestamp();
        let exp = i64::try_from(ttl.as_secs())
            .ok()
            .filter(|&seconds| seconds > 0 && ttl <= LONGEST)
            .and_then(|seconds| now.checked_add(seconds))
            .ok_or(IssueError::Lifetime)?;
        let auth_time = session.as_ref().map(|session| session.shown_at.timestamp());
        let (sid, rights) = session.map(|OfSession { id, rights, .. }| (id, rights)).unzip();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: vec![self.audience.clone()],
            sub: subject,
            name,
            roles,
            accounts,
            iat: now,
            nbf: now,
            exp,
            jti: self.clock.new_id().to_string(),
            sid,
            rights,
            auth_time,
        };
        let ring = self.ring();
        let key = ring.signing(self.clock.now());
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.kid().to_owned());
        let token =
            jsonwebtoken::encode(&header, &claims, key.encoding_key()).map_err(|_| IssueError::Signing)?;
        if token.len() > MAX_TOKEN_BYTES { Err(IssueError::TooLarge) } else { Ok((token, claims)) }
    }

    /// The claims of a token that is good here and now.
    pub fn verify(&self, token: &str) -> Result<Arc<Claims>, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLarge);
        }
        let mut name = [0; 32];
        name.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        if let Some(Known { kid, claims }) = self.known.get(&name) {
            self.ring().decoding_key(&kid, self.clock.now()).ok_or(TokenError::UnknownKey)?;
            self.judge_times(&claims)?;
            return Ok(claims);
        }
        let known = self.check(token)?;
        let claims = Arc::clone(&known.claims);
        self.judge_times(&claims)?;
        self.known.insert(name, known);
        Ok(claims)
    }

    /// What is to be known of a token whose signature holds, whatever it says of the time.
    fn check(&self, token: &str) -> Result<Known, TokenError> {
        let mut parts = token.split('.');
        let (Some(header), Some(_), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenError::Malformed);
        };
        let kid = judge_header(header)?;
        let ring = self.ring();
        let key = ring.decoding_key(&kid, self.clock.now()).ok_or(TokenError::UnknownKey)?;
        // signature, issuer, audience and presence by the library; first as a plain object, so that a wrong
        // audience is told apart from a claim of the wrong type
        let claims: Value =
            jsonwebtoken::decode(token, key, &self.validation).map_err(|e| refusal(e.kind()))?.claims;
        let claims: Claims = serde_json::from_value(claims).map_err(|_| TokenError::Claims)?;
        if !is_subject(&claims.sub) || claims.jti.is_empty() {
            return Err(TokenError::Claims);
        }
        Ok(Known { kid: kid.into(), claims: Arc::new(claims) })
    }

    fn judge_times(&self, claims: &Claims) -> Result<(), TokenError> {
        let now = self.clock.now().timestamp();
        // of a session: issued here, and no longer than what its bearer holds
        let leeway = if claims.sid.is_some() { 0 } else { LEEWAY };
        if now >= claims.exp.saturating_add(leeway) {
            return Err(TokenError::Expired);
        }
        if claims.nbf.max(claims.iat) > now + LEEWAY {
            return Err(TokenError::NotYetValid);
        }
        Ok(())
    }
}

fn is_subject(text: &str) -> bool {
    !text.is_empty() && text.chars().nth(SUBJECT).is_none()
}

/// The members of a header that are looked at, as they are written. Nothing is kept of the others, and nothing copied of
/// these: a stranger writes them.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow, default, deserialize_with = "as_written")]
    alg: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "as_written")]
    typ: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "as_written")]
    kid: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "as_written")]
    crit: Option<&'a RawValue>,
    // those that would have the verifier take its key from the token, or fetch it from an address in it
    #[serde(borrow, default, deserialize_with = "as_written")]
    jku: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "as_written")]
    jwk: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "as_written")]
    x5u: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "as_written")]
    x5c: Option<&'a RawValue>,
}

/// A member that is null is there all the same.
fn as_written<'de, D: Deserializer<'de>>(member: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(member).map(Some)
}

/// Judges the header before anything is done with the token, and returns the id of the key that it names.
fn judge_header(encoded: &str) -> Result<String, TokenError> {
    // the library reads it whole once more, and keeps what it does not know
    if encoded.len() > MAX_HEADER_BYTES {
        return Err(TokenError::TooLarge);
    }
    let json = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| TokenError::Malformed)?;
    // a struct may be written as an array of its members too, says serde; RFC 7515 does not
    if !json.trim_ascii_start().starts_with(b"{") {
        return Err(TokenError::Malformed);
    }
    let Members { alg, typ, kid, crit, jku, jwk, x5u, x5c } =
        serde_json::from_slice(&json).map_err(|_| TokenError::Malformed)?;
    let text = |member: Option<&RawValue>| serde_json::from_str::<String>(member?.get()).ok();

    if text(alg).as_deref() != Some("EdDSA") {
        return Err(TokenError::Algorithm);
    }
    // no extension is known here, so whatever is critical is unknown; an empty list is not allowed either
    if crit.is_some() {
        return Err(TokenError::Critical);
    }
    if [jku, jwk, x5u, x5c].iter().any(Option::is_some) {
        return Err(TokenError::ForeignKey);
    }
    if !text(typ).is_some_and(|typ| is_access_token(&typ)) {
        return Err(TokenError::Type);
    }
    text(kid).filter(|kid| is_kid(kid)).ok_or(TokenError::NoKey)
}

/// Media types ignore case, and "application/" may be left out (RFC 7515, section 4.1.9).
fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == TYPE
}

/// The library's errors in our words; what is not listed is about the shape of the token.
fn refusal(kind: &ErrorKind) -> TokenError {
    match kind {
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidAlgorithm => TokenError::Algorithm,
        ErrorKind::InvalidIssuer => TokenError::Issuer,
        ErrorKind::InvalidAudience => TokenError::Audience,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) => TokenError::Claims,
        _ => TokenError::Malformed,
    }
}

#[cfg(test)]
mod tests;
