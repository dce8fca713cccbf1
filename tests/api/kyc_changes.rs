//! A change of a user whose KYC is validated is reviewed: the worked examples of a banking API's documentation, with the
//! fields that it exempts.

use backdesk_entity::enums::KycLevel;
use serde_json::{Value, json};

use crate::support::{Desk, Person};

const PREVIEW: &str = "mutation ($id: ID!, $input: UserUpdateInput!) {
    userUpdate(id: $id, input: $input, options: { validateOnly: true }) {
        errors { code } preview { opensKycReview materialFields changes { field before after } }
    }
}";

async fn status(person: &Person, id: &str) -> Value {
    person.open_user(id).await["kyc"]["status"].clone()
}

/// The user whom the example changes, as far as it shows them.
fn john() -> Value {
    json!({
        "firstName": "John", "lastName": "Smith", "birthDate": "1982-05-31",
        "email": "190john.smith725@test.com", "phone": "+33611111111",
        "postalAddress": { "line1": "33 rosewood road", "postcode": "75017", "city": "Paris", "country": "FR" },
    })
}

/// `address1`, `address2`, `postcode` and `city` of the example. The city stays what it was.
fn move_house() -> Value {
    json!({ "postalAddress": {
        "line1": "new address", "line2": "new address continuated", "postcode": "75001", "city": "Paris",
    } })
}

#[tokio::test]
async fn the_address_change_of_the_example_opens_a_review_of_exactly_its_fields() {
    let desk = Desk::open().await;
    let mut profile = john();
    profile["postalAddress"]["city"] = json!("Lyon");
    let id = desk.validated_user(profile, KycLevel::Light).await;
    let material =
        ["postalAddress.city", "postalAddress.line1", "postalAddress.line2", "postalAddress.postcode"];
    let preview = desk.admin().ask_with(PREVIEW, json!({ "id": id, "input": move_house() })).await;
    assert_eq!(preview.data("userUpdate.preview.opensKycReview"), true);
    assert_eq!(preview.data("userUpdate.preview.materialFields"), json!(material));
    assert_eq!(status(&desk.admin(), &id).await, "VALIDATED", "it was only asked");
    assert_eq!(desk.compliance().open_review(&id).await, Value::Null);

    let (answer, entries) = desk.entries_of(desk.admin().update(&id, move_house())).await;
    assert_eq!(answer.problems("userUpdate"), [""; 0]);
    assert_eq!(entries.len(), 1, "the change and its review are one act");
    let user = answer.data("userUpdate.user");
    assert_eq!(user["postalAddress"]["line2"], "new address continuated");
    assert_eq!(user["kyc"], json!({ "level": "LIGHT", "status": "PENDING" }));
    let review = desk.compliance().open_review(&id).await;
    assert_eq!((&review["trigger"], &review["state"]), (&json!("DATA_CHANGED"), &json!("WAITING")));
    assert_eq!(review["changedFields"], json!(material));
    let change = |field: &str, before: Value, after: &str| json!({ "field": format!("postalAddress.{field}"), "before": before, "after": after, "withheld": false });
    assert_eq!(
        review["changes"],
        json!([{
            "by": "A person who is admin", "fields": material,
            "changes": [
                change("city", json!("Lyon"), "Paris"),
                change("line1", json!("33 rosewood road"), "new address"),
                change("line2", Value::Null, "new address continuated"),
                change("postcode", json!("75017"), "75001"),
            ],
        }])
    );
}

