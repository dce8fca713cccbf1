//! Whom recorded rows are about: how users are named, who is nobody, and who may record at all.

use serde_json::{Value, json};

use crate::support::{
    Desk,
    recording::{KINDS, LATER, NOBODY, but, one_of_each, row},
    uuid,
};

#[tokio::test]
async fn users_are_named_by_id_by_reference_or_as_the_system_calls_them() {
    let desk = Desk::open().await;
    let ids = |value: &str| json!({ "externalIds": [{ "system": "PSP", "value": value }, { "system": "CLIENT", "value": "7" }] });
    let ada = desk.add_user(ids("ada")).await;
    let eve = desk.add_user(ids("eve")).await;
    let reference = desk.user_row(&ada).await.reference.to_lowercase();
    let machine = desk.machine();
    let named = |id: &str, name: Value| but(row("listing", id, &ada, &eve), json!({ "user": name }));
    let rows = json!([
        named("1", json!({ "id": ada })),
        named("2", json!({ "reference": reference })),
        named("3", json!({ "externalId": "ada" })),
        named("4", json!({ "externalId": "eve" })),
        named("5", json!({ "externalId": "7" })),
        named("6", json!({ "id": "nonsense" })),
        named("7", json!({ "reference": "a\u{0}b" })),
    ]);
    assert_eq!(
        machine.record(rows).await.outcomes(),
        [
            "CREATED",
            "CREATED",
            "CREATED",
            "CREATED",
            "REFUSED NOT_FOUND listing.user",
            "REFUSED NOT_FOUND listing.user",
            "REFUSED INVALID listing.user.reference",
        ]
    );
    assert_eq!(desk.user_row(&ada).await.listing_count, 3);
    // by the ids of another system, which calls both the same
    let rows = json!([named("8", json!({ "externalId": "7" })), named("9", json!({ "externalId": "ada" }))]);
    let answer = machine.record_with(rows, json!({ "userSystem": "CLIENT" }), Value::Null).await;
    assert_eq!(answer.outcomes(), ["REFUSED INVALID listing.user", "REFUSED NOT_FOUND listing.user"]);
}

#[tokio::test]
async fn nothing_is_recorded_of_a_cancelled_user() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    machine.record(one_of_each(&ada, &eve)).await;
    desk.admin().act("userCancel", &eve, json!("USER")).await;
    let before = desk.dump().await;
    let later = json!({ "asOf": LATER });
    let rows: Vec<Value> =
        KINDS.iter().map(|kind| but(row(kind, &format!("{kind} 1"), &eve, &ada), later.clone())).collect();
    for outcome in machine.record(json!(rows)).await.outcomes() {
        assert!(outcome.contains("USER_CANCELED"), "{outcome}");
    }
    // on the other side neither
    let rows =
        json!([but(row("booking", "booking 1", &ada, &eve), later.clone()), row("review", "2", &ada, &eve)]);
    assert_eq!(
        machine.record(rows).await.outcomes(),
        ["REFUSED USER_CANCELED booking.offerer", "REFUSED USER_CANCELED review.subject",]
    );
    assert_eq!(desk.dump().await, before);
    // whoever else is in the batch is not kept from it
    let rows = json!([row("listing", "a", &eve, &ada), row("listing", "b", &ada, &eve)]);
    let outcomes = machine.record(rows).await.outcomes();
    assert_eq!(outcomes, ["REFUSED USER_CANCELED listing.user", "CREATED"]);
}

#[tokio::test]
async fn whoever_is_not_in_the_account_is_nobody_and_the_attempt_is_recorded() {
    let desk = Desk::open().await;
    let ids = json!({ "externalIds": [{ "system": "PSP", "value": "german" }] });
    let german = desk.add_user_to("DE", ids).await;
    let reference = desk.user_row(&german).await.reference;
    let french = desk.person_in(&["machine"], &["FR"]);
    for (foreign, unknown) in [
        (json!({ "id": german }), json!({ "id": NOBODY })),
        (json!({ "reference": reference }), json!({ "reference": "UNOBODY" })),
        (json!({ "externalId": "german" }), json!({ "externalId": "nobody" })),
    ] {
        let ask = |name: &Value| json!([but(row("listing", "1", "", ""), json!({ "user": name }))]);
        let (answer, entries) = desk.entries_of(french.record(ask(&foreign))).await;
        let (other, none) = desk.entries_of(french.record(ask(&unknown))).await;
        assert_eq!(answer.outcomes(), ["REFUSED NOT_FOUND listing.user"]);
        assert_eq!(answer.body, other.body);
        assert_eq!((entries.len(), none.len()), (1, 0), "{foreign}");
        assert_eq!(entries[0].refusal.as_deref(), Some("NOT_FOUND"));
        assert_eq!(entries[0].target_id, Some(uuid(&german)));
        // who sees both accounts names the right one all the same, and that is no attempt at anything
        let (answer, entries) = desk.entries_of(desk.machine().record(ask(&foreign))).await;
        assert_eq!(answer.outcomes(), ["REFUSED NOT_FOUND listing.user"]);
        assert_eq!(entries, []);
    }
    // an account of others, one that does not exist, and what is no account at all
    let rows = json!([row("listing", "1", &german, &german)]);
    for (account, recorded) in [("DE", 1), ("XX", 0), ("no code", 0)] {
        let asking = french.record_with(rows.clone(), json!({ "account": account }), Value::Null);
        let (answer, entries) = desk.entries_of(asking).await;
        assert_eq!(answer.problems("activityRecord"), ["NOT_FOUND input.account"], "{account}");
        assert_eq!(entries.len(), recorded, "{account}");
    }
}

#[tokio::test]
async fn a_machine_records_and_sees_nothing() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    for document in [
        "{ users { totalCount } }",
        "{ accounts { code } }",
        "{ groups { key } }",
        "{ auditEvents { totalCount } }",
    ] {
        assert_eq!(machine.ask(document).await.code(), Some("FORBIDDEN"), "{document}");
    }
    let look = format!("{{ user(by: {{ id: \"{ada}\" }}) {{ id }} }}");
    assert_eq!(machine.ask(&look).await.code(), Some("FORBIDDEN"));
    assert_eq!(machine.update(&ada, json!({ "tag": "x" })).await.code(), Some("FORBIDDEN"));
    assert_eq!(
        machine.ask("{ viewer { permissions } }").await.data("viewer.permissions"),
        json!(["ACTIVITY_RECORD"])
    );
    assert_eq!(machine.record(one_of_each(&ada, &eve)).await.outcomes(), ["CREATED"; 7]);
}
