//! Who is let in: the token at the door, and what strangers learn.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header, request::Builder},
};
use backdesk::auth::{
    keys::{DatedKey, KeyRing, SigningKey},
    token::{AccountsClaim, TokenRequest, Tokens},
};

use crate::support::{Answer, Desk};

const QUESTION: &str = r#"{ "query": "{ viewer { subject } }" }"#;

fn question() -> Builder {
    Request::post("/graphql").header(header::CONTENT_TYPE, "application/json")
}

/// The answer to somebody with these `Authorization` headers.
async fn knock(desk: &Desk, authorization: &[&str]) -> Answer {
    let mut request = question();
    for value in authorization {
        request = request.header(header::AUTHORIZATION, *value);
    }
    let request = request.body(Body::from(QUESTION)).expect("a request");
    desk.stranger().send(request).await
}

/// An administrator's token as `tokens` issues it.
fn token_of(tokens: &Tokens) -> String {
    let request = TokenRequest {
        subject: "eve".into(),
        name: None,
        roles: vec!["admin".into()],
        accounts: AccountsClaim::All,
        ttl: Duration::from_mins(10),
        session: None,
    };
    tokens.issue(request).expect("a token").0
}

/// Refused at the door: the status, the code, and the reason that the challenge gives.
#[track_caller]
fn assert_stranger(answer: &Answer, reason: Option<&str>) {
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{reason:?}");
    assert_eq!(answer.code(), Some("UNAUTHENTICATED"), "{reason:?}");
    assert_eq!(answer.body.get("data"), None);
    let challenge = match reason {
        None => r#"Bearer realm="backdesk""#.to_owned(),
        Some(reason) => {
            format!(r#"Bearer realm="backdesk", error="invalid_token", error_description="{reason}""#)
        }
    };
    assert_eq!(answer.headers[header::WWW_AUTHENTICATE], challenge.as_str());
}

#[tokio::test]
async fn a_stranger_is_told_to_bring_a_token() {
    let desk = Desk::open().await;
    assert_stranger(&knock(&desk, &[]).await, None);
}

#[tokio::test]
async fn only_one_bearer_token_in_the_header_opens() {
    let desk = Desk::open().await;
    let good = desk.admin().token.expect("a token");
    let bearer = format!("Bearer {good}");

    assert_stranger(&knock(&desk, &["Basic YTpi"]).await, None);
    assert_stranger(&knock(&desk, &[&good]).await, None);
    assert_stranger(&knock(&desk, &["Bearer"]).await, None);
    assert_stranger(&knock(&desk, &["Bearer "]).await, Some("malformed"));
    assert_stranger(&knock(&desk, &[&bearer, &bearer]).await, Some("more_than_one"));
    assert_stranger(&knock(&desk, &["Basic YTpi", &bearer]).await, Some("more_than_one"));

    // the scheme is a word in either case
    let answer = knock(&desk, &[&format!("bearer {good}")]).await;
    assert_eq!(answer.text("viewer.subject"), "admin@desk.example");
}

#[tokio::test]
async fn a_token_in_the_address_opens_nothing() {
    let desk = Desk::open().await;
    let token = desk.admin().token.expect("a token");
    let request = Request::post(format!("/graphql?access_token={token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(QUESTION))
        .expect("a request");
    assert_stranger(&desk.stranger().send(request).await, None);
}

#[tokio::test]
async fn garbage_is_no_token() {
    let desk = Desk::open().await;
    let good = desk.admin().token.expect("a token");
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let another = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("Bearer {signed}.{another}{}", &signature[1..]);
    let cut = format!("Bearer {signed}.");
    let (long, longer) = [10_000, 64 * 1024].map(|length| format!("Bearer {}", "a".repeat(length))).into();
    for (garbage, reason) in [
        ("Bearer null", "malformed"),
        ("Bearer a.b.c", "malformed"),
        ("Bearer {}", "malformed"),
        (long.as_str(), "too_large"),
        (longer.as_str(), "too_large"),
        (forged.as_str(), "bad_signature"),
        (cut.as_str(), "bad_signature"),
    ] {
        assert_stranger(&knock(&desk, &[garbage]).await, Some(reason));
    }
}

#[tokio::test]
async fn a_token_ends_when_it_says() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    // half a minute is granted to clocks that disagree
    desk.hand.advance(Duration::from_secs(3600 + 29));
    assert_eq!(admin.ask("{ viewer { subject } }").await.text("viewer.subject"), "admin@desk.example");
    desk.hand.advance(Duration::from_secs(1));
    assert_stranger(&admin.ask("{ viewer { subject } }").await, Some("expired"));
}

#[tokio::test]
async fn a_token_of_another_key_issuer_or_audience_is_refused() {
    let desk = Desk::open().await;
    let now = desk.clock.now();
    let ours = KeyRing::clone(&desk.services.tokens().ring());
    let foreign = KeyRing::of(DatedKey { key: SigningKey::generate(), created_at: now, signs_from: now });
    for (ring, issuer, audience, reason) in [
        (&foreign, "backdesk", "backdesk", "unknown_key"),
        (&ours, "elsewhere", "backdesk", "wrong_issuer"),
        (&ours, "backdesk", "front-office", "wrong_audience"),
    ] {
        let tokens = Tokens::new(ring.clone(), issuer.into(), audience.into(), desk.clock.clone());
        let bearer = format!("Bearer {}", token_of(&tokens));
        assert_stranger(&knock(&desk, &[&bearer]).await, Some(reason));
    }
}

#[tokio::test]
async fn strangers_leave_no_trace_in_the_trail() {
    let desk = Desk::open().await;
    knock(&desk, &[]).await;
    knock(&desk, &["Bearer a.b.c"]).await;
    assert_eq!(desk.entries().await, []);
}

#[tokio::test]
async fn a_viewer_learns_who_they_are() {
    let desk = Desk::open().await;
    let answer =
        desk.read_only().ask("{ viewer { name roles permissions accounts { code } tokenExpiresAt } }").await;
    insta::assert_compact_json_snapshot!(answer.body, @r#"
    {
      "data": {
        "viewer": {
          "accounts": [
            {
              "code": "DE"
            },
            {
              "code": "FR"
            }
          ],
          "name": "A person who is read-only",
          "permissions": [
            "USER_READ",
            "COMMENT_READ",
            "GUEST_READ",
            "KYC_READ",
            "FINANCE_READ",
            "DEALING_READ",
            "NETWORK_READ",
            "STAFF_READ",
            "AUDIT_READ"
          ],
          "roles": [
            "READ_ONLY"
          ],
          "tokenExpiresAt": "2026-03-01T13:00:00+00:00"
        }
      }
    }
    "#);
}

#[tokio::test]
async fn no_role_that_is_known_allows_nothing() {
    let desk = Desk::open().await;
    for roles in [&[][..], &["root"], &["ADMIN", "Admin", "admin ", ""]] {
        for question in [
            "{ viewer { subject } }",
            "{ users { totalCount } }",
            "{ groups { id } }",
            "{ __schema { types { name } } }",
            "{ __type(name: \"User\") { name } }",
        ] {
            let answer = desk.person(roles).ask(question).await;
            assert_eq!(answer.code(), Some("FORBIDDEN"), "{roles:?} {question}");
            let data = answer.body["data"].as_object().expect("data");
            assert!(data.values().all(serde_json::Value::is_null), "{roles:?} {question}");
        }
    }
}

#[tokio::test]
async fn an_unknown_role_beside_a_known_one_adds_nothing() {
    let desk = Desk::open().await;
    let answer = desk.person(&["read-only", "root"]).ask("{ viewer { roles permissions } }").await;
    assert_eq!(answer.data("viewer.roles"), serde_json::json!(["READ_ONLY"]));
    let alone = desk.read_only().ask("{ viewer { permissions } }").await;
    assert_eq!(answer.data("viewer.permissions"), alone.data("viewer.permissions"));
}

#[tokio::test]
async fn the_published_keys_verify_and_cannot_sign() {
    let desk = Desk::open().await;
    let request = Request::get("/.well-known/jwks.json").body(Body::empty()).expect("a request");
    let answer = desk.stranger().send(request).await;
    assert_eq!(answer.status, StatusCode::OK);

    let keys = answer.body["keys"].as_array().expect("keys");
    assert_eq!(keys.len(), 1);
    let key = keys[0].as_object().expect("a key");
    assert_eq!(key["kid"], desk.services.tokens().ring().signing(desk.clock.now()).kid());
    let mut members: Vec<&str> = key.keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x"], "and no private half, d");
}

#[tokio::test]
async fn an_answer_names_its_request_as_the_trail_does() {
    let desk = Desk::open().await;
    let refused = desk.person(&[]).ask("{ users { totalCount } }").await;
    let id = refused.headers["x-request-id"].to_str().expect("text");
    assert_eq!(desk.entries().await[0].request_id.as_deref(), Some(id));

    let again = desk.person(&[]).ask("{ users { totalCount } }").await;
    assert_ne!(again.headers["x-request-id"], refused.headers["x-request-id"]);
}

#[tokio::test]
async fn a_caller_cannot_choose_the_name_of_a_request() {
    let desk = Desk::open().await;
    let request = question().header("x-request-id", "mine").body(Body::from(QUESTION)).expect("a request");
    let answer = desk.admin().send(request).await;
    assert_ne!(answer.headers["x-request-id"], "mine");
}

#[tokio::test]
async fn no_answer_is_kept_on_the_way() {
    let desk = Desk::open().await;
    for answer in [
        desk.admin().ask("{ viewer { subject } }").await,
        desk.person(&[]).ask("{ viewer { subject } }").await,
        knock(&desk, &[]).await,
    ] {
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
