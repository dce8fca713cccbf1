//! KYC reviews: opened, claimed by one reviewer, decided on, and what a decision moves.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Desk, Person};

const KYC: &str = "query ($id: ID!) { user(by: { id: $id }) {
    version kyc { level status comment } groups { key } verifications { kind verified at source by }
} }";

async fn kyc(desk: &Desk, id: &str) -> Value {
    desk.compliance().ask_with(KYC, json!({ "id": id })).await.data("user")
}

/// Somebody else who may decide.
fn colleague(desk: &Desk) -> Person {
    desk.person(&["compliance", "support"])
}

fn validate(level: &str) -> Value {
    json!({ "decision": "VALIDATE", "level": level })
}

fn refuse() -> Value {
    json!({ "decision": "REFUSE", "reasons": ["DOCUMENT_FORGED"], "comment": "The number is another's." })
}

/// A user under a review that compliance has claimed.
async fn under_review(desk: &Desk, profile: Value) -> (String, String) {
    let user = desk.add_user(profile).await;
    let review = desk.compliance().request_review(&user).await;
    assert_eq!(desk.compliance().claim(&user, &review).await.problems("kycClaim"), [""; 0]);
    (user, review)
}

#[tokio::test]
async fn a_review_that_is_asked_for_waits_in_two_weeks_time_and_kyc_is_pending() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let id = desk.admin().request_review(&user).await;
    assert_eq!(
        desk.compliance().open_review(&user).await,
        json!({
            "id": id, "trigger": "REQUESTED", "state": "WAITING", "openedBy": "A person who is admin",
            "dueAt": "2026-03-15T12:00:00+00:00", "assignee": null, "claimedAt": null, "changedFields": [],
            "changes": [], "allowedDecisions": ["VALIDATE", "REFUSE", "REQUEST_INFORMATION", "INVESTIGATE"], "decision": null, "level": null, "reasons": [], "comment": null, "decidedAt": null,
            "decidedBy": null, "closedAt": null,
        })
    );
    assert_eq!(kyc(&desk, &user).await["kyc"]["status"], "PENDING");
}

#[tokio::test]
async fn whoever_asks_again_can_only_hasten_the_review() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let id = desk.admin().request_review(&user).await;
    for (day, due) in [
        ("2026-03-10", "2026-03-11T00:00:00+00:00"),
        ("2026-03-12", "2026-03-11T00:00:00+00:00"),
        ("2026-03-01", "2026-03-02T00:00:00+00:00"),
    ] {
        let input = json!({ "trigger": "PROVIDER", "dueOn": day });
        let answer = desk.compliance().act("kycRequestReview", &user, input).await;
        assert_eq!(answer.problems("kycRequestReview"), [""; 0]);
        let review = desk.compliance().open_review(&user).await;
        assert_eq!((&review["id"], &review["dueAt"]), (&json!(id), &json!(due)), "{day}");
        assert_eq!(review["trigger"], "REQUESTED");
    }
    for (input, field) in [
        (json!({ "dueOn": "2026-02-28" }), "dueOn"),
        (json!({ "dueOn": "soon" }), "dueOn"),
        (json!({ "dueOn": "9999-12-31" }), "dueOn"),
        (json!({ "trigger": "DATA_CHANGED" }), "trigger"),
    ] {
        let answer = desk.compliance().act("kycRequestReview", &user, input).await;
        assert_eq!(answer.problems("kycRequestReview"), [format!("INVALID input.{field}")]);
    }
}

