//! What is too large to be an honest question never reaches the parser, and the process lives.

use std::fmt::Write;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use backdesk::config::{Http, Limits};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person, WHOLE};

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
    assert_eq!(answer.code(), Some("BODY_TOO_LARGE"));
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
            let code = if depth * (open.len() + close.len()) > 16_000 {
                "DOCUMENT_TOO_LARGE"
            } else {
                "TOO_DEEPLY_NESTED"
            };
            assert_eq!(answer.code(), Some(code), "{depth} times {open}");
        }
    }
    // types of variables nest as well, and so do values of variables
    let kind = format!("query ($a: {}Int{}) {{ viewer {{ subject }} }}", "[".repeat(1300), "]".repeat(1300));
    let answer = ask_in_a_thread(&desk.admin(), json!({ "query": kind })).await;
    assert_eq!(answer.code(), Some("TOO_DEEPLY_NESTED"));
    let query = "query ($w: UserWhere) { users(where: $w) { totalCount } }";
    for (depth, code) in [
        // filters have a limit of their own, which judges what was read
        (20, "FILTER_TOO_DEEP"),
        (25, "FILTER_TOO_DEEP"),
        (26, "TOO_DEEPLY_NESTED"),
        (120, "TOO_DEEPLY_NESTED"),
    ] {
        let nested = (1..depth).fold(json!({}), |inside, _| json!({ "not": inside }));
        let body = json!({ "query": query, "variables": { "w": nested } });
        let answer = ask_in_a_thread(&desk.admin(), body).await;
        assert_eq!(answer.code(), Some(code), "{depth}: {}", answer.body);
    }
    let literal = format!("{{ users(where: {}{}) {{ totalCount }} }}", "{not:".repeat(22), "}".repeat(22));
    let literal = literal.replace("{not:}", "{not:{}}");
    let answer = ask_in_a_thread(&desk.admin(), json!({ "query": literal })).await;
    assert_eq!(answer.code(), Some("FILTER_TOO_DEEP"), "{}", answer.body);
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
    for (fragments, code) in [
        (11, "TOO_MANY_FIELDS"),
        (19, "TOO_MANY_FIELDS"),
        (20, "TOO_MANY_FRAGMENT_SPREADS"),
        (25, "TOO_MANY_FRAGMENT_SPREADS"),
        (100, "TOO_MANY_FRAGMENT_SPREADS"),
    ] {
        let answer = ask_in_a_thread(&desk.admin(), json!({ "query": doubling(fragments) })).await;
        assert_eq!(answer.code(), Some(code), "{fragments}");
    }
    let round =
        "{ users { nodes { ...A } } } fragment A on User { ...B ...B } fragment B on User { ...A ...A }";
    let answer = ask_in_a_thread(&desk.admin(), json!({ "query": round })).await;
    assert_eq!(answer.code(), Some("GRAPHQL_VALIDATION_FAILED"));
    let answer = ask_in_a_thread(&desk.admin(), json!({ "query": doubling(3) })).await;
    assert_eq!(answer.data("users.nodes"), json!([]));
}

#[tokio::test]
async fn an_answer_says_what_it_cost() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let costs = async |document: &str| admin.ask(document).await.extensions["cost"].clone();
    assert_eq!(costs("{ viewer { subject } }").await, json!({ "requested": 1, "limit": 5000 }));
    assert_eq!(costs("{ users { nodes { id name { last } kyc { level } } } }").await["requested"], 76);
    // refused for what it costs, it says so as well
    let objects = "name { last } ".repeat(30);
    let answer = admin.ask(&format!("{{ a: users(first: 100) {{ nodes {{ {objects} }} }} b: users(first: 100) {{ nodes {{ {objects} }} }} }}")).await;
    assert_eq!(answer.code(), Some("TOO_COSTLY"));
    assert_eq!(answer.body["errors"][0]["extensions"]["limit"], 5000);
    assert_eq!(answer.extensions["cost"], json!({ "requested": 6202, "limit": 5000 }));
    // and what was never understood says nothing
    assert_eq!(costs("{").await, Value::Null);
}

