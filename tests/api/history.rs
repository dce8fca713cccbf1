//! The history of a user: the audit trail of this one, as a list of the user.

use std::time::Duration;

use backdesk::auth::policy::{Permission, Role};
use backdesk_entity::data_key;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::{
    Answer, Desk, Person,
    recording::{but, row},
    uuid,
};

const HISTORY: &str = "query (
    $id: ID!, $where: AuditEventWhere, $orderBy: [AuditEventOrder!], $first: Int, $after: String, $last: Int, $before: String,
    $page: PageInput
) {
    user(by: { id: $id }) { history(
        where: $where, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before, page: $page
    ) {
        totalCount
        nodes {
            id at actor { subject name roles } action outcome refusal missingPermission account userId userVersion changedFields
            changes { field before after withheld } reason requestId ip userAgent
        }
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    } withheldFields { path permission } }
}";

/// The history of a user with these arguments.
async fn asked(person: &Person, id: &str, arguments: Value) -> Answer {
    let mut variables = arguments;
    variables["id"] = json!(id);
    person.ask_with(HISTORY, variables).await
}

/// The actions of a history.
async fn actions(person: &Person, id: &str, arguments: Value) -> Vec<Value> {
    asked(person, id, arguments).await.column("user.history.nodes", "action")
}

/// The actions that a filter finds.
async fn found(person: &Person, id: &str, filter: Value) -> Vec<Value> {
    actions(person, id, json!({ "where": filter })).await
}

/// A user to whom something happened every minute, by several people.
async fn ada(desk: &Desk) -> String {
    let id = desk.add_user(json!({ "firstName": "Ada", "postalAddress": { "city": "Paris" } })).await;
    let (admin, compliance) = (desk.admin(), desk.compliance());
    for (person, mutation, value) in [
        (&admin, "userUpdate", json!({ "postalAddress": { "city": "Lyon" }, "tag": "VIP" })),
        (&compliance, "userFreeze", json!(true)),
        (&desk.read_only(), "userFreeze", json!(false)),
        (
            &admin,
            "userUpdate",
            json!({ "secondaryAddress": { "city": "Nice" }, "tax": { "taxNumber": "77" } }),
        ),
    ] {
        desk.hand.advance(Duration::from_mins(1));
        person.act_with(mutation, &id, value, json!({ "reason": "By letter." })).await;
    }
    desk.settle().await;
    id
}

#[tokio::test]
async fn it_tells_who_did_what_when_and_why_with_old_and_new_values() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    let answer = asked(&desk.compliance(), &id, json!({})).await;
    assert_eq!(answer.data("user.history.totalCount"), 5);
    assert_eq!(
        answer.column("user.history.nodes", "action"),
        ["USER_UPDATE", "USER_FREEZE", "USER_FREEZE", "USER_UPDATE", "USER_CREATE"]
    );
    let refused = answer.data("user.history.nodes.1");
    assert_eq!((&refused["outcome"], &refused["refusal"]), (&json!("REFUSED"), &json!("FORBIDDEN")));
    assert_eq!(refused["missingPermission"], "USER_FREEZE");
    let frozen = answer.data("user.history.nodes.2");
    assert_eq!(frozen["at"], "2026-03-01T12:02:00+00:00");
    assert_eq!(frozen["actor"]["subject"], "compliance@desk.example");
    assert_eq!(frozen["actor"]["roles"], json!(["compliance"]));
    assert_eq!((&frozen["account"], &frozen["userId"]), (&json!("FR"), &json!(id)));
    assert_eq!((&frozen["userVersion"], &frozen["reason"]), (&json!(3), &json!("By letter.")));
    let change = |field: &str, before: Value, after: Value| json!({ "field": field, "before": before, "after": after, "withheld": false });
    assert_eq!(frozen["changes"], json!([change("frozen", json!(false), json!(true))]));
    assert_eq!(
        answer.data("user.history.nodes.3.changes"),
        json!([
            change("postalAddress.city", json!("Paris"), json!("Lyon")),
            change("tag", Value::Null, json!("VIP")),
        ])
    );
}

