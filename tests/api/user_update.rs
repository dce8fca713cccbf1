//! Changing a record: what is absent stays, what is null becomes empty, and nothing else moves.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::user_create::full_profile;
use crate::support::Desk;

/// Where an attribute of the input is found in the user.
fn place(attribute: &str) -> String {
    match attribute {
        "title" => "/name/title",
        "firstName" => "/name/first",
        "lastName" => "/name/last",
        "middleNames" => "/name/middle",
        "birthDate" => "/birth/date",
        "birthPlace" => "/birth/place",
        "birthCountry" => "/birth/country",
        other => return format!("/{other}"),
    }
    .to_owned()
}

/// The user without the places that follow from others or tell that something changed.
fn essence(user: &Value) -> Value {
    let mut user = user.clone();
    for followed in ["version", "updatedAt"] {
        user[followed] = Value::Null;
    }
    user["name"]["display"] = Value::Null;
    user["publicProfile"] = Value::Null;
    user["groups"] = Value::Null;
    user
}

/// Another value for every attribute.
fn other_profile() -> Map<String, Value> {
    let other = json!({
        "tag": "plain", "personType": "NATURAL_PERSON", "clientType": "ENTERPRISE", "marketRole": "VENDOR",
        "title": "Ms", "firstName": "Ada", "lastName": "Byron", "middleNames": "Augusta",
        "birthDate": "1815-12-10", "birthPlace": "London", "birthCountry": "GB",
        "nationality": "GB", "secondNationality": "IT", "countryOfResidence": "GB",
        "email": "ada@example.com", "phone": "+442079460018", "mobile": "+447700900123",
        "picture": "https://example.com/ada.png",
        "motherTongue": "en", "preferredLanguage": "en-GB", "communicationLanguage": "en",
        "timeZone": "Europe/London", "spokenLanguages": ["it"],
        "externalIds": [{ "system": "LIB", "value": "1" }],
        "postalAddress": { "line1": "12 St James's Square" }, "secondaryAddress": { "city": "Ockham" },
        "locationAddress": { "country": "GB" },
        "optInMailing": true, "taxPayer": "USER", "company": { "legalName": "Engines Ltd" },
        "occupation": { "title": "Analyst" }, "finances": { "incomeRange": "0-18" },
        "tax": { "taxResidence": "GB" }, "sanctions": { "involved": true },
    });
    let Value::Object(mut other) = other else { unreachable!("an object") };
    // older than people grow; the calendar of the tests stands in 2026
    other["birthDate"] = json!("1915-12-10");
    other
}

#[tokio::test]
async fn each_attribute_is_set_and_cleared_by_itself() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = desk.add_user(full_profile()).await;
    for (attribute, value) in other_profile() {
        // looked at apart, in sensitive.rs: each look leaves an entry
        if ["finances", "tax", "sanctions"].contains(&attribute.as_str()) {
            continue;
        }
        let before = admin.open_user(&id).await;

        let set = admin.update(&id, json!({ &attribute: value })).await;
        assert_eq!(set.problems("userUpdate"), [""; 0], "{attribute}");
        let after = set.data("userUpdate.user");
        assert_eq!(admin.open_user(&id).await, after, "{attribute}: the answer is what is stored");
        assert_ne!(after.pointer(&place(&attribute)), before.pointer(&place(&attribute)), "{attribute}");
        let mut expected = essence(&before);
        *expected.pointer_mut(&place(&attribute)).expect("a place") =
            after.pointer(&place(&attribute)).expect("a place").clone();
        assert_eq!(essence(&after), expected, "{attribute} alone changed");

        if attribute == "personType" {
            continue;
        }
        let cleared = admin.update(&id, json!({ &attribute: null })).await;
        let cleared = cleared.data("userUpdate.user");
        let empty = match attribute.as_str() {
            "spokenLanguages" | "externalIds" => json!([]),
            _ => Value::Null,
        };
        assert_eq!(cleared.pointer(&place(&attribute)), Some(&empty), "{attribute}");
        *expected.pointer_mut(&place(&attribute)).expect("a place") = empty;
        assert_eq!(essence(&cleared), expected, "{attribute} alone was cleared");
    }
}

#[tokio::test]
async fn the_input_has_no_attribute_that_these_tests_forget() {
    let desk = Desk::open().await;
    let input = "{ __type(name: \"UserUpdateInput\") { inputFields { name } } }";
    let names = desk.admin().ask(input).await.column("__type.inputFields", "name");
    for name in &names {
        let name = name.as_str().expect("a name");
        assert!(other_profile().contains_key(name), "other_profile lacks {name}");
        assert!(full_profile().get(name).is_some(), "full_profile lacks {name}");
    }
    assert_eq!(names.len(), other_profile().len());
}

#[tokio::test]
async fn what_is_given_as_it_is_changes_nothing() {
    let desk = Desk::open().await;
    let id = desk.add_user(full_profile()).await;
    let before = desk.dump().await;
    desk.hand.advance(Duration::from_mins(1));
    for input in [json!({}), full_profile(), json!({ "email": " zoe@EXAMPLE.com ", "nationality": "fr" })] {
        let (answer, entries) = desk.entries_of(desk.admin().update(&id, input)).await;
        assert_eq!(answer.data("userUpdate.user.version"), 1);
        assert_eq!(entries, []);
    }
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn the_version_rises_by_one_and_the_instant_moves() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    for version in 2..5 {
        desk.hand.advance(Duration::from_secs(1));
        let name = format!("Ada {version}");
        let answer = desk.admin().update(&id, json!({ "firstName": name })).await;
        assert_eq!(answer.data("userUpdate.user.version"), version);
        let seconds = version - 1;
        assert_eq!(answer.data("userUpdate.user.updatedAt"), format!("2026-03-01T12:00:0{seconds}+00:00"));
        assert_eq!(answer.data("userUpdate.user.createdAt"), "2026-03-01T12:00:00+00:00");
    }
}

