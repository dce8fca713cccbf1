//! The life cycle: status, active, frozen, groups, and cancelling, which is final.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Desk, MUTATIONS, Person,
    documents::{OWN_COMMENT, SENT_FILE, SENT_PICTURE, SHARED_DOCUMENT},
    kyc::{OPEN_REVIEW, OWN_REVIEW},
    recorded::WALLET,
};

/// The open statuses; CANCELED is reached by `userCancel` alone.
const OPEN: [&str; 3] = ["IN_REVIEW", "LIVE", "INVALIDATED"];

/// A value that each act takes and that changes a fresh user, of whom all is arranged that it needs.
pub(crate) async fn good_value(desk: &Desk, mutation: &str, id: &str) -> Value {
    let company = desk.company_beside(id).await;
    match mutation {
        "userUpdate" => json!({ "firstName": "Grace" }),
        "userSetStatus" => json!("IN_REVIEW"),
        "userSetActive" => json!(false),
        "userFreeze" => json!(true),
        "userCancel" => json!("OPERATOR"),
        "userSetGroups" => json!(["00000000-0000-7000-8000-000000000002"]),
        "userSetCategories" => json!([desk.category().await]),
        "userSetVerification" => json!({ "kind": "IDENTITY", "verified": true }),
        "userUpdateContact" => json!({ "mobile": "+33612345678" }),
        "userSetParent" => json!({ "parentId": company, "kind": "SHAREHOLDER", "sharePercent": "0.01" }),
        "userSetCompany" => json!({ "companyId": company, "role": "STAFF" }),
        "userLinkParty" => json!({ "partyId": company, "kind": "ADVISER" }),
        "userUnlinkParty" => {
            desk.has_partner(id).await;
            json!({ "partyId": company, "kind": "PARTNER" })
        }
        "guestUpdate" => {
            desk.has_guest(id).await;
            json!({ "guestId": id, "email": "bookings@example.com" })
        }
        "documentRequest" => json!({ "kind": "IDENTITY", "note": "Both sides." }),
        "documentUpload" => {
            json!({ "kind": "ADDRESS", "name": "bill.pdf", "contentType": "application/pdf", "size": 9 })
        }
        "documentConfirm" => json!({ "documentId": SENT_FILE }),
        "documentDecide" => json!({ "documentId": SHARED_DOCUMENT, "decision": "ACCEPT" }),
        "userUploadPicture" => json!({ "name": "ada.png", "contentType": "image/png", "size": 9 }),
        "userConfirmPicture" => json!({ "documentId": SENT_PICTURE }),
        "userAddComment" => json!({ "body": "Called back." }),
        "userCorrectComment" => json!({ "commentId": OWN_COMMENT, "body": "Called back at noon." }),
        "walletSetNetwork" => json!({ "walletId": WALLET, "network": "bitcoin", "status": "CONNECTED" }),
        "userSetFees" => {
            json!({ "asker": { "percent": "12.5" }, "offerer": { "fixed": { "amount": "1", "currency": "EUR" } } })
        }
        "kycRequestReview" => json!({ "trigger": "PERIODIC" }),
        "kycClaim" => json!({ "reviewId": OPEN_REVIEW }),
        "kycRelease" => json!({ "reviewId": OWN_REVIEW }),
        "kycHandOver" => json!({ "reviewId": OWN_REVIEW, "to": { "subject": "grace@desk.example" } }),
        "kycDecide" => json!({ "reviewId": OWN_REVIEW, "decision": "VALIDATE", "level": "STRONG" }),
        other => panic!("a good value for {other}"),
    }
}

