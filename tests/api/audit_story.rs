//! Random stories of acts, by people who may and people who may not: the trail tells each in full.

use std::{collections::BTreeMap, time::Duration};

use backdesk_entity::user;
use proptest::{prelude::*, test_runner::Config};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::{Desk, Person, uuid};

/// One act of a random sequence: by whom, on which user, which mutation with which value.
#[derive(Debug, Clone)]
struct Step {
    who: usize,
    whom: usize,
    mutation: &'static str,
    value: Value,
}

/// Stands for the good value of an act.
pub(crate) const GOOD: &str = "GOOD";

pub(crate) fn value_for(mutation: &'static str) -> BoxedStrategy<Value> {
    let group = |number: u8| format!("00000000-0000-7000-8000-00000000000{number:x}");
    match mutation {
        "userUpdate" => prop_oneof![
            Just(json!({})),
            (0..4).prop_map(|n| json!({ "firstName": format!("Ada {n}"), "tag": null })),
            (0..3).prop_map(|n| json!({ "email": format!("ada{n}@example.com") })),
            Just(json!({ "email": "nonsense" })),
            (0..3).prop_map(|n| json!({ "postalAddress": { "city": format!("Town {n}") } })),
            Just(json!({ "postalAddress": null, "spokenLanguages": ["fr", "de"] })),
            (0..3).prop_map(|n| json!({ "externalIds": [{ "system": "CRM", "value": format!("{n}") }] })),
        ]
        .boxed(),
        "userSetStatus" => prop::sample::select(vec!["LIVE", "IN_REVIEW", "INVALIDATED", "CANCELED"])
            .prop_map(|status| json!(status))
            .boxed(),
        "userCancel" => Just(json!("USER")).boxed(),
        "userSetGroups" => {
            prop::collection::vec((1..9_u8).prop_map(group), 0..3).prop_map(|ids| json!(ids)).boxed()
        }
        "userSetActive" | "userFreeze" => any::<bool>().prop_map(|on| json!(on)).boxed(),
        // what it takes depends on the user: see `good_value`
        _ => Just(json!(GOOD)).boxed(),
    }
}

fn step() -> impl Strategy<Value = Step> {
    // cancelling ends a user's story: rarely
    let weighted = prop_oneof![
        6 => Just("userUpdate"), 4 => Just("userSetStatus"), 4 => Just("userSetActive"),
        4 => Just("userFreeze"), 4 => Just("userSetGroups"), 1 => Just("userCancel"),
    ];
    (0..4_usize, 0..3_usize, weighted).prop_flat_map(|(who, whom, mutation)| {
        value_for(mutation).prop_map(move |value| Step { who, whom, mutation, value })
    })
}

/// What the trail says that a user is now: the values after each change, one over the other.
async fn replayed(desk: &Desk, id: &str) -> BTreeMap<String, Value> {
    let query = "query ($id: ID!) {
        auditEvents(where: { userId: { eq: $id }, outcome: { eq: DONE } }, orderBy: [{ field: AT }], first: 100) {
            pageInfo { hasNextPage }
            nodes { changes { field before after } }
        }
    }";
    let answer = desk.admin().ask_with(query, json!({ "id": id })).await;
    assert_eq!(answer.data("auditEvents.pageInfo.hasNextPage"), false);
    let mut state: BTreeMap<String, Value> = BTreeMap::new();
    for changes in answer.column("auditEvents.nodes", "changes") {
        for change in changes.as_array().expect("changes") {
            let field = change["field"].as_str().expect("a field").to_owned();
            let before = state.insert(field, change["after"].clone());
            assert_eq!(before.unwrap_or(Value::Null), change["before"], "{change}");
        }
    }
    state.retain(|_, value| !value.is_null());
    state
}

/// What the tables say that a user is now, by the same names.
async fn stored(desk: &Desk, id: &str) -> BTreeMap<String, Value> {
    let row = user::Entity::find_by_id(uuid(id)).one(&desk.side_door().await).await;
    let Ok(Value::Object(row)) = serde_json::to_value(row.expect("rows").expect("a user")) else {
        panic!("a user is an object")
    };
    let mut state = BTreeMap::new();
    for (name, value) in row {
        let derived = ["version", "updated_at", "status_before_inactive", "search_text"];
        // counts of what other systems record move without an act of staff
        let recorded = name.ends_with("_count") || ["own_fees", "wallet_status"].contains(&name.as_str());
        if !name.ends_with("_folded") && !recorded && !derived.contains(&name.as_str()) {
            let mut words = name.split('_');
            let mut camel = words.next().unwrap_or_default().to_owned();
            for word in words {
                camel.push_str(&word[..1].to_uppercase());
                camel.push_str(&word[1..]);
            }
            state.insert(camel, value);
        }
    }
    let seen = desk.admin().open_user(id).await;
    for address in ["postalAddress", "secondaryAddress", "locationAddress"] {
        for (line, value) in seen[address].as_object().into_iter().flatten() {
            state.insert(format!("{address}.{line}"), value.clone());
        }
    }
    let list = |name: &str| seen[name].as_array().cloned().unwrap_or_default();
    let ids: serde_json::Map<String, Value> = list("externalIds")
        .iter()
        .map(|id| (id["system"].as_str().expect("a system").to_owned(), id["value"].clone()))
        .collect();
    let assigned: Vec<Value> = list("groups")
        .iter()
        .map(|group| group["key"].clone())
        .filter(|key| !key.as_str().is_some_and(|key| key.ends_with("_NOT_VERIFIED")))
        .collect();
    state.insert("externalIds".into(), json!(ids));
    state.insert("spokenLanguages".into(), seen["spokenLanguages"].clone());
    state.insert("groups".into(), json!(assigned));
    state.retain(|_, value| !value.is_null());
    state
}

async fn play(desk: &Desk, steps: Vec<Step>) {
    let people: [Person; 4] =
        [desk.admin(), desk.compliance(), desk.read_only(), desk.person_in(&["admin"], &["DE"])];
    let mut users = Vec::new();
    for account in ["FR", "DE", "FR"] {
        users.push(desk.add_user_to(account, json!({ "lastName": "Lovelace" })).await);
    }
    let (mut changes, mut refusals) = (users.len(), 0);
    for Step { who, whom, mutation, value } in steps {
        desk.hand.advance(Duration::from_secs(1));
        let before = desk.admin().open_user(&users[whom]).await;
        let answer = people[who].act(mutation, &users[whom], value).await;
        let after = desk.admin().open_user(&users[whom]).await;
        let took_effect = after != before;
        match answer.code() {
            Some("FORBIDDEN" | "NOT_FOUND") => {
                assert!(!took_effect, "a refused act took effect: {}", answer.body);
                refusals += 1;
            }
            Some(other) => panic!("{other}: {}", answer.body),
            None => {
                let refused = !answer.problems(mutation).is_empty();
                assert!(!(refused && took_effect), "{}", answer.body);
                changes += usize::from(took_effect);
            }
        }
        assert_eq!(desk.done_and_refused().await, (changes, refusals), "after {mutation}");
    }
    for id in &users {
        assert_eq!(replayed(desk, id).await, stored(desk, id).await);
    }
}

proptest! {
    #![proptest_config(Config { cases: 6, failure_persistence: None, max_shrink_iters: 20, ..Config::default() })]
    #[test]
    fn the_trail_tells_every_story_in_full(steps in prop::collection::vec(step(), 30..60)) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async { play(&Desk::open().await, steps).await });
    }
}
