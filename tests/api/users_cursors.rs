//! Cursors that are not what they claim: of another list, damaged, or made by hand. Each is refused with a code, or is
//! simply another place of the same list; none is ever an error of ours.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Answer, property::World};

/// Where the parts of a cursor stand in it.
const VALUES: usize = 2;
const ID: usize = 3;
const NOW: usize = 4;

/// A list whose cursors hold a text, an instant and a number.
fn list() -> Value {
    json!({
        "where": { "createdAt": { "within": { "last": 100, "unit": "WEEKS" } } },
        "search": "",
        "orderBy": [{ "field": "LAST_NAME" }, { "field": "LAST_SIGN_IN_AT" }, { "field": "STATUS" }],
    })
}

fn with(mut list: Value, argument: &str, value: impl Into<Value>) -> Value {
    list[argument] = value.into();
    list
}

/// A cursor from the middle of the list.
async fn cursor(world: &World) -> String {
    world.users(list()).await.text("users.edges.5.cursor")
}

fn opened(cursor: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap()
}

fn closed(parts: &Value) -> String {
    URL_SAFE_NO_PAD.encode(parts.to_string())
}

/// The list from this cursor, forward and backward.
async fn ask(world: &World, cursor: &str) -> [Answer; 2] {
    let forward = world.users(with(list(), "after", cursor)).await;
    let backward = world.users(with(list(), "before", cursor)).await;
    [forward, backward]
}

async fn is_refused(world: &World, cursor: &str) {
    for answer in ask(world, cursor).await {
        let code = answer.code();
        assert!(matches!(code, Some("BAD_INPUT" | "CURSOR_MISMATCH")), "{cursor}: {}", answer.body);
        assert_eq!(answer.status, 200);
    }
}

/// Refused, or understood as a place.
async fn is_no_fault_of_ours(world: &World, cursor: &str) {
    for answer in ask(world, cursor).await {
        match answer.code() {
            Some("BAD_INPUT" | "CURSOR_MISMATCH") => {}
            Some(other) => panic!("{other}: {}", answer.body),
            None => drop(answer.column("users.edges", "cursor")),
        }
    }
}

#[test]
fn a_cursor_of_another_list_is_a_mismatch() {
    let world = World::of(20, 40);
    world.run(async {
        let cursor = cursor(&world).await;
        for other in [
            with(list(), "where", json!({})),
            with(list(), "where", json!({ "createdAt": { "within": { "last": 101, "unit": "WEEKS" } } })),
            with(list(), "search", "ann"),
            with(list(), "orderBy", json!([{ "field": "LAST_NAME" }, { "field": "LAST_SIGN_IN_AT" }])),
            with(
                list(),
                "orderBy",
                json!([{ "field": "LAST_NAME" }, { "field": "LAST_SIGN_IN_AT" },
                    { "field": "STATUS", "direction": "DESC" }]),
            ),
            with(
                list(),
                "orderBy",
                json!([{ "field": "LAST_NAME", "nulls": "FIRST" }, { "field": "LAST_SIGN_IN_AT" },
                    { "field": "STATUS" }]),
            ),
            // the same kinds of values, from other columns
            with(
                list(),
                "orderBy",
                json!([{ "field": "FIRST_NAME" }, { "field": "UPDATED_AT" }, { "field": "KYC_LEVEL" }]),
            ),
        ] {
            let answer = world.users(with(other.clone(), "after", cursor.as_str())).await;
            assert_eq!(answer.code(), Some("CURSOR_MISMATCH"), "{other}: {}", answer.body);
        }
    });
}

#[test]
fn a_cursor_of_another_kind_of_list_is_a_mismatch() {
    let world = World::of(21, 40);
    world.run(async {
        world.desk.add_user(json!({})).await;
        let admin = world.desk.admin();
        let events = admin.ask("{ auditEvents(first: 1) { pageInfo { endCursor } } }").await;
        let event = events.text("auditEvents.pageInfo.endCursor");
        let answer = world.users(json!({ "after": event })).await;
        assert_eq!(answer.code(), Some("CURSOR_MISMATCH"), "{}", answer.body);
    });
}

#[test]
fn the_same_list_written_in_another_way_takes_the_cursor() {
    let world = World::of(22, 40);
    world.run(async {
        let cursor = cursor(&world).await;
        let document = format!(
            r#"{{ users(orderBy: [{{field: LAST_NAME, nulls: LAST}}, {{direction: ASC, field: LAST_SIGN_IN_AT}},
                {{field: STATUS}}], where: {{createdAt: {{within: {{last: 700, unit: DAYS}}}}}}, after: "{cursor}")
                {{ edges {{ node {{ id }} }} }} }}"#
        );
        let answer = world.viewer.ask(&document).await;
        let expected = world.users(with(list(), "after", cursor.as_str())).await;
        assert_eq!(
            answer.column("users.edges", "node.id"),
            expected.column("users.edges", "node.id")
        );
    });
}

