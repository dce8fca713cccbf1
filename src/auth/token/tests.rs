//! Tests of `token`: the server they talk to, and what it issues. The refusals are in the files beside.

use chrono::{DateTime, Utc};
use jsonwebtoken::EncodingKey;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::auth::keys::SigningKey;
use crate::clock::Hand;

mod claims;
mod header;
mod hostile;

/// 2026-03-01T12:00:00Z, when every test begins.
const NOON: i64 = 1_772_366_400;

/// A server that issues and verifies, with its clock and its key within reach.
struct Server {
    tokens: Tokens,
    hand: Hand,
    key: SigningKey,
}

impl Server {
    fn new() -> Self {
        Self::with_keys(SigningKey::generate(), &[])
    }

    fn with_keys(key: SigningKey, former: &[SigningKey]) -> Self {
        let (clock, hand) = Clock::manual(DateTime::<Utc>::from_timestamp(NOON, 0).unwrap());
        let former = former.iter().map(|key| key.verifying_key().clone()).collect();
        let ring = KeyRing::new(key.clone(), former);
        Self { tokens: Tokens::new(ring, "backdesk".into(), "desk".into(), clock), hand, key }
    }

    fn issue(&self) -> String {
        self.tokens.issue(request()).unwrap().0
    }

    fn header(&self) -> Value {
        json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": self.key.kid() })
    }

    /// A good token's header and claims with `change` made to them, properly signed.
    fn verify_changed(&self, change: impl FnOnce(&mut Value, &mut Value)) -> Result<Claims, TokenError> {
        let (mut header, mut claims) = (self.header(), claims());
        change(&mut header, &mut claims);
        self.tokens.verify(&sign(&header, &claims, &self.key)).map(Arc::unwrap_or_clone)
    }

    fn verify_claim(&self, name: &str, value: Value) -> Result<Claims, TokenError> {
        self.verify_changed(|_, claims| claims[name] = value)
    }

    fn verify_header(&self, name: &str, value: Value) -> Result<Claims, TokenError> {
        self.verify_changed(|header, _| header[name] = value)
    }
}

fn request() -> TokenRequest {
    TokenRequest {
        subject: "alice".into(),
        name: Some("Alice Ace".into()),
        roles: vec!["admin".into()],
        accounts: AccountsClaim::All,
        ttl: Duration::from_mins(15),
    }
}

/// Claims that [`Server::new`] takes at noon.
fn claims() -> Value {
    json!({
        "iss": "backdesk", "aud": "desk", "sub": "alice", "jti": "1",
        "iat": NOON, "nbf": NOON, "exp": NOON + 900,
    })
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn sign(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), key.encoding_key(), Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

#[test]
fn an_issued_token_is_verified_and_says_what_was_asked() {
    let server = Server::new();
    let (token, issued) = server.tokens.issue(request()).unwrap();
    let claims = Arc::unwrap_or_clone(server.tokens.verify(&token).unwrap());
    assert_eq!(claims, issued);
    assert_eq!((claims.iss.as_str(), claims.aud), ("backdesk", vec!["desk".to_owned()]));
    assert_eq!((claims.sub.as_str(), claims.name.as_deref()), ("alice", Some("Alice Ace")));
    assert_eq!((claims.roles, claims.accounts), (vec!["admin".to_owned()], AccountsClaim::All));
    assert_eq!((claims.iat, claims.nbf, claims.exp), (NOON, NOON, NOON + 900));
    assert_eq!((claims.jti.len(), claims.sid), (36, None));
}

#[test]
fn an_issued_token_names_its_type_algorithm_and_key() {
    let server = Server::new();
    let token = server.issue();
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&header).unwrap(), server.header());
}

#[test]
fn two_tokens_are_never_the_same() {
    let server = Server::new();
    assert_ne!(server.issue(), server.issue());
}

#[test]
fn a_token_without_subject_or_lifetime_is_not_issued() {
    let server = Server::new();
    let issue = |change: fn(&mut TokenRequest)| {
        let mut request = request();
        change(&mut request);
        server.tokens.issue(request).unwrap_err()
    };
    assert_eq!(issue(|r| r.subject.clear()), IssueError::Subject);
    assert_eq!(issue(|r| r.subject = "é".repeat(256)), IssueError::Subject);
    assert_eq!(issue(|r| r.ttl = Duration::from_millis(999)), IssueError::Lifetime);
    assert_eq!(issue(|r| r.ttl = Duration::MAX), IssueError::Lifetime);
    assert_eq!(issue(|r| r.ttl = Duration::from_secs(i64::MAX as u64)), IssueError::Lifetime);
}

#[test]
fn a_token_that_no_server_would_take_is_not_issued() {
    let codes = (0..1000).map(|n| format!("ACCOUNT-{n}")).collect();
    let request = TokenRequest { accounts: AccountsClaim::Codes(codes), ..request() };
    assert_eq!(Server::new().tokens.issue(request).unwrap_err(), IssueError::TooLarge);
}

#[test]
fn a_token_of_a_former_key_is_taken_until_that_key_is_dropped() {
    let (old, new) = (SigningKey::generate(), SigningKey::generate());
    let token = Server::with_keys(old.clone(), &[]).issue();
    assert!(Server::with_keys(new.clone(), &[old]).tokens.verify(&token).is_ok());
    assert_eq!(Server::with_keys(new, &[]).tokens.verify(&token), Err(TokenError::UnknownKey));
}

#[test]
fn every_reason_is_its_own_word() {
    use TokenError::*;
    let all = [
        TooLarge,
        Malformed,
        Algorithm,
        Type,
        Critical,
        ForeignKey,
        UnknownKey,
        Signature,
        Claims,
        Issuer,
        Audience,
        Expired,
        NotYetValid,
    ];
    let reasons: std::collections::HashSet<_> = all.iter().map(|error| error.reason()).collect();
    assert_eq!(reasons.len(), all.len());
    // they are put into a quoted string of a header as they are
    assert!(reasons.iter().all(|reason| reason.bytes().all(|b| b == b'_' || b.is_ascii_lowercase())));
}

#[test]
fn tokens_print_no_secret() {
    let server = Server::new();
    let private = format!("{:?}", server.key.private_pkcs8());
    let printed = format!("{:?}", server.tokens);
    assert!(printed.contains(server.key.kid()) && !printed.contains(&private));
}
