//! Verified marks that staff set and take away, as far as the platform lets them.

use std::{sync::Arc, time::Duration};

use backdesk_entity::enums::KycLevel;
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person};

const KINDS: [(&str, &str, &str); 3] = [
    ("IDENTITY", "identity", "KYC_NOT_VERIFIED"),
    ("EMAIL", "email", "EMAIL_NOT_VERIFIED"),
    ("PHONE", "phone", "PHONE_NOT_VERIFIED"),
];

async fn set(person: &Person, id: &str, kind: &str, verified: bool) -> Answer {
    person.act("userSetVerification", id, json!({ "kind": kind, "verified": verified })).await
}

/// From now on staff verify these by hand.
async fn policy(desk: &Desk, kinds: &[&str]) -> Answer {
    let update = "mutation ($input: PolicyInput!) {
        platformUpdatePolicy(input: $input) { errors { code field message } }
    }";
    let answer = desk.admin().ask_with(update, json!({ "input": { "operatorVerifies": kinds } })).await;
    assert_eq!(answer.problems("platformUpdatePolicy"), [""; 0]);
    answer
}

/// A user with an address and a number.
async fn ada(desk: &Desk) -> String {
    desk.add_user(json!({ "email": "ada@example.com", "phone": "+33612345678" })).await
}

#[tokio::test]
async fn a_mark_says_who_set_it_and_when_and_goes_whole() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    for (at, (kind, field, _)) in KINDS.into_iter().enumerate() {
        desk.hand.advance(Duration::from_secs(1));
        let answer = set(&desk.compliance(), &id, kind, true).await;
        assert_eq!(answer.problems("userSetVerification"), [""; 0]);
        let user = answer.data("userSetVerification.user");
        assert_eq!(user["verified"][field], true);
        assert_eq!(user["publicProfile"]["verified"][field], true, "other users see it");
        let mark = json!({
            "kind": kind, "verified": true, "at": user["updatedAt"], "source": "OPERATOR",
            "by": "compliance@desk.example",
        });
        assert_eq!(user["verifications"][at], mark);
        assert_eq!(desk.admin().open_user(&id).await, user);

        let answer = set(&desk.admin(), &id, kind, false).await;
        let user = answer.data("userSetVerification.user");
        assert_eq!(user["verified"][field], false);
        let none = json!({ "kind": kind, "verified": false, "at": null, "source": null, "by": null });
        assert_eq!(user["verifications"][at], none);
        let trail = desk.trail().await;
        let fields = trail.data("auditEvents.nodes.0.changedFields");
        assert_eq!(fields, json!([format!("{field}Verified"), format!("verifications.{field}")]));
    }
}

#[tokio::test]
async fn a_mark_that_says_so_already_stays_with_whoever_set_it() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    let (answer, entries) = desk.entries_of(set(&desk.admin(), &id, "EMAIL", false)).await;
    assert_eq!((answer.problems("userSetVerification"), entries), (vec![], vec![]));
    set(&desk.compliance(), &id, "EMAIL", true).await;
    let before = desk.dump().await;
    let (answer, entries) = desk.entries_of(set(&desk.admin(), &id, "EMAIL", true)).await;
    assert_eq!((answer.problems("userSetVerification"), entries), (vec![], vec![]));
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn an_address_or_number_that_is_not_there_is_not_verified() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    for kind in ["EMAIL", "PHONE"] {
        let answer = set(&desk.admin(), &id, kind, true).await;
        assert_eq!(answer.problems("userSetVerification"), ["INVALID input.kind"]);
        assert_eq!(set(&desk.admin(), &id, kind, false).await.problems("userSetVerification"), [""; 0]);
    }
}

#[tokio::test]
async fn another_address_takes_the_mark_of_staff_away_too() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    for (kind, input, field) in [
        ("EMAIL", json!({ "email": "ada@example.org" }), "email"),
        ("PHONE", json!({ "phone": null }), "phone"),
    ] {
        set(&desk.admin(), &id, kind, true).await;
        let answer = desk.admin().act("userUpdateContact", &id, input).await;
        assert_eq!(answer.data(&format!("userUpdateContact.user.verified.{field}")), false);
    }
}