#[test]
fn what_is_no_cursor_is_refused() {
    let world = World::of(23, 40);
    world.run(async {
        let cursor = cursor(&world).await;
        for text in [
            String::new(),
            " ".into(),
            "null".into(),
            "\0".into(),
            "né".into(),
            "🙂".repeat(100),
            "A".repeat(9000),
            format!("{cursor}="),
            format!(" {cursor}"),
            format!("{cursor}{cursor}"),
            closed(&json!(null)),
            closed(&json!([])),
            closed(&json!({ "id": 1 })),
            URL_SAFE_NO_PAD.encode("[".repeat(5000)),
            URL_SAFE_NO_PAD.encode([0xff, 0xfe]),
        ] {
            is_refused(&world, &text).await;
        }
        for end in 0..cursor.len() {
            is_refused(&world, &cursor[..end]).await;
        }
    });
}

#[test]
fn a_cursor_made_by_hand_needs_the_values_of_its_order() {
    let world = World::of(24, 40);
    world.run(async {
        let genuine = opened(&cursor(&world).await);
        let forged = |part: usize, value: Value| {
            let mut parts = genuine.clone();
            parts[part] = value;
            closed(&parts)
        };
        let (text, instant, number) = (json!({ "t": "a" }), json!({ "i": 0 }), json!({ "n": 0 }));
        for values in [
            json!([]),
            json!([text]),
            json!([text, instant]),
            json!([text, instant, number, number]),
            json!([instant, text, number]),
            json!([number, instant, text]),
            json!([text, instant, "0"]),
            json!([text, instant, { "n": 100_000 }]),
            json!([text, instant, { "n": 1.5 }]),
            json!([text, { "i": i64::MAX }, number]),
            json!([text, { "i": i64::MIN }, number]),
            json!([text, { "i": 253_402_300_800_000_000_i64 }, number]),
            json!([text, { "i": "0" }, number]),
            json!([{ "t": null }, instant, number]),
            json!([{ "t": "a\0b" }, instant, number]),
            json!([{ "x": 1 }, instant, number]),
            json!([{ "u": genuine[ID] }, instant, number]),
            json!("t"),
        ] {
            is_refused(&world, &forged(VALUES, values)).await;
        }
        for now in
            [json!(i64::MAX), json!(i64::MIN), json!(253_402_300_800_000_000_i64), json!("now"), json!(null)]
        {
            is_refused(&world, &forged(NOW, now)).await;
        }
        for id in [json!(""), json!(7), json!(null), json!("no id")] {
            is_refused(&world, &forged(ID, id)).await;
        }
        is_refused(&world, &forged(0, json!(2))).await;
        is_refused(&world, &forged(1, json!(""))).await;
        let mut longer = genuine.clone();
        longer.as_array_mut().unwrap().push(json!("more"));
        is_refused(&world, &closed(&longer)).await;

        // what fits is a place, whether a row is there or not
        for values in [
            json!(["0", "0", number]),
            json!([{ "t": "" }, { "i": -62_167_219_200_000_000_i64 }, { "n": -32_768 }]),
            json!([{ "t": "\u{10FFFF}%_\\'" }, { "i": 253_402_300_799_999_999_i64 }, { "n": 32_767 }]),
        ] {
            for answer in ask(&world, &forged(VALUES, values)).await {
                drop(answer.column("users.edges", "cursor"));
            }
        }
        for now in [-62_167_219_200_000_000_i64, 253_402_300_799_999_999] {
            for answer in ask(&world, &forged(NOW, json!(now))).await {
                drop(answer.column("users.edges", "cursor"));
            }
        }
    });
}

#[test]
fn a_damaged_cursor_is_no_fault_of_ours() {
    let world = World::of(25, 40);
    let cursor = world.run(cursor(&world));
    let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
    let flipped = (0..bytes.len(), 0..8_u8).prop_map(|(byte, bit)| {
        let mut damaged = bytes.clone();
        damaged[byte] ^= 1 << bit;
        URL_SAFE_NO_PAD.encode(damaged)
    });
    let swapped = (0..cursor.len(), "[A-Za-z0-9_=+/-]").prop_map(|(place, letter)| {
        let mut damaged = cursor.clone();
        damaged.replace_range(place..=place, &letter);
        damaged
    });
    world.holds(300, &prop_oneof![flipped, swapped], async |damaged| {
        is_no_fault_of_ours(&world, &damaged).await;
    });
}
