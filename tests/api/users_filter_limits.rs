//! Filters that are not run: operators that are null, too much of anything, dates and texts that no database holds.
//! Each is refused, inline and through variables, with `BAD_INPUT` or the code of the limit.

use serde_json::{Value, json};

use crate::support::Desk;

const NAMES: &str = "query ($where: UserWhere) {
    users(where: $where, orderBy: [{field: ID}]) { nodes { name { last } } }
}";

/// A value as GraphQL writes it, with the few words of vocabularies that these tests use.
fn literal(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", literal(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::String(text) if ["LIVE", "DAYS", "WEEKS"].contains(&text.as_str()) => text.clone(),
        other => other.to_string(),
    }
}

/// What both ways of giving a filter answer: the same code.
async fn code(desk: &Desk, filter: &Value) -> Option<String> {
    let viewer = desk.read_only();
    let given = viewer.ask_with(NAMES, json!({ "where": filter })).await;
    let inline = format!("{{ users(where: {}) {{ nodes {{ name {{ last }} }} }} }}", literal(filter));
    let inline = viewer.ask(&inline).await;
    assert_eq!(given.code(), inline.code(), "{filter}: {} {}", given.body, inline.body);
    given.code().map(str::to_owned)
}

async fn is_refused(desk: &Desk, filter: Value) {
    assert_eq!(code(desk, &filter).await.as_deref(), Some("BAD_INPUT"), "{filter}");
}

/// Refused for its size, with the code of the limit.
async fn is_too_much(desk: &Desk, filter: Value, expected: &str) {
    assert_eq!(code(desk, &filter).await.as_deref(), Some(expected), "{filter}");
}

async fn is_taken(desk: &Desk, filter: Value) {
    assert_eq!(code(desk, &filter).await, None, "{filter}");
}

#[tokio::test]
async fn a_null_operator_is_refused() {
    let desk = Desk::open().await;
    for (attribute, operators) in [
        ("lastName", vec!["eq", "ne", "in", "notIn", "contains", "startsWith", "endsWith", "isNull"]),
        ("country", vec!["eq", "ne", "in", "notIn", "isNull"]),
        ("group", vec!["eq", "ne", "in", "notIn", "isNull"]),
        ("id", vec!["eq", "ne", "in", "notIn"]),
        ("status", vec!["eq", "ne", "in", "notIn", "isNull"]),
        ("createdAt", vec!["eq", "ne", "gt", "gte", "lt", "lte", "between", "within", "isNull"]),
        ("birthDate", vec!["eq", "ne", "gt", "gte", "lt", "lte", "between", "isNull"]),
    ] {
        for operator in operators {
            is_refused(&desk, json!({ attribute: { operator: null } })).await;
            is_refused(&desk, json!({ "not": { "or": [{ attribute: { operator: null } }] } })).await;
        }
    }
    // a variable that happens to be null must not widen the list either
    let document = "query ($name: String) { users(where: {lastName: {eq: $name}}) { nodes { id } } }";
    let answer = desk.read_only().ask_with(document, json!({ "name": null })).await;
    assert_eq!(answer.code(), Some("BAD_INPUT"), "{}", answer.body);
}

/// So many tests, spread over several objects.
fn conditions(count: usize) -> Value {
    let one = |number: usize| json!({ "lastName": { "ne": format!("n{number}") } });
    json!({ "and": (0..count).map(one).collect::<Vec<_>>() })
}

/// A test below so many nested objects.
fn nested(depth: usize, wrap: fn(Value) -> Value) -> Value {
    (0..depth).fold(json!({ "lastName": { "eq": "x" } }), |inner, _| wrap(inner))
}

#[tokio::test]
async fn a_filter_that_is_too_large_is_refused() {
    let desk = Desk::open().await;
    is_taken(&desk, conditions(50)).await;
    is_too_much(&desk, conditions(51), "FILTER_TOO_LARGE").await;
    is_too_much(&desk, json!({ "not": { "or": [conditions(30), conditions(30)] } }), "FILTER_TOO_LARGE")
        .await;
    let many = |count: usize| (0..count).map(|number| format!("n{number}")).collect::<Vec<_>>();
    for attribute in ["lastName", "country", "externalId", "spokenLanguage", "group"] {
        is_taken(&desk, json!({ attribute: { "in": many(500) } })).await;
        is_too_much(&desk, json!({ attribute: { "in": many(501) } }), "TOO_MANY_VALUES").await;
        is_too_much(&desk, json!({ attribute: { "notIn": many(501) } }), "TOO_MANY_VALUES").await;
    }
    is_too_much(&desk, json!({ "status": { "in": vec!["LIVE"; 501] } }), "TOO_MANY_VALUES").await;
    let id = "019ca945-0a7b-7000-8000-000000000002";
    let ids = async |count: usize| {
        let variables = json!({ "where": { "id": { "in": vec![id; count] } } });
        desk.read_only().ask_with(NAMES, variables).await
    };
    assert_eq!(ids(500).await.code(), None);
    assert_eq!(ids(501).await.code(), Some("TOO_MANY_VALUES"));
    for operator in ["eq", "ne", "contains", "startsWith", "endsWith"] {
        is_taken(&desk, json!({ "lastName": { operator: "é".repeat(500) } })).await;
        is_refused(&desk, json!({ "lastName": { operator: "é".repeat(501) } })).await;
    }
    is_refused(&desk, json!({ "country": { "in": ["FR", "x".repeat(501)] } })).await;
    is_refused(&desk, json!({ "group": { "eq": "x".repeat(501) } })).await;
}

