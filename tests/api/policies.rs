//! Policies: how administrators decide them, and that every act follows.

use backdesk::auth::policy::Role;
use backdesk_entity::{bank_account, enums::UserStatus};
use serde_json::{Value, json};

use crate::{
    import::import,
    support::{
        Desk,
        documents::SENT_PICTURE,
        fifty,
        policies::{fee, money},
    },
};
use backdesk::service::import::Format;

const FORBIDDEN: &str = "POLICY_FORBIDS";

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

#[tokio::test]
async fn staff_create_nobody_where_users_register_themselves() {
    let desk = Desk::open().await;
    let input = json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": { "firstName": "Ada" } });
    desk.decide(json!({ "registration": "FRONT_OFFICE" })).await;
    let before = desk.everything().await;
    for options in [Value::Null, json!({ "validateOnly": true })] {
        let answer = desk.admin().create_with(input.clone(), options).await;
        assert_eq!(answer.problems("userCreate"), [format!("{FORBIDDEN} input")]);
    }
    let named = "mutation ($input: UserCreateInput!) { userCreate(input: $input) { errors { code policy message } } }";
    let answer = desk.admin().ask_with(named, json!({ "input": input })).await;
    assert_eq!(answer.policies("userCreate"), ["registration"]);
    assert_eq!(desk.everything().await, before);
    for registration in ["BACK_OFFICE", "BOTH"] {
        desk.decide(json!({ "registration": registration })).await;
        assert_eq!(
            desk.admin().create(input.clone()).await.problems("userCreate"),
            [""; 0],
            "{registration}"
        );
    }
}

#[tokio::test]
async fn new_users_stand_where_the_platform_says() {
    let desk = Desk::open().await;
    for status in ["IN_REVIEW", "LIVE"] {
        desk.decide(json!({ "initialStatus": status })).await;
        let id = desk.add_user(json!({})).await;
        assert_eq!(desk.admin().open_user(&id).await["status"], status);
    }
}

/// A2, A3: "to segregate Vendors and Customers (non-switch platform), or to allow users to be both".
#[tokio::test]
async fn the_side_of_a_user_is_chosen_once_where_the_platform_does_not_switch() {
    let desk = Desk::open().await;
    let both = desk.add_user(json!({ "marketRole": "BOTH" })).await;
    let (vendor, none) =
        (desk.add_user(json!({ "marketRole": "VENDOR" })).await, desk.add_user(json!({})).await);
    desk.decide(json!({ "switchPlatform": false })).await;
    let before = desk.everything().await;
    let input =
        json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": { "marketRole": "BOTH" } });
    let problem = format!("{FORBIDDEN} input.profile.marketRole");
    assert_eq!(desk.admin().create(input).await.problems("userCreate"), [problem]);
    for (user, role) in [
        (&vendor, json!("BOTH")),
        (&vendor, json!("CUSTOMER")),
        (&vendor, json!(null)),
        (&none, json!("BOTH")),
        (&both, json!("VENDOR")),
    ] {
        for options in [Value::Null, json!({ "validateOnly": true })] {
            let answer =
                desk.admin().act_with("userUpdate", user, json!({ "marketRole": role }), options).await;
            assert_eq!(answer.problems("userUpdate"), [format!("{FORBIDDEN} input.marketRole")], "{role}");
        }
    }
    assert_eq!(desk.everything().await, before);
    for (user, input) in [
        (&none, json!({ "marketRole": "CUSTOMER" })),
        (&vendor, json!({ "marketRole": "VENDOR", "firstName": "Ada" })),
        (&both, json!({ "firstName": "Bob" })),
    ] {
        assert_eq!(desk.admin().update(user, input).await.problems("userUpdate"), [""; 0]);
    }
}

#[tokio::test]
async fn staff_edit_the_fields_that_the_platform_names() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    desk.decide(json!({ "directEditFields": ["tag", "postalAddress", "mobile"] })).await;
    let before = desk.everything().await;
    let input = json!({
        "firstName": "Grace", "tag": "VIP", "postalAddress": { "city": "Paris" }, "spokenLanguages": ["fr"],
        "locationAddress": { "city": "Paris" }, "externalIds": [{ "system": "CRM", "value": "1" }],
        "tax": { "taxNumber": "1" }, "countryOfResidence": "FR",
    });
    let forbidden = |fields: &[&str]| -> Vec<String> {
        fields.iter().map(|field| format!("{FORBIDDEN} input.{field}")).collect()
    };
    let fields = [
        "countryOfResidence",
        "externalIds",
        "firstName",
        "locationAddress.city",
        "spokenLanguages",
        "tax.taxNumber",
    ];
    for options in [Value::Null, json!({ "validateOnly": true })] {
        let answer = desk.admin().act_with("userUpdate", &id, input.clone(), options.clone()).await;
        assert_eq!(answer.problems("userUpdate"), forbidden(&fields));
        let contact = json!({ "email": "ada@example.com", "optInMailing": true, "mobile": "+33612345678" });
        let answer = desk.admin().act_with("userUpdateContact", &id, contact, options).await;
        assert_eq!(answer.problems("userUpdateContact"), forbidden(&["email", "optInMailing"]));
    }
    assert_eq!(desk.everything().await, before);
    // what is as it was is no edit
    let same =
        json!({ "firstName": "Ada", "tag": "VIP", "postalAddress": { "city": "Paris", "line3": "x" } });
    assert_eq!(desk.admin().update(&id, same).await.problems("userUpdate"), [""; 0]);
    let mobile = desk.admin().act("userUpdateContact", &id, json!({ "mobile": "+33612345678" })).await;
    assert_eq!(mobile.problems("userUpdateContact"), [""; 0]);
}

