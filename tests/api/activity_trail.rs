//! What recording leaves in the trail, and the options that every mutation takes.

use backdesk_entity::{audit_entry_user, data_key};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::{
    Answer, Desk,
    recording::{KINDS, but, row},
    uuid,
};

const KEYS: [&str; 2] = ["0190a1b2-0000-7000-8000-000000000001", "0190a1b2-0000-7000-8000-000000000002"];

/// The newest event, with what it says of each user.
async fn newest(desk: &Desk) -> Answer {
    const NEWEST: &str = "{ auditEvents(first: 1) { nodes {
        action account userId changedFields reason changes { field before after }
        users { id fields changes { field before after withheld } }
    } } }";
    desk.settle().await;
    desk.admin().ask(NEWEST).await
}

#[tokio::test]
async fn a_batch_leaves_one_entry_that_tells_what_changed_of_whom() {
    let desk = Desk::open().await;
    let (ada, eve) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    let deposit = |state: &str, as_of: &str| {
        but(row("transaction", "D1", &ada, &eve), json!({ "state": state, "asOf": as_of }))
    };
    let first = json!([
        deposit("PENDING", "2026-03-01T10:00:00Z"),
        row("review", "R1", &ada, &eve),
        row("listing", "L1", "nobody", &eve),
    ]);
    let options = json!({ "reason": "Nightly run." });
    let machine = desk.machine();
    let recording = machine.record_with(first, json!({}), options);
    let (_, entries) = desk.entries_of(recording).await;
    assert_eq!(entries.len(), 1);
    let event = newest(&desk).await.data("auditEvents.nodes.0");
    assert_eq!(event["action"], "ACTIVITY_RECORD");
    assert_eq!((&event["account"], &event["userId"]), (&json!("FR"), &Value::Null));
    assert_eq!(event["reason"], "Nightly run.");
    assert_eq!(event["changedFields"], json!(["transactions", "reviews"]));
    assert_eq!(
        event["changes"][0],
        json!({ "field": "transactions", "before": null, "after": { "system": "PSP", "created": 1, "updated": 0 } })
    );
    let users = event["users"].as_array().expect("users");
    let of = |id: &str| users.iter().find(|user| user["id"] == id).expect("a user");
    assert_eq!(users.len(), 2);
    assert_eq!(of(&ada)["fields"], json!(["reviews", "transactions"]));
    assert_eq!(of(&eve)["fields"], json!(["reviews"]));
    let told = &of(&ada)["changes"][0];
    assert_eq!((&told["before"], &told["after"]["amount"]), (&Value::Null, &json!("12.50")));

    // an update tells what was and what is, and no more
    desk.machine().record(json!([deposit("DONE", "2026-03-01T11:00:00Z")])).await;
    let event = newest(&desk).await.data("auditEvents.nodes.0");
    assert_eq!(
        event["users"],
        json!([{ "id": ada, "fields": ["transactions"], "changes": [{
            "field": "transactions", "withheld": false,
            "before": { "externalId": "D1", "state": "PENDING", "asOf": "2026-03-01T10:00:00Z" },
            "after": { "externalId": "D1", "state": "DONE", "asOf": "2026-03-01T11:00:00Z" },
        }] }])
    );
    // it is found by whom it concerns
    let of_eve = "query ($id: ID!) { auditEvents(where: { userId: { eq: $id }, action: { eq: \"ACTIVITY_RECORD\" } }) {
        totalCount
    } }";
    let found = desk.admin().ask_with(of_eve, json!({ "id": eve })).await;
    assert_eq!(found.data("auditEvents.totalCount"), 1);
}

#[tokio::test]
async fn what_is_recorded_is_sealed_with_the_key_of_whom_it_is_about() {
    let desk = Desk::open().await;
    let (ada, eve) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    desk.machine()
        .record(json!([row("bankAccount", "B1", &ada, &eve), row("listing", "L1", &eve, &ada)]))
        .await;
    let db = desk.side_door().await;
    for row in audit_entry_user::Entity::find().all(&db).await.expect("rows") {
        let details = row.details.expect("details");
        for secret in ["Lovelace", "FR142004", "boat"] {
            assert!(
                !details.windows(secret.len()).any(|part| part == secret.as_bytes()),
                "{secret} is readable"
            );
        }
    }
    data_key::Entity::delete_by_id(uuid(&ada)).exec(&db).await.expect("a key");
    let users = newest(&desk).await.data("auditEvents.nodes.0.users");
    for user in users.as_array().expect("users") {
        assert_eq!(user["changes"].is_null(), user["id"] == json!(ada), "{user}");
        assert_ne!(user["fields"], json!([]));
    }
    // made up by hand, it does not open in another entry or for another user
    desk.machine().record(json!([row("listing", "L2", &eve, &ada)])).await;
    assert_eq!(newest(&desk).await.data("auditEvents.nodes.0.users.0.changes.0.after.externalId"), "L2");
}

