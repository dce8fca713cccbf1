//! Parents and shares: who stands above whom, and how much of a parent is held. Never in a circle, never more than the
//! whole, also when two ask at once.

use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person, fifty};

const TIES: &str = "query ($id: ID!) { user(by: { id: $id }) {
    parent { user { id parent { user { id } } } kind sharePercent controllingPersonType employeeType }
    beneficiaries { user { id name { first } } kind sharePercent }
} }";

fn below(parent: &str, share: Option<&str>) -> Value {
    json!({ "parentId": parent, "kind": "SHAREHOLDER", "sharePercent": share })
}

async fn ties(person: &Person, id: &str) -> Value {
    person.ask_with(TIES, json!({ "id": id })).await.data("user")
}

async fn four(desk: &Desk) -> [String; 4] {
    let add = async |name: &str| desk.add_user(json!({ "firstName": name })).await;
    [add("Ada").await, add("Bob").await, add("Cem").await, add("Dan").await]
}

#[tokio::test]
async fn a_parent_shows_whoever_is_below_and_goes_again() {
    let desk = Desk::open().await;
    let (admin, [company, ada, bob, _]) = (desk.admin(), four(&desk).await);
    let input = json!({
        "parentId": company, "kind": "DIRECTOR", "sharePercent": "25", "controllingPersonType": "OTHER_RELATION",
        "employeeType": "LEADER",
    });
    let answer = admin.act("userSetParent", &ada, input).await;
    assert_eq!(answer.problems("userSetParent"), [""; 0]);
    admin.act("userSetParent", &bob, below(&company, Some("75"))).await;
    assert_eq!(
        ties(&desk.read_only(), &ada).await,
        json!({
            "parent": {
                "user": { "id": company, "parent": null }, "kind": "DIRECTOR", "sharePercent": "25",
                "controllingPersonType": "OTHER_RELATION", "employeeType": "LEADER",
            },
            "beneficiaries": [],
        })
    );
    // whoever holds most comes first
    assert_eq!(
        ties(&admin, &company).await["beneficiaries"],
        json!([
            { "user": { "id": bob, "name": { "first": "Cem" } }, "kind": "SHAREHOLDER", "sharePercent": "75" },
            { "user": { "id": ada, "name": { "first": "Bob" } }, "kind": "DIRECTOR", "sharePercent": "25" },
        ])
    );
    let found = "query ($id: ID!) { users(where: { parent: { eq: $id } }, orderBy: [{ field: ID }]) { nodes { id } } }";
    let found = admin.ask_with(found, json!({ "id": company })).await;
    assert_eq!(found.column("users.nodes", "id"), [json!(ada), json!(bob)]);

    admin.act("userSetParent", &ada, Value::Null).await;
    assert_eq!(ties(&admin, &ada).await["parent"], Value::Null);
    assert_eq!(ties(&admin, &company).await["beneficiaries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_input_of_a_parent_is_judged_field_by_field() {
    let desk = Desk::open().await;
    let (admin, [company, ada, bob, gone]) = (desk.admin(), four(&desk).await);
    let german = desk.add_user_to("DE", json!({})).await;
    admin.act("userCancel", &gone, json!("USER")).await;
    admin.act("userSetParent", &bob, below(&company, Some("90"))).await;
    let before = desk.dump().await;
    for (input, problem) in [
        (below(&ada, None), "INVALID input.parentId"),
        (below(&german, None), "NOT_FOUND input.parentId"),
        (below("nobody", None), "NOT_FOUND input.parentId"),
        (below(&gone, None), "INVALID input.parentId"),
        (below(&company, Some("100.01")), "INVALID input.sharePercent"),
        (below(&company, Some("-1")), "INVALID input.sharePercent"),
        (below(&company, Some("10.01")), "INVALID input.sharePercent"),
    ] {
        let answer = admin.act("userSetParent", &ada, input.clone()).await;
        assert_eq!(answer.problems("userSetParent"), [problem], "{input}");
    }
    // a variable that was forgotten unties nobody
    let forgotten = "mutation ($id: ID!, $input: UserParentInput) {
        userSetParent(id: $id, input: $input) { errors { code field message } }
    }";
    let answer = admin.ask_with(forgotten, json!({ "id": bob })).await;
    assert_eq!(answer.problems("userSetParent"), ["REQUIRED input"]);
    assert_eq!(desk.dump().await, before);
    // the own share is no obstacle to another
    let answer = admin.act("userSetParent", &bob, below(&company, Some("100"))).await;
    assert_eq!(answer.problems("userSetParent"), [""; 0]);
}

#[tokio::test]
async fn whoever_names_a_user_of_a_foreign_account_is_recorded() {
    let desk = Desk::open().await;
    let id = desk.add_user_to("DE", json!({})).await;
    let foreign = desk.add_user(json!({})).await;
    let german = desk.person_in(&["admin"], &["DE"]);
    for mutation in ["userSetParent", "userSetCompany", "userLinkParty"] {
        let input = match mutation {
            "userSetParent" => below(&foreign, None),
            "userSetCompany" => json!({ "companyId": foreign, "role": "STAFF" }),
            _ => json!({ "partyId": foreign, "kind": "PARTNER" }),
        };
        let (answer, entries) = desk.entries_of(german.act(mutation, &id, input)).await;
        assert_eq!(answer.problems(mutation).len(), 1, "{mutation}");
        assert!(answer.problems(mutation)[0].starts_with("NOT_FOUND"), "{mutation}");
        assert_eq!(entries.len(), 1, "{mutation}");
        assert_eq!(entries[0].target_id, Some(crate::support::uuid(&foreign)));
    }
}

#[tokio::test]
async fn parents_do_not_go_round_in_a_circle() {
    let desk = Desk::open().await;
    let (admin, people) = (desk.admin(), four(&desk).await);
    for pair in people.windows(2) {
        admin.act("userSetParent", &pair[0], below(&pair[1], None)).await;
    }
    for below_all in &people[..3] {
        let answer = admin.act("userSetParent", &people[3], below(below_all, None)).await;
        assert_eq!(answer.problems("userSetParent"), ["INVALID input.parentId"]);
    }
}

/// Those who took effect.
fn done(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.problems("userSetParent").is_empty()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_requests_that_close_a_circle_together_one_is_refused() {
    let desk = Desk::open().await;
    for _ in 0..10 {
        let (admin, [ada, bob, cem, dan]) = (desk.admin(), four(&desk).await);
        // two ties are there; the two that come at once close the circle, and neither touches a user of the other
        admin.act("userSetParent", &bob, below(&cem, None)).await;
        admin.act("userSetParent", &dan, below(&ada, None)).await;
        let (first, second) = tokio::join!(
            admin.act("userSetParent", &ada, below(&bob, None)),
            admin.act("userSetParent", &cem, below(&dan, None)),
        );
        assert_eq!(done(&[first, second]), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn shares_of_fifty_at_once_stay_within_the_whole() {
    let desk = Desk::open().await;
    let (admin, company) = (desk.admin(), desk.add_user(json!({})).await);
    let mut people = Vec::new();
    for _ in 0..50 {
        people.push(desk.add_user(json!({})).await);
    }
    let answers = fifty(|number| {
        let (admin, id, company) = (admin.clone(), people[number].clone(), company.clone());
        async move { admin.act("userSetParent", &id, below(&company, Some("10"))).await }
    });
    let answers = answers.await;
    assert_eq!(done(&answers), 10);
    for answer in answers {
        let problems = answer.problems("userSetParent");
        assert!(problems.is_empty() || problems == ["INVALID input.sharePercent"], "{problems:?}");
    }
    let all = "query ($id: ID!) { user(by: { id: $id }) { beneficiaries(first: 100) { sharePercent } } }";
    let all = admin.ask_with(all, json!({ "id": company })).await;
    assert_eq!(all.column("user.beneficiaries", "sharePercent"), vec![json!("10"); 10]);
}
