//! Roles: those that are code, and those that administrators define over the same permissions.

use std::time::Duration;

use backdesk::auth::policy::{Permission, Role};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person};

const PAYLOAD: &str =
    "{ role { id key name permissions leadsOnly version } errors { code field message values } }";

impl Person {
    async fn update_role(&self, id: &str, input: Value, options: Value) -> Answer {
        let document = format!(
            "mutation ($id: ID!, $input: RoleUpdateInput!, $options: MutationOptions) {{
                roleUpdate(id: $id, input: $input, options: $options) {PAYLOAD}
            }}"
        );
        self.ask_with(&document, json!({ "id": id, "input": input, "options": options })).await
    }

    async fn delete_role(&self, id: &str) -> Answer {
        let document = format!("mutation ($id: ID!) {{ roleDelete(id: $id) {PAYLOAD} }}");
        self.ask_with(&document, json!({ "id": id })).await
    }

    async fn create_role(&self, input: Value) -> Answer {
        let document =
            format!("mutation ($input: RoleCreateInput!) {{ roleCreate(input: $input) {PAYLOAD} }}");
        self.ask_with(&document, json!({ "input": input })).await
    }
}

#[tokio::test]
async fn every_built_in_role_is_listed_with_what_the_table_gives_it() {
    let desk = Desk::open().await;
    let roles = desk.read_only().ask("{ roles { id key name builtIn permissions leadsOnly version } }").await;
    let roles = roles.data("roles");
    let roles = roles.as_array().expect("roles");
    assert_eq!(roles.len(), Role::ALL.len());
    for (shown, role) in roles.iter().zip(Role::ALL) {
        let permissions: Vec<&str> = role.permissions().map(Permission::name).collect();
        assert_eq!(shown["key"], role.claim());
        assert_eq!(shown["permissions"], json!(permissions), "{}", role.claim());
        assert_eq!((&shown["id"], &shown["builtIn"]), (&Value::Null, &json!(true)));
        assert_eq!(shown["leadsOnly"], json!(*role == Role::Marketing));
    }
}

#[tokio::test]
async fn every_permission_is_listed_with_the_roles_that_hold_it() {
    let desk = Desk::open().await;
    let listed = desk.compliance().ask("{ permissions { key description roles held } }").await;
    let listed = listed.data("permissions");
    let listed = listed.as_array().expect("permissions");
    assert_eq!(listed.len(), Permission::ALL.len());
    for (shown, permission) in listed.iter().zip(Permission::ALL) {
        assert_eq!(shown["key"], permission.name());
        assert_eq!(shown["roles"].as_array().map(Vec::len), Some(permission.holders().len()));
        assert_eq!(shown["held"], json!(permission.holders().contains(&Role::Compliance)));
        assert!(shown["description"].as_str().is_some_and(|text| text.ends_with('.')), "{shown}");
    }
}

#[tokio::test]
async fn a_defined_role_allows_what_it_says_and_nothing_else() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({ "firstName": "Ada" })).await;
    desk.add_role("fraud-desk", &["USER_READ", "USER_FREEZE"]).await;
    let desk_member = desk.person(&["fraud-desk"]);
    let viewer = desk_member.ask("{ viewer { roles definedRoles permissions } }").await;
    assert_eq!(
        viewer.data("viewer"),
        json!({ "roles": [], "definedRoles": ["fraud-desk"], "permissions": ["USER_READ", "USER_FREEZE"] })
    );
    let frozen = desk_member.act("userFreeze", &user, json!(true)).await;
    assert_eq!(frozen.problems("userFreeze"), [""; 0]);
    assert_eq!(desk_member.act("userCancel", &user, json!("OPERATOR")).await.code(), Some("FORBIDDEN"));
    let trail = desk.trail().await;
    assert_eq!(trail.data("auditEvents.nodes.0.actor.roles"), json!(["fraud-desk"]));
    // a name that nobody defined gives nothing
    assert_eq!(desk.person(&["fraud"]).ask("{ viewer { permissions } }").await.code(), Some("FORBIDDEN"));
}

