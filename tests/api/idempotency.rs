//! A key makes retries safe: one effect and one answer, however often and at how many places it arrives.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Desk, fifty};

const KEY: &str = "0190a1b2-0000-7000-8000-000000000001";

fn key() -> Value {
    json!({ "idempotencyKey": KEY })
}

fn newcomer(name: &str) -> Value {
    json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": { "firstName": name } })
}

#[tokio::test]
async fn the_same_key_has_one_effect_and_one_answer() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let first = admin.create_with(newcomer("Ada"), key()).await;
    let before = desk.dump().await;
    desk.hand.advance(Duration::from_mins(10));
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
async fn a_kept_answer_shows_what_belonged_to_the_user_then() {
    const CREATE: &str = "mutation ($key: UUID!) {
        userCreate(
            input: { account: \"FR\", personType: NATURAL_PERSON, profile: { spokenLanguages: [\"fr\"] } }
            options: { idempotencyKey: $key }
        ) { user { id version groups { key } spokenLanguages account { name } } errors { code field } }
    }";
    let desk = Desk::open().await;
    let key = json!({ "key": "019ca945-0000-7000-8000-000000000001" });
    let first = desk.admin().ask_with(CREATE, key.clone()).await;
    let id = first.text("userCreate.user.id");
    let group = desk.admin().ask("{ groups { id } }").await.text("groups.0.id");
    desk.admin().act("userSetGroups", &id, json!([group])).await;
    desk.admin().update(&id, json!({ "spokenLanguages": ["de"] })).await;
    assert_eq!(desk.admin().ask_with(CREATE, key).await.body, first.body);
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
        ("userCreate", admin.create_with(newcomer("Ada"), with_reason.clone()).await),
        ("userFreeze", admin.act_with("userFreeze", &id, json!(false), key()).await),
        ("userFreeze", admin.act_with("userFreeze", &other, json!(true), key()).await),
        ("userFreeze", admin.act_with("userFreeze", &id, json!(true), with_reason).await),
        ("userFreeze", admin.act_with("userFreeze", &id, json!(true), with_version).await),
    ] {
        assert_eq!(answer.problems(mutation), ["IDEMPOTENCY_MISMATCH options.idempotencyKey"]);
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
    assert_ne!(first.data("userCreate.user.id"), second.data("userCreate.user.id"));
    let froze = desk.admin().act_with("userFreeze", &id, json!(true), key()).await;
    assert_eq!(froze.problems("userFreeze"), [""; 0]);
    let switched = desk.admin().act_with("userSetActive", &id, json!(false), key()).await;
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