async fn group_id(person: &Person, key: &str) -> String {
    let groups = person.ask("{ groups { id key } }").await.data("groups");
    let groups = groups.as_array().expect("groups");
    let group = groups.iter().find(|group| group["key"] == key).expect("a group");
    group["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn every_open_status_reaches_every_other() {
    let desk = Desk::open().await;
    let compliance = desk.compliance();
    for from in OPEN {
        for to in OPEN {
            let id = desk.add_user(json!({})).await;
            compliance.act("userSetStatus", &id, json!(from)).await;
            desk.hand.advance(Duration::from_secs(1));
            let options = json!({ "reason": "So it shall be." });
            let answer = compliance.act_with("userSetStatus", &id, json!(to), options).await;
            let user = answer.data("userSetStatus.user");
            assert_eq!(user["status"], to, "{from} to {to}");
            assert_eq!(user["active"], to != "INVALIDATED");
            if from != to {
                assert_eq!(user["statusReason"], "So it shall be.");
                assert_eq!(user["statusSince"], user["updatedAt"]);
            }
            assert_eq!(desk.admin().open_user(&id).await, user);
        }
    }
}

#[tokio::test]
async fn canceled_is_no_status_to_set() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let before = desk.dump().await;
    let answer = desk.admin().act("userSetStatus", &id, json!("CANCELED")).await;
    assert_eq!(answer.problems("userSetStatus"), ["ILLEGAL_TRANSITION status"]);
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn switching_on_again_brings_back_the_status_before() {
    let desk = Desk::open().await;
    let compliance = desk.compliance();
    for former in ["LIVE", "IN_REVIEW"] {
        let id = desk.add_user(json!({})).await;
        compliance.act("userSetStatus", &id, json!(former)).await;
        let switch = async |on: bool| {
            let answer = compliance.act("userSetActive", &id, json!(on)).await;
            let user = answer.data("userSetActive.user");
            (user["status"].clone(), user["active"].clone())
        };
        assert_eq!(switch(false).await, (json!("INVALIDATED"), json!(false)));
        assert_eq!(switch(false).await, (json!("INVALIDATED"), json!(false)));
        assert_eq!(switch(true).await, (json!(former), json!(true)));
        assert_eq!(switch(true).await, (json!(former), json!(true)));
    }
    // by hand it is the same
    let id = desk.add_user(json!({})).await;
    compliance.act("userSetStatus", &id, json!("INVALIDATED")).await;
    let answer = compliance.act("userSetActive", &id, json!(true)).await;
    assert_eq!(answer.data("userSetActive.user.status"), "LIVE");
}

#[tokio::test]
async fn frozen_is_apart_from_the_status() {
    let desk = Desk::open().await;
    let compliance = desk.compliance();
    let id = desk.add_user(json!({})).await;
    for status in OPEN {
        compliance.act("userSetStatus", &id, json!(status)).await;
        for frozen in [true, false] {
            let answer = compliance.act("userFreeze", &id, json!(frozen)).await;
            assert_eq!(answer.data("userFreeze.user.frozen"), frozen);
            assert_eq!(answer.data("userFreeze.user.status"), status);
        }
    }
    compliance.act("userFreeze", &id, json!(true)).await;
    let answer = compliance.act("userSetStatus", &id, json!("LIVE")).await;
    assert_eq!(answer.data("userSetStatus.user.frozen"), true);
}

#[tokio::test]
async fn cancelling_keeps_the_record_with_who_wanted_it_when_and_why() {
    let desk = Desk::open().await;
    for origin in ["OPERATOR", "USER"] {
        let id = desk.add_user(json!({ "firstName": "Ada" })).await;
        desk.hand.advance(Duration::from_secs(1));
        let options = json!({ "reason": "By letter." });
        let answer = desk.compliance().act_with("userCancel", &id, json!(origin), options).await;
        let user = answer.data("userCancel.user");
        let now = &user["updatedAt"];
        assert_eq!(user["cancellation"], json!({ "origin": origin, "at": now, "reason": "By letter." }));
        assert_eq!((&user["status"], &user["active"]), (&json!("CANCELED"), &json!(false)));
        assert_eq!(user["name"]["first"], "Ada");
        assert_eq!(desk.read_only().open_user(&id).await, user);
    }
}

#[tokio::test]
async fn cancelled_is_final() {
    let desk = Desk::open().await;
    for from in OPEN {
        let id = desk.add_user(json!({ "firstName": "Ada" })).await;
        desk.admin().act("userSetStatus", &id, json!(from)).await;
        desk.admin().act("userCancel", &id, json!("USER")).await;
        desk.is_ready_for_all(&id).await;
        let before = desk.dump().await;
        for (mutation, ..) in MUTATIONS {
            let value = good_value(&desk, mutation, &id).await;
            let (answer, entries) = desk.entries_of(desk.admin().act(mutation, &id, value)).await;
            assert_eq!(answer.problems(mutation), ["USER_CANCELED id"]);
            assert_eq!(answer.data(&format!("{mutation}.user")), Value::Null);
            assert_eq!(entries, [], "{mutation}");
        }
        for status in ["LIVE", "CANCELED"] {
            let answer = desk.admin().act("userSetStatus", &id, json!(status)).await;
            assert_eq!(answer.problems("userSetStatus"), ["USER_CANCELED id"]);
        }
        assert_eq!(desk.dump().await, before, "nothing changed from {from}");
    }
}

#[tokio::test]
async fn groups_replace_those_before() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = desk.add_user(json!({})).await;
    desk.verify(&id).await;
    let (owner, staff) = (group_id(&admin, "MERCHANT_OWNER").await, group_id(&admin, "MERCHANT_STAFF").await);
    for (ids, keys) in [
        (json!([owner, staff]), vec!["KYC_NOT_VERIFIED", "MERCHANT_OWNER", "MERCHANT_STAFF"]),
        (json!([staff, staff]), vec!["KYC_NOT_VERIFIED", "MERCHANT_STAFF"]),
        (json!([]), vec!["KYC_NOT_VERIFIED"]),
    ] {
        let answer = admin.act("userSetGroups", &id, ids).await;
        assert_eq!(answer.column("userSetGroups.user.groups", "key"), keys);
        assert_eq!(admin.open_user(&id).await, answer.data("userSetGroups.user"));
    }
}