#[tokio::test]
async fn limits_are_configured() {
    let limits = Limits {
        body_bytes: 2000,
        document_bytes: 400,
        tokens: 100,
        nesting: 6,
        spreads: 1,
        directives: 1,
        operations: 1,
        fields: 10,
        aliases: 1,
        root_fields: 2,
        depth: 3,
        introspection_depth: 3,
        cost: 20,
        ..Limits::default()
    };
    let desk = Desk::open().await.behind(&Http { limits, ..Http::default() });
    let skip = "@skip(if: false)";
    let deep = "{ users(first: 1) { nodes { name { last } } } }";
    for (document, code, limit) in [
        (" ".repeat(2000), "BODY_TOO_LARGE", 2000),
        (" ".repeat(401), "DOCUMENT_TOO_LARGE", 400),
        ("a ".repeat(101), "TOO_MANY_TOKENS", 100),
        ("{ a(b: [[[[[1]]]]]) }".into(), "TOO_DEEPLY_NESTED", 6),
        ("{ ...on Query { ...on Query { groups { id } } } }".into(), "TOO_MANY_FRAGMENT_SPREADS", 1),
        (format!("{{ viewer {skip} {{ name {skip} }} }}"), "TOO_MANY_DIRECTIVES", 1),
        ("query A { viewer { name } } query B { viewer { name } }".into(), "TOO_MANY_OPERATIONS", 1),
        (format!("{{ viewer {{ {} }} }}", "name ".repeat(10)), "TOO_MANY_FIELDS", 10),
        ("{ viewer { a: name b: name } }".into(), "TOO_MANY_ALIASES", 1),
        ("{ viewer { name } groups { id } accounts { code } }".into(), "TOO_MANY_ROOT_FIELDS", 2),
        (deep.into(), "TOO_DEEP", 3),
        ("{ __schema { types { fields { name } } } }".into(), "TOO_DEEP", 3),
        ("{ users { nodes { id } } }".into(), "TOO_COSTLY", 20),
    ] {
        let answer = desk.admin().ask(&document).await;
        assert_eq!(answer.code(), Some(code), "{document}");
        assert_eq!(answer.body["errors"][0]["extensions"]["limit"], limit, "{document}");
        assert!(
            answer.body["errors"][0]["message"].as_str().unwrap().contains(&limit.to_string()),
            "{}",
            answer.body
        );
        let stranger = desk.stranger().ask(&document).await;
        assert_eq!(stranger.code(), Some("UNAUTHENTICATED"), "a stranger learns no limit");
    }
    assert_eq!(desk.admin().ask("{ viewer { subject } }").await.text("viewer.subject"), "admin@desk.example");
}

/// What the usual tools ask for the schema, with all their options.
const INTROSPECTION: &str = "query IntrospectionQuery {
    __schema {
        description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
        types { ...FullType }
        directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
    }
}
fragment FullType on __Type {
    kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) {
        name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
    }
    inputFields(includeDeprecated: true) { ...InputValue }
    interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue {
    name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
}
fragment TypeRef on __Type {
    kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
        kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
}";

#[tokio::test]
async fn the_usual_introspection_passes() {
    let desk = Desk::open().await;
    let answer = desk.read_only().ask(INTROSPECTION).await;
    assert!(answer.data("__schema.types").as_array().unwrap().len() > 50);
}

#[tokio::test]
async fn the_widest_list_passes() {
    let desk = Desk::open().await;
    let answer = desk
        .admin()
        .ask(&format!(
            "{{ users(first: 100) {{ totalCount nodes {{ ...Whole }} pageInfo {{ endCursor }} }} }} {WHOLE}"
        ))
        .await;
    assert_eq!(answer.data("users.nodes"), json!([]));
}

#[tokio::test]
async fn limits_of_lists_are_configured() {
    let limits = Limits {
        page: 10,
        orders: 1,
        filter_conditions: 2,
        filter_depth: 2,
        filter_values: 3,
        variable_objects: 10,
        variable_values: 20,
        ..Limits::default()
    };
    let desk = Desk::open().await.behind(&Http { limits, ..Http::default() });
    let is = json!({ "tag": { "eq": "x" } });
    for (arguments, code, limit) in [
        (json!({ "first": 11 }), "PAGE_TOO_LARGE", 10),
        (json!({ "page": { "perPage": 11 } }), "PAGE_TOO_LARGE", 10),
        (json!({ "order": [{ "field": "ID" }, { "field": "CREATED_AT" }] }), "TOO_MANY_ORDERS", 1),
        (json!({ "where": { "and": [is, is, is] } }), "FILTER_TOO_LARGE", 2),
        (json!({ "where": { "not": { "not": is } } }), "FILTER_TOO_DEEP", 2),
        (json!({ "where": { "tag": { "in": ["a", "b", "c", "d"] } } }), "TOO_MANY_VALUES", 3),
        (json!({ "where": { "or": vec![json!({}); 10] } }), "TOO_MANY_VALUES", 10),
        (json!({ "where": { "tag": { "in": vec!["a"; 18] } } }), "TOO_MANY_VALUES", 20),
    ] {
        let answer = desk.admin().ask_with(ARGUMENTS, arguments.clone()).await;
        assert_eq!(answer.code(), Some(code), "{arguments}");
        assert_eq!(answer.body["errors"][0]["extensions"]["limit"], limit, "{arguments}");
    }
    let all = json!({ "first": 10, "order": [{ "field": "ID" }], "where": { "and": [is, { "tag": { "in": ["a", "b", "c"] } }] } });
    assert_eq!(desk.admin().ask_with(ARGUMENTS, all).await.data("users.nodes"), json!([]));
    // a page has no more when nothing is said
    assert_eq!(desk.admin().ask("{ users { nodes { id } } }").await.code(), None);
}

const ARGUMENTS: &str = "query ($first: Int, $page: PageInput, $order: [UserOrder!], $where: UserWhere) {
    users(first: $first, page: $page, orderBy: $order, where: $where) { nodes { id } }
}";
