//! The edge: what is asked by POST and by GET, what is no question, and which media type and status an answer has.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use backdesk::http::Answered;
use serde_json::json;

use crate::support::{Answer, Desk, Person};

const QUESTION: &str = r#"{ "query": "{ viewer { subject } }" }"#;
pub(crate) const GRAPHQL: &str = "application/graphql-response+json";

/// Sends a body as this content type.
async fn send(person: &Person, content_type: Option<&str>, body: impl Into<Body>) -> Answer {
    let mut request = Request::post("/graphql");
    if let Some(content_type) = content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    person.send(request.body(body.into()).expect("a request")).await
}

/// Asks in JSON, and accepts this.
pub(crate) async fn accepting(person: &Person, accept: &str, body: &str) -> Answer {
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, accept)
        .body(Body::from(body.to_owned()))
        .expect("a request");
    person.send(request).await
}

/// Asks in the address.
async fn get(person: &Person, query: &str) -> Answer {
    let request = Request::get(format!("/graphql?{query}")).body(Body::empty()).expect("a request");
    person.send(request).await
}

/// Every error has a code and a text.
#[track_caller]
pub(crate) fn assert_coded(answer: &Answer) {
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
        Some("application/json; charset=utf-16"),
        Some("application/json; charset=latin1"),
        Some("application/json, text/plain"),
    ] {
        let answer = send(&admin, content_type, QUESTION).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type:?}");
        assert_eq!(answer.code(), Some("UNSUPPORTED_MEDIA_TYPE"), "{content_type:?}");
    }
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "Application/JSON",
    ] {
        let answer = send(&admin, Some(content_type), QUESTION).await;
        assert_eq!(answer.text("viewer.subject"), "admin@desk.example");
    }
}

