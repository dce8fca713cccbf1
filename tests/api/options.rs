//! What every mutation takes besides its own input: the version that the caller saw, and the reason. The keys that make
//! retries safe are in idempotency.rs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Answer, Desk, MUTATIONS, Person, fifty};

fn newcomer(name: &str) -> Value {
    json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": { "firstName": name } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_edits_of_one_version_one_wins() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let admin = desk.admin();
    let answers = fifty(|number| {
        let (admin, id) = (admin.clone(), id.clone());
        let input = json!({ "firstName": format!("Ada {number}") });
        async move { admin.act_with("userUpdate", &id, input, json!({ "ifVersion": 1 })).await }
    })
    .await;
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for answer in &answers {
        *outcomes.entry(answer.problems("userUpdate").join(" ")).or_default() += 1;
    }
    let expected = [(String::new(), 1), ("VERSION_CONFLICT options.ifVersion".to_owned(), 49)];
    assert_eq!(outcomes, BTreeMap::from(expected));
    assert_eq!(admin.open_user(&id).await["version"], 2);
    assert_eq!(desk.done_and_refused().await, (2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_edits_that_do_not_ask_for_a_version_all_count() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let admin = desk.admin();
    fifty(|number| {
        let (admin, id) = (admin.clone(), id.clone());
        async move { admin.update(&id, json!({ "tag": format!("t{number}") })).await }
    })
    .await;
    assert_eq!(admin.open_user(&id).await["version"], 51);
    assert_eq!(desk.done_and_refused().await, (51, 0));
}

#[tokio::test]
async fn a_conflict_comes_with_all_other_problems() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let answer =
        desk.admin().act_with("userUpdate", &id, json!({ "email": "x" }), json!({ "ifVersion": 7 })).await;
    assert_eq!(answer.problems("userUpdate"), ["VERSION_CONFLICT options.ifVersion", "INVALID input.email"]);
}

#[tokio::test]
async fn a_conflict_tells_what_happened_meanwhile() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    // at one instant: the versions tell the order
    desk.admin().update(&id, json!({ "lastName": "Byron", "tag": "vip" })).await;
    desk.admin().update(&id, json!({ "lastName": "Lovelace" })).await;
    desk.compliance().act("userFreeze", &id, json!(true)).await;
    let before = desk.dump().await;
    for (yours, fields) in [
        (1, json!(["lastName", "tag", "frozen"])),
        (2, json!(["lastName", "frozen"])),
        (3, json!(["frozen"])),
        (5, json!([])),
    ] {
        let options = json!({ "ifVersion": yours });
        let answer = desk.admin().act_with("userUpdate", &id, json!({ "title": "Countess" }), options).await;
        assert_eq!(answer.problems("userUpdate"), ["VERSION_CONFLICT options.ifVersion"]);
        let conflict = answer.data("userUpdate.errors.0.conflict");
        assert_eq!((&conflict["yours"], &conflict["current"]), (&json!(yours), &json!(4)));
        assert_eq!(conflict["changedFields"], fields, "since {yours}");
        if yours < 4 {
            assert_eq!(conflict["by"], "A person who is compliance");
            assert_eq!(conflict["at"], "2026-03-01T12:00:00+00:00");
        }
    }
    assert_eq!(desk.dump().await, before);
    let answer = desk
        .admin()
        .act_with("userUpdate", &id, json!({ "title": "Countess" }), json!({ "ifVersion": 4 }))
        .await;
    assert_eq!(answer.data("userUpdate.user.version"), 5);
}

#[tokio::test]
async fn a_conflict_names_no_field_that_is_withheld() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let admin = desk.admin();
    admin
        .update(
            &id,
            json!({ "lastName": "Byron", "sanctions": { "economic": true }, "tax": { "taxNumber": "1" } }),
        )
        .await;
    admin.act("userAddComment", &id, json!({ "body": "Called." })).await;
    admin.act("documentRequest", &id, json!({ "kind": "TAX" })).await;
    let conflict = async |person: Person| {
        let stale = json!({ "ifVersion": 1 });
        let answer = person.act_with("userUpdateContact", &id, json!({ "mobile": null }), stale).await;
        let conflict = answer.data("userUpdateContact.errors.0.conflict");
        (conflict["current"].clone(), conflict["changedFields"].as_array().expect("names").clone())
    };
    assert_eq!(conflict(desk.person(&["marketing"])).await, (json!(4), vec![json!("lastName")]));
    let (current, names) = conflict(admin).await;
    assert_eq!(current, 4);
    for part in ["tax.", "sanctions.", "comments.", "documents."] {
        assert!(names.iter().any(|name| name.as_str().expect("a name").starts_with(part)), "{names:?}");
    }
}

/// Each mutation once, with these options, on a fresh user.
async fn every_mutation(desk: &Desk, person: &Person, options: &Value) -> Vec<(&'static str, Answer)> {
    let created = person.create_with(newcomer("Ada"), options.clone()).await;
    let mut answers = vec![("userCreate", created)];
    for (mutation, ..) in MUTATIONS {
        let id = desk.add_user(json!({})).await;
        let value = super::user_acts::good_value(desk, mutation, &id).await;
        let value = desk.fill(person, &id, value).await;
        answers.push((mutation, person.act_with(mutation, &id, value, options.clone()).await));
    }
    answers
}

#[tokio::test]
async fn a_reason_is_kept_with_every_mutation() {
    let desk = Desk::open().await;
    let options = json!({ "reason": "  Asked for it by letter. " });
    for (mutation, answer) in every_mutation(&desk, &desk.admin(), &options).await {
        assert_eq!(answer.problems(mutation), [""; 0]);
    }
    let trail = desk.trail().await;
    let reasons = trail.column("auditEvents.nodes", "reason");
    let kept = reasons.iter().filter(|reason| **reason == "Asked for it by letter.");
    assert_eq!(kept.count(), 1 + MUTATIONS.len());
}

#[tokio::test]
async fn a_reason_is_judged_with_every_mutation() {
    let desk = Desk::open().await;
    let long = "x".repeat(1001);
    for bad in ["", " ", "a\nb", "a\u{0}b", "a\u{202e}b", &long] {
        for (mutation, answer) in every_mutation(&desk, &desk.admin(), &json!({ "reason": bad })).await {
            assert_eq!(answer.problems(mutation), ["INVALID options.reason"], "{mutation} {bad:?}");
        }
    }
}