#[tokio::test]
async fn it_is_filtered_by_field_or_part_actor_action_time_and_outcome() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    let admin = desk.admin();
    let (created, updated, froze) = (json!("USER_CREATE"), json!("USER_UPDATE"), json!("USER_FREEZE"));
    for (filter, expected) in [
        (json!({ "field": "postalAddress.city" }), vec![&updated, &created]),
        (json!({ "field": "postalAddress" }), vec![&updated, &created]),
        (json!({ "field": "secondaryAddress" }), vec![&updated]),
        (json!({ "field": "frozen" }), vec![&froze, &created]),
        (json!({ "not": { "field": "postalAddress" } }), vec![&updated, &froze, &froze]),
        (json!({ "or": [{ "field": "tag" }, { "field": "tax" }] }), vec![&updated, &updated]),
        (json!({ "actor": { "eq": "compliance@desk.example" } }), vec![&froze]),
        (json!({ "action": { "in": ["USER_CREATE", "USER_FREEZE"] } }), vec![&froze, &froze, &created]),
        (json!({ "outcome": { "eq": "REFUSED" } }), vec![&froze]),
        (json!({ "at": { "gte": "2026-03-01T12:03:00Z" } }), vec![&updated, &froze]),
        (json!({ "field": "tag", "actor": { "eq": "compliance@desk.example" } }), vec![]),
        // neither the beginning of a name nor more than one name
        (json!({ "field": "postal" }), vec![]),
        (json!({ "field": "city" }), vec![]),
        (json!({ "field": "" }), vec![]),
        (json!({ "field": "frozen\",\"groups" }), vec![]),
        (json!({ "field": "post%" }), vec![]),
        (json!({ "field": "postalAddress.c_ty" }), vec![]),
        (json!({ "field": "PostalAddress" }), vec![]),
        (json!({ "field": "postalAddress." }), vec![]),
        (json!({ "field": "," }), vec![]),
        (json!({ "field": "\\" }), vec![]),
        (json!({ "not": { "field": "," } }), vec![&updated, &froze, &froze, &updated, &created]),
    ] {
        assert_eq!(found(&admin, &id, filter.clone()).await.iter().collect::<Vec<_>>(), expected, "{filter}");
    }
}

#[tokio::test]
async fn its_pages_go_both_ways_and_by_number() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    let admin = desk.admin();
    let ids = async |arguments: Value| asked(&admin, &id, arguments).await.column("user.history.nodes", "id");
    let all = ids(json!({})).await;
    let first = asked(&admin, &id, json!({ "first": 2 })).await;
    let cursor = first.text("user.history.pageInfo.endCursor");
    assert_eq!(first.column("user.history.nodes", "id"), all[..2]);
    assert_eq!(ids(json!({ "first": 2, "after": cursor })).await, all[2..4]);
    let last = asked(&admin, &id, json!({ "last": 2 })).await;
    assert_eq!(last.column("user.history.nodes", "id"), all[3..]);
    let cursor = last.text("user.history.pageInfo.startCursor");
    assert_eq!(ids(json!({ "last": 2, "before": cursor })).await, all[1..3]);
    assert_eq!(ids(json!({ "page": { "page": 2, "perPage": 3 } })).await, all[3..]);
    let oldest = ids(json!({ "orderBy": [{ "field": "AT" }] })).await;
    assert_eq!(oldest.into_iter().rev().collect::<Vec<_>>(), all);
    for _ in 0..12 {
        let frozen = admin.open_user(&id).await["frozen"] == true;
        admin.act("userFreeze", &id, json!(!frozen)).await;
    }
    assert_eq!(ids(json!({})).await.len(), 10, "as other lists of a user");
    let oldest = asked(&admin, &id, json!({ "last": 1 })).await.text("user.history.pageInfo.startCursor");
    assert_eq!(ids(json!({ "before": oldest })).await.len(), 10, "and as the cost of a document counts");
    let wrong = asked(&admin, &id, json!({ "first": 1, "last": 1 })).await;
    assert_eq!(wrong.code(), Some("BAD_INPUT"));
}

