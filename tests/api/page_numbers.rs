//! Numbered pages, for grids: the same rows in the same order as a walk by cursors, as far as numbers reach.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{
    Answer, Desk,
    population::Population,
    property::{World, filters, order_json, orders},
    walk::{Walk, Way},
};

/// The arguments of a list with a numbered page.
fn numbered(list: &Value, page: usize, per_page: usize) -> Value {
    let mut arguments = list.clone();
    arguments["page"] = json!({ "page": page, "perPage": per_page });
    arguments
}

/// The ids of a page, in its order.
fn rows(answer: &Answer) -> Vec<String> {
    let ids = answer.column("users.edges", "node.id");
    ids.iter().map(|id| id.as_str().expect("an id").to_owned()).collect()
}

#[test]
fn the_pages_one_after_another_are_the_walk_by_cursors() {
    let world = World::of(80, 70);
    let filter = prop::option::weighted(0.5, filters(&world.population, &world.desk));
    world.holds(40, &(filter, orders(), 1..30_usize), async |(filter, order, size)| {
        let list = json!({ "where": filter.map(|filter| filter.json()), "orderBy": order_json(&order) });
        let walk = Walk::new(&world.viewer, list.clone(), Way::Forward, 50);
        let all = walk.until_the_end(async |_| ()).await;
        for page in 1..=all.len().div_ceil(size) + 1 {
            let answer = world.users(numbered(&list, page, size)).await;
            let (from, to) = ((page - 1) * size, all.len().min(page * size));
            assert_eq!(rows(&answer), all.get(from..to).unwrap_or_default(), "page {page} of {size}");
            let info = answer.data("users.pageInfo");
            assert_eq!(info["hasNextPage"], page * size < all.len(), "page {page} of {size}");
            assert_eq!(info["hasPreviousPage"], from > 0 && !all.is_empty(), "page {page} of {size}");
            assert_eq!(answer.data("users.totalCount"), all.len());
        }
    });
}

#[test]
fn a_numbered_page_goes_on_by_its_cursors_either_way() {
    let world = World::of(81, 60);
    world.holds(30, &(orders(), 1..12_usize, 2..5_usize), async |(order, size, page)| {
        let list = json!({ "orderBy": order_json(&order) });
        let numbered = async |page| world.users(numbered(&list, page, size)).await;
        let here = numbered(page).await;
        for (count, cursor, end, other) in
            [("first", "after", "endCursor", page + 1), ("last", "before", "startCursor", page - 1)]
        {
            let mut arguments = list.clone();
            arguments[count] = json!(size);
            arguments[cursor] = here.data(&format!("users.pageInfo.{end}"));
            assert_eq!(rows(&world.users(arguments).await), rows(&numbered(other).await), "{cursor}");
        }
    });
}

#[test]
fn a_page_behind_the_end_is_empty() {
    let world = World::of(82, 10);
    world.run(async {
        let nobody = json!({ "where": { "lastName": { "in": [] } } });
        for (list, page, rows_before) in
            [(json!({}), 3, true), (json!({}), 2000, true), (nobody.clone(), 3, false), (nobody, 1, false)]
        {
            let answer = world.users(numbered(&list, page, 5)).await;
            assert_eq!(rows(&answer), [""; 0]);
            let info = json!({
                "hasNextPage": false, "hasPreviousPage": rows_before, "startCursor": null, "endCursor": null,
            });
            assert_eq!(answer.data("users.pageInfo"), info, "{list} {page}");
        }
    });
}

#[test]
fn a_page_is_the_first_and_of_25_unless_said_otherwise() {
    let world = World::of(83, 30);
    world.run(async {
        let list = json!({ "orderBy": [{ "field": "ID" }], "first": 30 });
        let all = rows(&world.users(list).await);
        for (page, expected) in [
            (json!({}), &all[..25]),
            (json!({ "page": 2 }), &all[25..]),
            (json!({ "perPage": 7 }), &all[..7]),
            (Value::Null, &all[..25]),
        ] {
            let answer = world.users(json!({ "orderBy": [{ "field": "ID" }], "page": page })).await;
            assert_eq!(rows(&answer), expected, "{page}");
        }
    });
}

