//! What a user's status, freezing and KYC let them do, and acts on one user that meet: one of two wins, and the other is told
//! the truth.

use std::sync::Arc;

use backdesk_entity::{
    enums::{ClientType, KycLevel, KycStatus},
    user,
};
use sea_orm::{ActiveModelTrait, Set};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, uuid};

const LOOK: &str = "query ($id: ID!) { user(by: { id: $id }) {
    canSignIn visible canTransact canContact canWithdraw active publicProfile { displayName }
} }";

/// How often two acts meet: each time either may come first.
const ROUNDS: usize = 8;

async fn has(desk: &Desk, id: &str, status: KycStatus, level: KycLevel, client: Option<ClientType>) {
    let change = user::ActiveModel {
        id: Set(uuid(id)),
        kyc_status: Set(status),
        kyc_level: Set(level),
        client_type: Set(client),
        ..Default::default()
    };
    change.update(&desk.side_door().await).await.unwrap();
}

#[tokio::test]
async fn the_status_and_freezing_say_what_a_user_may_do() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    has(&desk, &id, KycStatus::Validated, KycLevel::Regular, Some(ClientType::Merchant)).await;
    let mut lines = Vec::new();
    for status in ["LIVE", "IN_REVIEW", "INVALIDATED", "CANCELED"] {
        for frozen in [false, true] {
            // nobody freezes the cancelled any more
            match (status, frozen) {
                ("CANCELED", false) => desk.compliance().act("userCancel", &id, json!("USER")).await,
                ("CANCELED", true) => continue,
                _ => {
                    desk.compliance().act("userFreeze", &id, json!(frozen)).await;
                    desk.compliance().act("userSetStatus", &id, json!(status)).await
                }
            };
            let user = desk.read_only().ask_with(LOOK, json!({ "id": id })).await.data("user");
            assert_eq!(
                user["visible"] == true,
                user["publicProfile"].is_object(),
                "others see who is visible"
            );
            assert_eq!(user["active"], user["canSignIn"]);
            let may = ["canSignIn", "visible", "canTransact", "canContact", "canWithdraw"];
            let may: Vec<&str> = may.into_iter().filter(|field| user[field] == true).collect();
            let line = format!("{status}{}: {}", if frozen { ", frozen" } else { "" }, may.join(" "));
            lines.push(line.trim_end().to_owned());
        }
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    LIVE: canSignIn visible canTransact canContact canWithdraw
    LIVE, frozen: canSignIn visible canContact
    IN_REVIEW: canSignIn
    IN_REVIEW, frozen: canSignIn
    INVALIDATED:
    INVALIDATED, frozen:
    CANCELED:
    ");
}

#[tokio::test]
async fn who_withdraws_is_validated_and_has_the_level_of_their_kind() {
    use KycLevel::{Light, Regular, Strong};
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let withdraws =
        async || desk.read_only().ask_with(LOOK, json!({ "id": id })).await.data("user.canWithdraw") == true;
    for (client, least) in
        [(Some(ClientType::Merchant), Regular), (Some(ClientType::Enterprise), Light), (None, Regular)]
    {
        for level in [KycLevel::None, Light, Regular, Strong] {
            has(&desk, &id, KycStatus::Validated, level, client).await;
            assert_eq!(withdraws().await, level >= least, "{client:?} {level:?}");
            has(&desk, &id, KycStatus::Pending, level, client).await;
            assert!(!withdraws().await, "nobody vouches for {client:?} {level:?} now");
        }
    }
    // so a change that is reviewed stops withdrawals until somebody decided, and nothing else
    has(&desk, &id, KycStatus::Validated, Regular, Some(ClientType::Merchant)).await;
    let answer = desk.admin().update(&id, json!({ "lastName": "Lovelace" })).await;
    let user = answer.data("userUpdate.user");
    assert_eq!((&user["canTransact"], &user["canWithdraw"]), (&json!(true), &json!(false)));
    let review = desk.compliance().open_review(&id).await;
    assert_eq!(
        review["allowedDecisions"],
        json!(["VALIDATE", "REFUSE", "REQUEST_INFORMATION", "INVESTIGATE"])
    );
    let review = review["id"].as_str().unwrap().to_owned();
    desk.compliance().claim(&id, &review).await;
    let answer = desk.compliance().decide(&id, &review, json!({ "decision": "VALIDATE" })).await;
    assert_eq!(answer.data("kycDecide.user.canWithdraw"), true);
    let ended =
        "query ($id: ID!) { user(by: { id: $id }) { kyc { reviews { nodes { allowedDecisions } } } } }";
    let ended = desk.compliance().ask_with(ended, json!({ "id": id })).await;
    assert_eq!(ended.data("user.kyc.reviews.nodes"), json!([{ "allowedDecisions": [] }]));
}

