//! The queue of KYC reviews: who sees it, in which order, by what it is filtered and counted, and what it costs.

use std::time::Duration;

use backdesk::auth::policy::{Permission, Role};
use serde_json::{Value, json};

use crate::support::{Desk, Person};

const QUEUE: &str = "query ($where: KycReviewWhere, $orderBy: [KycReviewOrder!]) {
    kycReviews(where: $where, orderBy: $orderBy, first: 50) {
        totalCount nodes { id user { name { last } } }
        facets(by: [STATE, TRIGGER, LEVEL, ASSIGNEE]) { by buckets { key count } }
    }
}";

async fn names(person: &Person, filter: Value, order: Value) -> Vec<Value> {
    let answer = person.ask_with(QUEUE, json!({ "where": filter, "orderBy": order })).await;
    answer.column("kycReviews.nodes", "user.name.last")
}

/// Reviews of Ada (validated), Bea (claimed), Cid (waits, is due first) and, in the other account, Dot.
async fn queue(desk: &Desk) {
    let compliance = desk.compliance();
    for name in ["Ada", "Bea", "Cid", "Dot"] {
        let account = if name == "Dot" { "DE" } else { "FR" };
        let user = desk.add_user_to(account, json!({ "lastName": name })).await;
        let due = if name == "Cid" { "2026-03-02" } else { "2026-03-20" };
        let trigger = if name == "Dot" { "PERIODIC" } else { "REQUESTED" };
        let input = json!({ "trigger": trigger, "dueOn": due });
        let answer = compliance.act("kycRequestReview", &user, input).await;
        assert_eq!(answer.problems("kycRequestReview"), [""; 0]);
        if ["Ada", "Bea"].contains(&name) {
            let review = compliance.open_review(&user).await["id"].as_str().unwrap().to_owned();
            compliance.claim(&user, &review).await;
            if name == "Ada" {
                let decision = json!({ "decision": "VALIDATE", "level": "REGULAR" });
                compliance.decide(&user, &review, decision).await;
            }
        }
        desk.hand.advance(Duration::from_mins(1));
    }
}

#[tokio::test]
async fn what_waits_comes_oldest_first_and_by_what_it_is_asked_for() {
    let desk = Desk::open().await;
    queue(&desk).await;
    let compliance = desk.compliance();
    for (filter, found) in [
        (json!({}), vec!["Ada", "Bea", "Cid", "Dot"]),
        (json!({ "open": true }), vec!["Bea", "Cid", "Dot"]),
        (json!({ "open": false }), vec!["Ada"]),
        (json!({ "open": true, "assignee": { "isNull": true } }), vec!["Cid", "Dot"]),
        (json!({ "assignee": { "eq": "compliance@desk.example" } }), vec!["Ada", "Bea"]),
        (json!({ "state": { "in": ["VALIDATED", "REFUSED"] } }), vec!["Ada"]),
        (json!({ "trigger": { "eq": "PERIODIC" } }), vec!["Dot"]),
        (json!({ "level": { "eq": "REGULAR" } }), vec!["Ada"]),
        (json!({ "level": { "isNull": true } }), vec!["Bea", "Cid", "Dot"]),
        (json!({ "account": { "eq": "DE" } }), vec!["Dot"]),
        (json!({ "dueAt": { "lt": "2026-03-10T00:00:00Z" } }), vec!["Cid"]),
        (json!({ "openedAt": { "gte": "2026-03-01T12:02:00Z" } }), vec!["Cid", "Dot"]),
        (json!({ "claimedAt": { "isNull": false } }), vec!["Ada", "Bea"]),
        (json!({ "decidedAt": { "isNull": false } }), vec!["Ada"]),
    ] {
        assert_eq!(names(&compliance, filter.clone(), Value::Null).await, found, "{filter}");
    }
    let due = json!([{ "field": "DUE_AT" }, { "field": "OPENED_AT", "direction": "DESC" }]);
    assert_eq!(names(&compliance, json!({}), due).await, ["Cid", "Dot", "Bea", "Ada"]);
    let german = desk.person_in(&["compliance"], &["DE"]);
    assert_eq!(names(&german, json!({}), Value::Null).await, ["Dot"]);
}

