//! What somebody of some accounts is told is the same, whatever there is in the others: users, staff, counts, searches, refusals.

use backdesk_entity::enums::StaffState;
use proptest::{
    prelude::*,
    sample::{select, subsequence},
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use crate::support::{
    Answer, Desk, Person,
    recording::{self, KINDS},
    staff::new_staff,
};

const ACCOUNTS: [&str; 4] = ["FR", "DE", "IT", "PL"];
const ROLES: [&str; 8] =
    ["admin", "compliance", "read-only", "finance", "support", "marketing", "auditor-read-only", "view-only"];

/// Who asks, and what there is in accounts that they do not see, or not all of.
#[derive(Debug, Clone)]
struct World {
    role: &'static str,
    own: Vec<&'static str>,
    foreign: Vec<Foreign>,
}

#[derive(Debug, Clone)]
enum Foreign {
    /// With everything that a user may have.
    User {
        account: &'static str,
        name: String,
    },
    Staff {
        accounts: Vec<&'static str>,
        roles: Vec<&'static str>,
        state: u8,
    },
}

fn world() -> impl Strategy<Value = World> {
    let own = subsequence(ACCOUNTS.to_vec(), 1..ACCOUNTS.len());
    (select(ROLES.to_vec()), own).prop_flat_map(|(role, own)| {
        let theirs: Vec<&str> = ACCOUNTS.into_iter().filter(|code| !own.contains(code)).collect();
        let (one, some) = (select(theirs.clone()), own.clone());
        let user = (one, "[a-c]{1,2}").prop_map(|(account, name)| Foreign::User { account, name });
        // one at least that the one who asks does not see
        let beyond = select([theirs, vec!["*"]].concat());
        let staff = (beyond, subsequence(some.clone(), 0..=some.len()), roles(), 0..3_u8).prop_map(
            |(beyond, mut accounts, roles, state)| {
                accounts.push(beyond);
                Foreign::Staff { accounts, roles, state }
            },
        );
        let foreign = proptest::collection::vec(prop_oneof![user, staff], 1..5);
        foreign.prop_map(move |foreign| World { role, own: own.clone(), foreign })
    })
}

fn roles() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(vec!["support", "finance", "admin"], 1..=3)
}

/// What is asked whatever there is: lists with their counts and facets, what hangs below, and the trail.
const QUESTIONS: [&str; 16] = [
    "{ staff(orderBy: [{ field: USER_NAME }]) { totalCount nodes {
        userName displayName version roles { role { key } grantedBy } accounts { account }
        effectivePermissions newestLink { destination } viewerActions { action allowed code message }
    } facets(by: [STATE, ROLE, ACCOUNT]) { buckets { key label count } } } }",
    "{ staff(where: { role: { ne: \"admin\" } }) { totalCount nodes { userName } } }",
    "{ staff(where: { account: { ne: \"FR\" } }) { totalCount nodes { userName } } }",
    "{ staff(where: { account: { eq: \"DE\" } }) { totalCount nodes { userName } } }",
    "{ staff(search: \"staff.example\") { totalCount nodes { userName } } }",
    "{ staff(last: 2) { nodes { userName } pageInfo { hasPreviousPage } } }",
    "{ users(search: \"a\", orderBy: [{ field: FIRST_NAME }]) { totalCount nodes { name { first } } } }",
    "{ users { totalCount facets(by: [STATUS, ACCOUNT, COUNTRY]) { buckets { key count } } } }",
    "{ users(orderBy: [{ field: CREATED_AT, direction: ASC }]) { nodes { id
        transactions { totalCount } wallets { totalCount } documents { totalCount nodes { name } } comments { totalCount }
        history { totalCount } } } }",
    "{ documents { totalCount nodes { id name } } }",
    "{ kycReviews { totalCount nodes { id } facets(by: [STATE, TRIGGER, ASSIGNEE]) { buckets { key count } } } }",
    "{ transactions { totalCount nodes { id } } }",
    "{ wallets { totalCount nodes { id } } }",
    "{ financeReport(from: \"2026-01-01\", to: \"2026-03-31\") { rows { kind state currency count sum } } }",
    "{ auditEvents(first: 100, where: { action: { ne: \"SENSITIVE_READ\" } }) { totalCount nodes { id action account userId target { id } } } }",
    "{ accounts { code name } viewer { accounts { code } permissions } roles { key viewerCanAssign } }",
];

