//! Policies: that every act follows them.

use backdesk::{auth::policy::Role, service::import::Format};
use backdesk_entity::{bank_account, enums::UserStatus};
use serde_json::{Value, json};

use crate::{
    import::import,
    support::{Desk, documents::SENT_PICTURE, policies::money},
};

const FORBIDDEN: &str = "POLICY_FORBIDS";

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