#[tokio::test]
async fn a_decision_moves_level_status_mark_and_groups_in_one_act() {
    let desk = Desk::open().await;
    for (client, level, group) in [
        ("MERCHANT", "LIGHT", "MERCHANT_OWNER"),
        ("MERCHANT", "REGULAR", "LEGAL_MERCHANT_OWNER"),
        ("MERCHANT", "STRONG", "LEGAL_MERCHANT_OWNER"),
        ("ENTERPRISE", "LIGHT", "ENTERPRISE_OWNER"),
        ("ENTERPRISE", "STRONG", "ENTERPRISE_OWNER"),
    ] {
        let (user, review) = under_review(&desk, json!({ "clientType": client })).await;
        let deciding = async { desk.compliance().decide(&user, &review, validate(level)).await };
        let (answer, entries) = desk.entries_of(deciding).await;
        assert_eq!(answer.problems("kycDecide"), [""; 0]);
        assert_eq!(entries.len(), 1, "one entry tells of all of it");
        let now = kyc(&desk, &user).await;
        assert_eq!(now["kyc"], json!({ "level": level, "status": "VALIDATED", "comment": null }));
        assert!(now["groups"].as_array().unwrap().contains(&json!({ "key": group })), "{client} {level}");
        assert_eq!(
            now["verifications"][0],
            json!({
                "kind": "IDENTITY", "verified": true, "at": "2026-03-01T12:00:00+00:00", "source": "OPERATOR",
                "by": "compliance@desk.example",
            })
        );
        assert_eq!(desk.compliance().open_review(&user).await, Value::Null);
    }
    let (user, review) = under_review(&desk, json!({})).await;
    desk.compliance().decide(&user, &review, validate("STRONG")).await;
    assert_eq!(
        kyc(&desk, &user).await["groups"],
        json!([{ "key": "EMAIL_NOT_VERIFIED" }, { "key": "PHONE_NOT_VERIFIED" }])
    );
}

#[tokio::test]
async fn a_refusal_takes_level_mark_and_group_away_and_says_why() {
    let desk = Desk::open().await;
    let (user, review) = under_review(&desk, json!({ "clientType": "MERCHANT" })).await;
    desk.compliance().decide(&user, &review, validate("REGULAR")).await;
    let again = desk.compliance().request_review(&user).await;
    assert_ne!(again, review);
    let pending = kyc(&desk, &user).await;
    assert_eq!(pending["kyc"]["level"], "REGULAR", "until it is decided all stays");
    assert!(pending["groups"].as_array().unwrap().contains(&json!({ "key": "LEGAL_MERCHANT_OWNER" })));
    desk.compliance().claim(&user, &again).await;
    assert_eq!(desk.compliance().decide(&user, &again, refuse()).await.problems("kycDecide"), [""; 0]);
    let now = kyc(&desk, &user).await;
    assert_eq!(
        now["kyc"],
        json!({ "level": "NONE", "status": "REFUSED", "comment": "The number is another's." })
    );
    assert_eq!(now["verifications"][0]["verified"], false);
    assert!(!now["groups"].as_array().unwrap().contains(&json!({ "key": "LEGAL_MERCHANT_OWNER" })));
    let query = "query ($id: ID!) { user(by: { id: $id }) { kyc { reviews { nodes {
        state decision level reasons comment decidedBy closedAt
    } } } } }";
    let reviews = desk.read_only().ask_with(query, json!({ "id": user })).await;
    assert_eq!(
        reviews.data("user.kyc.reviews.nodes.1"),
        json!({
            "state": "REFUSED", "decision": "REFUSE", "level": "NONE", "reasons": ["DOCUMENT_FORGED"],
            "comment": "The number is another's.", "decidedBy": "A person who is compliance",
            "closedAt": "2026-03-01T12:00:00+00:00",
        })
    );
    assert_eq!(reviews.column("user.kyc.reviews.nodes", "state"), ["VALIDATED", "REFUSED"]);
}

#[tokio::test]
async fn the_group_of_a_level_follows_the_kind_of_client() {
    let desk = Desk::open().await;
    let (user, review) = under_review(&desk, json!({})).await;
    desk.compliance().decide(&user, &review, validate("REGULAR")).await;
    let verified = json!([{ "key": "EMAIL_NOT_VERIFIED" }, { "key": "PHONE_NOT_VERIFIED" }]);
    assert_eq!(kyc(&desk, &user).await["groups"], verified, "which group it is, is not known yet");
    for (client, group, other) in [
        ("MERCHANT", "LEGAL_MERCHANT_OWNER", "ENTERPRISE_OWNER"),
        ("ENTERPRISE", "ENTERPRISE_OWNER", "LEGAL_MERCHANT_OWNER"),
    ] {
        desk.admin().update(&user, json!({ "clientType": client })).await;
        let groups = kyc(&desk, &user).await["groups"].clone();
        assert!(groups.as_array().unwrap().contains(&json!({ "key": group })), "{groups}");
        assert!(!groups.as_array().unwrap().contains(&json!({ "key": other })), "{groups}");
    }
}

