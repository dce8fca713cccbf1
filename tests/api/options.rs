//! What every mutation takes besides its own input: a key that makes retries safe, the version that the caller saw, and
//! the reason.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use crate::support::{Answer, Desk, MUTATIONS, Person};

const KEY: &str = "0190a1b2-0000-7000-8000-000000000001";

fn key() -> Value {
    json!({ "idempotencyKey": KEY })
}

fn newcomer(name: &str) -> Value {
    json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": { "firstName": name } })
}

/// Runs the same question fifty times at once.
async fn fifty<F: Future<Output = Answer> + Send + 'static>(question: impl Fn(usize) -> F) -> Vec<Answer> {
    let running: Vec<_> = (0..50).map(|number| tokio::spawn(question(number))).collect();
    let mut answers = Vec::new();
    for answer in running {
        answers.push(answer.await.expect("an answer"));
    }
    answers
}

#[tokio::test]
async fn the_same_key_has_one_effect_and_one_answer() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let first = admin.create_with(newcomer("Ada"), key()).await;
    let before = desk.dump().await;
    desk.hand.advance(Duration::from_secs(600));
    let again = admin.create_with(newcomer("Ada"), key()).await;
    assert_eq!(first.problems("userCreate"), [""; 0]);
    assert_eq!(again.body, first.body);
    assert_eq!(desk.dump().await, before);
    assert_eq!(desk.done_and_refused().await, (1, 0));
}

#[tokio::test]
async fn the_answer_to_a_key_stays_though_the_user_went_on() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let first = admin.act_with("userFreeze", &id, json!(true), key()).await;
    admin.act("userFreeze", &id, json!(false)).await;
    let again = admin.act_with("userFreeze", &id, json!(true), key()).await;
    assert_eq!(again.body, first.body);
    assert_eq!(admin.open_user(&id).await["frozen"], false);
    assert_eq!(desk.done_and_refused().await, (3, 0));
}

#[tokio::test]
async fn an_act_that_changed_nothing_is_remembered_as_well() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = desk.add_user(json!({})).await;
    let first = admin.act_with("userFreeze", &id, json!(false), key()).await;
    admin.act("userFreeze", &id, json!(true)).await;
    let again = admin.act_with("userFreeze", &id, json!(false), key()).await;
    assert_eq!(again.body, first.body);
    assert_eq!(admin.open_user(&id).await["frozen"], true);
}

#[tokio::test]
async fn the_same_key_with_another_input_is_refused() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let (id, other) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    admin.create_with(newcomer("Ada"), key()).await;
    admin.act_with("userFreeze", &id, json!(true), key()).await;
    let before = desk.dump().await;
    let with_reason = json!({ "idempotencyKey": KEY, "reason": "Because." });
    let with_version = json!({ "idempotencyKey": KEY, "ifVersion": 1 });
    for (mutation, answer) in [
        ("userCreate", admin.create_with(newcomer("Eve"), key()).await),
        (
            "userCreate",
            admin.create_with(newcomer("Ada"), with_reason.clone()).await,
        ),
        (
            "userFreeze",
            admin.act_with("userFreeze", &id, json!(false), key()).await,
        ),
        (
            "userFreeze",
            admin.act_with("userFreeze", &other, json!(true), key()).await,
        ),
        (
            "userFreeze",
            admin.act_with("userFreeze", &id, json!(true), with_reason).await,
        ),
        (
            "userFreeze",
            admin.act_with("userFreeze", &id, json!(true), with_version).await,
        ),
    ] {
        assert_eq!(
            answer.problems(mutation),
            ["IDEMPOTENCY_MISMATCH options.idempotencyKey"]
        );
    }
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn a_key_belongs_to_its_caller_and_operation() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let colleague = desk.person(&["admin", "compliance"]);
    let first = desk.admin().create_with(newcomer("Ada"), key()).await;
    let second = colleague.create_with(newcomer("Ada"), key()).await;
    assert_ne!(
        first.data("userCreate.user.id"),
        second.data("userCreate.user.id")
    );
    let froze = desk.admin().act_with("userFreeze", &id, json!(true), key()).await;
    assert_eq!(froze.problems("userFreeze"), [""; 0]);
    let switched = desk
        .admin()
        .act_with("userSetActive", &id, json!(false), key())
        .await;
    assert_eq!(switched.problems("userSetActive"), [""; 0]);
    assert_eq!(desk.done_and_refused().await, (5, 0));
}

#[tokio::test]
async fn a_key_is_new_again_after_a_day() {
    let desk = Desk::open().await;
    let create = async || {
        // a token of its own each time: they last an hour
        let answer = desk.admin().create_with(newcomer("Ada"), key()).await;
        answer.text("userCreate.user.id")
    };
    let first = create().await;
    desk.hand.advance(Duration::from_hours(24));
    assert_eq!(create().await, first);
    desk.hand.advance(Duration::from_micros(1));
    let second = create().await;
    assert_ne!(second, first);
    // the sweeper takes what outlived its day, and nothing else
    desk.services.sweep().await;
    assert_eq!(create().await, second);
}

