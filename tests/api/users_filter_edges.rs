//! What a filter means at its edges: texts that mean something to SQL, case and accents, codes and numbers as people
//! write them, instants between two microseconds.

use serde_json::{Value, json};

use crate::support::Desk;

const NAMES: &str = "query ($where: UserWhere) {
    users(where: $where, orderBy: [{field: ID}]) { nodes { name { last } } }
}";

/// A desk with users of these last names.
async fn desk_of(names: &[&str]) -> Desk {
    let desk = Desk::open().await;
    for name in names {
        desk.add_user(json!({ "lastName": name })).await;
    }
    desk
}

/// The last names that a test of the last name finds.
async fn names(desk: &Desk, test: Value) -> Vec<Value> {
    let variables = json!({ "where": { "lastName": test } });
    let answer = desk.read_only().ask_with(NAMES, variables).await;
    answer.column("users.nodes", "name.last")
}

#[tokio::test]
async fn wildcards_stand_for_themselves() {
    let desk =
        desk_of(&["100%", "1000", "a_b", "axb", r"back\slash", "back/slash", r"\%", "it's", "\"so\""]).await;
    for (text, found) in [
        ("%", vec!["100%", r"\%"]),
        ("0%", vec!["100%"]),
        ("_", vec!["a_b"]),
        ("a_", vec!["a_b"]),
        (r"\", vec![r"back\slash", r"\%"]),
        (r"\%", vec![r"\%"]),
        (r"k\s", vec![r"back\slash"]),
        ("'", vec!["it's"]),
        ("\"", vec!["\"so\""]),
        ("'; DROP TABLE users; --", vec![]),
        ("%%", vec![]),
    ] {
        assert_eq!(names(&desk, json!({ "contains": text })).await, found, "{text}");
    }
    assert_eq!(names(&desk, json!({ "startsWith": "100%" })).await, ["100%"]);
    assert_eq!(names(&desk, json!({ "startsWith": "_" })).await, [""; 0]);
    assert_eq!(names(&desk, json!({ "endsWith": "%" })).await, ["100%", r"\%"]);
    assert_eq!(names(&desk, json!({ "endsWith": "_b" })).await, ["a_b"]);
    assert_eq!(names(&desk, json!({ "eq": "a_b" })).await, ["a_b"]);
}

#[tokio::test]
async fn case_and_accents_do_not_matter() {
    let desk = desk_of(&["Müller", "MULLER", "Straße", "Łukasz", "O\u{2019}Brien", "Ёлкин", "山田"]).await;
    for (test, found) in [
        (json!({ "eq": "muller" }), vec!["Müller", "MULLER"]),
        (json!({ "eq": " mu\u{308}ller " }), vec!["Müller", "MULLER"]),
        (json!({ "in": ["STRASSE", "lukasz"] }), vec!["Straße", "Łukasz"]),
        (json!({ "contains": "ÜLL" }), vec!["Müller", "MULLER"]),
        (json!({ "startsWith": "o'b" }), vec!["O\u{2019}Brien"]),
        (json!({ "endsWith": "кин" }), vec!["Ёлкин"]),
        (json!({ "contains": "田" }), vec!["山田"]),
        (json!({ "notIn": ["muller", "елкин", "山田", "o'brien"] }), vec!["Straße", "Łukasz"]),
    ] {
        assert_eq!(names(&desk, test.clone()).await, found, "{test}");
    }
}

#[tokio::test]
async fn codes_and_numbers_are_found_however_they_are_written() {
    let desk = desk_of(&[]).await;
    let profile =
        json!({ "lastName": "X", "phone": "+33612345678", "countryOfResidence": "FR", "email": "Zoë@x.org" });
    desk.add_user(profile).await;
    desk.add_user(json!({ "lastName": "Y" })).await;
    for filter in [
        json!({ "phone": { "eq": "+33 6 12 34 56 78" } }),
        json!({ "phone": { "eq": "+33 (6) 12-34.56/78" } }),
        json!({ "phone": { "contains": "12 34" } }),
        json!({ "country": { "eq": "fr" } }),
        json!({ "country": { "in": [" Fr "] } }),
        json!({ "account": { "eq": "FR" }, "country": { "isNull": false } }),
        json!({ "email": { "eq": "ZOE@X.ORG" } }),
        json!({ "reference": { "eq": "u0000000001" } }),
        json!({ "reference": { "startsWith": "u000", "endsWith": "01" } }),
    ] {
        let answer = desk.read_only().ask_with(NAMES, json!({ "where": filter })).await;
        assert_eq!(answer.column("users.nodes", "name.last"), ["X"], "{filter}");
    }
}

#[tokio::test]
async fn an_instant_between_two_microseconds_lies_between_them() {
    let desk = Desk::open().await;
    let count = async |test: Value| {
        let document = "query ($where: UserWhere) { users(where: $where) { totalCount } }";
        let variables = json!({ "where": { "createdAt": test } });
        desk.read_only().ask_with(document, variables).await.data("users.totalCount")
    };
    desk.hand.advance(std::time::Duration::from_micros(123_456));
    desk.add_user(json!({})).await;
    let (at, above, below) = ("12:00:00.123456Z", "12:00:00.1234565Z", "12:00:00.1234555Z");
    for (operator, holds) in [
        ("gt", [false, false, true]),
        ("gte", [true, false, true]),
        ("lt", [false, true, false]),
        ("lte", [true, true, false]),
    ] {
        for (instant, holds) in [at, above, below].iter().zip(holds) {
            let found = count(json!({ operator: format!("2026-03-01T{instant}") })).await;
            assert_eq!(found, i32::from(holds), "{operator} {instant}");
        }
    }
    let between = async |from: &str, to: &str| {
        let range = json!({ "from": format!("2026-03-01T{from}"), "to": format!("2026-03-01T{to}") });
        count(json!({ "between": range })).await
    };
    assert_eq!(between(at, at).await, 1);
    assert_eq!(between(below, above).await, 1);
    assert_eq!(between(above, "12:00:01Z").await, 0);
    assert_eq!(between("12:00:00Z", below).await, 0);
    // any offset names the same instant
    assert_eq!(count(json!({ "eq": "2026-03-01T14:00:00.123456+02:00" })).await, 1);
}