#[tokio::test]
async fn without_a_level_the_kind_of_client_moves_no_group() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({ "clientType": "MERCHANT" })).await;
    let groups = desk.admin().ask("{ groups { id key } }").await.data("groups");
    let owner = groups.as_array().unwrap().iter().find(|group| group["key"] == "MERCHANT_OWNER").unwrap();
    desk.admin().act("userSetGroups", &user, json!([owner["id"]])).await;
    desk.admin().update(&user, json!({ "clientType": "ENTERPRISE" })).await;
    let groups = kyc(&desk, &user).await["groups"].clone();
    assert!(
        groups.as_array().unwrap().contains(&json!({ "key": "MERCHANT_OWNER" })),
        "given by hand: {groups}"
    );
}

#[tokio::test]
async fn asking_for_information_and_investigating_leave_the_review_open() {
    let desk = Desk::open().await;
    let (user, review) = under_review(&desk, json!({})).await;
    for (decision, state) in
        [("REQUEST_INFORMATION", "INFORMATION_REQUESTED"), ("INVESTIGATE", "UNDER_INVESTIGATION")]
    {
        let input =
            json!({ "decision": decision, "reasons": ["ADDRESS_UNPROVEN"], "comment": "A bill, please." });
        let answer = desk.compliance().decide(&user, &review, input).await;
        assert_eq!(answer.problems("kycDecide"), [""; 0]);
        let now = desk.compliance().open_review(&user).await;
        assert_eq!((&now["state"], &now["decision"]), (&json!(state), &json!(decision)));
        assert_eq!((&now["reasons"], &now["level"]), (&json!(["ADDRESS_UNPROVEN"]), &Value::Null));
        assert_eq!(now["assignee"]["subject"], "compliance@desk.example");
        let kyc = kyc(&desk, &user).await;
        assert_eq!(kyc["kyc"], json!({ "level": "NONE", "status": "PENDING", "comment": "A bill, please." }));
    }
    let answer = desk.compliance().decide(&user, &review, validate("LIGHT")).await;
    assert_eq!(answer.problems("kycDecide"), [""; 0]);
}

#[tokio::test]
async fn what_is_wrong_with_a_decision_is_told_all_at_once() {
    let desk = Desk::open().await;
    let (user, review) = under_review(&desk, json!({})).await;
    let before = desk.dump().await;
    for (input, problems) in [
        (json!({ "decision": "VALIDATE" }), vec!["ILLEGAL_TRANSITION input.level"]),
        (validate("NONE"), vec!["ILLEGAL_TRANSITION input.level"]),
        (json!({ "decision": "REFUSE" }), vec!["REQUIRED input.reasons"]),
        (
            json!({ "decision": "REFUSE", "level": "LIGHT", "reasons": ["OTHER"] }),
            vec!["REQUIRED input.comment", "ILLEGAL_TRANSITION input.level"],
        ),
        (
            json!({ "decision": "INVESTIGATE", "level": "LIGHT", "comment": "a\u{0}" }),
            vec!["INVALID input.comment", "REQUIRED input.reasons", "ILLEGAL_TRANSITION input.level"],
        ),
    ] {
        let answer = desk.compliance().decide(&user, &review, input.clone()).await;
        assert_eq!(answer.problems("kycDecide"), problems, "{input}");
    }
    let answer = desk.compliance().decide(&user, "nothing", validate("LIGHT")).await;
    assert_eq!(answer.problems("kycDecide"), ["NOT_FOUND input.reviewId"]);
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn only_whoever_claimed_a_review_decides_on_it() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let review = desk.admin().request_review(&user).await;
    let illegal = ["ILLEGAL_TRANSITION input.reviewId"];
    let deciding =
        async |person: Person| person.decide(&user, &review, validate("LIGHT")).await.problems("kycDecide");
    assert_eq!(deciding(desk.compliance()).await, illegal, "nobody has claimed it");
    desk.compliance().claim(&user, &review).await;
    assert_eq!(deciding(colleague(&desk)).await, illegal);
    assert_eq!(deciding(desk.admin()).await, illegal);
    assert_eq!(desk.admin().claim(&user, &review).await.problems("kycClaim"), illegal);
    let (again, entries) = desk.entries_of(desk.compliance().claim(&user, &review)).await;
    assert_eq!(again.problems("kycClaim"), [""; 0]);
    assert_eq!(entries, [], "what one has, one has");
    assert_eq!(deciding(desk.compliance()).await, [""; 0]);
    for decided in [validate("LIGHT"), refuse()] {
        let answer = desk.compliance().decide(&user, &review, decided).await;
        assert_eq!(answer.problems("kycDecide"), illegal, "it is decided");
    }
    assert_eq!(desk.admin().claim(&user, &review).await.problems("kycClaim"), illegal);
}

