//! Policies: how administrators decide them.

use backdesk::auth::policy::Role;
use serde_json::{Value, json};

use crate::support::{
    Desk, fifty,
    policies::{fee, money},
};

#[tokio::test]
async fn nobody_decided_anything_at_first() {
    let desk = Desk::open().await;
    let standard = json!({ "percent": "0", "fixed": money("0.00", "EUR") });
    for role in Role::ALL {
        let platform = desk.person(&[role.claim()]).platform().await;
        assert_eq!(platform["version"], 0);
        assert_eq!(platform["updatedAt"], Value::Null);
        assert_eq!(platform["standardFees"], json!({ "asker": standard, "offerer": standard }));
        assert_eq!(
            platform["policies"],
            json!({
                "registration": "BOTH", "switchPlatform": true, "initialStatus": "LIVE", "directEditFields": null,
                "kycReviewOnChange": true, "operatorVerifies": ["IDENTITY", "EMAIL", "PHONE"],
                "showBankAccounts": true,
                "kycExemptFields": ["mobile", "phone", "postalAddress.line3", "sanctions.activityOutsideEu",
                    "sanctions.economic", "sanctions.involved", "sanctions.residentCountries", "timeZone"],
            }),
            "{}",
            role.claim()
        );
    }
    assert_eq!(desk.stranger().ask("{ platform { version } }").await.code(), Some("UNAUTHENTICATED"));
}

#[tokio::test]
async fn administrators_alone_decide() {
    let desk = Desk::open().await;
    let before = desk.admin().platform().await;
    for role in Role::ALL.iter().filter(|role| **role != Role::Admin) {
        let person = desk.person(&[role.claim()]);
        let answer = person.update_policy(json!({ "switchPlatform": false }), Value::Null).await;
        assert_eq!(answer.code(), Some("FORBIDDEN"), "{}", role.claim());
        assert_eq!(answer.body.pointer("/errors/0/extensions/permission"), Some(&json!("POLICY_MANAGE")));
    }
    assert_eq!(desk.admin().platform().await, before);
}

/// Policies hold in every account: whoever administrates some decides nothing for the others, and does not learn from what
/// contradicts a policy what there is in those.
#[tokio::test]
async fn administrators_of_some_accounts_decide_nothing() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    desk.admin().act("userSetFees", &id, json!({ "offerer": fee("5", "10", "EUR") })).await;
    let before = desk.admin().platform().await;
    for accounts in [&["DE"][..], &["FR", "DE"], &[]] {
        let person = desk.person_in(&["admin"], accounts);
        for (input, options) in [
            (json!({ "showBankAccounts": false }), Value::Null),
            (json!({ "currency": "USD" }), json!({ "validateOnly": true })),
            (json!({}), json!({ "ifVersion": 7 })),
        ] {
            let (answer, entries) = desk.entries_of(person.update_policy(input, options)).await;
            assert_eq!(answer.code(), Some("FORBIDDEN"), "{accounts:?}");
            assert_eq!(answer.body.pointer("/errors/0/extensions/permission"), None, "none is missing");
            let refused: Vec<_> =
                entries.iter().map(|entry| (&*entry.action, entry.refusal.as_deref())).collect();
            assert_eq!(refused, [("PLATFORM_UPDATE_POLICY", Some("FORBIDDEN"))]);
        }
    }
    assert_eq!(desk.admin().platform().await, before);
}