#[tokio::test]
async fn each_exempt_field_alone_opens_none() {
    let desk = Desk::open().await;
    let id = desk.validated_user(john(), KycLevel::Light).await;
    for input in [
        json!({ "postalAddress": { "line3": "2nd floor" } }),
        json!({ "phone": "+33622222222" }),
        json!({ "mobile": "+33633333333" }),
        json!({ "sanctions": { "activityOutsideEu": true } }),
        json!({ "sanctions": { "economic": true } }),
        json!({ "sanctions": { "residentCountries": true } }),
        json!({ "sanctions": { "involved": true } }),
        json!({ "timeZone": "Europe/Paris" }),
    ] {
        let preview = desk.admin().ask_with(PREVIEW, json!({ "id": id, "input": input })).await;
        assert_eq!(preview.data("userUpdate.preview.opensKycReview"), false, "{input}");
        assert_ne!(preview.data("userUpdate.preview.changes"), json!([]), "{input}");
        let answer = desk.admin().update(&id, input.clone()).await;
        assert_eq!(answer.problems("userUpdate"), [""; 0], "{input}");
        assert_eq!(answer.data("userUpdate.user.kyc.status"), "VALIDATED", "{input}");
    }
    let contact = json!({ "mobile": "+33644444444", "timeZone": "Europe/Berlin" });
    let answer = desk.admin().act("userUpdateContact", &id, contact).await;
    assert_eq!(answer.data("userUpdateContact.user.kyc.status"), "VALIDATED");
    let list = desk.compliance().ask("{ kycReviews { totalCount } }").await;
    assert_eq!(list.data("kycReviews.totalCount"), 0);

    let both = json!({ "phone": "+33655555555", "lastName": "Smythe" });
    desk.admin().update(&id, both).await;
    assert_eq!(desk.compliance().open_review(&id).await["changedFields"], json!(["lastName"]));
}

#[tokio::test]
async fn the_cancellation_of_the_example_has_its_origin_and_opens_no_review() {
    let desk = Desk::open().await;
    let id = desk.validated_user(john(), KycLevel::Light).await;
    let answer = desk.admin().act("userCancel", &id, json!("OPERATOR")).await;
    assert_eq!(answer.data("userCancel.user.cancellation.origin"), "OPERATOR");
    assert_eq!(answer.data("userCancel.user.kyc.status"), "VALIDATED");
    assert_eq!(desk.compliance().open_review(&id).await, Value::Null);
}

#[tokio::test]
async fn later_changes_add_to_the_open_review() {
    let desk = Desk::open().await;
    let (admin, compliance) = (desk.admin(), desk.compliance());
    let id = desk.validated_user(john(), KycLevel::Light).await;
    admin.update(&id, json!({ "lastName": "Smythe" })).await;
    let first = compliance.open_review(&id).await;
    let review = first["id"].as_str().unwrap();
    compliance.claim(&id, review).await;
    let ask = json!({ "decision": "REQUEST_INFORMATION", "reasons": ["DOCUMENT_MISSING"] });
    compliance.decide(&id, review, ask).await;
    let input = json!({ "birthPlace": "Edgewood" });
    let preview = admin.ask_with(PREVIEW, json!({ "id": id, "input": input })).await;
    assert_eq!(preview.data("userUpdate.preview.opensKycReview"), false);
    assert_eq!(preview.data("userUpdate.preview.materialFields"), json!(["birthPlace"]));
    admin.update(&id, input).await;
    admin.act("userUpdateContact", &id, json!({ "email": "john@example.com" })).await;
    let now = compliance.open_review(&id).await;
    assert_eq!(now["id"], first["id"]);
    assert_eq!(now["state"], "WAITING", "what was asked for may have come");
    assert_eq!(now["changedFields"], json!(["birthPlace", "email", "lastName"]));
    let fields: Vec<&Value> = now["changes"].as_array().unwrap().iter().map(|one| &one["fields"]).collect();
    assert_eq!(fields, [&json!(["email"]), &json!(["birthPlace"]), &json!(["lastName"])], "newest first");
    assert_eq!(now["assignee"]["subject"], "compliance@desk.example");
}

#[tokio::test]
async fn what_was_never_validated_is_not_reviewed_for_a_change() {
    let desk = Desk::open().await;
    let id = desk.add_user(john()).await;
    desk.admin().update(&id, move_house()).await;
    assert_eq!(status(&desk.admin(), &id).await, "NONE");
    assert_eq!(desk.compliance().open_review(&id).await, Value::Null);
}