#[tokio::test]
async fn the_largest_filter_that_is_taken_is_run() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "lastName": "kept" })).await;
    let one = |number: usize| {
        let values: Vec<_> = (0..500).map(|value| format!("{number} {value}")).collect();
        json!({ "lastName": { "notIn": values } })
    };
    let filter = json!({ "and": (0..50).map(one).collect::<Vec<_>>() });
    let answer = desk.read_only().ask_with(NAMES, json!({ "where": filter })).await;
    assert_eq!(answer.column("users.nodes", "name.last"), ["kept"]);
}

#[tokio::test]
async fn a_filter_nests_eight_deep() {
    let desk = Desk::open().await;
    // each object is one level, the innermost with its attribute too
    for wrap in [
        (|inner| json!({ "not": inner })) as fn(Value) -> Value,
        |inner| json!({ "and": [inner] }),
        |inner| json!({ "or": [inner] }),
    ] {
        is_taken(&desk, nested(7, wrap)).await;
        is_too_much(&desk, nested(8, wrap), "FILTER_TOO_DEEP").await;
    }
    // as deep as a document may be, and deeper than that
    is_too_much(&desk, nested(21, |inner| json!({ "not": inner })), "FILTER_TOO_DEEP").await;
    for depth in [30, 100] {
        let deep = nested(depth, |inner| json!({ "not": inner }));
        assert_eq!(code(&desk, &deep).await.as_deref(), Some("TOO_DEEPLY_NESTED"));
    }
}

#[tokio::test]
async fn empty_parts_count_as_well() {
    let desk = Desk::open().await;
    let document = "query ($where: UserWhere) { users(where: $where) { nodes { id } } }";
    for (operator, many, code) in [
        ("and", 200, None),
        ("or", 200, None),
        ("and", 500, Some("FILTER_TOO_LARGE")),
        ("or", 2490, Some("FILTER_TOO_LARGE")),
        ("or", 2700, Some("TOO_MANY_VALUES")),
        ("and", 15_000, Some("TOO_MANY_VALUES")),
    ] {
        let filter = json!({ operator: vec![json!({}); many] });
        let answer = desk.read_only().ask_with(document, json!({ "where": filter })).await;
        assert_eq!(answer.code(), code, "{many} in {operator}: {}", answer.body);
    }
    let document = "query ($where: AuditEventWhere) { auditEvents(where: $where) { nodes { id } } }";
    let filter = json!({ "or": vec![json!({}); 2490] });
    let answer = desk.admin().ask_with(document, json!({ "where": filter })).await;
    assert_eq!(answer.code(), Some("FILTER_TOO_LARGE"), "{}", answer.body);
}

#[tokio::test]
async fn dates_outside_the_calendar_of_both_databases_are_refused() {
    let desk = Desk::open().await;
    for day in ["+10000-01-01", "-0001-12-31", "2026-02-30", "today", "", "2026-03-01T12:00:00Z", "\0"] {
        is_refused(&desk, json!({ "birthDate": { "eq": day } })).await;
        is_refused(&desk, json!({ "birthDate": { "between": { "from": "2000-01-01", "to": day } } })).await;
    }
    for day in ["0000-01-01", "9999-12-31"] {
        is_taken(&desk, json!({ "birthDate": { "gte": day } })).await;
    }
    for instant in ["+10000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00"] {
        is_refused(&desk, json!({ "createdAt": { "lt": instant } })).await;
        is_refused(&desk, json!({ "createdAt": { "between": { "from": instant, "to": instant } } })).await;
    }
    for instant in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2016-12-31T23:59:60Z"] {
        is_taken(&desk, json!({ "createdAt": { "lt": instant } })).await;
    }
    for within in [0, -1, i32::MIN, 36_526] {
        is_refused(&desk, json!({ "createdAt": { "within": { "last": within, "unit": "DAYS" } } })).await;
    }
    is_refused(&desk, json!({ "createdAt": { "within": { "last": i32::MAX, "unit": "WEEKS" } } })).await;
    is_taken(&desk, json!({ "createdAt": { "within": { "last": 36_525, "unit": "DAYS" } } })).await;
}

#[tokio::test]
async fn texts_that_a_database_cannot_hold_are_refused() {
    let desk = Desk::open().await;
    for filter in [
        json!({ "lastName": { "contains": "a\0" } }),
        json!({ "country": { "eq": "\0" } }),
        json!({ "group": { "ne": "API\0" } }),
        json!({ "account": { "in": ["FR", "\0"] } }),
        json!({ "externalId": { "notIn": ["\0"] } }),
        json!({ "phone": { "startsWith": "+33\0" } }),
    ] {
        let answer = desk.read_only().ask_with(NAMES, json!({ "where": filter })).await;
        assert_eq!(answer.code(), Some("BAD_INPUT"), "{filter}: {}", answer.body);
    }
}
