//! What somebody of some accounts is told is the same, whatever there is in the others: users, staff, counts, searches, refusals.

use backdesk_entity::enums::StaffState;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use crate::support::{Desk, Person, staff::new_staff};

/// Something that exists in accounts that the person who asks does not see, or not all of.
#[derive(Debug, Clone)]
enum Foreign {
    User { account: &'static str, name: String },
    Staff { accounts: Vec<&'static str>, roles: Vec<&'static str>, state: u8 },
}

fn foreign() -> impl Strategy<Value = Foreign> {
    let account = prop_oneof![Just("DE"), Just("IT")];
    let user = (account, "[a-c]{1,2}").prop_map(|(account, name)| Foreign::User { account, name });
    let accounts = prop_oneof![
        Just(vec!["DE"]),
        Just(vec!["IT", "DE"]),
        Just(vec!["FR", "DE"]),
        Just(vec!["*"]),
        Just(vec!["FR", "*"]),
    ];
    let roles = proptest::sample::subsequence(vec!["support", "finance", "admin"], 1..=3);
    let staff = (accounts, roles, 0..3_u8).prop_map(|(accounts, roles, state)| Foreign::Staff {
        accounts,
        roles,
        state,
    });
    prop_oneof![user, staff]
}

/// Everything that they may ask about users and staff, as one answer.
async fn told(person: &Person, nobody: &[String]) -> Value {
    let mut answers = Vec::new();
    for document in [
        "{ staff(orderBy: [{ field: USER_NAME }]) { totalCount nodes {
            userName displayName version roles { role { key } grantedBy } accounts { account }
            effectivePermissions newestLink { destination } viewerActions { action allowed code message }
        } facets(by: [STATE, ROLE, ACCOUNT]) { buckets { key label count } } } }",
        "{ staff(where: { role: { ne: \"admin\" } }) { totalCount nodes { userName } } }",
        "{ staff(where: { account: { ne: \"FR\" } }) { totalCount nodes { userName } } }",
        "{ staff(where: { account: { eq: \"DE\" } }) { totalCount nodes { userName } } }",
        "{ staff(search: \"staff.example\") { totalCount nodes { userName } } }",
        "{ staff(last: 2) { nodes { userName } pageInfo { hasPreviousPage } } }",
        "{ staffMember(by: { userName: \"foreign0\" }) { id } }",
        "{ staffMember(by: { email: \"foreign0@staff.example\" }) { id } }",
        "{ users(search: \"a\", orderBy: [{ field: FIRST_NAME }]) { totalCount nodes { name { first } } } }",
        "{ users { totalCount facets(by: [STATUS, ACCOUNT, COUNTRY]) { buckets { key count } } } }",
        "{ accounts { code name } viewer { accounts { code } permissions } roles { key viewerCanAssign } }",
    ] {
        answers.push(person.ask(document).await.body);
    }
    // what is there and what is not is refused alike
    for id in nobody {
        let by = json!({ "by": { "id": id } });
        let one = "query ($by: StaffBy!) { staffMember(by: $by) { id } }";
        answers.push(person.ask_with(one, by.clone()).await.body);
        let one = "query ($by: UserBy!) { user(by: $by) { id } }";
        answers.push(person.ask_with(one, by).await.body);
        for mutation in
            ["staffDeactivate", "staffReactivate", "staffResendInvitation", "staffSendPasswordReset"]
        {
            answers.push(person.act_on_staff(mutation, id, Value::Null, Value::Null).await.body);
        }
        let copy = json!({ "userName": "copy", "email": "copy@staff.example" });
        answers.push(person.act_on_staff("staffDuplicate", id, copy, Value::Null).await.body);
        let named = json!({ "firstName": "Eve" });
        answers.push(person.act_on_staff("staffUpdate", id, named, Value::Null).await.body);
    }
    for account in ["DE", "IT", "NONE", "*"] {
        let preview = json!({ "validateOnly": true });
        let invited =
            person.act_on_staff("staffCreate", "", new_staff("eve", &["support"], &[account]), preview);
        answers.push(invited.await.body);
    }
    json!(answers)
}

#[test]
fn nothing_of_a_foreign_account_shows_anywhere() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let worlds = proptest::collection::vec(foreign(), 1..6);
    runner
        .run(&worlds, |world| {
            runtime.block_on(Box::pin(async {
                let desk = Desk::open().await;
                desk.add_account("IT", "Italy").await;
                desk.add_user_to("FR", json!({ "firstName": "ada" })).await;
                for (name, roles) in [("ada", &["support"][..]), ("grace", &["admin", "finance"])] {
                    desk.add_active_staff(name, roles, &["FR"]).await;
                }
                let person = desk.person_in(&["admin"], &["FR"]);
                let unknown = desk.clock.new_id().to_string();
                let before = told(&person, std::slice::from_ref(&unknown)).await;
                let mut ids = vec![unknown];
                for (i, thing) in world.iter().enumerate() {
                    ids.push(match thing {
                        Foreign::User { account, name } => {
                            desk.add_user_to(account, json!({ "firstName": name })).await
                        }
                        Foreign::Staff { accounts, roles, state } => {
                            let id = desk.add_staff(&format!("foreign{i}"), roles, accounts).await;
                            let states = [StaffState::Invited, StaffState::Active, StaffState::Deactivated];
                            desk.put_staff(&id, states[usize::from(*state)]).await;
                            id
                        }
                    });
                }
                for id in ids {
                    let after = told(&person, &[id]).await;
                    prop_assert_eq!(&after, &before);
                }
                Ok(())
            }))
        })
        .expect("nothing shows");
}

/// What was asked for out of one's accounts is in the trail of those who see all, and in no answer.
#[tokio::test]
async fn asking_for_foreign_staff_is_recorded() {
    let desk = Desk::open().await;
    let foreign = desk.add_staff("ada", &["support"], &["DE"]).await;
    let person = desk.person_in(&["admin"], &["FR"]);
    let answer = person.act_on_staff("staffDeactivate", &foreign, Value::Null, Value::Null).await;
    assert_eq!(answer.code(), Some("NOT_FOUND"));
    desk.trail().await;
    let target = "{ auditEvents(first: 1) { nodes { action outcome refusal target { kind id } userId } } }";
    let entry = desk.admin().ask(target).await.data("auditEvents.nodes.0");
    assert_eq!(
        entry,
        json!({
            "action": "STAFF_DEACTIVATE", "outcome": "REFUSED", "refusal": "NOT_FOUND",
            "target": { "kind": "STAFF", "id": foreign }, "userId": null,
        })
    );
    assert_eq!(person.sees_staff().await, [""; 0]);
}