#[tokio::test]
async fn what_the_platform_decides_about_a_user_is_not_reviewed_and_a_parent_is() {
    let desk = Desk::open().await;
    let id = desk.validated_user(john(), KycLevel::Light).await;
    let company = desk.company_beside(&id).await;
    for (mutation, value) in [
        ("userFreeze", json!(true)),
        ("userSetStatus", json!("IN_REVIEW")),
        ("userSetGroups", json!(["00000000-0000-7000-8000-000000000002"])),
        ("userAddComment", json!({ "body": "Called back." })),
        ("documentRequest", json!({ "kind": "IDENTITY" })),
        ("userLinkParty", json!({ "partyId": company, "kind": "ADVISER" })),
    ] {
        let answer = desk.admin().act(mutation, &id, value).await;
        assert_eq!(answer.problems(mutation), [""; 0]);
        assert_eq!(status(&desk.admin(), &id).await, "VALIDATED", "{mutation}");
    }
    let parent = json!({ "parentId": company, "kind": "SHAREHOLDER", "sharePercent": "30" });
    desk.admin().act("userSetParent", &id, parent).await;
    let review = desk.compliance().open_review(&id).await;
    assert_eq!(review["changedFields"], json!(["parent.kind", "parent.sharePercent", "parent.user"]));
}

#[tokio::test]
async fn the_policy_says_whether_and_which_changes_are_reviewed() {
    const SET: &str = "mutation ($input: PolicyInput!) {
        platformUpdatePolicy(input: $input) { errors { code field message } }
    }";
    let desk = Desk::open().await;
    let set = async |input: Value| {
        let answer = desk.admin().ask_with(SET, json!({ "input": input })).await;
        assert_eq!(answer.problems("platformUpdatePolicy"), [""; 0]);
    };
    let id = desk.validated_user(john(), KycLevel::Light).await;
    set(json!({ "kycReviewOnChange": false })).await;
    desk.admin().update(&id, json!({ "lastName": "Smythe" })).await;
    assert_eq!(status(&desk.admin(), &id).await, "VALIDATED");
    set(json!({ "kycReviewOnChange": true, "kycExemptFields": ["lastName", "postalAddress"] })).await;
    desk.admin().update(&id, json!({ "lastName": "Smith" })).await;
    desk.admin().update(&id, move_house()).await;
    assert_eq!(status(&desk.admin(), &id).await, "VALIDATED");
    desk.admin().update(&id, json!({ "phone": "+33622222222" })).await;
    assert_eq!(desk.compliance().open_review(&id).await["changedFields"], json!(["phone"]));
}

#[tokio::test]
async fn values_are_hidden_from_those_who_may_not_see_the_field_and_seeing_them_is_logged() {
    let desk = Desk::open().await;
    let id = desk.validated_user(john(), KycLevel::Light).await;
    desk.admin().update(&id, json!({ "tax": { "taxNumber": "3123848392" }, "lastName": "Smythe" })).await;
    let look = async |person: &Person| {
        let (review, entries) = desk.entries_of(person.open_review(&id)).await;
        let reads = entries.iter().filter(|entry| entry.action == "SENSITIVE_READ").count();
        (review["changes"][0]["changes"].clone(), reads)
    };
    let name = json!({ "field": "lastName", "before": "Smith", "after": "Smythe", "withheld": false });
    let number = |after: Value, withheld: bool| json!({ "field": "tax.taxNumber", "before": null, "after": after, "withheld": withheld });
    assert_eq!(look(&desk.read_only()).await, (json!([name, number(Value::Null, true)]), 0));
    assert_eq!(look(&desk.compliance()).await, (json!([name, number(json!("3123848392"), false)]), 1));
}

#[tokio::test]
async fn values_are_gone_with_the_key_of_the_user_and_names_stay() {
    use backdesk_entity::data_key;
    use sea_orm::EntityTrait;
    let desk = Desk::open().await;
    let id = desk.validated_user(john(), KycLevel::Light).await;
    desk.admin().update(&id, json!({ "lastName": "Smythe" })).await;
    let key = data_key::Entity::delete_by_id(crate::support::uuid(&id));
    key.exec(&desk.side_door().await).await.unwrap();
    let review = desk.compliance().open_review(&id).await;
    assert_eq!(review["changedFields"], json!(["lastName"]));
    assert_eq!(review["changes"][0]["changes"], Value::Null);
}