#[tokio::test]
async fn a_refused_input_does_not_use_up_its_key() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let bad = admin.create_with(newcomer("\u{0}"), key()).await;
    assert_eq!(bad.problems("userCreate"), ["INVALID input.profile.firstName"]);
    let good = admin.create_with(newcomer("Ada"), key()).await;
    assert_eq!(good.problems("userCreate"), [""; 0]);
}

#[tokio::test]
async fn a_kept_answer_is_not_shown_beyond_the_accounts_of_the_token() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    desk.admin().act_with("userFreeze", &id, json!(true), key()).await;
    desk.admin().create_with(newcomer("Grace"), key()).await;
    // the same person, whose grants were cut down meanwhile
    let cut_down = desk.person_in(&["admin"], &["DE"]);
    let answer = cut_down.act_with("userFreeze", &id, json!(true), key()).await;
    assert_eq!(answer.code(), Some("NOT_FOUND"), "{}", answer.body);
    let answer = cut_down.create_with(newcomer("Grace"), key()).await;
    assert_eq!(answer.code(), Some("NOT_FOUND"), "{}", answer.body);
    assert_eq!(desk.done_and_refused().await, (3, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_at_once_with_one_key_have_one_effect() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let answers = fifty(|_| {
        let admin = admin.clone();
        async move { admin.create_with(newcomer("Ada"), key()).await }
    })
    .await;
    let id = answers[0].text("userCreate.user.id");
    for answer in &answers {
        assert_eq!(answer.text("userCreate.user.id"), id);
    }
    assert_eq!(desk.done_and_refused().await, (1, 0));
    let all = admin.ask("{ users { totalCount } }").await;
    assert_eq!(all.data("users.totalCount"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_edits_of_one_version_one_wins() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let admin = desk.admin();
    let answers = fifty(|number| {
        let (admin, id) = (admin.clone(), id.clone());
        let input = json!({ "firstName": format!("Ada {number}") });
        async move {
            admin
                .act_with("userUpdate", &id, input, json!({ "ifVersion": 1 }))
                .await
        }
    })
    .await;
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for answer in &answers {
        *outcomes
            .entry(answer.problems("userUpdate").join(" "))
            .or_default() += 1;
    }
    let expected = [
        (String::new(), 1),
        ("VERSION_CONFLICT options.ifVersion".to_owned(), 49),
    ];
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
async fn a_conflict_tells_what_happened_meanwhile() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    // at one instant: the versions tell the order
    desk.admin()
        .update(&id, json!({ "lastName": "Byron", "tag": "vip" }))
        .await;
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
        let answer = desk
            .admin()
            .act_with("userUpdate", &id, json!({ "title": "Countess" }), options)
            .await;
        assert_eq!(
            answer.problems("userUpdate"),
            ["VERSION_CONFLICT options.ifVersion"]
        );
        let conflict = answer.data("userUpdate.errors.0.conflict");
        assert_eq!(
            (&conflict["yours"], &conflict["current"]),
            (&json!(yours), &json!(4))
        );
        assert_eq!(conflict["changedFields"], fields, "since {yours}");
        if yours < 4 {
            assert_eq!(conflict["by"], "A person who is compliance");
            assert_eq!(conflict["at"], "2026-03-01T12:00:00+00:00");
        }
    }
    assert_eq!(desk.dump().await, before);
    let answer = desk
        .admin()
        .act_with(
            "userUpdate",
            &id,
            json!({ "title": "Countess" }),
            json!({ "ifVersion": 4 }),
        )
        .await;
    assert_eq!(answer.data("userUpdate.user.version"), 5);
}

/// Each mutation once, with these options, on a fresh user.
async fn every_mutation(desk: &Desk, person: &Person, options: &Value) -> Vec<(&'static str, Answer)> {
    let created = person.create_with(newcomer("Ada"), options.clone()).await;
    let mut answers = vec![("userCreate", created)];
    for (mutation, ..) in MUTATIONS {
        let id = desk.add_user(json!({})).await;
        let value = super::user_acts::good_value(mutation);
        answers.push((
            mutation,
            person.act_with(mutation, &id, value, options.clone()).await,
        ));
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
    let kept = reasons
        .iter()
        .filter(|reason| **reason == "Asked for it by letter.");
    assert_eq!(kept.count(), 1 + MUTATIONS.len());
}

#[tokio::test]
async fn a_reason_is_judged_with_every_mutation() {
    let desk = Desk::open().await;
    let long = "x".repeat(1001);
    for bad in ["", " ", "a\nb", "a\u{0}b", "a\u{202e}b", &long] {
        for (mutation, answer) in every_mutation(&desk, &desk.admin(), &json!({ "reason": bad })).await {
            assert_eq!(
                answer.problems(mutation),
                ["INVALID options.reason"],
                "{mutation} {bad:?}"
            );
        }
    }
}
