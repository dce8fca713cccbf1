//! The edge: what is no question is refused with a code, what is too large never reaches the parser, and our own
//! troubles stay ours.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use crate::support::{Answer, Desk, Person};

const QUESTION: &str = r#"{ "query": "{ viewer { subject } }" }"#;
const GRAPHQL: &str = "application/graphql-response+json";

/// Sends a body as this content type.
async fn send(person: &Person, content_type: Option<&str>, body: impl Into<Body>) -> Answer {
    let mut request = Request::post("/graphql");
    if let Some(content_type) = content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    person.send(request.body(body.into()).expect("a request")).await
}

/// Asks in JSON, and accepts this.
async fn accepting(person: &Person, accept: &str, body: &str) -> Answer {
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, accept)
        .body(Body::from(body.to_owned()))
        .expect("a request");
    person.send(request).await
}

/// Every error has a code and a text.
#[track_caller]
fn assert_coded(answer: &Answer) {
    let errors = answer.body["errors"].as_array().expect("errors");
    assert!(!errors.is_empty());
    for error in errors {
        assert!(error["extensions"]["code"].is_string(), "{}", answer.body);
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
}

#[tokio::test]
async fn only_json_is_taken() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    for content_type in [
        None,
        Some(""),
        Some("text/plain"),
        Some("text/plain; x=application/json"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/graphql"),
        Some("application/jsonp"),
    ] {
        let answer = send(&admin, content_type, QUESTION).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type:?}");
        assert_eq!(answer.code(), Some("UNSUPPORTED_MEDIA_TYPE"), "{content_type:?}");
    }
    for content_type in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        let answer = send(&admin, Some(content_type), QUESTION).await;
        assert_eq!(answer.text("viewer.subject"), "admin@desk.example");
    }
}

#[tokio::test]
async fn a_question_in_the_address_is_not_taken() {
    let desk = Desk::open().await;
    let request =
        Request::get("/graphql?query=%7Bviewer%7Bsubject%7D%7D").body(Body::empty()).expect("a request");
    let answer = desk.admin().send(request).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_body_that_is_no_question_is_refused() {
    let desk = Desk::open().await;
    let deep = format!(
        r#"{{ "query": "{{ viewer {{ subject }} }}", "variables": {{ "a": {}1{} }} }}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    for body in [
        "",
        "null",
        "{",
        "nonsense",
        "\"{ viewer { subject } }\"",
        "{}",
        r#"{ "query": null }"#,
        r#"{ "query": 1 }"#,
        r#"{ "query": ["{ viewer { subject } }"] }"#,
        r#"{ "query": "{ viewer { subject } }", "query": "{ groups { id } }" }"#,
        r#"{ "query": "{ viewer { subject } }", "variables": [] }"#,
        r#"{ "query": "{ viewer { subject } }", "variables": "{}" }"#,
        r#"{ "query": "{ viewer { subject } }", "operationName": 1 }"#,
        r#"{ "query": "{ viewer { subject } }", "operationName": ["A"] }"#,
        r#"{ "query": "{ viewer { subject } }", "extensions": [] }"#,
        // batches
        r#"[{ "query": "{ viewer { subject } }" }]"#,
        r#"[{ "query": "{ viewer { subject } }" }, { "query": "{ viewer { subject } }" }]"#,
        "[]",
        &deep,
    ] {
        let answer = send(&desk.admin(), Some("application/json"), body.to_owned()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.code(), Some("BAD_REQUEST"), "{body}");
        assert_coded(&answer);
    }
    let bytes = b"{ \"query\": \"\xff\xfe\" }".to_vec();
    let answer = send(&desk.admin(), Some("application/json"), bytes).await;
    assert_eq!(answer.code(), Some("BAD_REQUEST"));
    let full = json!({ "query": "query A { viewer { subject } } query B { groups { id } }", "operationName": "A",
        "variables": null, "extensions": { "any": 1 } });
    assert_eq!(desk.admin().post(&full).await.text("viewer.subject"), "admin@desk.example");
}

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
async fn the_accept_header_decides_on_media_type_and_status() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let good = QUESTION;
    let unknown = r#"{ "query": "{ nonsense }" }"#;
    let unparsed = r#"{ "query": "{" }"#;
    let no_json = "{";
    for (accept, media, [good_status, unknown_status, unparsed_status, no_json_status]) in [
        ("*/*", "application/json", [200, 200, 200, 400]),
        ("application/json", "application/json", [200, 200, 200, 400]),
        (GRAPHQL, GRAPHQL, [200, 400, 400, 400]),
        (
            "application/graphql-response+json; charset=utf-8, application/json;q=0.9",
            GRAPHQL,
            [200, 400, 400, 400],
        ),
    ] {
        for (body, status) in [
            (good, good_status),
            (unknown, unknown_status),
            (unparsed, unparsed_status),
            (no_json, no_json_status),
        ] {
            let answer = accepting(&admin, accept, body).await;
            assert_eq!(answer.status.as_u16(), status, "{accept}: {body}");
            assert_eq!(answer.headers[header::CONTENT_TYPE], media, "{accept}: {body}");
        }
    }
    // an error of a field is part of an answer, whatever the media type
    let refused = r#"{ "query": "{ users { totalCount } }" }"#;
    for accept in ["application/json", GRAPHQL] {
        assert_eq!(accepting(&desk.person(&[]), accept, refused).await.status, StatusCode::OK);
        let stranger = accepting(&desk.stranger(), accept, good).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
        assert_eq!(stranger.headers[header::CONTENT_TYPE], accept);
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
        assert_eq!(answer.status, StatusCode::OK);
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
