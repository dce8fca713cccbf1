//! What a front end greys out: `viewerActions` says of every act on a user what the mutation itself would answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use backdesk::{
    auth::policy::{Access, Action, Permission, Role},
    domain::lead::is_lead,
};
use backdesk_entity::enums::UserStatus;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{authority::root_fields, user_acts::good_value};
use crate::support::{
    Answer, Desk, MUTATIONS, Person, document_answering,
    population::{Population, Somebody},
};

const ACTIONS: &str = "viewerActions { action allowed reasons { code message missingPermission } }";

fn preview() -> Value {
    json!({ "validateOnly": true })
}

/// The codes and sentences that a mutation was refused with.
fn refusals(mutation: &str, answer: &Answer) -> Vec<(Value, Value)> {
    let problems = match answer.body.get("errors") {
        Some(errors) => errors.clone(),
        None => answer.data(&format!("{mutation}.errors")),
    };
    let problems = problems.as_array().expect("errors").iter();
    problems
        .map(|problem| {
            let code = problem.pointer("/extensions/code").unwrap_or(&problem["code"]);
            (code.clone(), problem["message"].clone())
        })
        .collect()
}

fn sees_users(role: Role) -> bool {
    role.permissions().any(|permission| permission == Permission::UserRead)
}

/// Whether one of these roles may do such an act at all.
fn permitted(roles: &[&str], mutation: &str) -> bool {
    let Some(Access::Needs(needed)) = Action::of_field(mutation).map(Action::access) else { return true };
    roles.iter().filter_map(|role| Role::from_claim(role)).any(|role| needed.holders().contains(&role))
}

/// What a role is shown: the users, each with the acts on them.
struct Shown {
    roles: Vec<&'static str>,
    person: Person,
    users: Vec<Value>,
}

/// What was met: status, frozen or not, allowed or not.
type Met = BTreeSet<(UserStatus, bool, bool)>;