#[tokio::test]
async fn what_a_role_no_longer_allows_is_gone_from_the_next_request_on() {
    let desk = Desk::open().await;
    let role = desk.add_role("fraud-desk", &["USER_READ", "USER_FREEZE"]).await;
    let user = desk.add_user(json!({})).await;
    let member = desk.person(&["fraud-desk"]);
    assert_eq!(member.act("userFreeze", &user, json!(true)).await.problems("userFreeze"), [""; 0]);
    let less = desk.admin().update_role(&role, json!({ "permissions": ["USER_READ"] }), Value::Null).await;
    assert_eq!(less.data("roleUpdate.role.version"), 2);
    assert_eq!(member.act("userFreeze", &user, json!(false)).await.code(), Some("FORBIDDEN"));
    assert_eq!(member.ask("{ users { totalCount } }").await.code(), None);
}

/// Another instance has it from the database, a second later at most.
#[tokio::test]
async fn another_instance_learns_within_a_second_what_a_role_allows() {
    let desk = Desk::open().await;
    let role = desk.add_role("fraud-desk", &["USER_READ", "AUDIT_READ"]).await;
    let member = desk.elsewhere(&desk.person(&["fraud-desk"]));
    assert_eq!(member.ask("{ auditEvents { totalCount } }").await.code(), None);
    desk.admin().update_role(&role, json!({ "permissions": ["USER_READ"] }), Value::Null).await;
    desk.hand.advance(Duration::from_secs(1));
    assert_eq!(member.ask("{ auditEvents { totalCount } }").await.code(), Some("FORBIDDEN"));
}

#[tokio::test]
async fn a_key_is_taken_once_and_never_that_of_a_built_in_role() {
    let desk = Desk::open().await;
    desk.add_role("fraud-desk", &["USER_READ"]).await;
    for key in ["fraud-desk", "admin", "read-only"] {
        let input = json!({ "key": key, "name": "Another", "permissions": ["USER_READ"] });
        assert_eq!(
            desk.admin().create_role(input).await.problems("roleCreate"),
            ["UNIQUE input.key"],
            "{key}"
        );
    }
    let input = json!({ "key": "a b", "name": " ", "permissions": [] });
    assert_eq!(
        desk.admin().create_role(input).await.problems("roleCreate"),
        ["INVALID input.key", "INVALID input.name"]
    );
}

#[tokio::test]
async fn nobody_defines_a_role_that_allows_what_they_may_not() {
    let desk = Desk::open().await;
    desk.add_role("role-maker", &["USER_READ", "ROLE_MANAGE"]).await;
    let maker = desk.person(&["role-maker"]);
    let fine = json!({ "key": "lookers", "name": "Lookers", "permissions": ["USER_READ"] });
    assert_eq!(maker.create_role(fine).await.problems("roleCreate"), [""; 0]);
    let beyond = json!({ "key": "doers", "name": "Doers", "permissions": ["USER_READ", "USER_CANCEL"] });
    let beyond = maker.create_role(beyond).await;
    assert_eq!(beyond.problems("roleCreate"), ["OUT_OF_SCOPE_PERMISSION input.permissions"]);
    assert_eq!(beyond.data("roleCreate.errors.0.values"), json!(["USER_CANCEL"]));
    let above = desk.add_role("doers", &["USER_CANCEL"]).await;
    let taken = maker.update_role(&above, json!({ "permissions": [] }), Value::Null).await;
    assert_eq!(taken.problems("roleUpdate"), ["OUT_OF_SCOPE_PERMISSION id"]);
    assert_eq!(maker.delete_role(&above).await.problems("roleDelete"), ["OUT_OF_SCOPE_PERMISSION id"]);
    // of some accounts, nobody decides what roles are for all
    let some = desk.person_in(&["admin"], &["FR"]);
    assert_eq!(some.delete_role(&above).await.code(), Some("FORBIDDEN"));
}

#[tokio::test]
async fn a_role_that_somebody_holds_is_not_deleted() {
    let desk = Desk::open().await;
    let role = desk.add_role("fraud-desk", &["USER_READ"]).await;
    let holder = desk.add_staff("ada", &["fraud-desk", "support"], &["FR"]).await;
    assert_eq!(desk.admin().delete_role(&role).await.problems("roleDelete"), ["CONFLICT id"]);
    let without = json!({ "roles": [{ "role": "support" }] });
    desk.admin().act_on_staff("staffSetGrants", &holder, without, Value::Null).await;
    assert_eq!(desk.admin().delete_role(&role).await.problems("roleDelete"), [""; 0]);
    assert_eq!(desk.admin().delete_role(&role).await.code(), Some("NOT_FOUND"));
    let trail = desk.trail().await;
    assert_eq!(trail.data("auditEvents.nodes.0.action"), "ROLE_DELETE");
}