/// What has a mutation of its own is no edit of the record: the marketplace's operators assign categories, write guests'
/// addresses and set fees, and edit nothing of what is the user's.
#[tokio::test]
async fn acts_that_edit_the_record_are_refused_whole_where_nothing_of_it_may_be_edited() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let picture = desk.fill(&desk.admin(), &id, json!({ "documentId": SENT_PICTURE })).await;
    desk.decide(json!({ "directEditFields": [] })).await;
    let before = desk.everything().await;
    for (mutation, value) in [
        ("userUpdate", json!({})),
        ("userUpdate", json!({ "firstName": "Ada", "email": "nonsense" })),
        ("userUpdateContact", json!({ "optInMailing": true })),
        ("userUploadPicture", json!({ "name": "ada.png", "contentType": "image/png", "size": 9 })),
        ("userConfirmPicture", picture),
    ] {
        let answer = desk.admin().act(mutation, &id, value).await;
        assert_eq!(answer.problems(mutation), [format!("{FORBIDDEN} input")], "{mutation}");
    }
    assert_eq!(desk.everything().await, before);
    let fees = desk.admin().act("userSetFees", &id, json!({ "asker": { "percent": "1" } })).await;
    assert_eq!(fees.problems("userSetFees"), [""; 0]);
    // all the same where the picture alone may be edited
    desk.decide(json!({ "directEditFields": ["picture"] })).await;
    let answer = desk.admin().act("userUpdateContact", &id, json!({ "phone": null })).await;
    assert_eq!(answer.problems("userUpdateContact"), [format!("{FORBIDDEN} input")]);
    let picture = json!({ "picture": "https://example.com/ada.png" });
    assert_eq!(desk.admin().update(&id, picture).await.problems("userUpdate"), [""; 0]);
}

#[tokio::test]
async fn imports_follow_the_initial_status_and_the_currency_alone() {
    let desk = Desk::open().await;
    let both = desk
        .add_user(json!({ "marketRole": "BOTH", "externalIds": [{ "system": "CRM", "value": "9" }] }))
        .await;
    desk.decide(json!({
        "registration": "FRONT_OFFICE", "switchPlatform": false, "directEditFields": [], "initialStatus": "IN_REVIEW",
        "currency": "USD",
    }))
    .await;
    let text = "reference,personType,status,marketRole\n\
                A-1,NATURAL_PERSON,,BOTH\n\
                A-2,NATURAL_PERSON,INVALIDATED,\n";
    for is_dry in [true, false] {
        let report = import(&desk, Format::Csv, text, is_dry).await;
        assert_eq!((report.created, report.refused.len()), (2, 0), "{report:?}");
    }
    let status = async |reference: &str| {
        let look =
            "query ($reference: String!) { user(by: { reference: $reference }) { status marketRole } }";
        desk.admin().ask_with(look, json!({ "reference": reference })).await.data("user")
    };
    assert_eq!(status("A-1").await, json!({ "status": "IN_REVIEW", "marketRole": "BOTH" }));
    assert_eq!(status("A-2").await["status"], "INVALIDATED");
    // who is here already stays where they stand
    desk.admin().act("userSetStatus", &both, json!("LIVE")).await;
    let report =
        import(&desk, Format::Csv, "externalId.CRM,firstName,marketRole\n9,Bob,VENDOR\n", false).await;
    assert_eq!(report.changed, 1, "{report:?}");
    let bob = desk.user_row(&both).await;
    assert_eq!((bob.status, bob.first_name.as_deref()), (UserStatus::Live, Some("Bob")));

    let fees = |currency: &str| {
        let record = json!({
            "reference": "A-1",
            "fees": { "asker": { "percent": "20", "fixed": money("50", currency) }, "offerer": { "percent": "5" } },
        });
        record.to_string()
    };
    for is_dry in [true, false] {
        let report = import(&desk, Format::JsonLines, &fees("EUR"), is_dry).await;
        assert_eq!(report.refused[0].reasons[0].field, "fees.asker.fixed.currency", "{report:?}");
    }
    let report = import(&desk, Format::JsonLines, &fees("USD"), false).await;
    assert_eq!(report.changed, 1, "{report:?}");
}