/// Compares what everybody is told of acts on somebody with what the mutations answer.
async fn compare(desk: &Desk, everybody: &[Shown], somebody: &Somebody) -> Met {
    let (mut met, mut ready) = (Met::new(), BTreeMap::new());
    let id = somebody.user.id.to_string();
    let is_lead = is_lead(somebody.user.identity_verified, somebody.user.kyc_status);
    for Shown { roles, person, users } in everybody {
        let user = users.iter().find(|user| user["id"] == id);
        if *roles == ["marketing"] && !is_lead {
            assert!(user.is_none(), "somebody who is no lead was shown");
            continue;
        }
        for action in user.expect("a user")["viewerActions"].as_array().expect("actions") {
            let mutation = action["action"].as_str().expect("a name");
            // who has a review changes with whoever asks, and a comment is its author's to correct; all else is made once,
            // as it is for those who are stopped at the door
            let is_theirs = mutation.starts_with("kyc") || mutation == "userCorrectComment";
            if !ready.contains_key(mutation) || is_theirs && permitted(roles, mutation) {
                let value = good_value(desk, mutation, &id).await;
                ready.insert(mutation, desk.fill(person, &id, value).await);
            }
            let document = document_answering(mutation, "{ errors { code message } }");
            let variables = json!({ "id": id, "value": ready[mutation], "options": preview() });
            let answer = person.ask_with(&document, variables).await;
            let refusals = refusals(mutation, &answer);
            let case = format!("{mutation} of a user who is {:?} by {roles:?}", somebody.user.status);
            assert_eq!(action["allowed"], refusals.is_empty(), "{case}: {refusals:?}");
            let reasons = action["reasons"].as_array().expect("reasons").iter();
            let reasons: Vec<(Value, Value)> =
                reasons.map(|reason| (reason["code"].clone(), reason["message"].clone())).collect();
            assert_eq!(reasons, refusals, "{case}");
            let missing = action.pointer("/reasons/0/missingPermission").unwrap_or(&Value::Null);
            let permission = answer.body.pointer("/errors/0/extensions/permission");
            assert_eq!(missing, permission.unwrap_or(&Value::Null), "{case}");
            met.insert((somebody.user.status, somebody.user.frozen, action["allowed"] == true));
        }
    }
    met
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_is_allowed_exactly_when_its_mutation_accepts_it() {
    let desk = Arc::new(Desk::open().await);
    let population = Population::drawn(80, 30);
    population.moves_into(&desk).await;
    let mut combinations: Vec<Vec<&str>> = Role::ALL.iter().map(|role| vec![role.claim()]).collect();
    // who sees all, and reaches leads alone in some acts
    combinations.push(vec!["marketing", "read-only"]);
    let mut everybody = Vec::new();
    for roles in combinations {
        if !roles.iter().any(|role| Role::from_claim(role).is_some_and(sees_users)) {
            continue;
        }
        let person = desk.person(&roles);
        let page = person.ask(&format!("{{ users(first: 100) {{ nodes {{ id {ACTIONS} }} }} }}")).await;
        let users = page.data("users.nodes").as_array().expect("users").clone();
        everybody.push(Shown { roles, person, users });
    }
    // users apart from each other, as many at once as write at once
    let everybody = Arc::new(everybody);
    let people = Arc::new(Mutex::new(population.people));
    let (mut working, mut met) = (JoinSet::new(), Met::new());
    for _ in 0..2 {
        let (desk, everybody, people) = (Arc::clone(&desk), Arc::clone(&everybody), Arc::clone(&people));
        let next = move || people.lock().expect("no panic").pop();
        working.spawn(async move {
            let mut met = Met::new();
            while let Some(somebody) = next() {
                met.extend(compare(&desk, &everybody, &somebody).await);
            }
            met
        });
    }
    while let Some(found) = working.join_next().await {
        met.extend(found.expect("what is told is what is answered"));
    }
    assert_eq!(
        met.len(),
        4 * 2 * 2 - 2,
        "nothing is allowed of the cancelled, and all else was met: {met:?}"
    );
}

/// The same of the acts that policies can forbid, whatever these are and whoever asks.
#[tokio::test]
async fn so_it_is_whatever_the_policies_are() {
    let desk = Desk::open().await;
    let population = Population::drawn(83, 6);
    population.moves_into(&desk).await;
    let mut met = BTreeSet::new();
    for (names, edit) in [
        (json!([]), json!({ "firstName": "Grace" })),
        (json!(["firstName", "postalAddress"]), json!({ "firstName": "Grace" })),
        (json!(["mobile"]), json!({ "mobile": "+33612345678" })),
        (json!(["picture"]), json!({ "picture": "https://example.com/grace.png" })),
        (Value::Null, json!({ "firstName": "Grace" })),
    ] {
        let kinds = if edit["mobile"].is_null() { json!(["IDENTITY"]) } else { json!([]) };
        let policies =
            json!({ "preset": "MARKETPLACE", "directEditFields": names, "operatorVerifies": kinds });
        desk.decide(policies).await;
        for role in ["admin", "compliance", "marketing"] {
            let person = desk.person(&[role]);
            let page =
                person.ask(&format!("{{ users {{ nodes {{ id {ACTIONS} }} }} }}")).await.data("users.nodes");
            for user in page.as_array().expect("users") {
                let id = user["id"].as_str().expect("an id");
                for action in user["viewerActions"].as_array().expect("actions") {
                    let mutation = action["action"].as_str().expect("a name");
                    let value = match mutation {
                        "userUpdate" => edit.clone(),
                        "userUpdateContact" => json!({ "mobile": "+33612345678" }),
                        "userUploadPicture" | "userSetFees" | "userSetVerification" => {
                            good_value(&desk, mutation, id).await
                        }
                        _ => continue,
                    };
                    let answer = person.act_with(mutation, id, value, preview()).await;
                    let reasons = action["reasons"].as_array().expect("reasons").iter();
                    let reasons: Vec<(Value, Value)> =
                        reasons.map(|reason| (reason["code"].clone(), reason["message"].clone())).collect();
                    assert_eq!(reasons, refusals(mutation, &answer), "{mutation} by {role} under {names}");
                    let code = action.pointer("/reasons/0/code").cloned().unwrap_or_default();
                    met.insert((mutation.to_owned(), code.to_string()));
                }
            }
        }
    }
    for mutation in ["userUpdate", "userUpdateContact", "userUploadPicture", "userSetVerification"] {
        for code in ["null", "\"POLICY_FORBIDS\"", "\"USER_CANCELED\""] {
            assert!(met.contains(&(mutation.to_owned(), code.to_owned())), "{mutation} {code} in {met:?}");
        }
    }
}

#[tokio::test]
async fn every_mutation_of_a_user_is_among_the_actions() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let query = format!("query ($id: ID!) {{ user(by: {{ id: $id }}) {{ {ACTIONS} }} }}");
    let answer = desk.admin().ask_with(&query, json!({ "id": id })).await;
    let set = |names: Vec<Value>| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let actions = set(answer.column("user.viewerActions", "action"));
    let mutations: Vec<Value> = root_fields()
        .iter()
        .filter(|(root, field)| {
            let action = Action::of_field(&field.name.node).expect("an action");
            // roles, sessions and staff members have ids of their own
            let own = ["ROLE_", "SESSION_"].iter().any(|kind| action.name().starts_with(kind));
            let is_of_users = !action.is_staff_act() && !own;
            let names_one = field.arguments.iter().any(|argument| argument.node.name.node == "id");
            *root == "Mutation" && is_of_users && names_one
        })
        .map(|(_, field)| json!(field.name.node.as_str()))
        .collect();
    assert_eq!(actions, set(mutations));
    let tested = set(MUTATIONS.map(|(name, ..)| json!(name)).into());
    assert_eq!(actions, tested, "and among the acts of these tests");
}