#[tokio::test]
async fn what_users_may_do_costs_no_statement() {
    let desk = Desk::open().await;
    for _ in 0..3 {
        desk.add_user(json!({})).await;
    }
    let (_, plain) = desk.statements_of(desk.read_only().ask("{ users { nodes { id status } } }")).await;
    let may = "{ users { nodes { id canSignIn visible canTransact canContact canWithdraw } } }";
    let (answer, asked) = desk.statements_of(desk.read_only().ask(may)).await;
    assert_eq!(answer.data("users.nodes.2.canTransact"), true);
    assert_eq!(asked.len(), plain.len());
}

/// Two acts on a user at once: the problems of each, and what the trail tells of them by name.
async fn meet(
    desk: &Arc<Desk>,
    id: &str,
    one: (&'static str, Value, Value),
    other: (&'static str, Value, Value),
) -> (Vec<Answer>, Vec<String>) {
    let act = |(mutation, value, options): (&'static str, Value, Value)| {
        let (person, id) = (desk.compliance(), id.to_owned());
        tokio::spawn(async move { person.act_with(mutation, &id, value, options).await })
    };
    let both = async {
        let (one, other) = (act(one), act(other));
        vec![one.await.unwrap(), other.await.unwrap()]
    };
    let (answers, entries) = desk.entries_of(both).await;
    (answers, entries.into_iter().map(|entry| entry.action).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_that_meets_a_cancellation_comes_before_it_or_not_at_all() {
    let desk = Arc::new(Desk::open().await);
    for _ in 0..ROUNDS {
        let id = desk.add_user(json!({})).await;
        let cancel = ("userCancel", json!("OPERATOR"), Value::Null);
        let set = ("userSetStatus", json!("IN_REVIEW"), Value::Null);
        let (answers, entries) = meet(&desk, &id, cancel, set).await;
        assert_eq!(answers[0].problems("userCancel"), [""; 0]);
        match &answers[1].problems("userSetStatus")[..] {
            [] => assert_eq!(entries, ["USER_SET_STATUS", "USER_CANCEL"]),
            problems => {
                assert_eq!(problems, ["USER_CANCELED id"]);
                assert_eq!(entries, ["USER_CANCEL"]);
            }
        }
        assert_eq!(desk.admin().open_user(&id).await["status"], "CANCELED");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_cancellations_one_counts_with_its_origin() {
    let desk = Arc::new(Desk::open().await);
    for _ in 0..ROUNDS {
        let id = desk.add_user(json!({})).await;
        let cancel = |origin: &str| ("userCancel", json!(origin), Value::Null);
        let (answers, entries) = meet(&desk, &id, cancel("OPERATOR"), cancel("USER")).await;
        assert_eq!(entries, ["USER_CANCEL"]);
        let origin = desk.admin().open_user(&id).await["cancellation"]["origin"].clone();
        for (answer, own) in answers.iter().zip(["OPERATOR", "USER"]) {
            let problems = answer.problems("userCancel");
            if origin == own {
                assert_eq!(problems, [""; 0]);
            } else {
                assert_eq!(problems, ["USER_CANCELED id"]);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_acts_on_the_same_version_one_is_told_of_the_other() {
    let desk = Arc::new(Desk::open().await);
    for _ in 0..ROUNDS {
        let id = desk.add_user(json!({})).await;
        let options = || json!({ "ifVersion": 1 });
        let switch = ("userSetActive", json!(false), options());
        let set = ("userSetStatus", json!("IN_REVIEW"), options());
        let (answers, entries) = meet(&desk, &id, switch, set).await;
        let (lost, status) = match &entries[..] {
            [action] if action == "USER_SET_ACTIVE" => (1, "INVALIDATED"),
            [action] if action == "USER_SET_STATUS" => (0, "IN_REVIEW"),
            entries => panic!("{entries:?}"),
        };
        let mutations = ["userSetActive", "userSetStatus"];
        assert_eq!(answers[lost].problems(mutations[lost]), ["VERSION_CONFLICT options.ifVersion"]);
        let changed = answers[lost].data(&format!("{}.errors.0.conflict.changedFields", mutations[lost]));
        assert_eq!(changed, json!(["status"]));
        assert_eq!(answers[1 - lost].problems(mutations[1 - lost]), [""; 0]);
        assert_eq!(desk.admin().open_user(&id).await["status"], status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn freezing_twice_at_once_is_freezing_once() {
    let desk = Arc::new(Desk::open().await);
    for _ in 0..ROUNDS {
        let id = desk.add_user(json!({})).await;
        let freeze = || ("userFreeze", json!(true), Value::Null);
        let (answers, entries) = meet(&desk, &id, freeze(), freeze()).await;
        assert_eq!(entries, ["USER_FREEZE"]);
        for answer in answers {
            assert_eq!(answer.problems("userFreeze"), [""; 0]);
            assert_eq!(answer.data("userFreeze.user.version"), 2);
        }
    }
}