/// Each policy by itself: what is decided is shown, told in the trail with its old and new value, and counted.
#[tokio::test]
async fn each_policy_is_set_audited_versioned_and_previewed() {
    let desk = Desk::open().await;
    for (version, (input, field, before, after)) in (1..).zip([
        (json!({ "registration": "FRONT_OFFICE" }), "registration", json!("BOTH"), json!("FRONT_OFFICE")),
        (json!({ "switchPlatform": false }), "switchPlatform", json!(true), json!(false)),
        (json!({ "initialStatus": "IN_REVIEW" }), "initialStatus", json!("LIVE"), json!("IN_REVIEW")),
        (
            json!({ "directEditFields": ["tag", "company"] }),
            "directEditFields",
            json!(null),
            json!(["company", "tag"]),
        ),
        (json!({ "directEditFields": [] }), "directEditFields", json!(["company", "tag"]), json!([])),
        (json!({ "directEditFields": null }), "directEditFields", json!([]), json!(null)),
        (json!({ "kycReviewOnChange": false }), "kycReviewOnChange", json!(true), json!(false)),
        (
            json!({ "operatorVerifies": ["PHONE", "PHONE"] }),
            "operatorVerifies",
            json!(["IDENTITY", "EMAIL", "PHONE"]),
            json!(["PHONE"]),
        ),
        (json!({ "showBankAccounts": false }), "showBankAccounts", json!(true), json!(false)),
        (json!({ "askerFee": { "percent": "12.50" } }), "askerFee.percent", json!("0"), json!("12.5")),
        (
            json!({ "askerFee": { "fixed": money("1", "EUR") } }),
            "askerFee.fixed",
            money("0.00", "EUR"),
            money("1.00", "EUR"),
        ),
        (json!({ "offererFee": { "percent": "3" } }), "offererFee.percent", json!("0"), json!("3")),
        (
            json!({ "offererFee": { "fixed": money("2.5", "EUR") } }),
            "offererFee.fixed",
            money("0.00", "EUR"),
            money("2.50", "EUR"),
        ),
    ]) {
        let reason = json!({ "reason": "As the board decided." });
        let mut preview = reason.clone();
        preview["validateOnly"] = json!(true);
        let (was, everything) = (desk.admin().platform().await, desk.everything().await);
        let previewed = desk.admin().update_policy(input.clone(), preview).await;
        assert_eq!(desk.everything().await, everything, "{field}");
        assert_eq!(previewed.data("platformUpdatePolicy.platform"), was);
        assert_eq!(previewed.data("platformUpdatePolicy.validatedOnly"), true);

        let done = desk.admin().update_policy(input.clone(), reason).await;
        assert_eq!(done.problems("platformUpdatePolicy"), [""; 0], "{input}");
        assert_eq!(done.data("platformUpdatePolicy.preview"), Value::Null);
        assert_eq!(done.data("platformUpdatePolicy.platform"), desk.admin().platform().await);
        let trail = desk.trail().await;
        let entry = trail.data("auditEvents.nodes.0");
        assert_eq!(entry["action"], "PLATFORM_UPDATE_POLICY");
        assert_eq!(entry["changedFields"], json!([field]));
        let change = json!({ "field": field, "before": before, "after": after });
        let told = |change: &Value| json!({ "field": change["field"], "before": change["before"], "after": change["after"] });
        assert_eq!(told(&entry["changes"][0]), change);
        assert_eq!(told(&previewed.data("platformUpdatePolicy.preview.changes.0")), change);
        assert_eq!((&entry["userVersion"], &entry["userId"]), (&json!(version), &Value::Null));
        assert_eq!(entry["reason"], "As the board decided.");
        assert_eq!(done.data("platformUpdatePolicy.platform.version"), version);
    }
    let everything = desk.everything().await;
    let same = desk.admin().update_policy(json!({ "switchPlatform": false }), Value::Null).await;
    assert_eq!(same.problems("platformUpdatePolicy"), [""; 0]);
    assert_eq!(desk.everything().await, everything, "what changes nothing leaves no trace");
}

#[tokio::test]
async fn a_preset_keeps_currency_and_fees_and_what_is_said_beside_it_comes_on_top() {
    let desk = Desk::open().await;
    desk.decide(json!({ "currency": "USD", "askerFee": fee("20", "50", "USD") })).await;
    desk.decide(json!({ "preset": "MARKETPLACE", "showBankAccounts": false })).await;
    let platform = desk.admin().platform().await;
    assert_eq!(
        (&platform["currency"], &platform["policies"]["registration"]),
        (&json!("USD"), &json!("FRONT_OFFICE"))
    );
    assert_eq!(platform["standardFees"]["asker"], json!({ "percent": "20", "fixed": money("50.00", "USD") }));
    assert_eq!(platform["policies"]["showBankAccounts"], false);
    desk.decide(json!({ "preset": "DEFAULT" })).await;
    assert_eq!(desk.admin().platform().await["policies"]["registration"], "BOTH");
}