#[tokio::test]
async fn of_an_act_on_many_it_tells_what_that_did_to_this_one() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let rows = json!([
        row("bankAccount", "B1", &ada, &eve),
        row("wallet", "W1", &ada, &eve),
        but(row("bankAccount", "B2", &eve, &ada), json!({ "holder": "Eve Secret" })),
    ]);
    assert_eq!(desk.machine().record(rows).await.outcomes(), ["CREATED"; 3]);
    let french = desk.person_in(&["compliance"], &["FR"]);
    let answer = asked(&french, &ada, json!({})).await;
    assert_eq!(answer.column("user.history.nodes", "action"), ["ACTIVITY_RECORD", "USER_CREATE"]);
    let event = answer.data("user.history.nodes.0");
    assert_eq!(event["actor"]["roles"], json!(["machine"]));
    assert_eq!((&event["userId"], &event["account"]), (&json!(ada), &json!("FR")));
    let fields = json!(["bankAccounts", "bankAccounts.iban", "wallets", "wallets.network"]);
    assert_eq!(event["changedFields"], fields);
    let told = event["changes"].to_string();
    assert!(told.contains("Ada Lovelace") && told.contains("FR14") && !told.contains("Eve Secret"), "{told}");
    // by its fields it is found of whom they were changed
    for (field, of_ada, of_eve) in [("bankAccounts", 1, 1), ("wallets", 1, 0), ("listings", 0, 0)] {
        assert_eq!(found(&french, &ada, json!({ "field": field })).await.len(), of_ada, "{field}");
        assert_eq!(found(&french, &eve, json!({ "field": field })).await.len(), of_eve, "{field}");
    }
    // an auditor sees neither the number nor, in the log, that it was read
    let auditor = desk.person(&["auditor-read-only"]);
    let changes = asked(&auditor, &ada, json!({})).await.data("user.history.nodes.0.changes");
    let iban =
        changes.as_array().unwrap().iter().find(|change| change["field"] == "bankAccounts.iban").unwrap();
    assert_eq!(
        iban,
        &json!({ "field": "bankAccounts.iban", "before": null, "after": null, "withheld": true })
    );
    assert!(!changes.to_string().contains("FR14"));
}

/// The same as the trail itself finds of a user, whoever else an act concerned, but for looks.
#[tokio::test]
async fn it_is_what_the_trail_finds_of_the_user() {
    let desk = Desk::open().await;
    let (ada, eve) = (ada(&desk).await, desk.add_user(json!({})).await);
    for number in 0..3 {
        let rows = json!([
            row("booking", &format!("B{number}"), &ada, &eve),
            row("listing", &format!("L{number}"), &eve, &ada)
        ]);
        desk.machine().record(rows).await;
    }
    // looking at what is sensitive is something that happens to a user
    desk.compliance().ask("{ users { nodes { tax { taxNumber } } } }").await;
    desk.settle().await;
    let trail =
        "query ($id: ID!) { auditEvents(where: { userId: { eq: $id }, action: { ne: \"SENSITIVE_READ\" } }) {
        nodes { id }
    } }";
    for (user, events) in [(&ada, 8), (&eve, 4)] {
        let trail =
            desk.admin().ask_with(trail, json!({ "id": user })).await.column("auditEvents.nodes", "id");
        let history = asked(&desk.admin(), user, json!({ "first": 100 })).await;
        assert_eq!(history.column("user.history.nodes", "id"), trail);
        assert_eq!(trail.len(), events);
    }
}

#[tokio::test]
async fn it_shows_to_those_who_read_the_trail_and_is_withheld_from_all_others() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    for role in Role::ALL {
        let permissions: Vec<Permission> = role.permissions().collect();
        if !permissions.contains(&Permission::UserRead) {
            continue;
        }
        let may = permissions.contains(&Permission::AuditRead);
        let answer = asked(&desk.person(&[role.claim()]), &id, json!({})).await;
        assert_eq!(answer.data("user.history").is_object(), may, "{role:?}");
        let withheld = json!({ "path": "history", "permission": "AUDIT_READ" });
        let listed = answer.data("user.withheldFields").as_array().unwrap().contains(&withheld);
        assert_eq!(listed, !may, "{role:?}");
    }
    let german = asked(&desk.person_in(&["admin"], &["DE"]), &id, json!({})).await;
    assert_eq!(german.data("user"), Value::Null);
}

