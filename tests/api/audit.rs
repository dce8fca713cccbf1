//! The audit trail: one entry for each change and each refusal, none for anything else, and no way to change it.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use backdesk_entity::{data_key, idempotency, user};
use proptest::{prelude::*, test_runner::Config};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::user_acts::good_value;
use crate::support::{Desk, MUTATIONS, Person, document, is_postgres, uuid};

const SECRETS: [&str; 3] = ["ada@example.com", "Lovelace", "By letter."];

fn newcomer(profile: &Value) -> Value {
    json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": profile })
}

#[tokio::test]
async fn every_mutation_leaves_exactly_one_entry() {
    let desk = Desk::open().await;
    let mut lines = Vec::new();
    let id = desk.add_user(json!({ "email": "ada@example.com" })).await;
    for (mutation, ..) in MUTATIONS {
        // cancelling is last, for it is final
        if mutation == "userCancel" {
            continue;
        }
        desk.admin().act(mutation, &id, good_value(mutation)).await;
    }
    desk.admin()
        .act("userCancel", &id, good_value("userCancel"))
        .await;
    for entry in desk.entries().await {
        assert_eq!(entry.target_id, Some(uuid(&id)));
        assert_eq!(entry.account.as_deref(), Some("FR"));
        lines.push(format!(
            "{} {:?} {} {}",
            entry.target_version.expect("a version"),
            entry.outcome,
            entry.action,
            entry.changed_fields
        ));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    1 Done USER_CREATE ["account","createdAt","email","emailVerified","externalIds","frozen","groups","id","identityVerified","kycLevel","kycStatus","personType","phoneVerified","reference","spokenLanguages","status","statusSince"]
    2 Done USER_UPDATE ["firstName"]
    3 Done USER_SET_STATUS ["status"]
    4 Done USER_SET_ACTIVE ["status"]
    5 Done USER_FREEZE ["frozen"]
    6 Done USER_SET_GROUPS ["groups"]
    7 Done USER_CANCEL ["cancelOrigin","status"]
    "#);
}

#[tokio::test]
async fn an_entry_says_who_what_why_and_from_where() {
    let desk = Desk::open().await;
    let id = desk
        .add_user(json!({ "firstName": "Ada", "postalAddress": { "city": "London" } }))
        .await;
    desk.hand.advance(Duration::from_secs(1));
    let variables = json!({
        "id": id,
        "value": { "firstName": "Augusta", "postalAddress": { "city": null, "country": "GB" } },
        "options": { "reason": "By letter." },
    });
    let body = json!({ "query": document("userUpdate"), "variables": variables });
    let mut request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "Desk/1.0")
        .body(Body::from(body.to_string()))
        .expect("a request");
    let peer: SocketAddr = "192.0.2.7:4711".parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = desk.admin().send(request).await;

    let newest = "{ auditEvents(first: 1) { nodes {
        at actor { issuer subject name roles } action outcome refusal missingPermission account userId userVersion
        changedFields changes { field before after } reason requestId ip userAgent
    } } }";
    let mut event = desk.admin().ask(newest).await.data("auditEvents.nodes.0");
    assert_eq!(
        event["requestId"],
        answer.headers["x-request-id"].to_str().expect("text")
    );
    assert_eq!(event["userId"], json!(id));
    // both depend on how many ids were made before
    event["requestId"] = json!("…");
    event["userId"] = json!("…");
    insta::assert_json_snapshot!(event, @r#"
    {
      "account": "FR",
      "action": "USER_UPDATE",
      "actor": {
        "issuer": "backdesk",
        "name": "A person who is admin",
        "roles": [
          "admin"
        ],
        "subject": "admin@desk.example"
      },
      "at": "2026-03-01T12:00:01+00:00",
      "changedFields": [
        "firstName",
        "postalAddress.city",
        "postalAddress.country"
      ],
      "changes": [
        {
          "after": "Augusta",
          "before": "Ada",
          "field": "firstName"
        },
        {
          "after": null,
          "before": "London",
          "field": "postalAddress.city"
        },
        {
          "after": "GB",
          "before": null,
          "field": "postalAddress.country"
        }
      ],
      "ip": "192.0.2.7",
      "missingPermission": null,
      "outcome": "DONE",
      "reason": "By letter.",
      "refusal": null,
      "requestId": "…",
      "userAgent": "Desk/1.0",
      "userId": "…",
      "userVersion": 2
    }
    "#);
}

