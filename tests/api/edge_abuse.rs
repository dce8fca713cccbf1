//! What no honest client sends: every one of these gets an error with a code, and the next one is answered as before.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person};

/// Longer than any refusal may take, however busy the machine.
const NO_STALL: Duration = Duration::from_secs(5);

async fn send(person: &Person, body: impl Into<Body>) -> Answer {
    let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    person.send(request.body(body.into()).expect("a request")).await
}

/// A body with these bytes as the value of the variable `v` of a document that does not use it wrongly.
fn with_variable(value: &[u8]) -> Vec<u8> {
    let mut body =
        br#"{"query":"query ($v: UserWhere) { users(where: $v) { totalCount } }","variables":{"v":"#.to_vec();
    body.extend_from_slice(value);
    body.extend_from_slice(b"}}");
    body
}

#[track_caller]
fn assert_refused(answer: &Answer, codes: &[&str], what: &str) {
    assert!(!answer.status.is_server_error(), "{what}: {} {}", answer.status, answer.body);
    let code = answer.code().unwrap_or_else(|| panic!("{what}: {}", answer.body));
    assert!(codes.contains(&code), "{what}: {}", answer.body);
    assert!(answer.body.to_string().len() < 16 * 1024, "{what} is not echoed at length");
}

#[tokio::test]
async fn ten_megabytes_are_refused_at_once() {
    let desk = Desk::open().await;
    for (body, announced) in [(vec![b' '; 10_000_000], true), (vec![b'['; 10_000_000], false)] {
        let started = Instant::now();
        let length = body.len();
        // in pieces, whose number nobody announces
        let pieces =
            body.chunks(64 * 1024).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect::<Vec<_>>();
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        if announced {
            request = request.header(header::CONTENT_LENGTH, length);
        }
        let answer = desk.admin().send(request.body(body).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_refused(&answer, &["BODY_TOO_LARGE"], "ten megabytes");
        assert!(started.elapsed() < NO_STALL);
    }
}

#[tokio::test]
async fn a_stranger_is_not_read() {
    let desk = Desk::open().await;
    let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    let request = request.body(Body::from_stream(never)).expect("a request");
    let answer = tokio::time::timeout(NO_STALL, desk.stranger().send(request)).await.expect("an answer");
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn compressed_bodies_are_not_inflated() {
    let desk = Desk::open().await;
    for encoding in ["gzip", "deflate", "br", "zstd", "gzip, identity", "x"] {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_ENCODING, encoding)
            .body(Body::from(r#"{ "query": "{ viewer { subject } }" }"#))
            .expect("a request");
        let answer = desk.admin().send(request).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{encoding}");
        assert_eq!(answer.headers[header::ACCEPT_ENCODING], "identity");
        assert_refused(&answer, &["UNSUPPORTED_MEDIA_TYPE"], encoding);
    }
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let desk = Desk::open().await;
    let nested =
        |open: &str, close: &str| with_variable((open.repeat(5000) + "1" + &close.repeat(5000)).as_bytes());
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", b"".to_vec()),
        ("an open brace", b"{".to_vec()),
        ("a word", b"nonsense".to_vec()),
        ("NUL bytes", b"\0\0\0\0".to_vec()),
        ("a NUL inside a text", with_variable(b"\"\0\"")),
        ("broken UTF-8", with_variable(b"\"\xff\xfe\"")),
        ("overlong UTF-8", with_variable(b"\"\xc0\xaf\"")),
        ("half a surrogate", with_variable(br#""\ud800""#)),
        ("two wrong halves", with_variable(br#""\udc00\ud800""#)),
        (
            "a byte order mark",
            [b"\xef\xbb\xbf".as_slice(), br#"{"query":"{ viewer { subject } }"}"#].concat(),
        ),
        ("UTF-16", b"{\0\"\0q\0\"\0".to_vec()),
        ("a number out of range", with_variable(b"1e400")),
        ("NaN", with_variable(b"NaN")),
        ("a leading zero", with_variable(b"01")),
        ("a trailing comma", with_variable(b"[1,]")),
        ("deep lists", nested("[", "]")),
        ("deep objects", nested("{\"a\":", "}")),
        ("something behind it", br#"{"query":"{ viewer { subject } }"} {}"#.to_vec()),
    ];
    for (what, body) in bodies {
        let answer = send(&desk.admin(), body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}: {}", answer.body);
        assert_refused(&answer, &["BAD_JSON"], what);
    }
    let twice = br#"{"query":"{ viewer { subject } }","query":"{ groups { id } }"}"#.to_vec();
    assert_refused(&send(&desk.admin(), twice).await, &["BAD_REQUEST"], "a name twice");
}

#[tokio::test]
async fn numbers_out_of_range_are_refused_wherever_they_stand() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    for number in ["1e400", "-1e400", "99999999999999999999", "2147483648", "-2147483649", "1.5", "-1e-400"] {
        let inline = admin.ask(&format!("{{ users(first: {number}) {{ totalCount }} }}")).await;
        let codes = ["BAD_INPUT", "GRAPHQL_VALIDATION_FAILED", "SYNTAX_ERROR", "PAGE_TOO_LARGE"];
        assert_refused(&inline, &codes, number);
        let body = format!(
            r#"{{"query":"query ($n: Int) {{ users(first: $n) {{ totalCount }} }}","variables":{{"n":{number}}}}}"#
        );
        let given = send(&admin, body).await;
        assert_refused(
            &given,
            &["BAD_INPUT", "GRAPHQL_VALIDATION_FAILED", "BAD_VARIABLES", "BAD_JSON", "PAGE_TOO_LARGE"],
            number,
        );
    }
    // zero is zero, or refused for its sign
    let zero = admin.ask("{ users(first: -0) { nodes { id } } }").await;
    assert!(zero.code().is_none_or(|code| code == "GRAPHQL_VALIDATION_FAILED"), "{}", zero.body);
    // an id may be written as a number; no number is an id of ours
    for id in ["1", "-0", "99999999999999999999", "2147483648"] {
        let answer = admin.ask(&format!("{{ user(by: {{ id: {id} }}) {{ id }} }}")).await;
        assert!(!answer.status.is_server_error(), "{id}: {}", answer.body);
        assert_eq!(answer.body.pointer("/data/user").unwrap_or(&Value::Null), &Value::Null, "{id}");
    }
}

#[tokio::test]
async fn documents_of_odd_characters_are_refused() {
    let desk = Desk::open().await;
    for (what, document) in [
        ("NUL", "\0".to_owned()),
        ("NUL in a selection", "{ viewer\0 { subject } }".to_owned()),
        ("a control character", "{ viewer { subject } } \u{7}".to_owned()),
        ("half a surrogate", r#"{ users(search: "\ud800") { totalCount } }"#.to_owned()),
        ("an escape that is none", r#"{ users(search: "\q") { totalCount } }"#.to_owned()),
        ("a text that does not end", r#"{ users(search: "x"#.to_owned()),
        ("a block that does not end", r#"{ users(search: """x"#.to_owned()),
        ("a number too long", format!("{{ users(first: {}) {{ totalCount }} }}", "9".repeat(10_000))),
        ("a name too long", format!("{{ {} }}", "n".repeat(16_000))),
        ("a long alias", format!("{{ {}: nonsense }}", "n".repeat(16_000))),
        ("a long argument", format!("{{ viewer(a: \"{}\") {{ name }} }}", "n".repeat(16_000))),
        ("other quotation marks", "{ users(search: “x”) { totalCount } }".to_owned()),
    ] {
        let codes = ["SYNTAX_ERROR", "GRAPHQL_VALIDATION_FAILED", "BAD_INPUT", "PAGE_TOO_LARGE"];
        assert_refused(&desk.admin().ask(&document).await, &codes, what);
    }
    let marked = "\u{feff}{ viewer { subject } }";
    let answer = desk.admin().ask(marked).await;
    assert!(!answer.status.is_server_error(), "{}", answer.body);
}

#[tokio::test]
async fn texts_of_a_megabyte_are_refused_and_not_echoed() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let long = "x".repeat(1_000_000);
    let admin = desk.admin();
    for (document, variables) in [
        ("query ($v: String) { users(search: $v) { totalCount } }", json!({ "v": long })),
        (
            "query ($v: UserWhere) { users(where: $v) { totalCount } }",
            json!({ "v": { "email": { "eq": long } } }),
        ),
        ("query ($v: UserWhere) { users(where: $v) { totalCount } }", json!({ "v": long })),
        ("query ($v: UserWhere) { users(where: $v) { totalCount } }", json!({ "v": { long.as_str(): 1 } })),
        ("query ($v: String) { users(after: $v) { nodes { id } } }", json!({ "v": long })),
        ("query ($v: Int) { users(first: $v) { totalCount } }", json!({ "v": long })),
        ("query ($v: UserBy!) { user(by: $v) { id } }", json!({ "v": { "email": long } })),
    ] {
        let started = Instant::now();
        let answer = admin.ask_with(document, variables).await;
        let codes = ["BAD_INPUT", "GRAPHQL_VALIDATION_FAILED", "BAD_VARIABLES"];
        assert_refused(&answer, &codes, document);
        // a name is said, and cut
        assert!(!answer.body.to_string().contains(&long[..300]), "{document}");
        assert!(started.elapsed() < NO_STALL, "{document}");
    }
    // an input is judged by the service, which reports problems
    let answer = admin.update(&id, json!({ "tag": long })).await;
    assert!(!answer.problems("userUpdate").is_empty());
    assert!(answer.body.to_string().len() < 16 * 1024);
}

#[tokio::test]
async fn texts_that_no_database_stores_are_refused_everywhere() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let admin = desk.admin();
    for text in ["\0", "a\0b"] {
        for (document, variables) in [
            ("query ($v: String) { users(search: $v) { totalCount nodes { id } } }", json!({ "v": text })),
            (
                "query ($v: UserWhere) { users(where: $v) { totalCount } }",
                json!({ "v": { "lastName": { "contains": text } } }),
            ),
            (
                "query ($v: UserWhere) { users(where: $v) { totalCount } }",
                json!({ "v": { "country": { "in": [text] } } }),
            ),
            ("query ($v: UserBy!) { user(by: $v) { id } }", json!({ "v": { "reference": text } })),
            (
                "query ($v: AuditEventWhere) { auditEvents(where: $v) { totalCount } }",
                json!({ "v": { "actor": { "eq": text } } }),
            ),
        ] {
            assert_refused(&admin.ask_with(document, variables).await, &["BAD_INPUT"], document);
        }
        for field in ["firstName", "tag", "email", "phone", "timeZone", "picture"] {
            let answer = admin.update(&id, json!({ field: text })).await;
            assert!(!answer.status.is_server_error(), "{field}: {}", answer.body);
            assert!(!answer.problems("userUpdate").is_empty(), "{field}: {}", answer.body);
        }
        let reason = "mutation ($id: ID!, $r: String) { userFreeze(id: $id, frozen: true, options: { reason: $r }) { user { id } errors { code field message } } }";
        let answer = admin.ask_with(reason, json!({ "id": id, "r": text })).await;
        assert!(!answer.status.is_server_error(), "{}", answer.body);
        assert!(answer.code().is_some() || !answer.problems("userFreeze").is_empty(), "{}", answer.body);
    }
    assert_eq!(admin.open_user(&id).await["version"], 1, "nothing was written");
}