#[tokio::test]
async fn the_groups_of_states_follow_in_lists_and_counts() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    let query = "query ($where: UserWhere) { users(where: $where) {
        totalCount facets(by: [GROUP]) { buckets { key count } }
    } }";
    for (kind, _, group) in KINDS {
        // KYC is apart from the mark of the identity, and so is its group
        let follows = kind != "IDENTITY";
        for verified in [true, false] {
            let answer = set(&desk.compliance(), &id, kind, verified).await;
            let is_in = !(verified && follows);
            let groups = answer.column("userSetVerification.user.groups", "key");
            assert_eq!(groups.contains(&json!(group)), is_in, "{kind} {verified}");
            let filter = json!({ "where": { "group": { "eq": group } } });
            let listed = desk.admin().ask_with(query, filter).await;
            assert_eq!(listed.data("users.totalCount"), usize::from(is_in), "{kind} {verified}");
            let every = desk.admin().ask_with(query, json!({})).await;
            let buckets = every.data("users.facets.0.buckets");
            let bucket = buckets.as_array().unwrap().iter().find(|bucket| bucket["key"] == group);
            let count = bucket.map_or(0, |bucket| bucket["count"].as_u64().unwrap());
            assert_eq!(count, u64::from(is_in), "{kind} {verified}");
        }
    }
}

#[tokio::test]
async fn the_mark_of_the_identity_moves_neither_level_nor_status_of_kyc() {
    let desk = Desk::open().await;
    let id = desk.validated_user(json!({}), KycLevel::Regular).await;
    for verified in [true, false] {
        let answer = set(&desk.compliance(), &id, "IDENTITY", verified).await;
        let kyc = answer.data("userSetVerification.user.kyc");
        assert_eq!(kyc, json!({ "level": "REGULAR", "status": "VALIDATED" }));
        assert_eq!(desk.compliance().open_review(&id).await, Value::Null, "a mark is nothing to review");
    }
}

#[tokio::test]
async fn the_policy_names_what_staff_verify() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    policy(&desk, &["PHONE"]).await;
    for kind in ["IDENTITY", "EMAIL"] {
        for verified in [true, false] {
            let asked = "mutation ($id: ID!, $input: UserVerificationInput!) {
                userSetVerification(id: $id, input: $input) { user { id } errors { code field policy message } }
            }";
            let input = json!({ "kind": kind, "verified": verified });
            let asking = desk.compliance().ask_with(asked, json!({ "id": id, "input": input })).await;
            assert_eq!(asking.problems("userSetVerification"), ["POLICY_FORBIDS input.kind"]);
            assert_eq!(asking.data("userSetVerification.errors.0.policy"), "operatorVerifies");
        }
    }
    assert_eq!(set(&desk.compliance(), &id, "PHONE", true).await.problems("userSetVerification"), [""; 0]);
    // compliance decides on KYC by its own rules
    let review = desk.compliance().request_review(&id).await;
    desk.compliance().claim(&id, &review).await;
    let decided =
        desk.compliance().decide(&id, &review, json!({ "decision": "VALIDATE", "level": "LIGHT" })).await;
    assert_eq!(decided.data("kycDecide.user.verified.identity"), true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mark_comes_before_the_policy_that_forbids_it_or_not_at_all() {
    let desk = Arc::new(Desk::open().await);
    for _ in 0..6 {
        let id = desk.add_user(json!({ "phone": "+33612345678" })).await;
        policy(&desk, &["PHONE"]).await;
        let (one, other, user) = (Arc::clone(&desk), Arc::clone(&desk), id.clone());
        let both = async {
            let marking = tokio::spawn(async move { set(&one.compliance(), &user, "PHONE", true).await });
            let forbidding = tokio::spawn(async move { policy(&other, &[]).await });
            forbidding.await.unwrap();
            marking.await.unwrap()
        };
        let (marked, entries) = desk.entries_of(both).await;
        let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
        match &marked.problems("userSetVerification")[..] {
            [] => assert_eq!(actions.len(), 2),
            problems => {
                assert_eq!(problems, ["POLICY_FORBIDS input"]);
                assert_eq!(actions, ["PLATFORM_UPDATE_POLICY"]);
            }
        }
        let refused = set(&desk.compliance(), &id, "PHONE", false).await;
        assert_eq!(refused.problems("userSetVerification"), ["POLICY_FORBIDS input"]);
    }
}

#[tokio::test]
async fn marks_are_set_by_administrators_and_compliance() {
    let desk = Desk::open().await;
    let id = ada(&desk).await;
    for role in ["read-only", "support", "marketing", "finance", "view-only"] {
        let answer = set(&desk.person(&[role]), &id, "EMAIL", true).await;
        assert_eq!(answer.code(), Some("FORBIDDEN"), "{role}");
        assert_eq!(answer.body.pointer("/errors/0/extensions/permission"), Some(&json!("USER_VERIFY")));
    }
}