#[tokio::test]
async fn values_that_are_sensitive_need_their_permission_and_are_logged_as_read() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    let reads = async || {
        desk.settle().await;
        let reads = "query ($id: ID!) { auditEvents(where: { userId: { eq: $id }, action: { eq: \"SENSITIVE_READ\" } }) {
            totalCount
        } }";
        desk.read_only().ask_with(reads, json!({ "id": id })).await.data("auditEvents.totalCount")
    };
    let tax = json!({ "where": { "field": "tax" } });
    for role in ["read-only", "auditor-read-only"] {
        let answer = asked(&desk.person(&[role]), &id, tax.clone()).await;
        let changes = answer.data("user.history.nodes.0.changes");
        let hidden = json!({ "field": "tax.taxNumber", "before": null, "after": null, "withheld": true });
        assert!(changes.as_array().unwrap().contains(&hidden), "{role}: {changes}");
    }
    assert_eq!(reads().await, 0);
    let answer = asked(&desk.compliance(), &id, tax).await;
    assert!(answer.data("user.history.nodes.0.changes").to_string().contains("\"77\""));
    assert_eq!(reads().await, 1);
}

#[tokio::test]
async fn values_are_gone_with_the_key_of_the_user_and_names_remain() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    let row = data_key::Entity::delete_many().filter(data_key::Column::SubjectId.eq(uuid(&id)));
    row.exec(&desk.side_door().await).await.unwrap();
    let answer = asked(&desk.admin(), &id, json!({ "where": { "field": "secondaryAddress" } })).await;
    let event = answer.data("user.history.nodes.0");
    assert_eq!((&event["changes"], &event["reason"]), (&Value::Null, &Value::Null));
    assert!(event["changedFields"].as_array().unwrap().contains(&json!("secondaryAddress.city")));
}

#[tokio::test]
async fn histories_of_fifty_users_cost_as_many_statements_as_that_of_one() {
    let desk = Desk::open().await;
    let mut rows = Vec::new();
    for number in 0..50 {
        let id = desk.add_user(json!({ "firstName": format!("User {number}") })).await;
        desk.admin().act("userFreeze", &id, json!(true)).await;
        rows.push(row("listing", &format!("L{number}"), &id, &id));
    }
    assert_eq!(desk.machine().record(json!(rows)).await.outcomes(), ["CREATED"; 50]);
    let query = "query ($first: Int) { users(first: $first) { nodes { id history(first: 3, where: { not: { field: \"tag\" } }) {
        totalCount nodes { action changes { field before after } reason }
        facets(by: [ACTION]) { buckets { key count } } pageInfo { hasPreviousPage }
    } } } }";
    let mut counts = Vec::new();
    for first in [1, 50] {
        let person = desk.read_only();
        let (answer, statements) =
            desk.statements_of(person.ask_with(query, json!({ "first": first }))).await;
        for user in answer.data("users.nodes").as_array().unwrap() {
            assert_eq!(user["history"]["totalCount"], 3);
            let actions: Vec<&Value> =
                user["history"]["nodes"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
            assert_eq!(actions, ["ACTIVITY_RECORD", "USER_FREEZE", "USER_CREATE"]);
            assert_eq!(user["history"]["nodes"][0]["changes"][0]["field"], "listings");
            assert_eq!(user["history"]["nodes"][1]["changes"][0]["field"], "frozen");
        }
        counts.push(statements.len());
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn the_trail_is_found_by_field_too() {
    let desk = Desk::open().await;
    let (ada, eve) = (ada(&desk).await, desk.add_user(json!({ "email": "eve@example.com" })).await);
    desk.machine().record(json!([row("wallet", "W1", &ada, &eve)])).await;
    let found = async |person: Person, filter: Value| {
        let query = "query ($where: AuditEventWhere) { auditEvents(where: $where) { nodes { action } } }";
        person.ask_with(query, json!({ "where": filter })).await.column("auditEvents.nodes", "action")
    };
    for (filter, expected) in [
        (json!({ "field": "secondaryAddress" }), vec!["USER_UPDATE"]),
        (json!({ "field": "wallets" }), vec!["ACTIVITY_RECORD"]),
        (json!({ "field": "wallets.network" }), vec!["ACTIVITY_RECORD"]),
        (json!({ "field": "email" }), vec!["USER_CREATE"]),
        (json!({ "field": "tag", "userId": { "eq": ada } }), vec!["USER_UPDATE"]),
        (json!({ "field": "tag", "userId": { "eq": eve } }), vec![]),
    ] {
        assert_eq!(found(desk.admin(), filter.clone()).await, expected, "{filter}");
    }
    let german = desk.person_in(&["admin"], &["DE"]);
    assert_eq!(found(german, json!({ "field": "tag" })).await, [""; 0]);
}
