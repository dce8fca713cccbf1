//! One user, by everything that names them.

use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person};

const USER: &str = "query ($by: UserBy!) { user(by: $by) { id } }";

async fn ask(person: &Person, by: Value) -> Answer {
    person.ask_with(USER, json!({ "by": by })).await
}

/// The id of whom a key names; none when it names nobody.
async fn named(person: &Person, by: Value) -> Option<String> {
    let user = ask(person, by).await.data("user");
    user["id"].as_str().map(str::to_owned)
}

/// What is selected of a user with this profile.
async fn shown(desk: &Desk, profile: Value, selection: &str) -> Value {
    let id = desk.add_user(profile).await;
    let document = format!("query ($id: ID!) {{ user(by: {{id: $id}}) {{ {selection} }} }}");
    desk.read_only().ask_with(&document, json!({ "id": id })).await.data("user")
}

#[tokio::test]
async fn a_user_is_found_by_everything_that_names_them() {
    let desk = Desk::open().await;
    let id = desk
        .add_user(json!({
            "email": "Zoë.Müller@Example.org",
            "externalIds": [{ "system": "core", "value": "AB 12/é" }],
        }))
        .await;
    desk.add_user(
        json!({ "email": "other@example.org", "externalIds": [{ "system": "core", "value": "AB 13" }] }),
    )
    .await;
    let viewer = desk.read_only();
    for by in [
        json!({ "id": id }),
        json!({ "id": id.to_uppercase() }),
        json!({ "reference": "U0000000001" }),
        json!({ "reference": " u0000000001 " }),
        json!({ "email": "Zoë.Müller@Example.org" }),
        json!({ "email": "zoe.muller@EXAMPLE.ORG" }),
        json!({ "email": " zoë.müller@example.org " }),
        json!({ "externalId": { "system": "core", "value": "AB 12/é" } }),
    ] {
        assert_eq!(named(&viewer, by.clone()).await.as_ref(), Some(&id), "{by}");
    }
}

#[tokio::test]
async fn a_key_that_names_nobody_finds_null() {
    let desk = Desk::open().await;
    desk.add_user(
        json!({ "email": "a@example.org", "externalIds": [{ "system": "core", "value": "AB12" }] }),
    )
    .await;
    desk.add_user(json!({})).await;
    let viewer = desk.read_only();
    for by in [
        json!({ "id": "019ca945-0a7b-7000-8000-00000000ffff" }),
        json!({ "id": "no id" }),
        json!({ "id": "" }),
        json!({ "id": 7 }),
        json!({ "reference": "U9999999999" }),
        json!({ "reference": "" }),
        json!({ "reference": "U%" }),
        json!({ "email": "b@example.org" }),
        json!({ "email": "" }),
        json!({ "email": "%@example.org" }),
        json!({ "externalId": { "system": "core", "value": "ab12" } }),
        json!({ "externalId": { "system": "crm", "value": "AB12" } }),
        json!({ "externalId": { "system": "", "value": "" } }),
    ] {
        assert_eq!(named(&viewer, by.clone()).await, None, "{by}");
    }
}