#[tokio::test]
async fn policies_that_contradict_are_told_all_at_once_and_none_is_decided() {
    let desk = Desk::open().await;
    desk.decide(json!({ "offererFee": fee("5", "10", "EUR") })).await;
    let before = desk.everything().await;
    for (input, problems) in [
        (json!({ "currency": "USD" }), vec!["INVALID input.offererFee.fixed.currency"]),
        (json!({ "currency": "XXX" }), vec!["INVALID input.currency"]),
        (
            json!({ "askerFee": { "fixed": money("1", "USD") } }),
            vec!["INVALID input.askerFee.fixed.currency"],
        ),
        (
            json!({ "askerFee": { "fixed": money("0", "USD") } }),
            vec!["INVALID input.askerFee.fixed.currency"],
        ),
        (
            json!({ "askerFee": fee("101", "-1", "EUR") }),
            vec!["INVALID input.askerFee.percent", "INVALID input.askerFee.fixed.amount"],
        ),
        (
            json!({ "askerFee": { "percent": null, "fixed": null } }),
            vec!["REQUIRED input.askerFee.percent", "REQUIRED input.askerFee.fixed"],
        ),
        (json!({ "initialStatus": "CANCELED" }), vec!["INVALID input.initialStatus"]),
        (json!({ "initialStatus": "INVALIDATED" }), vec!["INVALID input.initialStatus"]),
        (
            json!({ "directEditFields": ["tag", "status", "first_name", ""] }),
            vec![
                "INVALID input.directEditFields.1",
                "INVALID input.directEditFields.2",
                "INVALID input.directEditFields.3",
            ],
        ),
        (
            json!({ "kycExemptFields": ["phone", "postalAddress.line4"] }),
            vec!["INVALID input.kycExemptFields.1"],
        ),
        (
            json!({ "directEditFields": vec!["x"; 201], "kycExemptFields": vec!["tag"; 201] }),
            vec!["INVALID input.directEditFields", "INVALID input.kycExemptFields"],
        ),
        (
            json!({ "currency": "CHF", "initialStatus": "CANCELED", "kycExemptFields": ["x"], "askerFee": { "percent": "x" } }),
            vec![
                "INVALID input.askerFee.percent",
                "INVALID input.kycExemptFields.0",
                "INVALID input.offererFee.fixed.currency",
                "INVALID input.initialStatus",
            ],
        ),
    ] {
        let answer = desk.admin().update_policy(input.clone(), Value::Null).await;
        assert_eq!(answer.problems("platformUpdatePolicy"), problems, "{input}");
        assert_eq!(answer.data("platformUpdatePolicy.platform"), Value::Null);
        // a preview says the same
        let preview = desk.admin().update_policy(input, json!({ "validateOnly": true })).await;
        assert_eq!(preview.problems("platformUpdatePolicy"), problems);
    }
    let reason = desk.admin().update_policy(json!({}), json!({ "reason": "x".repeat(1001) })).await;
    assert_eq!(reason.problems("platformUpdatePolicy"), ["INVALID options.reason"]);
    assert_eq!(desk.everything().await, before);
    // together they do not contradict
    let together = json!({ "currency": "USD", "offererFee": { "fixed": money("10", "USD") } });
    desk.decide(together).await;
    // fields that are exempt of what is off are nothing wrong
    desk.decide(json!({ "kycReviewOnChange": false, "kycExemptFields": ["company"] })).await;
}