#[test]
fn numbers_reach_ten_thousand_rows() {
    let world = World::of(84, 3);
    world.run(async {
        let cursor = world.users(json!({})).await.text("users.pageInfo.startCursor");
        let page = |page: i64, per_page: i64| json!({ "page": { "page": page, "perPage": per_page } });
        let with = |name: &str, value: Value| json!({ "page": { "page": 1 }, name: value });
        for (arguments, code) in [
            (page(100, 100), None),
            (page(10_000, 1), None),
            (page(101, 99), None),
            (page(101, 100), Some("PAGE_TOO_DEEP")),
            (page(10_001, 1), Some("PAGE_TOO_DEEP")),
            (page(i32::MAX.into(), 100), Some("PAGE_TOO_DEEP")),
            (page(0, 25), Some("BAD_INPUT")),
            (page(-1, 25), Some("BAD_INPUT")),
            (page(i32::MIN.into(), 25), Some("BAD_INPUT")),
            (page(1, 0), Some("BAD_INPUT")),
            (page(1, 101), Some("PAGE_TOO_LARGE")),
            (page(1, -1), Some("BAD_INPUT")),
            (page(101, 101), Some("PAGE_TOO_LARGE")),
            (with("first", json!(1)), Some("BAD_INPUT")),
            (with("last", json!(1)), Some("BAD_INPUT")),
            (with("after", json!(cursor)), Some("BAD_INPUT")),
            (with("before", json!(cursor)), Some("BAD_INPUT")),
            // what is null is not given
            (with("first", Value::Null), None),
        ] {
            let answer = world.users(arguments.clone()).await;
            assert_eq!(answer.code(), code, "{arguments}: {}", answer.body);
        }
        let refused = world.users(page(101, 100)).await;
        let message = refused.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("after: pageInfo.endCursor"), "{message}");
        let refused = world.users(with("first", json!(1))).await;
        let message = refused.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("`page` goes alone"), "{message}");
    });
}

#[tokio::test]
async fn a_numbered_page_takes_as_many_statements_as_another() {
    let desk = Desk::open().await;
    Population::drawn(85, 30).moves_into(&desk).await;
    for (page, selection, count) in [
        (1, "nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor }", 1),
        (2, "nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor }", 1),
        (2, "nodes { id } totalCount", 2),
        (9, "nodes { id }", 1),
        // whether there is anything before an empty page must be looked up
        (9, "nodes { id } pageInfo { hasPreviousPage }", 2),
    ] {
        let document = format!("{{ users(page: {{page: {page}, perPage: 10}}) {{ {selection} }} }}");
        let (answer, statements) = desk.statements_of(desk.read_only().ask(&document)).await;
        assert_eq!(answer.body.get("errors"), None, "{}", answer.body);
        assert_eq!(statements.len(), count, "{page} {selection}");
    }
}

#[tokio::test]
async fn numbered_pages_show_ones_own_accounts_alone() {
    let desk = Desk::open().await;
    Population::drawn(86, 21).moves_into(&desk).await;
    let document =
        "query ($page: Int!) { users(page: { page: $page, perPage: 4 }) { nodes { account { code } } } }";
    let person = desk.person_in(&["read-only"], &["FR"]);
    let mut codes = Vec::new();
    for page in 1..=6 {
        let answer = person.ask_with(document, json!({ "page": page })).await;
        codes.extend(answer.column("users.nodes", "account.code"));
    }
    assert_eq!(codes, ["FR"; 11]);
}

#[tokio::test]
async fn audit_events_have_numbered_pages_too() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    for number in 0..6 {
        desk.admin().act("userFreeze", &id, json!(number % 2 == 0)).await;
    }
    let all = desk.trail().await.column("auditEvents.nodes", "id");
    assert!(all.len() > 6);
    let document = "query ($page: PageInput) { auditEvents(page: $page) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage }
    } }";
    let ask = async |page: usize, per_page: usize| {
        let page = json!({ "page": page, "perPage": per_page });
        desk.admin().ask_with(document, json!({ "page": page })).await
    };
    let mut walked = Vec::new();
    for page in 1..=all.len().div_ceil(2) {
        walked.extend(ask(page, 2).await.column("auditEvents.nodes", "id"));
    }
    assert_eq!(walked, all);
    let behind = ask(99, 2).await.data("auditEvents");
    let info = json!({ "hasNextPage": false, "hasPreviousPage": true });
    assert_eq!(behind, json!({ "nodes": [], "pageInfo": info }));
    assert_eq!(ask(200, 100).await.code(), Some("PAGE_TOO_DEEP"));
}