#[tokio::test]
async fn a_query_may_stand_in_the_address() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    for query in [
        "query=%7Bviewer%7Bsubject%7D%7D",
        "query={viewer{subject}}&operationName=&variables=&extensions=&unknown=1",
        "query=query+A{viewer{subject}}query+B{viewer{name}}&operationName=A&variables=null&extensions=%7B%7D",
        "query=query($a:Boolean!){viewer{subject@include(if:$a)}}&variables={%22a%22:true}",
    ] {
        assert_eq!(get(&admin, query).await.text("viewer.subject"), "admin@desk.example", "{query}");
    }
    for (query, code) in [
        ("", "BAD_REQUEST"),
        ("operationName=A", "BAD_REQUEST"),
        ("query={viewer{name}}&query={viewer{subject}}", "BAD_REQUEST"),
        ("query={viewer{name}}&variables=[]", "BAD_REQUEST"),
        ("query={viewer{name}}&extensions=1", "BAD_REQUEST"),
        ("query={viewer{name}}&variables={", "BAD_JSON"),
        ("query=%ff", "BAD_REQUEST"),
        ("query=", "SYNTAX_ERROR"),
        ("query={viewer{name}}&operationName=null", "OPERATION_NOT_FOUND"),
    ] {
        assert_eq!(get(&admin, query).await.code(), Some(code), "{query}");
    }
    assert_eq!(get(&desk.stranger(), "query={viewer{subject}}").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoever_follows_a_link_changes_nothing() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let freeze = format!("query=mutation%7BuserFreeze(id:%22{id}%22,frozen:true)%7Buser%7Bid%7D%7D%7D");
    for query in [
        freeze.clone(),
        format!("{freeze}%20query%20Q%7Bviewer%7Bname%7D%7D").replace("mutation", "mutation%20M")
            + "&operationName=M",
    ] {
        let answer = get(&desk.admin(), &query).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{}", answer.body);
        assert_eq!(answer.code(), Some("METHOD_NOT_ALLOWED"));
        assert_eq!(answer.headers[header::ALLOW], "POST");
        assert_eq!(answer.body.get("data"), None);
    }
    assert_eq!(desk.admin().open_user(&id).await["frozen"], false);
    for method in ["PUT", "DELETE", "PATCH", "HEAD", "QUERY"] {
        let request = |method: &str| {
            let request = Request::builder()
                .method(method)
                .uri("/graphql")
                .header(header::CONTENT_TYPE, "application/json");
            request.body(Body::from(QUESTION)).expect("a request")
        };
        let answer = desk.admin().send(request(method)).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.headers[header::ALLOW], "GET, POST", "{method}");
        assert_eq!(desk.stranger().send(request(method)).await.status, StatusCode::UNAUTHORIZED, "{method}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_question_is_refused() {
    let desk = Desk::open().await;
    for body in [
        "null",
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
    ] {
        let answer = send(&desk.admin(), Some("application/json"), body.to_owned()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.code(), Some("BAD_REQUEST"), "{body}");
        assert_coded(&answer);
    }
    for batch in [
        "[]",
        r#" [{ "query": "{ viewer { subject } }" }]"#,
        r#"[{ "query": "{ viewer { subject } }" }, { "query": "{ viewer { subject } }" }]"#,
    ] {
        let answer = send(&desk.admin(), Some("application/json"), batch.to_owned()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{batch}");
        assert_eq!(answer.code(), Some("BATCH_NOT_ALLOWED"), "{batch}");
    }
    let full = json!({ "query": "query A { viewer { subject } } query B { groups { id } }", "operationName": "A",
        "variables": null, "extensions": { "any": 1 }, "unknown": 1 });
    assert_eq!(desk.admin().post(&full).await.text("viewer.subject"), "admin@desk.example");
}

#[tokio::test]
async fn the_media_type_decides_on_the_status() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let nobody = desk.person(&[]);
    for (body, code, [older, newer]) in [
        (QUESTION, None, [200, 200]),
        (
            r#"{ "query": "{ user(by: { reference: \"\\u0000\" }) { id } viewer { subject } }" }"#,
            Some("BAD_INPUT"),
            [200, 294],
        ),
        (r#"{ "query": "{ nonsense }" }"#, Some("GRAPHQL_VALIDATION_FAILED"), [200, 422]),
        (r#"{ "query": "{" }"#, Some("SYNTAX_ERROR"), [200, 400]),
        (r#"{ "query": "{ a(b: [[[[[[[[[[[[[[[[[[[[[[[[[[[" }"#, Some("TOO_DEEPLY_NESTED"), [200, 422]),
        (
            r#"{ "query": "query A { viewer { name } } query B { viewer { name } }" }"#,
            Some("OPERATION_NAME_REQUIRED"),
            [200, 422],
        ),
        (
            r#"{ "query": "query A { viewer { name } }", "operationName": "B" }"#,
            Some("OPERATION_NOT_FOUND"),
            [200, 422],
        ),
        (
            r#"{ "query": "query ($by: UserBy!) { user(by: $by) { id } }" }"#,
            Some("BAD_VARIABLES"),
            [200, 422],
        ),
        ("{", Some("BAD_JSON"), [400, 400]),
        ("{}", Some("BAD_REQUEST"), [400, 422]),
        ("[]", Some("BATCH_NOT_ALLOWED"), [400, 422]),
    ] {
        for (accept, status) in [("application/json", older), (GRAPHQL, newer)] {
            let answer = accepting(&admin, accept, body).await;
            assert_eq!(answer.code(), code, "{body}");
            assert_eq!(answer.status.as_u16(), status, "{accept}: {body}");
            assert_eq!(answer.headers[header::CONTENT_TYPE], format!("{accept}; charset=utf-8"));
            assert_eq!(answer.headers[header::VARY], "accept");
            let was_executed =
                matches!(status, 200 | 294) && !matches!(code, Some(code) if code != "BAD_INPUT");
            assert_eq!(answer.body.get("data").is_some(), was_executed, "{body}: {}", answer.body);
        }
    }
    // an error of a field is part of an answer
    let refused = r#"{ "query": "{ users { totalCount } }" }"#;
    for (accept, status) in [("application/json", 200), (GRAPHQL, 294)] {
        let answer = accepting(&nobody, accept, refused).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.body["data"], json!({ "users": null }));
        let stranger = accepting(&desk.stranger(), accept, QUESTION).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
        assert_eq!(stranger.headers[header::CONTENT_TYPE], format!("{accept}; charset=utf-8"));
    }
}

#[tokio::test]
async fn the_accept_header_is_read_as_http_has_it() {
    let desk = Desk::open().await;
    let (admin, json) = (desk.admin(), "application/json");
    for (accept, media) in [
        ("", json),
        ("*/*", json),
        ("application/*", json),
        ("text/html, */*;q=0.1", json),
        (json, json),
        (GRAPHQL, GRAPHQL),
        ("Application/GraphQL-Response+JSON", GRAPHQL),
        ("application/graphql-response+json; charset=utf-8, application/json;q=0.9", GRAPHQL),
        ("application/json; charset=utf-8", json),
        ("application/json;q=0.5, application/graphql-response+json;q=0.8", GRAPHQL),
        ("application/graphql-response+json;q=0.5, application/json;q=0.8", json),
        ("application/graphql-response+json;q=0, application/json", json),
        ("application/json;q=0, */*", GRAPHQL),
        ("application/json, multipart/mixed", json),
        (
            "application/graphql-response+json, application/graphql+json, application/json, text/event-stream",
            GRAPHQL,
        ),
    ] {
        let answer = accepting(&admin, accept, QUESTION).await;
        assert_eq!(answer.text("viewer.subject"), "admin@desk.example", "{accept}");
        assert_eq!(answer.headers[header::CONTENT_TYPE], format!("{media}; charset=utf-8"), "{accept}");
    }
    for accept in
        ["text/html", "application/xml, text/*;q=0.5", "application/json;q=0", "*/*;q=0", "json", ";;;"]
    {
        let answer = accepting(&admin, accept, QUESTION).await;
        assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{accept}");
        assert_eq!(answer.code(), Some("NOT_ACCEPTABLE"));
        assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains(GRAPHQL));
        let stranger = accepting(&desk.stranger(), accept, QUESTION).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "a stranger learns nothing");
    }
}

#[tokio::test]
async fn what_became_of_a_request_is_told_to_metrics() {
    use tower::ServiceExt;
    let desk = Desk::open().await;
    let token = desk.admin().token.expect("a token");
    for (document, field, kind, outcome, cost) in [
        ("query Mine { viewer { subject } }", Some("viewer"), Some("query"), "OK", 1),
        ("{ users { nodes { id } } }", Some("users"), Some("query"), "OK", 26),
        (
            "mutation M { userFreeze(id: 1) { user { id } } }",
            Some("userFreeze"),
            Some("mutation"),
            "GRAPHQL_VALIDATION_FAILED",
            10,
        ),
        ("{ nonsense }", None, Some("query"), "GRAPHQL_VALIDATION_FAILED", 1),
        ("{", None, None, "SYNTAX_ERROR", 1),
    ] {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::from(json!({ "query": document }).to_string()))
            .expect("a request");
        let response = desk.router.clone().oneshot(request).await.expect("an answer");
        let answered = response.extensions().get::<Answered>().expect("what became of it").clone();
        assert_eq!(answered.field.as_deref(), field, "{document}");
        assert_eq!(answered.kind.map(|kind| kind.to_string()).as_deref(), kind, "{document}");
        assert_eq!((answered.outcome, answered.cost), (outcome, cost), "{document}");
    }
}

