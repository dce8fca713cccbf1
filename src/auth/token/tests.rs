//! Tests of `token`: the server they talk to, and what it issues. The refusals are in the files beside.

use chrono::{DateTime, Utc};
use jsonwebtoken::EncodingKey;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::auth::keys::{DatedKey, LEAD, SigningKey};
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
        let start = clock.now();
        let dated = |key: &SigningKey, hours| {
            let signs_from = start - Duration::from_hours(hours);
            DatedKey { key: key.clone(), created_at: signs_from, signs_from }
        };
        let former = former.iter().map(|key| dated(key, 1));
        let ring = KeyRing::new(former.chain([dated(&key, 0)]).collect()).unwrap();
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
        session: None,
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
    assert_eq!(issue(|r| r.ttl = LONGEST + Duration::from_millis(1)), IssueError::Lifetime);
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
fn a_token_that_is_known_is_refused_as_soon_as_its_key_is_not_held() {
    let (server, other) = (Server::new(), Server::new());
    let token = server.issue();
    assert!(server.tokens.verify(&token).is_ok());
    let clone = server.tokens.clone();
    clone.hold(KeyRing::clone(&other.tokens.ring()));
    assert_eq!(server.tokens.verify(&token), Err(TokenError::UnknownKey));
    assert!(server.tokens.verify(&other.issue()).is_ok());
}

#[test]
fn the_clock_says_which_key_signs_and_a_former_one_is_kept_for_its_longest_token() {
    let server = Server::new();
    let (now, next) = (server.tokens.clock.now(), SigningKey::generate());
    let current = DatedKey { key: server.key.clone(), created_at: now, signs_from: now };
    let dated = DatedKey { key: next.clone(), created_at: now, signs_from: now + LEAD };
    server.tokens.hold(KeyRing::new(vec![current, dated]).unwrap());
    let names =
        |token: &str, key: &SigningKey| judge_header(token.split('.').next().unwrap()).unwrap() == key.kid();

    server.hand.advance(LEAD.saturating_sub(Duration::from_micros(1)));
    let (token, _) = server.tokens.issue(TokenRequest { ttl: LONGEST, ..request() }).unwrap();
    assert!(names(&token, &server.key));
    server.hand.advance(Duration::from_micros(1));
    assert!(names(&server.issue(), &next));

    server.hand.advance(LONGEST.saturating_sub(Duration::from_secs(2)));
    assert!(server.tokens.verify(&token).is_ok());
    server.hand.advance(Duration::from_mins(2));
    assert_eq!(server.tokens.verify(&token), Err(TokenError::Expired));
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
        NoKey,
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