#[tokio::test]
async fn a_user_stays_a_person_or_an_entity() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let answer = desk.admin().update(&id, json!({ "personType": null })).await;
    assert_eq!(answer.problems("userUpdate"), ["REQUIRED input.personType"]);
}

#[tokio::test]
async fn one_bad_value_keeps_the_good_ones_out() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let before = desk.dump().await;
    let input =
        json!({ "firstName": "Grace", "email": "x", "postalAddress": { "city": "", "country": "Q" } });
    let (answer, entries) = desk.entries_of(desk.admin().update(&id, input)).await;
    assert_eq!(
        answer.problems("userUpdate"),
        ["INVALID input.email", "INVALID input.postalAddress.city", "INVALID input.postalAddress.country"]
    );
    assert_eq!(answer.data("userUpdate.user"), Value::Null);
    assert_eq!((desk.dump().await, entries), (before, Vec::new()));
}

#[tokio::test]
async fn a_new_email_or_phone_is_not_verified_and_the_same_one_stays_so() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let profile = json!({ "email": "ada@example.com", "phone": "+33612345678" });
    let id = desk.add_user(profile.clone()).await;
    desk.verify(&id).await;
    let verified = |identity, email, phone| json!({ "identity": identity, "email": email, "phone": phone });

    let answer = admin.update(&id, json!({ "firstName": "Ada", "phone": "+33 6 12 34 56 78" })).await;
    assert_eq!(answer.data("userUpdate.user.verified"), verified(true, true, true));
    assert_eq!(admin.open_user(&id).await["groups"], json!([{ "key": "KYC_NOT_VERIFIED" }]));

    let answer = admin.update(&id, json!({ "email": "ada@example.org" })).await;
    assert_eq!(answer.data("userUpdate.user.verified"), verified(true, false, true));
    assert_eq!(
        answer.data("userUpdate.user.groups"),
        json!([{ "key": "EMAIL_NOT_VERIFIED" }, { "key": "KYC_NOT_VERIFIED" }])
    );

    let answer = admin.update(&id, json!({ "phone": null })).await;
    assert_eq!(answer.data("userUpdate.user.verified"), verified(true, false, false));

    // the former value again is a new one: nobody knows who has it now
    let answer = admin.update(&id, profile).await;
    assert_eq!(answer.data("userUpdate.user.verified"), verified(true, false, false));
}

#[tokio::test]
async fn values_of_another_user_of_the_account_are_taken() {
    let desk = Desk::open().await;
    let known = |email: &str, crm: &str| json!({ "email": email, "externalIds": [{ "system": "CRM", "value": crm }] });
    desk.add_user(known("ada@example.com", "1")).await;
    let id = desk.add_user(known("grace@example.com", "2")).await;
    let before = desk.dump().await;
    let admin = desk.admin();
    let answer = admin.update(&id, json!({ "email": "ADA@example.com" })).await;
    assert_eq!(answer.problems("userUpdate"), ["UNIQUE input.email"]);
    let ids = json!([{ "system": "CRM", "value": "1" }]);
    let answer = admin.update(&id, json!({ "externalIds": ids.clone() })).await;
    assert_eq!(answer.problems("userUpdate"), ["UNIQUE input.externalIds"]);
    let both = json!({ "email": "ada@example.com", "externalIds": ids, "phone": "12" });
    let answer = admin.act_with("userUpdate", &id, both, json!({ "ifVersion": 7 })).await;
    assert_eq!(
        answer.problems("userUpdate"),
        [
            "VERSION_CONFLICT options.ifVersion",
            "INVALID input.phone",
            "UNIQUE input.email",
            "UNIQUE input.externalIds"
        ]
    );
    assert_eq!(desk.dump().await, before);
    // one's own are not
    let answer = admin.update(&id, known("Grace@example.com", "2")).await;
    assert_eq!(answer.problems("userUpdate"), [""; 0]);
}

#[tokio::test]
async fn an_address_changes_line_by_line() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let address = json!({ "line1": "1 rue A", "city": "Lyon", "country": "FR" });
    let id = desk.add_user(json!({ "postalAddress": address })).await;
    let kept = |line1: Value, city: Value, country: Value| {
        json!({ "line1": line1, "line2": null, "line3": null, "postcode": null, "city": city, "state": null,
            "country": country })
    };

    let answer = admin.update(&id, json!({ "postalAddress": { "city": "Paris", "line1": null } })).await;
    assert_eq!(answer.data("userUpdate.user.postalAddress"), kept(Value::Null, json!("Paris"), json!("FR")));
    let answer = admin.update(&id, json!({ "secondaryAddress": { "line1": "2 rue B" } })).await;
    assert_eq!(
        answer.data("userUpdate.user.secondaryAddress"),
        kept(json!("2 rue B"), Value::Null, Value::Null)
    );
    assert_eq!(answer.data("userUpdate.user.postalAddress.city"), "Paris");

    // an address of which nothing is left is gone, and so is one that is null
    let answer = admin.update(&id, json!({ "postalAddress": { "city": null, "country": null } })).await;
    assert_eq!(answer.data("userUpdate.user.postalAddress"), Value::Null);
    let answer = admin.update(&id, json!({ "secondaryAddress": null })).await;
    assert_eq!(answer.data("userUpdate.user.secondaryAddress"), Value::Null);
    assert!(!desk.dump().await.contains("rue"), "nothing of them is left");
}