#[tokio::test]
async fn a_preview_tells_every_result_and_leaves_no_trace() {
    let desk = Desk::open().await;
    let (ada, eve) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    let mut rows: Vec<Value> = KINDS.iter().map(|kind| row(kind, "1", &ada, &eve)).collect();
    rows.push(row("listing", "2", "nobody", "nobody"));
    let before = desk.everything().await;
    let options = json!({ "validateOnly": true, "idempotencyKey": KEYS[0] });
    let preview = desk.machine().record_with(json!(rows), json!({}), options).await;
    assert_eq!(desk.everything().await, before);
    assert_eq!(preview.data("activityRecord.validatedOnly"), true);
    assert_eq!(preview.column("activityRecord.preview.changes", "field").len(), 7);
    let options = json!({ "idempotencyKey": KEYS[0] });
    let done = desk.machine().record_with(json!(rows), json!({}), options).await;
    assert_eq!(preview.outcomes(), done.outcomes());
    assert_eq!(done.outcomes().iter().filter(|outcome| *outcome == "CREATED").count(), 7);
}

#[tokio::test]
async fn a_key_makes_a_batch_safe_to_send_again() {
    let desk = Desk::open().await;
    let (ada, eve) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    let machine = desk.machine();
    let rows = json!([row("listing", "1", &ada, &eve), row("listing", "2", "nobody", &eve)]);
    let key = |key: &str| json!({ "idempotencyKey": key });
    let first = machine.record_with(rows.clone(), json!({}), key(KEYS[0])).await;
    let before = desk.everything().await;
    let again = machine.record_with(rows.clone(), json!({}), key(KEYS[0])).await;
    assert_eq!(again.body, first.body, "the first answer, not what would come of it now");
    assert_eq!(first.outcomes(), ["CREATED", "REFUSED NOT_FOUND listing.user"]);
    let other = machine.record_with(json!([row("listing", "3", &ada, &eve)]), json!({}), key(KEYS[0])).await;
    assert_eq!(other.problems("activityRecord"), ["IDEMPOTENCY_MISMATCH options.idempotencyKey"]);
    assert_eq!(desk.everything().await, before);

    // a kept answer is not for whoever lost the account since
    let german = desk.person_in(&["machine"], &["DE"]);
    let lost = german.record_with(rows, json!({}), key(KEYS[0])).await;
    assert_eq!(lost.problems("activityRecord"), ["NOT_FOUND input.account"]);
}

#[tokio::test]
async fn a_version_makes_no_sense_and_a_reason_is_judged() {
    let desk = Desk::open().await;
    let ada = desk.add_user(json!({})).await;
    let rows = json!([row("listing", "1", &ada, &ada)]);
    for (options, problem) in [
        (json!({ "ifVersion": 1 }), "INVALID options.ifVersion"),
        (json!({ "reason": "a\nb" }), "INVALID options.reason"),
    ] {
        let answer = desk.machine().record_with(rows.clone(), json!({}), options).await;
        assert_eq!(answer.problems("activityRecord"), [problem]);
    }
}

#[tokio::test]
async fn of_a_batch_about_many_the_trail_shows_the_first_hundred_or_whoever_is_named() {
    let desk = Desk::open().await;
    let mut users = Vec::new();
    for _ in 0..120 {
        users.push(desk.add_user(json!({})).await);
    }
    for number in 0..3 {
        let rows: Value =
            users.iter().map(|user| row("listing", &format!("{number} of {user}"), user, user)).collect();
        assert_eq!(desk.machine().record(rows).await.outcomes(), ["CREATED"; 120]);
    }
    let document =
        "query ($ids: [ID!]) { auditEvents(where: { action: { eq: \"ACTIVITY_RECORD\" } }) { nodes {
        users { id } named: users(ids: $ids) { id changes { field } }
    } } }";
    let last = users.last().expect("a user");
    let named = json!({ "ids": [last, "nonsense"] });
    let admin = desk.admin();
    let (answer, statements) = desk.statements_of(admin.ask_with(document, named)).await;
    let events = answer.data("auditEvents.nodes");
    assert_eq!(events.as_array().expect("events").len(), 3);
    for event in events.as_array().expect("events") {
        assert_eq!(event["users"].as_array().expect("users").len(), 100);
        assert_eq!(event["named"], json!([{ "id": last, "changes": [{ "field": "listings" }] }]));
    }
    assert!(statements.len() <= 6, "{statements:?}");
    let many = json!({ "ids": users[..101] });
    assert_eq!(admin.ask_with(document, many).await.code(), Some("TOO_MANY_VALUES"));
    // nobody of another account
    let german = desk.person_in(&["admin"], &["DE"]);
    let answer = german.ask_with(document, json!({ "ids": [last] })).await;
    assert_eq!(answer.data("auditEvents.nodes"), json!([]));
}