#[tokio::test]
async fn what_has_no_effect_leaves_no_entry() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "email": "ada@example.com" })).await;
    let admin = desk.admin();
    let ((), entries) = desk
        .entries_of(async {
            // not acceptable
            admin.create(newcomer(&json!({ "email": "x" }))).await;
            admin
                .create(newcomer(&json!({ "email": "ada@example.com" })))
                .await;
            admin.update(&id, json!({ "email": "x" })).await;
            admin.act("userSetStatus", &id, json!("CANCELED")).await;
            admin.act("userSetGroups", &id, json!(["x"])).await;
            admin
                .act_with("userFreeze", &id, json!(true), json!({ "ifVersion": 7 }))
                .await;
            // nothing to change
            admin.update(&id, json!({ "email": "ada@example.com" })).await;
            admin.act("userSetStatus", &id, json!("LIVE")).await;
            admin.act("userSetActive", &id, json!(true)).await;
            admin.act("userFreeze", &id, json!(false)).await;
            admin.act("userSetGroups", &id, json!([])).await;
            // nobody
            desk.stranger().update(&id, json!({ "email": null })).await;
            // no such user, anywhere
            admin
                .act("userFreeze", "00000000-0000-7000-8000-00000000ffff", json!(true))
                .await;
            // reading, and what is no question at all
            desk.read_only().open_user(&id).await;
            admin.ask("{ nonsense }").await;
            admin.ask("mutation { userFreeze }").await;
        })
        .await;
    assert_eq!(entries, []);
}

#[tokio::test]
async fn an_act_or_a_look_beyond_ones_accounts_is_recorded_and_answered_as_if_there_were_nobody() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "email": "ada@example.com" })).await;
    let german = desk.person_in(&["admin"], &["DE"]);
    let nobody = "00000000-0000-7000-8000-00000000ffff";
    for (mutation, ..) in MUTATIONS {
        let (foreign, entries) = desk
            .entries_of(german.act(mutation, &id, good_value(mutation)))
            .await;
        let (unknown, none) = desk
            .entries_of(german.act(mutation, nobody, good_value(mutation)))
            .await;
        assert_eq!(
            (foreign.status, &foreign.body),
            (unknown.status, &unknown.body),
            "{mutation}"
        );
        assert_eq!((entries.len(), none.len()), (1, 0), "{mutation}");
        assert_eq!(entries[0].refusal.as_deref(), Some("NOT_FOUND"));
        assert_eq!(entries[0].target_id, Some(uuid(&id)));
    }
    let look = "query ($by: UserBy!) { user(by: $by) { id } }";
    for by in [
        json!({ "id": id }),
        json!({ "email": "ada@example.com" }),
        json!({ "reference": "U0000000001" }),
    ] {
        let (answer, entries) = desk.entries_of(german.ask_with(look, json!({ "by": by }))).await;
        assert_eq!(answer.data("user"), Value::Null);
        assert_eq!(entries.len(), 1, "{by}");
        assert_eq!(entries[0].action, "USER_READ");
        assert_eq!(entries[0].refusal.as_deref(), Some("NOT_FOUND"));
        assert_eq!(
            entries[0].request_id.as_deref(),
            answer.headers["x-request-id"].to_str().ok()
        );
    }
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack
        .windows(needle.len())
        .any(|part| part == needle.as_bytes())
}

