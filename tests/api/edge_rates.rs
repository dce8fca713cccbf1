//! How often somebody may ask: the signed-in by what it costs, strangers by address, and neither at the other's expense.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use backdesk::config::{Http, Rates};
use serde_json::json;

use crate::support::{Answer, Desk, Person};

const CHEAP: &str = "{ viewer { subject } }";

async fn desk(rates: Rates) -> Desk {
    Desk::open().await.behind(&Http { rates, ..Http::default() })
}

/// Asks from an address.
async fn ask_from(person: &Person, address: &str, accept: &str) -> Answer {
    let peer: SocketAddr = address.parse().expect("an address");
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, accept)
        .extension(ConnectInfo(peer))
        .body(Body::from(json!({ "query": CHEAP }).to_string()))
        .expect("a request");
    person.send(request).await
}

#[track_caller]
fn assert_limited(answer: &Answer, seconds: &str) {
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.body);
    assert_eq!(answer.code(), Some("RATE_LIMITED"));
    assert_eq!(answer.headers[header::RETRY_AFTER], seconds);
    assert_eq!(answer.body.get("data"), None);
}

#[tokio::test]
async fn everybody_has_points_to_spend() {
    let desk = desk(Rates { points: 10, points_burst: 100, ..Rates::default() }).await;
    let page = "{ users(first: 49) { nodes { id } } }";
    assert_eq!(desk.admin().ask(page).await.extensions["cost"]["requested"], 50);
    assert_eq!(desk.admin().ask(page).await.code(), None);
    assert_limited(&desk.admin().ask(CHEAP).await, "1");
    assert_eq!(desk.read_only().ask(page).await.code(), None, "each has their own");
    desk.hand.advance(Duration::from_secs(2));
    let answer = desk.admin().ask(page).await;
    assert_limited(&answer, "4");
    assert_eq!(answer.extensions["cost"]["requested"], 50, "it says what it would have cost");
    // the entrance was paid
    for _ in 0..19 {
        assert_eq!(desk.admin().ask(CHEAP).await.code(), None);
    }
    assert_limited(&desk.admin().ask(CHEAP).await, "1");
}

#[tokio::test]
async fn what_is_refused_costs_as_well() {
    let desk = desk(Rates { points: 1, points_burst: 10, ..Rates::default() }).await;
    for _ in 0..5 {
        assert_eq!(desk.admin().ask("{").await.code(), Some("SYNTAX_ERROR"));
        assert_eq!(desk.admin().post(&json!([])).await.code(), Some("BATCH_NOT_ALLOWED"));
    }
    assert_limited(&desk.admin().ask(CHEAP).await, "1");
}

#[tokio::test]
async fn a_mutation_costs_ten_at_least() {
    let desk = desk(Rates { points: 1, points_burst: 25, ..Rates::default() }).await;
    let freeze = r#"mutation { userFreeze(id: "none", frozen: true) { errors { code } } }"#;
    assert_eq!(desk.admin().ask(freeze).await.extensions["cost"]["requested"], 10);
    desk.admin().ask(freeze).await;
    assert_limited(&desk.admin().ask(freeze).await, "6");
}

#[tokio::test]
async fn what_nobody_may_spend_at_once_is_refused_for_good() {
    let desk = desk(Rates { points: 1, points_burst: 10, ..Rates::default() }).await;
    let answer = desk.admin().ask("{ users { nodes { id } } }").await;
    assert_eq!(answer.code(), Some("TOO_COSTLY"), "{}", answer.body);
    assert_eq!(desk.admin().ask(CHEAP).await.code(), None);
}

#[tokio::test]
async fn guessing_is_slow_and_locks_nobody_out() {
    let desk = desk(Rates { strangers: 1, strangers_burst: 3, ..Rates::default() }).await;
    let mut guess = desk.stranger();
    guess.token = Some("a.b.c".into());
    let home = "192.0.2.7:4000";
    for _ in 0..2 {
        assert_eq!(ask_from(&guess, home, "*/*").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(ask_from(&desk.stranger(), home, "*/*").await.status, StatusCode::UNAUTHORIZED);
    for accept in ["application/json", "application/graphql-response+json"] {
        let answer = ask_from(&guess, "192.0.2.7:5000", accept).await;
        assert_limited(&answer, "1");
        assert_eq!(answer.headers[header::CONTENT_TYPE], format!("{accept}; charset=utf-8"));
        assert_eq!(answer.headers.get(header::WWW_AUTHENTICATE), None);
    }
    // somebody with a token sits behind the same address
    assert_eq!(ask_from(&desk.admin(), home, "*/*").await.text("viewer.subject"), "admin@desk.example");
    assert_eq!(ask_from(&guess, "192.0.2.8:4000", "*/*").await.status, StatusCode::UNAUTHORIZED);
    desk.hand.advance(Duration::from_secs(1));
    assert_eq!(ask_from(&guess, home, "*/*").await.status, StatusCode::UNAUTHORIZED);
    assert_limited(&ask_from(&guess, home, "*/*").await, "1");
}

#[tokio::test]
async fn a_customer_has_many_addresses_of_version_six() {
    let desk = desk(Rates { strangers: 1, strangers_burst: 2, ..Rates::default() }).await;
    for host in ["[2001:db8::1]:1", "[2001:db8::ffff:1]:1"] {
        assert_eq!(ask_from(&desk.stranger(), host, "*/*").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_limited(&ask_from(&desk.stranger(), "[2001:db8::2]:1", "*/*").await, "1");
    assert_eq!(
        ask_from(&desk.stranger(), "[2001:db8:0:1::1]:1", "*/*").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn whose_token_has_run_out_hears_it_however_busy_their_address_is() {
    let desk = desk(Rates { strangers: 1, strangers_burst: 2, ..Rates::default() }).await;
    let late = desk.admin();
    desk.hand.advance(Duration::from_hours(2));
    for _ in 0..5 {
        desk.stranger().ask(CHEAP).await;
    }
    assert_eq!(desk.stranger().ask(CHEAP).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(late.ask(CHEAP).await.status, StatusCode::UNAUTHORIZED);
}
