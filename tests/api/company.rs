//! Companies: who belongs to one, and that API clients do.

use serde_json::{Value, json};

use crate::support::{Desk, Person};

const API: &str = "00000000-0000-7000-8000-000000000001";

async fn company(desk: &Desk) -> String {
    let input = json!({ "account": "FR", "personType": "LEGAL_ENTITY" });
    desk.admin().create(input).await.text("userCreate.user.id")
}

fn in_company(company: &str, role: &str) -> Value {
    json!({ "companyId": company, "role": role })
}

async fn set(person: &Person, id: &str, input: Value) -> Vec<String> {
    person.act("userSetCompany", id, input).await.problems("userSetCompany")
}

#[tokio::test]
async fn members_of_a_company_are_shown_and_found() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let (company, ada, bob) =
        (company(&desk).await, desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    assert_eq!(set(&admin, &ada, in_company(&company, "STAFF")).await, [""; 0]);
    assert_eq!(set(&admin, &bob, in_company(&company, "OWNER")).await, [""; 0]);
    let look = "query ($id: ID!) { user(by: { id: $id }) {
        companyUser companyOwner companyStaff companyMembership { company { id } role since }
        members { user { id } role }
    } }";
    let seen = desk.read_only().ask_with(look, json!({ "id": ada })).await.data("user");
    let since = "2026-03-01T12:00:00+00:00";
    assert_eq!(
        seen,
        json!({
            "companyUser": true, "companyOwner": false, "companyStaff": true,
            "companyMembership": { "company": { "id": company }, "role": "STAFF", "since": since },
            "members": [],
        })
    );
    let seen = admin.ask_with(look, json!({ "id": company })).await.data("user");
    assert_eq!(seen["companyUser"], false);
    // owners come first
    assert_eq!(
        seen["members"],
        json!([{ "user": { "id": bob }, "role": "OWNER" }, { "user": { "id": ada }, "role": "STAFF" }])
    );
    let found = async |filter: Value| {
        let list =
            "query ($where: UserWhere) { users(where: $where, orderBy: [{ field: ID }]) { nodes { id } } }";
        admin.ask_with(list, json!({ "where": filter })).await.column("users.nodes", "id")
    };
    assert_eq!(found(json!({ "company": { "eq": company } })).await, [json!(ada), json!(bob)]);
    assert_eq!(found(json!({ "companyOwner": true })).await, [json!(bob)]);
    assert_eq!(found(json!({ "companyStaff": true })).await, [json!(ada)]);
    assert_eq!(found(json!({ "companyUser": false })).await, [json!(company)]);

    assert_eq!(set(&admin, &ada, Value::Null).await, [""; 0]);
    assert_eq!(found(json!({ "companyUser": true })).await, [json!(bob)]);
}

#[tokio::test]
async fn a_company_is_a_legal_entity_of_the_same_account_and_stays_one() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let (company, ada) = (company(&desk).await, desk.add_user(json!({})).await);
    let (bob, german) = (desk.add_user(json!({})).await, desk.add_user_to("DE", json!({})).await);
    for (input, problem) in [
        (in_company(&bob, "STAFF"), "INVALID input.companyId"),
        (in_company(&ada, "OWNER"), "INVALID input.companyId"),
        (in_company(&german, "STAFF"), "NOT_FOUND input.companyId"),
        (in_company("", "STAFF"), "NOT_FOUND input.companyId"),
    ] {
        assert_eq!(set(&admin, &ada, input.clone()).await, [problem], "{input}");
    }
    assert_eq!(set(&admin, &ada, in_company(&company, "STAFF")).await, [""; 0]);
    let person = json!({ "personType": "NATURAL_PERSON" });
    let answer = admin.update(&company, person.clone()).await;
    assert_eq!(answer.problems("userUpdate"), ["INVALID input.personType"]);
    set(&admin, &ada, Value::Null).await;
    assert_eq!(admin.update(&company, person).await.problems("userUpdate"), [""; 0]);
}