#[tokio::test]
async fn a_key_is_exactly_one_of_them() {
    let desk = Desk::open().await;
    for by in [json!({}), json!({ "id": "a", "reference": "b" }), json!({ "id": null }), json!(null)] {
        let answer = ask(&desk.read_only(), by.clone()).await;
        assert!(answer.code().is_some(), "{by}: {}", answer.body);
        assert_ne!(answer.code(), Some("INTERNAL"));
    }
    for by in [
        json!({ "reference": "U\0" }),
        json!({ "email": "a\0@example.org" }),
        json!({ "externalId": { "system": "core", "value": "\0" } }),
        json!({ "externalId": { "system": "\0", "value": "1" } }),
        json!({ "reference": "U".repeat(501) }),
    ] {
        let answer = ask(&desk.read_only(), by.clone()).await;
        assert_eq!(answer.code(), Some("BAD_INPUT"), "{by}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_key_of_two_accounts_is_ambiguous_to_those_who_see_both() {
    let desk = Desk::open().await;
    let profile = json!({ "email": "same@example.org", "externalIds": [{ "system": "core", "value": "1" }] });
    let french = desk.add_user_to("FR", profile.clone()).await;
    let german = desk.add_user_to("DE", profile).await;
    for by in
        [json!({ "email": "SAME@example.org" }), json!({ "externalId": { "system": "core", "value": "1" } })]
    {
        for sees_both in [desk.read_only(), desk.person_in(&["read-only"], &["DE", "FR"])] {
            let answer = ask(&sees_both, by.clone()).await;
            assert_eq!(answer.code(), Some("AMBIGUOUS"), "{}", answer.body);
            assert_eq!(answer.body["data"]["user"], Value::Null);
        }
        for (account, id) in [("FR", &french), ("DE", &german)] {
            let sees_one = desk.person_in(&["read-only"], &[account]);
            assert_eq!(named(&sees_one, by.clone()).await.as_ref(), Some(id), "{account}");
        }
        let sees_none = desk.person_in(&["read-only"], &["XX"]);
        assert_eq!(named(&sees_none, by).await, None);
    }
}

#[tokio::test]
async fn a_user_of_another_account_is_as_good_as_none() {
    let desk = Desk::open().await;
    let german = desk.add_user_to("DE", json!({ "email": "a@example.org" })).await;
    let french_clerk = desk.person_in(&["read-only"], &["FR"]);
    for by in
        [json!({ "id": german }), json!({ "reference": "U0000000001" }), json!({ "email": "a@example.org" })]
    {
        assert_eq!(ask(&french_clerk, by).await.body, json!({ "data": { "user": null } }));
    }
}

#[tokio::test]
async fn computed_groups_follow_the_marks_and_kyc() {
    use backdesk_entity::{enums::KycStatus, user};
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let key: uuid::Uuid = id.parse().unwrap();
    let db = desk.side_door().await;
    for (email, phone, kyc, expected) in [
        (false, false, KycStatus::None, vec!["EMAIL_NOT_VERIFIED", "KYC_NOT_VERIFIED", "PHONE_NOT_VERIFIED"]),
        (true, false, KycStatus::Pending, vec!["KYC_NOT_VERIFIED", "PHONE_NOT_VERIFIED"]),
        (false, true, KycStatus::Refused, vec!["EMAIL_NOT_VERIFIED", "KYC_NOT_VERIFIED"]),
        (false, false, KycStatus::Validated, vec!["EMAIL_NOT_VERIFIED", "PHONE_NOT_VERIFIED"]),
        (true, true, KycStatus::Validated, vec![]),
    ] {
        user::Entity::update_many()
            .col_expr(user::Column::EmailVerified, Expr::val(email))
            .col_expr(user::Column::PhoneVerified, Expr::val(phone))
            .col_expr(user::Column::KycStatus, Expr::val(kyc as i16))
            .filter(user::Column::Id.eq(key))
            .exec(&db)
            .await
            .unwrap();
        let document = "query ($id: ID!) { user(by: {id: $id}) { groups { key kind } } }";
        let answer = desk.read_only().ask_with(document, json!({ "id": id })).await;
        assert_eq!(answer.column("user.groups", "key"), expected);
    }
}

#[tokio::test]
async fn a_name_is_displayed_as_far_as_it_is_known() {
    let desk = Desk::open().await;
    for (profile, display) in [
        (
            json!({ "title": "Dr", "firstName": "Zoë", "middleNames": "M", "lastName": "Müller" }),
            "Zoë Müller",
        ),
        (json!({ "firstName": "Zoë" }), "Zoë"),
        (json!({ "lastName": "Müller" }), "Müller"),
        (json!({ "title": "Dr" }), ""),
        (json!({}), ""),
    ] {
        let name = shown(&desk, profile, "name { display }").await;
        assert_eq!(name["name"]["display"], display);
    }
}

#[tokio::test]
async fn an_address_names_its_country() {
    let desk = Desk::open().await;
    let address = shown(
        &desk,
        json!({ "postalAddress": { "city": "Łódź", "country": "pl" }, "locationAddress": { "city": "Nowhere" } }),
        "postalAddress { city country countryName } locationAddress { countryName } secondaryAddress { city }",
    )
    .await;
    assert_eq!(
        address,
        json!({
            "postalAddress": { "city": "Łódź", "country": "PL", "countryName": "Poland" },
            "locationAddress": { "countryName": null },
            "secondaryAddress": null,
        })
    );
}

#[tokio::test]
async fn one_user_takes_one_statement_and_a_relation_one_more() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    for (selection, count) in [("id email name { display }", 1), ("spokenLanguages account { name }", 3)] {
        let document = format!("query ($id: ID!) {{ user(by: {{id: $id}}) {{ {selection} }} }}");
        let viewer = desk.read_only();
        let asked = viewer.ask_with(&document, json!({ "id": id }));
        let (answer, statements) = desk.statements_of(asked).await;
        assert_ne!(answer.data("user"), Value::Null);
        assert_eq!(statements.len(), count, "{statements:?}");
    }
}