#[tokio::test]
async fn a_query_in_the_address_is_answered_as_in_a_body() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "firstName": "Ada", "lastName": "Ösel & Sons + Co" })).await;
    let admin = desk.admin();
    for (query, variables) in [
        ("{ viewer { subject permissions } }", json!({})),
        ("query ($n: Int) { users(first: $n) { totalCount nodes { id name { last } } } }", json!({ "n": 1 })),
        ("query ($s: String) { users(search: $s) { nodes { id } } }", json!({ "s": "Ösel & Sons + Co" })),
        ("{ users(first: 1000) { nodes { id } } }", json!({})),
        ("{ nonsense }", json!({})),
        ("{", json!({})),
        ("query ($by: UserBy!) { user(by: $by) { id } }", json!({})),
    ] {
        let written = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("query", query)
            .append_pair("variables", &variables.to_string())
            .finish();
        for accept in ["application/json", GRAPHQL] {
            let request = Request::get(format!("/graphql?{written}")).header(header::ACCEPT, accept);
            let one = admin.send(request.body(Body::empty()).expect("a request")).await;
            let body = json!({ "query": query, "variables": variables }).to_string();
            let other = accepting(&admin, accept, &body).await;
            assert_eq!(
                (one.status, &one.body, &one.extensions),
                (other.status, &other.body, &other.extensions),
                "{query}"
            );
        }
    }
}