#[tokio::test]
async fn a_group_that_is_unknown_or_computed_is_not_assigned() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = desk.add_user(json!({})).await;
    let before = desk.dump().await;
    let (owner, computed) =
        (group_id(&admin, "MERCHANT_OWNER").await, group_id(&admin, "KYC_NOT_VERIFIED").await);
    let unknown = "00000000-0000-7000-8000-00000000ffff";
    let answer = admin.act("userSetGroups", &id, json!([owner, computed, unknown, "API"])).await;
    assert_eq!(
        answer.problems("userSetGroups"),
        ["INVALID groupIds.1", "NOT_FOUND groupIds.2", "NOT_FOUND groupIds.3"]
    );
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn every_act_answers_with_the_whole_user_as_it_is_now() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    for (mutation, ..) in MUTATIONS {
        let mut profile = super::user_create::full_profile();
        profile["email"] = json!(null);
        profile["externalIds"] = json!([]);
        let id = desk.add_user(profile).await;
        let staff = group_id(&admin, "MERCHANT_STAFF").await;
        admin.act("userSetGroups", &id, json!([staff])).await;
        let value = good_value(&desk, mutation, &id).await;
        let value = desk.fill(&admin, &id, value).await;
        let version = admin.open_user(&id).await["version"].as_i64().expect("a version");
        let answer = admin.act(mutation, &id, value).await;
        assert_eq!(answer.problems(mutation), [""; 0]);
        let user = answer.data(&format!("{mutation}.user"));
        assert_eq!(user["version"], version + 1, "{mutation}");
        assert_eq!(user, admin.open_user(&id).await, "{mutation}");
        assert_eq!(user["account"], json!({ "code": "FR", "name": "France" }));
        assert_eq!(user["postalAddress"]["line1"], "1 rue A");
    }
}

#[tokio::test]
async fn an_id_that_names_nobody_is_not_found() {
    let desk = Desk::open().await;
    for id in ["00000000-0000-7000-8000-00000000ffff", "U0000000001", "", "\u{0}"] {
        for (mutation, ..) in MUTATIONS {
            let value = good_value(&desk, mutation, id).await;
            let (answer, entries) = desk.entries_of(desk.admin().act(mutation, id, value)).await;
            assert_eq!(answer.code(), Some("NOT_FOUND"), "{mutation} of {id:?}");
            assert_eq!(answer.body["data"], json!({ mutation: null }));
            assert_eq!(entries, []);
        }
    }
}
