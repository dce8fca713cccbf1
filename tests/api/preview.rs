//! Previews: `validateOnly` goes all the way of an act, tells what it would change, and leaves nothing behind.

use std::time::Duration;

use backdesk::auth::policy::Action;
use backdesk_entity::enums::AuditOutcome;
use proptest::{prelude::*, test_runner::Config};
use serde_json::{Value, json};

use super::{
    audit_story::{GOOD, value_for},
    authority::{root_fields, sample},
    user_acts::good_value,
};
use crate::support::{Answer, Desk, MUTATIONS, documents::without_ids, fifty, population::Population};

const KEYS: [&str; 2] = ["0190a1b2-0000-7000-8000-000000000001", "0190a1b2-0000-7000-8000-000000000002"];

/// The same options for a preview.
fn previewing(options: &Value) -> Value {
    let mut options = if options.is_null() { json!({}) } else { options.clone() };
    options["validateOnly"] = json!(true);
    options
}

/// Does something that must leave no trace in any table, but that it was seen what is sensitive.
async fn without_trace<T>(desk: &Desk, work: impl Future<Output = T>) -> T {
    let before = desk.everything().await;
    let result = work.await;
    assert_eq!(desk.everything().await, before);
    result
}

/// The changes that the trail tells of the act that was answered so; none when it tells nothing of it.
async fn told(desk: &Desk, answer: &Answer) -> Option<Value> {
    let query = "query ($request: String!) { auditEvents(where: { requestId: { eq: $request } }) {
        nodes { changes { field before after } }
    } }";
    let request = answer.headers["x-request-id"].to_str().expect("text");
    let mut events = desk.admin().ask_with(query, json!({ "request": request })).await;
    let events = events.body["data"]["auditEvents"]["nodes"].as_array_mut().expect("events");
    assert!(events.len() < 2, "{events:?}");
    events.pop().map(|event| event["changes"].clone())
}

/// The changes without what each act makes anew.
fn but_made(changes: &Value) -> Vec<Value> {
    let mut changes: Vec<Value> = changes.as_array().expect("changes").clone();
    changes.retain(|change| change["field"] != "id" && change["field"] != "reference");
    for change in &mut changes {
        change["field"] = json!(without_ids(change["field"].as_str().expect("a name")));
        if change["field"] == "picture" {
            change["after"] = json!(without_ids(change["after"].as_str().unwrap_or_default()));
        }
        // a document that is made anew is attached to the open review
        if change["field"] == "kyc.reviews.ID.documents" {
            change["after"] = json!(change["after"].as_array().map(Vec::len));
        }
    }
    changes
}

/// Who comes in, or ends what they are in themselves, has nothing to look at beforehand.
fn is_of_signing_in(mutation: &str) -> bool {
    let action = Action::of_field(mutation).expect("an action");
    action.is_public()
        || matches!(
            action,
            Action::PasswordChange | Action::SessionConfirm | Action::SessionEnd | Action::SessionEndOthers
        )
}

#[tokio::test]
async fn every_mutation_shows_what_it_would_do_and_does_nothing() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    for (_, field) in root_fields().into_iter().filter(|(root, _)| *root == "Mutation") {
        let mutation = field.name.node.as_str();
        if is_of_signing_in(mutation) {
            continue;
        }
        let user = desk.add_user(json!({ "firstName": "Ada" })).await;
        let (document, variables) = sample(&desk, mutation, &user).await;
        let mut variables = desk.fill(&admin, &user, variables).await;
        assert!(document.contains("options: $options"), "the sample of {mutation} takes no `$options`");
        variables["options"]["idempotencyKey"] = json!(KEYS[0]);
        variables["options"]["validateOnly"] = json!(true);

        let preview = without_trace(&desk, admin.ask_with(&document, variables.clone())).await;
        assert_eq!(preview.problems(mutation), [""; 0]);
        assert_eq!(preview.data(&format!("{mutation}.validatedOnly")), true, "{mutation}");
        let foreseen = preview.data(&format!("{mutation}.preview.changes"));
        assert_ne!(foreseen, json!([]), "{mutation}");

        variables["options"]["validateOnly"] = json!(false);
        let done = admin.ask_with(&document, variables).await;
        assert_eq!(done.problems(mutation), [""; 0], "the key of {mutation} was not used up");
        assert_eq!(done.data(&format!("{mutation}.validatedOnly")), false, "{mutation}");
        assert_eq!(done.data(&format!("{mutation}.preview")), Value::Null, "{mutation}");
        let told = told(&desk, &done).await.expect("an event");
        assert_eq!(but_made(&foreseen), but_made(&told), "{mutation}");
    }
}

