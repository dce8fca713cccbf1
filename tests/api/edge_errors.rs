//! Errors at the edge: each has a code and a text, stays short, repeats nothing that was sent, and tells nothing of our own
//! troubles.

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    edge::{GRAPHQL, accepting, assert_coded},
    support::Desk,
};

#[tokio::test]
async fn errors_have_codes_and_no_suggestions() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    for document in [
        "{",
        "",
        "{ viewer }",
        "{ viewr { subject } }",
        "{ viewer { subjec } }",
        "{ users(wher: {}) { totalCount } }",
        "{ users(where: { emial: {} }) { totalCount } }",
        "{ users(where: { email: { equals: 1 } }) { totalCount } }",
        "{ users(orderBy: [{ field: EMIAL }]) { totalCount } }",
        "mutation { userFreze { user { id } } }",
        "mutation { userFreeze(id: 1) { user { id } } }",
        "query ($a: Nonsense) { viewer { subject } }",
        "query A { viewer { subject } } query B { viewer { subject } }",
        "subscription { users }",
        "{ user(by: { id: \"1\", email: \"a@b.c\" }) { id } }",
        "{ user(by: {}) { id } }",
    ] {
        let answer = admin.ask(document).await;
        assert_coded(&answer);
        assert!(!answer.body.to_string().contains("id you mean"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_flood_of_errors_is_cut() {
    let desk = Desk::open().await;
    let many: String = (0..100).fold(String::new(), |all, i| all + &format!(" x{i}"));
    let answer = desk.admin().ask(&format!("{{ viewer {{ {many} }} }}")).await;
    assert_eq!(answer.body["errors"].as_array().expect("errors").len(), 10);
}

#[tokio::test]
async fn errors_stay_short_whatever_is_long() {
    let desk = Desk::open().await;
    let long = "n".repeat(1500);
    let refused = |at: usize| format!(r#"{long}{at}: user(by: {{ reference: "\u0000" }}) {{ id }} "#);
    let document: String = (0..10).map(refused).collect();
    let answer = desk.admin().ask(&format!("{{ {document} }}")).await;
    let errors = answer.body["errors"].as_array().expect("errors");
    assert!((1..10).contains(&errors.len()), "{}", errors.len());
    assert!(answer.body["errors"].to_string().len() <= 15 * 1024);
}

#[tokio::test]
async fn errors_do_not_repeat_values() {
    let desk = Desk::open().await;
    let secret = "tango-papa";
    for (document, value) in [
        ("query ($v: Int) { users(first: $v) { totalCount } }", json!(secret)),
        ("query ($v: [UserOrder!]) { users(orderBy: $v) { totalCount } }", json!([{ "field": secret }])),
        ("query ($v: [UserOrder!]) { users(orderBy: $v) { totalCount } }", json!(secret)),
        ("query ($v: UserWhere) { users(where: $v) { totalCount } }", json!({ "status": { "eq": secret } })),
        ("query ($v: UserWhere) { users(where: $v) { totalCount } }", json!({ "active": secret })),
        (
            "query ($v: UserWhere) { users(where: $v) { totalCount } }",
            json!({ "birthDate": { "eq": secret } }),
        ),
        (
            "query ($v: UserWhere) { users(where: $v) { totalCount } }",
            json!({ "createdAt": { "eq": secret } }),
        ),
        (
            "query ($v: UserWhere) { users(where: $v) { totalCount } }",
            json!({ "createdAt": { "within": secret } }),
        ),
        ("query ($v: Boolean!) { viewer { subject @include(if: $v) } }", json!(secret)),
        ("query ($v: String) { users(after: $v) { nodes { id } } }", json!(secret)),
    ] {
        let answer = desk.admin().ask_with(document, json!({ "v": value })).await;
        assert_coded(&answer);
        assert!(!answer.body.to_string().contains(secret), "{}", answer.body);
        let literal = document.replace("($v: ", "").replace("$v", &format!("\"{secret}\""));
        assert!(!desk.admin().ask(&literal).await.body.to_string().contains(secret), "{literal}");
    }
}

#[tokio::test]
async fn our_own_troubles_stay_ours() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    desk.sabotage("DROP TABLE user_groups").await.expect("a dropped table");
    let mut answers = vec![
        desk.admin().ask("{ users { nodes { id groups { key } } } }").await,
        desk.admin().act("userSetGroups", &id, json!([])).await,
    ];
    desk.sabotage("ALTER TABLE users RENAME TO gone").await.expect("a renamed table");
    answers.push(desk.admin().ask("{ users { nodes { id } } }").await);
    answers.push(desk.admin().act("userFreeze", &id, json!(true)).await);
    for answer in answers {
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.body.get("data"), None);
        let request_id = answer.headers["x-request-id"].to_str().expect("text");
        let error = &answer.body["errors"][0];
        assert_eq!(error["message"], "Something went wrong on our side. Support finds it by the request id.");
        assert_eq!(error["extensions"], json!({ "code": "INTERNAL", "requestId": request_id }));
        let text = answer.body.to_string().to_lowercase();
        for inside in ["sql", "table", "relation", "select", "gone", "user_groups", "column"] {
            let outside = text.replace("\"column\"", "");
            assert!(!outside.contains(inside), "{inside} in {text}");
        }
    }
}

#[tokio::test]
async fn a_panic_is_answered_and_the_next_one_as_ever() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let admin = desk.admin();
    desk.panic_at_statements();
    for accept in ["application/json", GRAPHQL] {
        let query = json!({ "query": "{ users { nodes { id } } }" });
        let mutation = json!({ "query": format!("mutation {{ userFreeze(id: \"{id}\", frozen: true) {{ user {{ id }} }} }}") });
        for body in [query, mutation] {
            let answer = accepting(&admin, accept, &body.to_string()).await;
            assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.body);
            let request_id = answer.headers["x-request-id"].to_str().expect("text");
            assert_eq!(
                answer.body,
                json!({ "errors": [{
                    "message": "Something went wrong on our side. Support finds it by the request id.",
                    "extensions": { "code": "INTERNAL", "requestId": request_id },
                }] })
            );
        }
    }
    desk.calm_down();
    assert_eq!(admin.open_user(&id).await["frozen"], false);
    assert_eq!(admin.ask("{ users { nodes { id } } }").await.column("users.nodes", "id"), [json!(id)]);
}

#[tokio::test]
async fn a_text_that_no_database_stores_is_refused() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let look = "query ($by: UserBy!) { user(by: $by) { id } }";
    for by in [
        json!({ "reference": "\u{0}" }),
        json!({ "email": "a\u{0}@example.com" }),
        json!({ "externalId": { "system": "\u{0}", "value": "1" } }),
        json!({ "externalId": { "system": "CRM", "value": "\u{0}" } }),
    ] {
        let answer = admin.ask_with(look, json!({ "by": by })).await;
        assert_eq!(answer.code(), Some("BAD_INPUT"), "{by}");
    }
    let input = json!({ "account": "\u{0}", "personType": "NATURAL_PERSON" });
    assert_eq!(admin.create(input).await.problems("userCreate"), ["NOT_FOUND input.account"]);
}
