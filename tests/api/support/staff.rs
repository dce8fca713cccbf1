//! Staff members: made, changed and asked for as staff do it.

use std::time::Duration;

use backdesk::auth::token::{AccountsClaim, TokenRequest};
use backdesk_entity::{enums::StaffState, staff_member};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

use super::{Answer, Desk, Person, uuid};

const PAYLOAD: &str = "{
    staffMember { id userName email state version roles { role { key } until } accounts { account until } }
    link { purpose destination sentAt expiresAt }
    droppedRoles droppedAccounts errors { code field message values } validatedOnly
    preview { changes { field before after } }
}";

/// The argument of an act on staff beside `id`, and its type.
fn argument(mutation: &str) -> Option<&'static str> {
    match mutation {
        "staffCreate" => Some("StaffCreateInput!"),
        "staffDuplicate" => Some("StaffDuplicateInput!"),
        "staffUpdate" => Some("StaffUpdateInput!"),
        "staffSetGrants" => Some("StaffGrantsInput!"),
        _ => None,
    }
}

impl Person {
    /// Performs an act on a staff member; `input` is null where it takes none.
    pub(crate) async fn act_on_staff(
        &self,
        mutation: &str,
        id: &str,
        input: Value,
        options: Value,
    ) -> Answer {
        let kind = argument(mutation);
        let declared = kind.map(|kind| format!(", $input: {kind}")).unwrap_or_default();
        let given = if kind.is_some() { ", input: $input" } else { "" };
        let document = match mutation {
            "staffCreate" => format!(
                "mutation ($options: MutationOptions{declared}) {{ staffCreate(options: $options{given}) {PAYLOAD} }}"
            ),
            _ => format!(
                "mutation ($id: ID!, $options: MutationOptions{declared}) {{
                    {mutation}(id: $id, options: $options{given}) {PAYLOAD}
                }}"
            ),
        };
        self.ask_with(&document, json!({ "id": id, "input": input, "options": options })).await
    }

    /// Invites somebody with these roles and accounts.
    pub(crate) async fn invite(&self, name: &str, roles: &[&str], accounts: &[&str]) -> Answer {
        self.act_on_staff("staffCreate", "", new_staff(name, roles, accounts), Value::Null).await
    }

    /// What somebody holds: keys of roles and codes of accounts.
    pub(crate) async fn grants_of(&self, id: &str) -> (Vec<String>, Vec<String>) {
        let document = "query ($by: StaffBy!) { staffMember(by: $by) {
            roles { role { key } } accounts { account }
        } }";
        let answer = self.ask_with(document, json!({ "by": { "id": id } })).await;
        let texts = |path: &str, of: &str| {
            let list = answer.data(path).as_array().cloned().unwrap_or_default();
            list.iter().filter_map(|item| item.pointer(of)?.as_str().map(str::to_owned)).collect()
        };
        (texts("staffMember.roles", "/role/key"), texts("staffMember.accounts", "/account"))
    }

    /// The user names of the staff whom they see, in the order of these.
    pub(crate) async fn sees_staff(&self) -> Vec<String> {
        let document =
            "{ staff(first: 100, orderBy: [{ field: USER_NAME, direction: ASC }]) { nodes { userName } } }";
        let answer = self.ask(document).await;
        let nodes = answer.data("staff.nodes").as_array().cloned().unwrap_or_default();
        nodes.iter().filter_map(|node| node["userName"].as_str().map(str::to_owned)).collect()
    }
}

/// The input of an invitation.
pub(crate) fn new_staff(name: &str, roles: &[&str], accounts: &[&str]) -> Value {
    json!({
        "userName": name,
        "email": format!("{name}@staff.example"),
        "roles": roles.iter().map(|role| json!({ "role": role })).collect::<Vec<_>>(),
        "accounts": accounts.iter().map(|account| json!({ "account": account })).collect::<Vec<_>>(),
    })
}

impl Desk {
    /// Somebody invited with these roles and accounts; the id.
    pub(crate) async fn add_staff(&self, name: &str, roles: &[&str], accounts: &[&str]) -> String {
        let answer = self.admin().invite(name, roles, accounts).await;
        assert_eq!(answer.problems("staffCreate"), [""; 0], "{}", answer.body);
        answer.text("staffCreate.staffMember.id")
    }

    /// The same of somebody who accepted already.
    pub(crate) async fn add_active_staff(&self, name: &str, roles: &[&str], accounts: &[&str]) -> String {
        let id = self.add_staff(name, roles, accounts).await;
        self.put_staff(&id, StaffState::Active).await;
        id
    }

    /// Puts a staff member into a state, past every rule.
    pub(crate) async fn put_staff(&self, id: &str, state: StaffState) {
        let verified = (state != StaffState::Invited).then(|| self.clock.now());
        staff_member::Entity::update_many()
            .col_expr(staff_member::Column::State, Expr::val(state as i16))
            .col_expr(staff_member::Column::EmailVerifiedAt, Expr::val(verified))
            .filter(staff_member::Column::Id.eq(uuid(id)))
            .exec(&self.side_door().await)
            .await
            .expect("a staff member");
    }

    /// The variables of an example about staff or roles, with what it names arranged.
    pub(crate) async fn with_staff(&self, mut variables: String) -> String {
        let new = self.clock.new_id().simple().to_string();
        for (name, state) in [
            ("ID OF AN ACTIVE STAFF MEMBER", StaffState::Active),
            ("ID OF A DEACTIVATED STAFF MEMBER", StaffState::Deactivated),
            ("ID OF A STAFF MEMBER", StaffState::Invited),
        ] {
            if variables.contains(name) {
                let id = self.add_staff(&format!("s{new}"), &["support"], &["*"]).await;
                self.put_staff(&id, state).await;
                variables = variables.replace(name, &id);
            }
        }
        if variables.contains("ID OF A ROLE") {
            variables =
                variables.replace("ID OF A ROLE", &self.add_role(&format!("r{new}"), &["USER_READ"]).await);
        }
        // each is asked several times, and names are unique
        variables.replace("grace.hopper", &format!("g{new}")).replace("fraud-desk", &format!("f{new}"))
    }

    /// Defines a role; its id.
    pub(crate) async fn add_role(&self, key: &str, permissions: &[&str]) -> String {
        let document = "mutation ($input: RoleCreateInput!) {
            roleCreate(input: $input) { role { id } errors { code field message } }
        }";
        let input = json!({ "key": key, "name": key, "permissions": permissions });
        let answer = self.admin().ask_with(document, json!({ "input": input })).await;
        assert_eq!(answer.problems("roleCreate"), [""; 0], "{}", answer.body);
        answer.text("roleCreate.role.id")
    }
}

impl Desk {
    /// A staff member with a token that names these roles and one account, or all.
    pub(crate) fn staff_token(&self, id: &str, roles: &[&str], account: &str) -> Person {
        let accounts = match account {
            "*" => AccountsClaim::All,
            code => AccountsClaim::Codes(vec![code.to_owned()]),
        };
        let request = TokenRequest {
            subject: id.to_owned(),
            name: None,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            accounts,
            ttl: Duration::from_hours(1),
            session: None,
        };
        let (token, _) = self.services.tokens().issue(request).expect("a token");
        Person { token: Some(token), ..self.stranger() }
    }
}