#[tokio::test]
async fn no_company_is_its_own_member() {
    let desk = Desk::open().await;
    let company = company(&desk).await;
    let before = desk.dump().await;
    assert_eq!(
        set(&desk.admin(), &company, in_company(&company, "OWNER")).await,
        ["INVALID input.companyId"]
    );
    // nor does the database take one, or a guest of oneself
    let of = "FROM users WHERE reference = (SELECT MAX(reference) FROM users)";
    for tie in [
        format!(
            "INSERT INTO user_memberships (user_id, company_id, role, since) SELECT id, id, 0, created_at {of}"
        ),
        format!(
            "INSERT INTO guests (id, user_id, email, email_folded, invited_at, guest_user_id)
             SELECT id, id, 'a@b', 'a@b', created_at, id {of}"
        ),
    ] {
        let refused = desk.sabotage(&tie).await.expect_err(&tie);
        assert!(refused.contains("of_another") || refused.contains("are_others"), "{refused}");
    }
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn an_api_client_is_linked_to_a_company() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let (company, ada) = (company(&desk).await, desk.add_user(json!({})).await);
    let join = async |id: &str| admin.act("userSetGroups", id, json!([API])).await.problems("userSetGroups");
    assert_eq!(join(&ada).await, ["INVALID groupIds"]);
    assert_eq!(join(&company).await, [""; 0], "it is one itself");
    set(&admin, &ada, in_company(&company, "STAFF")).await;
    assert_eq!(join(&ada).await, [""; 0]);

    // and stays so
    assert_eq!(set(&admin, &ada, Value::Null).await, ["INVALID input"]);
    let answer = admin.update(&company, json!({ "personType": "NATURAL_PERSON" })).await;
    assert_eq!(answer.problems("userUpdate"), ["INVALID input.personType", "INVALID input.personType"]);
    admin.act("userSetGroups", &ada, json!([])).await;
    assert_eq!(set(&admin, &ada, Value::Null).await, [""; 0]);
}

#[tokio::test]
async fn extra_permissions_are_set_with_the_groups_and_stay_when_they_are_not_named() {
    const SET: &str = "mutation ($id: ID!, $extra: [ClientPermission!]) {
        userSetGroups(id: $id, groupIds: [], extraPermissions: $extra) {
            user { extraPermissions } errors { code field message }
        }
    }";
    let desk = Desk::open().await;
    let (admin, id) = (desk.admin(), desk.add_user(json!({})).await);
    for (variables, permissions) in [
        (
            json!({ "extra": ["MASS_PAYOUT", "BANK_WITHDRAWAL", "MASS_PAYOUT"] }),
            json!(["BANK_WITHDRAWAL", "MASS_PAYOUT"]),
        ),
        (json!({}), json!(["BANK_WITHDRAWAL", "MASS_PAYOUT"])),
        (json!({ "extra": ["API_ACCESS"] }), json!(["API_ACCESS"])),
        (json!({ "extra": [] }), json!([])),
    ] {
        let mut variables = variables;
        variables["id"] = json!(id);
        let answer = admin.ask_with(SET, variables).await;
        assert_eq!(answer.data("userSetGroups.user.extraPermissions"), permissions);
    }
    let trail = desk.trail().await;
    assert_eq!(trail.data("auditEvents.nodes.0.changedFields"), json!(["extraPermissions"]));
}

/// The types see to it: what is stored is a word of a vocabulary that has none of staff's.
#[test]
fn no_permission_of_staff_is_one_of_clients() {
    use async_graphql::resolver_utils::EnumType;
    use backdesk::auth::policy::Permission;
    use backdesk_entity::enums::ClientPermission;
    let clients: Vec<&str> = ClientPermission::items().iter().map(|item| item.name).collect();
    assert_eq!(clients, ["BANK_WITHDRAWAL", "API_ACCESS", "MASS_PAYOUT", "CONVERT_CURRENCY"]);
    for permission in Permission::ALL {
        assert!(!clients.contains(&permission.name()), "{}", permission.name());
    }
}

#[tokio::test]
async fn a_permission_of_staff_cannot_be_given_to_a_user() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let before = desk.dump().await;
    for permission in ["USER_READ", "ACTIVITY_RECORD", "AUDIT_READ"] {
        let document = format!(
            "mutation {{ userSetGroups(id: \"{id}\", groupIds: [], extraPermissions: [{permission}]) {{
                errors {{ code }} }} }}"
        );
        assert_eq!(
            desk.admin().ask(&document).await.code(),
            Some("GRAPHQL_VALIDATION_FAILED"),
            "{permission}"
        );
    }
    assert_eq!(desk.dump().await, before);
}