#[tokio::test]
async fn a_review_is_given_back_or_to_somebody_and_taken_with_a_reason() {
    let desk = Desk::open().await;
    let (user, review) = under_review(&desk, json!({})).await;
    let holder = async || desk.compliance().open_review(&user).await["assignee"].clone();
    let release = json!({ "reviewId": review });
    let to = json!({ "reviewId": review, "to": { "subject": "compliance+support@desk.example" } });
    for (mutation, input) in [("kycRelease", &release), ("kycHandOver", &to)] {
        let answer = colleague(&desk).act(mutation, &user, input.clone()).await;
        assert_eq!(answer.problems(mutation), ["REQUIRED options.reason"]);
    }
    assert_eq!(holder().await["subject"], "compliance@desk.example");
    let reason = json!({ "reason": "She is on holiday." });
    let answer = colleague(&desk).act_with("kycHandOver", &user, to, reason).await;
    assert_eq!(answer.problems("kycHandOver"), [""; 0]);
    assert_eq!(
        holder().await,
        json!({ "issuer": "backdesk", "subject": "compliance+support@desk.example", "name": null })
    );
    let answer = desk.compliance().decide(&user, &review, validate("LIGHT")).await;
    assert_eq!(answer.problems("kycDecide"), ["ILLEGAL_TRANSITION input.reviewId"]);
    assert_eq!(colleague(&desk).act("kycRelease", &user, release).await.problems("kycRelease"), [""; 0]);
    assert_eq!(holder().await, Value::Null);
    let nobody = json!({ "reviewId": review, "to": { "subject": " ", "issuer": "a\u{0}" } });
    let answer = desk.compliance().act("kycHandOver", &user, nobody).await;
    assert_eq!(answer.problems("kycHandOver"), ["INVALID input.to.issuer", "INVALID input.to.subject"]);
}

#[tokio::test]
async fn a_decision_against_a_version_that_changed_is_refused() {
    let desk = Desk::open().await;
    let (user, review) = under_review(&desk, json!({})).await;
    let seen = kyc(&desk, &user).await["version"].clone();
    desk.admin().update(&user, json!({ "lastName": "Byron" })).await;
    let decision = json!({ "reviewId": review, "decision": "VALIDATE", "level": "LIGHT" });
    let options = json!({ "ifVersion": seen });
    let answer = desk.compliance().act_with("kycDecide", &user, decision, options).await;
    assert_eq!(answer.problems("kycDecide"), ["VERSION_CONFLICT options.ifVersion"]);
    let fields = answer.data("kycDecide.errors.0.conflict.changedFields");
    assert!(fields.as_array().unwrap().contains(&json!("lastName")), "{fields}");
    assert_eq!(kyc(&desk, &user).await["kyc"]["status"], "PENDING");
}

#[tokio::test]
async fn cancelling_a_user_ends_the_review_without_a_decision() {
    let desk = Desk::open().await;
    let (user, review) = under_review(&desk, json!({})).await;
    desk.hand.advance(Duration::from_secs(1));
    desk.admin().act("userCancel", &user, json!("USER")).await;
    let query = "{ kycReviews { nodes { id state closedAt decision } } }";
    assert_eq!(
        desk.read_only().ask(query).await.data("kycReviews.nodes"),
        json!([{ "id": review, "state": "CLOSED", "closedAt": "2026-03-01T12:00:01+00:00", "decision": null }])
    );
    let answer = desk.compliance().decide(&user, &review, validate("LIGHT")).await;
    assert_eq!(answer.problems("kycDecide"), ["USER_CANCELED id"]);
}

#[tokio::test]
async fn a_review_of_another_user_or_account_is_not_there() {
    let desk = Desk::open().await;
    let (user, review) = under_review(&desk, json!({})).await;
    let other = desk.add_user_to("DE", json!({})).await;
    let before = desk.dump().await;
    let answer = desk.compliance().decide(&other, &review, validate("LIGHT")).await;
    assert_eq!(answer.problems("kycDecide"), ["NOT_FOUND input.reviewId"]);
    let german = desk.person_in(&["compliance"], &["DE"]);
    assert_eq!(german.claim(&user, &review).await.code(), Some("NOT_FOUND"));
    assert_eq!(german.ask("{ kycReviews { totalCount } }").await.data("kycReviews.totalCount"), 0);
    assert_eq!(desk.dump().await, before);
}