#[tokio::test]
async fn what_is_allowed_is_said_beforehand() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    desk.decide(json!({ "directEditFields": [] })).await;
    let look = "query ($id: ID!) { user(by: { id: $id }) {
        viewerActions { action allowed reasons { code policy missingPermission } } } }";
    let answer = desk.admin().ask_with(look, json!({ "id": id })).await;
    let refused: Vec<Value> = answer
        .data("user.viewerActions")
        .as_array()
        .unwrap()
        .iter()
        .filter(|action| action["allowed"] == false)
        .map(|action| action["action"].clone())
        .collect();
    assert_eq!(refused, ["userUpdate", "userUploadPicture", "userConfirmPicture", "userUpdateContact"]);
    let reasons = json!([{ "code": FORBIDDEN, "policy": "directEditFields", "missingPermission": null }]);
    let actions = answer.data("user.viewerActions");
    let update = actions.as_array().unwrap().iter().find(|action| action["action"] == "userUpdate").unwrap();
    assert_eq!(update["reasons"], reasons);
}

/// G1: "Depending on your configuration, user bank account details may be displayed".
#[tokio::test]
async fn bank_accounts_that_the_platform_hides_are_shown_to_nobody() {
    let desk = Desk::open().await;
    let ada = desk.add_user(json!({})).await;
    desk.put::<bank_account::Entity, _>(vec![desk.bank_account(&ada)]).await;
    let row = json!([{ "bankAccount": {
        "externalId": "B9", "asOf": "2026-03-01T10:00:00Z", "user": { "id": ada }, "holder": "Ada Lovelace",
        "iban": "FR14 2004 1010 0505 0001 3M02 606", "currency": "EUR",
    } }]);
    let recorded = desk.machine().record(row).await;
    assert_eq!(recorded.outcomes(), ["CREATED"]);
    let look = "query ($id: ID!) { user(by: { id: $id }) {
        bankAccounts { totalCount nodes { holder iban maskedIban } } withheldFields { path permission policy } } }";
    let trail = "{ auditEvents(where: { action: { eq: \"ACTIVITY_RECORD\" } }) { nodes {
        users { changes { field before after withheld } } } } }";
    let filter = "{ users(where: { not: { hasBankAccount: false } }) { totalCount } }";
    let admin = desk.admin();
    let shown = admin.ask_with(look, json!({ "id": ada })).await;
    assert_eq!(shown.data("user.bankAccounts.totalCount"), 2);
    assert_eq!(shown.data("user.withheldFields"), json!([]));
    assert!(admin.ask(trail).await.raw.contains("Lovelace"));
    assert_eq!(admin.ask(filter).await.data("users.totalCount"), 1);

    desk.decide(json!({ "showBankAccounts": false })).await;
    for role in Role::ALL {
        let person = desk.person(&[role.claim()]);
        let (answer, entries) = desk.entries_of(person.ask_with(look, json!({ "id": ada }))).await;
        if answer.code() == Some("FORBIDDEN") || answer.data("user").is_null() {
            continue;
        }
        assert_eq!(answer.data("user.bankAccounts"), Value::Null, "{}", role.claim());
        let withheld = answer.data("user.withheldFields");
        for path in ["bankAccounts", "bankAccounts.iban"] {
            let entry = json!({ "path": path, "permission": null, "policy": "showBankAccounts" });
            assert!(withheld.as_array().unwrap().contains(&entry), "{path} of {withheld}");
        }
        assert!(entries.is_empty(), "nothing was shown, and nothing is logged");
    }
    let refused = admin.ask(filter).await;
    assert_eq!(refused.code(), Some(FORBIDDEN));
    assert_eq!(refused.body.pointer("/errors/0/extensions/policy"), Some(&json!("showBankAccounts")));
    // a permission that is missing is what is told first
    assert_eq!(desk.person(&["marketing"]).ask(filter).await.code(), Some("FORBIDDEN"));
    let told = admin.ask(trail).await;
    assert!(!told.raw.contains("Lovelace") && !told.raw.contains("FR14"), "{}", told.raw);
    let changes = told.data("auditEvents.nodes.0.users.0.changes");
    assert!(changes.as_array().unwrap().iter().all(|change| change["withheld"] == true), "{changes}");
    assert_eq!(changes.as_array().unwrap().len(), 2);
}
