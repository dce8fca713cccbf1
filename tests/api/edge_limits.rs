//! What is too large to be an honest question never reaches the parser, and the process lives.

use std::fmt::Write;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person};

#[tokio::test]
async fn a_body_has_at_most_a_megabyte() {
    let desk = Desk::open().await;
    let send = async |length: usize| {
        let question = r#"{ "query": "{ viewer { subject } }" }"#;
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(question.to_owned() + &" ".repeat(length - question.len())))
            .expect("a request");
        desk.admin().send(request).await
    };
    let answer = send(1024 * 1024).await;
    assert_eq!(answer.text("viewer.subject"), "admin@desk.example");
    let answer = send(1024 * 1024 + 1).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.code(), Some("TOO_LARGE"));
}

/// Asks from a thread with the stack that the server's have.
async fn ask_in_a_thread(person: &Person, body: Value) -> Answer {
    let person = person.clone();
    tokio::spawn(async move { person.post(&body).await }).await.expect("the thread lives")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn brackets_that_would_overflow_the_stack_are_refused() {
    let desk = Desk::open().await;
    for (open, close) in [("[", "]"), ("{a:", "}"), ("{a", "}"), ("(a:[", "])"), ("{...{", "}}")] {
        for depth in [100, 1300, 5000] {
            let document = format!("{{ a(b: {}1{}) }}", open.repeat(depth), close.repeat(depth));
            let answer = ask_in_a_thread(&desk.admin(), json!({ "query": document })).await;
            assert_eq!(answer.code(), Some("DOCUMENT_TOO_LARGE"), "{depth} times {open}");
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        }
    }
    // types of variables nest as well, and so do values of variables
    let kind = format!("query ($a: {}Int{}) {{ viewer {{ subject }} }}", "[".repeat(1300), "]".repeat(1300));
    let answer = ask_in_a_thread(&desk.admin(), json!({ "query": kind })).await;
    assert_eq!(answer.code(), Some("DOCUMENT_TOO_LARGE"));
    let query = "query ($w: UserWhere) { users(where: $w) { totalCount } }";
    for (depth, code) in [
        // filters have a limit of their own, which judges what was read
        (20, "BAD_INPUT"),
        (25, "BAD_INPUT"),
        (26, "DOCUMENT_TOO_LARGE"),
        (120, "DOCUMENT_TOO_LARGE"),
    ] {
        let nested = (1..depth).fold(json!({}), |inside, _| json!({ "not": inside }));
        let body = json!({ "query": query, "variables": { "w": nested } });
        let answer = ask_in_a_thread(&desk.admin(), body).await;
        assert_eq!(answer.code(), Some(code), "{depth}: {}", answer.body);
    }
    let literal = format!("{{ users(where: {}{}) {{ totalCount }} }}", "{not:".repeat(22), "}".repeat(22));
    let literal = literal.replace("{not:}", "{not:{}}");
    let answer = ask_in_a_thread(&desk.admin(), json!({ "query": literal })).await;
    assert_eq!(answer.code(), Some("BAD_INPUT"), "{}", answer.body);
    let alive = ask_in_a_thread(&desk.admin(), json!({ "query": "{ viewer { subject } }" })).await;
    assert_eq!(alive.text("viewer.subject"), "admin@desk.example");
}

/// Fragments of which each names the next one twice: the walk doubles with every one.
fn doubling(fragments: usize) -> String {
    let mut document = "query { users { nodes { ...F0 } } }".to_owned();
    for number in 0..fragments {
        let next = number + 1;
        write!(document, " fragment F{number} on User {{ ...F{next} ...F{next} }}")
            .expect("writing into a text");
    }
    write!(document, " fragment F{fragments} on User {{ id }}").expect("writing into a text");
    document
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubling_fragments_are_refused() {
    let desk = Desk::open().await;
    // 11 and 19 pass the scan, and are 2048 and half a million fields on every row
    for fragments in [11, 19, 20, 25, 100] {
        let answer = ask_in_a_thread(&desk.admin(), json!({ "query": doubling(fragments) })).await;
        assert_eq!(answer.code(), Some("DOCUMENT_TOO_LARGE"), "{fragments}");
    }
    let round = "{ users { nodes { ...A } } } fragment A on User { ...B } fragment B on User { ...A }";
    let answer = ask_in_a_thread(&desk.admin(), json!({ "query": round })).await;
    assert_eq!(answer.code(), Some("GRAPHQL_VALIDATION_FAILED"));
    let answer = ask_in_a_thread(&desk.admin(), json!({ "query": doubling(3) })).await;
    assert_eq!(answer.data("users.nodes"), json!([]));
}