#[tokio::test]
async fn the_queue_is_counted_by_state_trigger_level_and_assignee() {
    let desk = Desk::open().await;
    queue(&desk).await;
    let answer = desk.read_only().ask_with(QUEUE, json!({})).await;
    let mut facets = answer.data("kycReviews.facets");
    for facet in facets.as_array_mut().unwrap() {
        facet["buckets"].as_array_mut().unwrap().retain(|bucket| bucket["count"] != 0);
    }
    let bucket = |key: Value, count: u32| json!({ "key": key, "count": count });
    assert_eq!(
        facets,
        json!([
            { "by": "STATE", "buckets": [bucket(json!("WAITING"), 3), bucket(json!("VALIDATED"), 1)] },
            { "by": "TRIGGER", "buckets": [bucket(json!("REQUESTED"), 3), bucket(json!("PERIODIC"), 1)] },
            { "by": "LEVEL", "buckets": [bucket(json!("REGULAR"), 1), bucket(Value::Null, 3)] },
            { "by": "ASSIGNEE", "buckets": [
                bucket(json!("compliance@desk.example"), 2), bucket(Value::Null, 2),
            ] },
        ])
    );
}

#[tokio::test]
async fn reviews_show_to_those_who_may_see_them() {
    let desk = Desk::open().await;
    queue(&desk).await;
    let below = "{ users(first: 10) { nodes {
        kyc { level current { id } reviews { totalCount } } withheldFields { path permission }
    } } }";
    for role in Role::ALL {
        let permissions: Vec<Permission> = role.permissions().collect();
        let (person, may) = (desk.person(&[role.claim()]), permissions.contains(&Permission::KycRead));
        let answer = person.ask_with(QUEUE, json!({})).await;
        assert_eq!(answer.code().is_none(), may, "{role:?}");
        if !permissions.contains(&Permission::UserRead) {
            continue;
        }
        let answer = person.ask(below).await;
        for user in answer.data("users.nodes").as_array().unwrap() {
            assert_eq!(user["kyc"]["reviews"].is_null(), !may, "{role:?}");
            for path in ["kyc.current", "kyc.reviews"] {
                let withheld = json!({ "path": path, "permission": "KYC_READ" });
                let listed = user["withheldFields"].as_array().unwrap().contains(&withheld);
                assert_eq!(listed, !may, "{path} by {role:?}");
            }
        }
    }
}

#[tokio::test]
async fn reviews_below_many_users_cost_as_many_statements_as_those_of_one() {
    const BELOW: &str = "query ($first: Int) { users(first: $first) { nodes { kyc {
        current { id changedFields changes { by } user { id } }
        reviews(first: 2) { totalCount nodes { id changedFields } }
    } } } }";
    let desk = Desk::open().await;
    for number in 0..12 {
        let profile = json!({ "lastName": format!("Smith {number}") });
        let id = desk.validated_user(profile, backdesk_entity::enums::KycLevel::Light).await;
        desk.admin().update(&id, json!({ "lastName": format!("Smythe {number}") })).await;
    }
    let compliance = desk.compliance();
    let mut counts = Vec::new();
    for first in [1, 12] {
        let asking = compliance.ask_with(BELOW, json!({ "first": first }));
        let (answer, statements) = desk.statements_of(asking).await;
        let nodes = answer.data("users.nodes");
        assert_eq!(nodes.as_array().unwrap().len(), first);
        for user in nodes.as_array().unwrap() {
            assert_eq!(user["kyc"]["current"]["changedFields"], json!(["lastName"]));
            assert_eq!(user["kyc"]["reviews"]["nodes"][0]["id"], user["kyc"]["current"]["id"]);
        }
        counts.push(statements.len());
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn changes_cost_what_is_asked_for_and_names_alone_open_nothing() {
    const BELOW: &str = "query ($first: Int!) { kycReviews(first: 100) { nodes {
        changes(first: $first) { changes { field } }
    } } }";
    let desk = Desk::open().await;
    let id = desk.validated_user(json!({}), backdesk_entity::enums::KycLevel::Light).await;
    for number in 0..3 {
        desk.admin().update(&id, json!({ "lastName": format!("Smith {number}") })).await;
    }
    let compliance = desk.compliance();
    for (first, code) in [(2, None), (100, Some("TOO_COSTLY")), (101, Some("TOO_COSTLY"))] {
        let answer = compliance.ask_with(BELOW, json!({ "first": first })).await;
        assert_eq!(answer.code(), code, "{first}");
        if code.is_none() {
            assert_eq!(answer.data("kycReviews.nodes.0.changes").as_array().unwrap().len(), first);
        }
    }
    let one = "{ kycReviews(first: 1) { nodes { changes(first: 101) { by } } } }";
    assert_eq!(compliance.ask(one).await.code(), Some("PAGE_TOO_LARGE"));
    let names = "{ kycReviews { nodes { changedFields } } }";
    let (answer, statements) = desk.statements_of(compliance.ask(names)).await;
    assert_eq!(answer.data("kycReviews.nodes.0.changedFields"), json!(["lastName"]));
    assert!(!statements.iter().any(|statement| statement.contains("audit_entries")), "{statements:?}");
}