/// What they are answered, and lists by how many statements: work that differs takes another time.
async fn told(desk: &Desk, person: &Person, id: &str) -> Vec<Value> {
    let mut answers = Vec::new();
    let mut note = |(answer, statements): (Answer, Vec<String>)| {
        assert_ne!(answer.code(), Some("GRAPHQL_VALIDATION_FAILED"), "{}", answer.body);
        answers.push(json!([answer.body, statements.len()]));
    };
    for question in QUESTIONS {
        note(desk.statements_of(person.ask(question)).await);
    }
    // what is there and what is not is refused alike; what such a question leaves in the trail is written behind its answer
    let mut note = |answer: Answer| answers.push(json!(answer.body));
    let staff_member = "query ($by: StaffBy!) { staffMember(by: $by) { id } }";
    for by in
        [json!({ "id": id }), json!({ "userName": "foreign0" }), json!({ "email": "foreign0@staff.example" })]
    {
        note(person.ask_with(staff_member, json!({ "by": by })).await);
    }
    let user = "query ($by: UserBy!) { user(by: $by) { id } }";
    note(person.ask_with(user, json!({ "by": { "id": id } })).await);
    for mutation in [
        "staffDeactivate",
        "staffReactivate",
        "staffResendInvitation",
        "staffSendPasswordReset",
        "staffEndSessions",
        "staffResetSecondFactor",
    ] {
        note(person.act_on_staff(mutation, id, Value::Null, Value::Null).await);
    }
    let copy = json!({ "userName": "copy", "email": "copy@staff.example" });
    note(person.act_on_staff("staffDuplicate", id, copy, Value::Null).await);
    let named = json!({ "firstName": "Eve" });
    note(person.act_on_staff("staffUpdate", id, named, Value::Null).await);
    for (mutation, value) in [("userFreeze", json!(true)), ("kycRequestReview", json!({}))] {
        note(person.act(mutation, id, value).await);
    }
    for account in ACCOUNTS.into_iter().chain(["NONE", "*"]) {
        let preview = json!({ "validateOnly": true });
        let eve = new_staff("eve", &["support"], &[account]);
        note(person.act_on_staff("staffCreate", "", eve, preview).await);
    }
    while !desk.services.tasks().is_empty() {
        tokio::task::yield_now().await;
    }
    answers
}

/// A user of an account, with money, documents and a review: their id.
async fn add_user_with_all(desk: &Desk, account: &str, name: &str) -> String {
    let user = desk.add_user_to(account, json!({ "firstName": name })).await;
    let other = desk.add_user_to(account, json!({})).await;
    let rows: Vec<Value> =
        KINDS.iter().map(|kind| recording::row(kind, &format!("{kind} {user}"), &user, &other)).collect();
    let recorded = desk.machine().record_with(json!(rows), json!({ "account": account }), Value::Null).await;
    assert!(recorded.outcomes().iter().all(|outcome| outcome == "CREATED"), "{}", recorded.body);
    desk.admin().share_pdf(&user).await;
    desk.admin().request_review(&user).await;
    user
}

#[test]
fn nothing_of_a_foreign_account_shows_anywhere() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    runner
        .run(&world(), |World { role, own, foreign }| {
            runtime.block_on(Box::pin(async {
                let desk = Desk::open().await;
                for (code, name) in [("IT", "Italy"), ("PL", "Poland")] {
                    desk.add_account(code, name).await;
                }
                for account in &own {
                    add_user_with_all(&desk, account, "ada").await;
                }
                for (name, roles) in [("ada", &["support"][..]), ("grace", &["admin", "finance"])] {
                    desk.add_active_staff(name, roles, &own).await;
                }
                let person = desk.person_in(&[role], &own);
                let unknown = desk.clock.new_id().to_string();
                // what is read once is read by now
                told(&desk, &person, &unknown).await;
                let before = told(&desk, &person, &unknown).await;
                let mut ids = vec![unknown];
                for (i, thing) in foreign.iter().enumerate() {
                    ids.push(match thing {
                        Foreign::User { account, name } => add_user_with_all(&desk, account, name).await,
                        Foreign::Staff { accounts, roles, state } => {
                            let id = desk.add_staff(&format!("foreign{i}"), roles, accounts).await;
                            let states = [StaffState::Invited, StaffState::Active, StaffState::Deactivated];
                            desk.put_staff(&id, states[usize::from(*state)]).await;
                            id
                        }
                    });
                }
                for id in ids {
                    let after = told(&desk, &person, &id).await;
                    for (after, before) in after.iter().zip(&before) {
                        prop_assert_eq!(after, before);
                    }
                }
                Ok(())
            }))
        })
        .expect("nothing shows");
}

/// The one exception, which is meant: people sign in by a name of their own, and get their links by an address of their own.
#[tokio::test]
async fn a_name_or_an_address_that_somebody_has_tells_that_and_no_more() {
    let desk = Desk::open().await;
    desk.add_staff("hedy", &["support"], &["DE"]).await;
    let person = desk.person_in(&["admin"], &["FR"]);
    let taken = person.invite("hedy", &["support"], &["FR"]).await;
    assert_eq!(taken.problems("staffCreate"), ["UNIQUE input.userName", "UNIQUE input.email"]);
    assert!(
        !taken.raw.contains("DE") && taken.data("staffCreate.staffMember") == Value::Null,
        "{}",
        taken.raw
    );
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