#[tokio::test]
async fn the_currency_stays_while_users_have_fixed_fees_of_their_own_in_it() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    desk.admin().act("userSetFees", &id, json!({ "offerer": fee("5", "10", "EUR") })).await;
    let answer = desk.admin().update_policy(json!({ "currency": "USD" }), Value::Null).await;
    assert_eq!(answer.problems("platformUpdatePolicy"), ["CONFLICT input.currency"]);
    desk.admin().act("userSetFees", &id, json!({ "offerer": { "fixed": null } })).await;
    desk.decide(json!({ "currency": "USD" })).await;
    desk.admin().act("userSetFees", &id, json!({ "offerer": { "fixed": money("10", "USD") } })).await;
    let quote = desk.admin().fees(&id, "100").await.data("user.fees.quote");
    assert_eq!(quote["offererReceives"], money("85.00", "USD"));
}

#[tokio::test]
async fn of_changes_of_one_version_one_holds() {
    let desk = Desk::open().await;
    let stale =
        desk.admin().update_policy(json!({ "switchPlatform": false }), json!({ "ifVersion": 3 })).await;
    assert_eq!(stale.problems("platformUpdatePolicy"), ["VERSION_CONFLICT options.ifVersion"]);
    let answers = {
        let admin = desk.admin();
        fifty(move |number| {
            let admin = admin.clone();
            async move {
                let input = json!({ "askerFee": { "percent": (number + 1).to_string() } });
                admin.update_policy(input, json!({ "ifVersion": 0 })).await
            }
        })
        .await
    };
    let (won, lost): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.problems("platformUpdatePolicy").is_empty());
    assert_eq!((won.len(), lost.len()), (1, 49));
    let platform = desk.admin().platform().await;
    assert_eq!(platform, won[0].data("platformUpdatePolicy.platform"));
    for answer in lost {
        assert_eq!(answer.problems("platformUpdatePolicy"), ["VERSION_CONFLICT options.ifVersion"]);
        let conflict = answer.data("platformUpdatePolicy.errors.0.conflict");
        assert_eq!((&conflict["yours"], &conflict["current"]), (&json!(0), &json!(1)));
        assert_eq!(conflict["changedFields"], json!(["askerFee.percent"]));
        assert_eq!(conflict["by"], "A person who is admin");
        assert_eq!(conflict["at"], platform["updatedAt"]);
    }
}

#[tokio::test]
async fn a_key_makes_a_decision_once() {
    let desk = Desk::open().await;
    let options = json!({ "idempotencyKey": "0190b000-0000-7000-8000-000000000002" });
    for input in
        [json!({ "switchPlatform": false, "askerFee": fee("2", "1", "EUR") }), json!({ "currency": "EUR" })]
    {
        let options = match input.get("currency") {
            // one that changes nothing uses its key all the same
            Some(_) => json!({ "idempotencyKey": "0190b000-0000-7000-8000-000000000003" }),
            None => options.clone(),
        };
        let first = desk.admin().update_policy(input.clone(), options.clone()).await;
        assert_eq!(first.problems("platformUpdatePolicy"), [""; 0]);
        let everything = desk.everything().await;
        assert_eq!(desk.admin().update_policy(input, options.clone()).await.body, first.body);
        let other = desk.admin().update_policy(json!({ "switchPlatform": true }), options).await;
        assert_eq!(other.problems("platformUpdatePolicy"), ["IDEMPOTENCY_MISMATCH options.idempotencyKey"]);
        assert_eq!(desk.everything().await, everything);
    }
}

#[tokio::test]
async fn the_fees_of_a_request_are_those_of_its_moment() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let document = "mutation ($id: ID!) {
        before: userSetFees(id: $id, input: {}) { ...Fees }
        platformUpdatePolicy(input: { askerFee: { percent: \"9\" } }) { errors { code } }
        after: userSetFees(id: $id, input: {}) { ...Fees }
    } fragment Fees on UserPayload { user { fees { effective { asker { percent } } } } }";
    let answer = desk.admin().ask_with(document, json!({ "id": id })).await;
    assert_eq!(answer.data("before.user.fees.effective.asker.percent"), "0");
    assert_eq!(answer.data("after.user.fees.effective.asker.percent"), "9");
}