#[tokio::test]
async fn values_and_reasons_are_sealed_and_field_names_are_not() {
    let desk = Desk::open().await;
    let options = json!({ "reason": "By letter.", "idempotencyKey": "0190a1b2-0000-7000-8000-000000000001" });
    let profile = json!({ "email": "ada@example.com", "lastName": "Lovelace" });
    let created = desk.admin().create_with(newcomer(&profile), options).await;
    let id = created.text("userCreate.user.id");

    let entry = desk.entries().await.pop().expect("an entry");
    assert!(entry.changed_fields.contains("email"));
    let details = entry.details.clone().expect("details");
    assert!(details.len() > 100, "the values are there, sealed");
    let db = desk.side_door().await;
    let kept = idempotency::Entity::find()
        .one(&db)
        .await
        .expect("rows")
        .expect("an answer");
    for secret in SECRETS {
        assert!(!holds(&details, secret), "{secret} is readable");
        assert!(!format!("{entry:?}").contains(secret), "{secret} is readable");
        assert!(
            !holds(&kept.answer, secret),
            "{secret} is readable in the kept answer"
        );
    }

    // who destroys the key of the user makes the values unreadable, and the entry stays
    let removed = data_key::Entity::delete_by_id(uuid(&id)).exec(&db).await;
    assert_eq!(removed.expect("a key").rows_affected, 1);
    let event = desk.trail().await.data("auditEvents.nodes.0");
    assert_eq!(
        (&event["changes"], &event["reason"]),
        (&Value::Null, &Value::Null)
    );
    assert!(event["changedFields"].to_string().contains("email"));
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_remove_an_entry() {
    let desk = Desk::open().await;
    desk.add_user(json!({})).await;
    let before = desk.entries().await;
    let mut attacks = vec![
        "UPDATE audit_entries SET actor_subject = 'eve'",
        "UPDATE audit_entries SET details = NULL WHERE action = 'USER_CREATE'",
        "DELETE FROM audit_entries",
    ];
    if is_postgres() {
        attacks.push("TRUNCATE audit_entries");
    } else {
        attacks.push("INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries");
        attacks.push("UPDATE OR REPLACE audit_entries SET action = 'NOTHING'");
    }
    for attack in attacks {
        let refused = desk.sabotage(attack).await.expect_err(attack);
        assert!(refused.contains("append-only"), "{attack}: {refused}");
    }
    assert_eq!(desk.entries().await, before);
}

/// One act of a random sequence: by whom, on which user, which mutation with which value.
#[derive(Debug, Clone)]
struct Step {
    who: usize,
    whom: usize,
    mutation: &'static str,
    value: Value,
}

fn value_for(mutation: &'static str) -> BoxedStrategy<Value> {
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
        "userSetGroups" => prop::collection::vec((1..9_u8).prop_map(group), 0..3)
            .prop_map(|ids| json!(ids))
            .boxed(),
        _ => any::<bool>().prop_map(|on| json!(on)).boxed(),
    }
}

fn step() -> impl Strategy<Value = Step> {
    // cancelling ends a user's story: rarely
    let weighted = prop_oneof![
        6 => Just("userUpdate"), 4 => Just("userSetStatus"), 4 => Just("userSetActive"),
        4 => Just("userFreeze"), 4 => Just("userSetGroups"), 1 => Just("userCancel"),
    ];
    (0..4_usize, 0..3_usize, weighted).prop_flat_map(|(who, whom, mutation)| {
        value_for(mutation).prop_map(move |value| Step {
            who,
            whom,
            mutation,
            value,
        })
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
    let row = user::Entity::find_by_id(uuid(id))
        .one(&desk.side_door().await)
        .await;
    let Ok(Value::Object(row)) = serde_json::to_value(row.expect("rows").expect("a user")) else {
        panic!("a user is an object")
    };
    let mut state = BTreeMap::new();
    for (name, value) in row {
        let derived = ["version", "updated_at", "status_before_inactive", "search_text"];
        if !name.ends_with("_folded") && !derived.contains(&name.as_str()) {
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
        .map(|id| {
            (
                id["system"].as_str().expect("a system").to_owned(),
                id["value"].clone(),
            )
        })
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
    let people: [Person; 4] = [
        desk.admin(),
        desk.compliance(),
        desk.read_only(),
        desk.person_in(&["admin"], &["DE"]),
    ];
    let mut users = Vec::new();
    for account in ["FR", "DE", "FR"] {
        users.push(desk.add_user_to(account, json!({ "lastName": "Lovelace" })).await);
    }
    let (mut changes, mut refusals) = (users.len(), 0);
    for Step {
        who,
        whom,
        mutation,
        value,
    } in steps
    {
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
        assert_eq!(
            desk.done_and_refused().await,
            (changes, refusals),
            "after {mutation}"
        );
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