#[tokio::test]
async fn a_preview_tells_old_and_new_values_and_shows_the_user_untouched() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = desk.add_user(json!({ "firstName": "Ada", "postalAddress": { "city": "London" } })).await;
    let before = admin.open_user(&id).await;
    let input = json!({ "firstName": "Augusta", "postalAddress": { "city": null }, "tag": "vip" });
    let answer = admin.act_with("userUpdate", &id, input, previewing(&Value::Null)).await;
    assert_eq!(answer.data("userUpdate.user"), before);
    assert_eq!(
        answer.data("userUpdate.preview"),
        json!({ "changes": [
            { "field": "firstName", "before": "Ada", "after": "Augusta" },
            { "field": "postalAddress.city", "before": "London", "after": null },
            { "field": "tag", "before": null, "after": "vip" },
        ] })
    );
    assert_eq!(admin.open_user(&id).await, before);
}

#[tokio::test]
async fn a_new_user_who_is_only_previewed_is_not_there() {
    let desk = Desk::open().await;
    let input =
        json!({ "account": "FR", "personType": "LEGAL_ENTITY", "profile": { "lastName": "Babbage" } });
    let creating = async { desk.admin().create_with(input, previewing(&Value::Null)).await };
    let answer = without_trace(&desk, creating).await;
    assert_eq!(answer.data("userCreate.user"), Value::Null);
    assert_eq!(answer.problems("userCreate"), [""; 0]);
    let fields = answer.column("userCreate.preview.changes", "field");
    assert!(fields.contains(&json!("lastName")) && fields.contains(&json!("status")), "{fields:?}");
}

#[tokio::test]
async fn a_preview_uses_up_no_key_and_knows_those_that_were_used() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = desk.add_user(json!({})).await;
    let key = json!({ "idempotencyKey": KEYS[0] });
    let preview = async |frozen: bool| {
        let freezing = admin.act_with("userFreeze", &id, json!(frozen), previewing(&key));
        without_trace(&desk, freezing).await
    };
    assert_eq!(preview(true).await.column("userFreeze.preview.changes", "field"), ["frozen"]);
    let done = admin.act_with("userFreeze", &id, json!(true), key.clone()).await;
    assert_eq!(done.data("userFreeze.user.frozen"), true);

    // the act would have no second effect, and with another input none at all
    let again = preview(true).await;
    assert_eq!(again.data("userFreeze.preview.changes"), json!([]));
    assert_eq!(again.data("userFreeze.user"), done.data("userFreeze.user"));
    assert_eq!(preview(false).await.problems("userFreeze"), ["IDEMPOTENCY_MISMATCH options.idempotencyKey"]);
}