#[tokio::test]
async fn what_a_compliance_officer_may_do() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    let query = format!("query ($id: ID!) {{ user(by: {{ id: $id }}) {{ {ACTIONS} }} }}");
    let lines = async || {
        let answer = desk.compliance().ask_with(&query, json!({ "id": id })).await;
        let actions = answer.data("user.viewerActions");
        let two = actions.as_array().expect("actions").iter();
        let two = two.filter(|action| action["action"] == "userUpdate" || action["action"] == "userFreeze");
        let lines: Vec<String> = two.map(Value::to_string).collect();
        lines.join("\n")
    };
    insta::assert_snapshot!(lines().await, @r#"
    {"action":"userUpdate","allowed":false,"reasons":[{"code":"FORBIDDEN","message":"This needs the permission USER_UPDATE, which none of your roles has.","missingPermission":"USER_UPDATE"}]}
    {"action":"userFreeze","allowed":true,"reasons":[]}
    "#);
    desk.admin().act("userCancel", &id, json!("USER")).await;
    insta::assert_snapshot!(lines().await, @r#"
    {"action":"userUpdate","allowed":false,"reasons":[{"code":"FORBIDDEN","message":"This needs the permission USER_UPDATE, which none of your roles has.","missingPermission":"USER_UPDATE"}]}
    {"action":"userFreeze","allowed":false,"reasons":[{"code":"USER_CANCELED","message":"This user is cancelled, which is final: nothing of them can be changed.","missingPermission":null}]}
    "#);
}

#[tokio::test]
async fn asking_what_one_may_do_costs_no_statement_a_user_and_is_no_refusal() {
    let desk = Desk::open().await;
    Population::drawn(81, 100).moves_into(&desk).await;
    let read_only = desk.read_only();
    let before = desk.everything().await;
    let plain = "{ users(first: 100) { nodes { id status verified { identity } kyc { status level } } } }";
    let (_, without) = desk.statements_of(read_only.ask(plain)).await;
    let full = format!(
        "{{ users(first: 100) {{ nodes {{ id status allowedStatuses verified {{ identity }} kyc {{ status level }} {ACTIONS} }} }} }}"
    );
    let (answer, with) = desk.statements_of(read_only.ask(&full)).await;
    assert_eq!(answer.data("users.nodes").as_array().expect("users").len(), 100);
    assert_eq!(answer.data("users.nodes.99.viewerActions.0.allowed"), false);
    // the policies, once for all
    assert_eq!(with.len(), without.len() + 1, "{with:?}");
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn allowed_statuses_are_those_that_can_be_set_now() {
    let desk = Desk::open().await;
    let population = Population::drawn(82, 16);
    population.moves_into(&desk).await;
    let admin = desk.admin();
    for somebody in &population.people {
        let id = somebody.user.id.to_string();
        let allowed = admin.open_user(&id).await["allowedStatuses"].clone();
        let mut possible = Vec::new();
        for status in ["IN_REVIEW", "LIVE", "INVALIDATED", "CANCELED"] {
            let answer = admin.act_with("userSetStatus", &id, json!(status), preview()).await;
            let accepted = answer.problems("userSetStatus").is_empty();
            if accepted && answer.data("userSetStatus.preview.changes") != json!([]) {
                possible.push(status);
            }
        }
        assert_eq!(allowed, json!(possible), "from {:?}", somebody.user.status);
    }
}