#[tokio::test]
async fn a_preview_that_is_refused_is_recorded_like_the_act() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    desk.is_ready_for_all(&id).await;
    let before = desk.dump().await;
    let options = previewing(&Value::Null);
    let german = desk.person_in(&["admin"], &["DE"]);
    for (mutation, ..) in MUTATIONS {
        for (person, code) in [(desk.read_only(), "FORBIDDEN"), (german.clone(), "NOT_FOUND")] {
            let value = good_value(&desk, mutation, &id).await;
            let acting = person.act_with(mutation, &id, value, options.clone());
            let (answer, entries) = desk.entries_of(acting).await;
            assert_eq!(answer.code(), Some(code), "{mutation}");
            assert_eq!(entries.len(), 1, "{mutation}");
            assert_eq!(entries[0].outcome, AuditOutcome::Refused);
            assert_eq!(entries[0].refusal.as_deref(), Some(code));
        }
    }
    let input = json!({ "account": "FR", "personType": "NATURAL_PERSON" });
    let (answer, entries) = desk.entries_of(german.create_with(input, options)).await;
    assert_eq!(answer.problems("userCreate"), ["NOT_FOUND input.account"]);
    assert_eq!(entries.len(), 1);
    assert_eq!(desk.dump().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_previews_at_once_leave_the_desk_as_it_was() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let id = desk.add_user(json!({})).await;
    let previews = fifty(|number| {
        let (admin, id) = (admin.clone(), id.clone());
        let options = json!({ "validateOnly": true, "idempotencyKey": KEYS[number % 2], "ifVersion": 1 });
        async move { admin.act_with("userFreeze", &id, json!(true), options).await }
    });
    for answer in without_trace(&desk, previews).await {
        assert_eq!(answer.column("userFreeze.preview.changes", "field"), ["frozen"]);
    }
}

/// One act of a random sequence: on which user, which mutation with which value and options.
#[derive(Debug, Clone)]
struct Step {
    whom: usize,
    mutation: &'static str,
    value: Value,
    options: Value,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let options = prop_oneof![
        4 => Just(Value::Null),
        1 => (1..4).prop_map(|version| json!({ "ifVersion": version })),
        1 => prop::sample::select(vec!["As asked.", "", "a\u{0}b"]).prop_map(|reason| json!({ "reason": reason })),
        2 => prop::sample::select(KEYS.to_vec()).prop_map(|key| json!({ "idempotencyKey": key })),
    ];
    let step = (0..6_usize, prop::sample::select(MUTATIONS.map(|(name, ..)| name).to_vec()), options);
    let step = step.prop_flat_map(|(whom, mutation, options)| {
        value_for(mutation).prop_map(move |value| Step { whom, mutation, value, options: options.clone() })
    });
    prop::collection::vec(step, 20..40)
}

/// Previews each act before it is done: the same errors, or the changes that the trail then tells.
async fn play(seed: u64, steps: Vec<Step>) {
    let desk = Desk::open().await;
    let population = Population::drawn(seed, 6);
    population.moves_into(&desk).await;
    let admin = desk.admin();
    for Step { whom, mutation, value, options } in steps {
        desk.hand.advance(Duration::from_secs(1));
        let id = population.people[whom].user.id.to_string();
        let value = if value == GOOD { good_value(&desk, mutation, &id).await } else { value };
        let before = admin.open_user(&id).await;
        let previewed = admin.act_with(mutation, &id, value.clone(), previewing(&options));
        let previewed = without_trace(&desk, previewed).await;
        let done = admin.act_with(mutation, &id, value, options).await;

        let of = |answer: &Answer, part: &str| answer.data(&format!("{mutation}.{part}"));
        assert_eq!(of(&previewed, "errors"), of(&done, "errors"));
        assert_eq!(of(&previewed, "validatedOnly"), true);
        let told = told(&desk, &done).await;
        if !done.problems(mutation).is_empty() {
            assert_eq!((of(&previewed, "preview"), told), (Value::Null, None));
            continue;
        }
        let foreseen = of(&previewed, "preview.changes");
        assert_eq!(foreseen == json!([]), told.is_none(), "{mutation}: {foreseen}");
        match told {
            Some(told) => {
                assert_eq!(but_made(&foreseen), but_made(&told), "{mutation}");
                assert_eq!(of(&previewed, "user"), before, "{mutation}");
            }
            None => assert_eq!(of(&previewed, "user"), of(&done, "user"), "{mutation}"),
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 6, failure_persistence: None, max_shrink_iters: 20, ..Config::default() })]
    #[test]
    fn a_preview_is_the_audit_event_of_the_act_that_follows(seed in any::<u64>(), steps in steps()) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(play(seed, steps));
    }
}
