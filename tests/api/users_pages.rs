//! Pages: whatever the order, walking forward or backward gives exactly the sorted list, also while other rows come and
//! go; and a cursor that is none, or another list's, is refused with a code that says so.

use std::time::Duration;

use proptest::prelude::*;
use sea_orm::{EntityTrait, ModelTrait};
use serde_json::{Value, json};

use crate::support::{
    dice::Dice,
    population::{Somebody, insert},
    property::{World, order_json, orders},
    sorted::{Key, ORDER_FIELDS},
    walk::{Leaf, Walk, Way},
};

const BOTH_WAYS: [Way; 2] = [Way::Forward, Way::Backward];

/// The ids of everybody as the reference sorts them.
fn sorted(world: &World, order: &[Key]) -> Vec<String> {
    let sorted = world.population.sorted_by(order);
    sorted.iter().map(ToString::to_string).collect()
}

/// A page must say of both its sides whether rows are there.
fn says_what_lies_beyond(leaf: &Leaf, all: &[String]) {
    let place = |id: &String| all.iter().position(|other| other == id).expect("a row of the list");
    let first = place(leaf.ids.first().expect("a page with rows"));
    let last = place(leaf.ids.last().expect("a page with rows"));
    assert_eq!(leaf.says("hasPreviousPage"), first > 0, "rows before {first}");
    assert_eq!(leaf.says("hasNextPage"), last + 1 < all.len(), "rows after {last}");
}

#[test]
fn a_walk_either_way_gives_exactly_the_sorted_list() {
    let world = World::of(1, 70);
    world.holds(48, &(orders(), 3..40_usize), async |(order, size)| {
        let all = sorted(&world, &order);
        for way in BOTH_WAYS {
            let list = json!({ "orderBy": order_json(&order) });
            let walk = Walk::new(&world.viewer, list, way, size);
            let walked = walk.until_the_end(async |leaf| says_what_lies_beyond(leaf, &all)).await;
            assert_eq!(walked, all, "{way:?}");
        }
    });
}

#[test]
fn a_page_of_one_row_after_another_meets_every_tie() {
    let world = World::of(2, 40);
    world.holds(6, &orders(), async |order| {
        let list = json!({ "orderBy": order_json(&order) });
        for way in BOTH_WAYS {
            let walk = Walk::new(&world.viewer, list.clone(), way, 1);
            assert_eq!(walk.until_the_end(async |_| ()).await, sorted(&world, &order), "{way:?}");
        }
    });
}

#[test]
fn the_way_back_from_any_row_gives_the_rows_before_it() {
    let world = World::of(3, 40);
    let case = (orders(), 0..40_usize, 1..100_usize);
    world.holds(30, &case, async |(order, place, size)| {
        let all = sorted(&world, &order);
        let list = json!({ "orderBy": order_json(&order) });
        let everybody = world.users(json!({ "orderBy": order_json(&order), "first": 100 })).await;
        let cursor = everybody.text(&format!("users.edges.{place}.cursor"));
        let page = |way| Walk::new(&world.viewer, list.clone(), way, size).from(Some(cursor.clone()));
        let before = page(Way::Backward).page().await;
        assert_eq!(before.ids, all[place.saturating_sub(size)..place]);
        assert!(before.says("hasNextPage"), "the row of the cursor itself follows");
        let after = page(Way::Forward).page().await;
        assert_eq!(after.ids, all[place + 1..all.len().min(place + 1 + size)]);
        assert!(after.says("hasPreviousPage"), "the row of the cursor itself precedes");
    });
}

#[test]
fn rows_that_come_and_go_move_no_other() {
    let world = World::of(4, 60);
    let case = (orders(), 3..12_usize, prop::sample::select(&BOTH_WAYS[..]), any::<u64>());
    let mut number = 1000;
    let numbers = std::cell::RefCell::new(&mut number);
    world.holds(30, &case, async |(order, size, way, seed)| {
        let db = world.desk.side_door().await;
        let mut dice = Dice::seeded(seed);
        let mut guests: Vec<Somebody> = Vec::new();
        let list = json!({ "orderBy": order_json(&order) });
        let walk = Walk::new(&world.viewer, list, way, size);
        let walked = walk
            .until_the_end(async |_| {
                // some of those who came go again, and others come, before and behind the reader
                for guest in guests.split_off(guests.len() / 2) {
                    leave(&guest, &db).await;
                }
                let next = || {
                    **numbers.borrow_mut() += 1;
                    **numbers.borrow()
                };
                let some: Vec<Somebody> = (0..4).map(|_| Somebody::drawn(&mut dice, next())).collect();
                insert(&some, &db).await;
                guests.extend(some);
            })
            .await;
        for guest in &guests {
            leave(guest, &db).await;
        }
        let residents = sorted(&world, &order);
        let mut met = walked.clone();
        met.retain(|id| residents.contains(id));
        assert_eq!(met, residents, "{way:?}");
        let unique: std::collections::HashSet<&String> = walked.iter().collect();
        assert_eq!(unique.len(), walked.len(), "a row appears twice");
    });
}

/// Takes somebody out of the database as if they had never been.
async fn leave(guest: &Somebody, db: &sea_orm::DatabaseConnection) {
    use backdesk_entity::{
        user_address, user_category, user_client_permission, user_company, user_external_id, user_group,
        user_language, user_membership, user_party, user_sanctions, user_tax, user_tie,
    };
    use sea_orm::{ColumnTrait, ExprTrait, QueryFilter};
    let id = guest.user.id;
    user_address::Entity::delete_many().filter(user_address::Column::UserId.eq(id)).exec(db).await.unwrap();
    user_group::Entity::delete_many().filter(user_group::Column::UserId.eq(id)).exec(db).await.unwrap();
    user_language::Entity::delete_many().filter(user_language::Column::UserId.eq(id)).exec(db).await.unwrap();
    user_company::Entity::delete_many().filter(user_company::Column::UserId.eq(id)).exec(db).await.unwrap();
    user_tax::Entity::delete_many().filter(user_tax::Column::UserId.eq(id)).exec(db).await.unwrap();
    user_sanctions::Entity::delete_many()
        .filter(user_sanctions::Column::UserId.eq(id))
        .exec(db)
        .await
        .unwrap();
    user_external_id::Entity::delete_many()
        .filter(user_external_id::Column::UserId.eq(id))
        .exec(db)
        .await
        .unwrap();
    let here = user_category::Column::UserId.eq(id);
    user_category::Entity::delete_many().filter(here).exec(db).await.unwrap();
    let here = user_client_permission::Column::UserId.eq(id);
    user_client_permission::Entity::delete_many().filter(here).exec(db).await.unwrap();
    let here = user_tie::Column::UserId.eq(id).or(user_tie::Column::ParentId.eq(id));
    user_tie::Entity::delete_many().filter(here).exec(db).await.unwrap();
    let here = user_membership::Column::UserId.eq(id).or(user_membership::Column::CompanyId.eq(id));
    user_membership::Entity::delete_many().filter(here).exec(db).await.unwrap();
    let here = user_party::Column::UserId.eq(id).or(user_party::Column::PartyId.eq(id));
    user_party::Entity::delete_many().filter(here).exec(db).await.unwrap();
    guest.user.clone().delete(db).await.unwrap();
}

#[test]
fn the_row_of_a_cursor_may_be_gone() {
    let world = World::of(5, 10);
    world.run(async {
        let order = [Key { field: "LAST_SIGN_IN_AT", descending: true, nulls_first: false }];
        let all = sorted(&world, &order);
        let list = json!({ "orderBy": order_json(&order) });
        let mut walk = Walk::new(&world.viewer, list, Way::Forward, 4);
        let first = walk.page().await;
        assert_eq!(first.ids, all[..4]);
        let last_read = world.population.people.iter().find(|one| one.user.id.to_string() == first.ids[3]);
        leave(last_read.unwrap(), &world.desk.side_door().await).await;
        assert_eq!(walk.page().await.ids, all[4..8]);
    });
}

#[test]
fn a_page_is_of_25_unless_said_otherwise() {
    let world = World::of(6, 30);
    world.run(async {
        let size =
            async |arguments: Value| world.users(arguments).await.column("users.edges", "cursor").len();
        assert_eq!(size(json!({})).await, 25);
        assert_eq!(size(json!({ "first": null, "last": null })).await, 25);
        assert_eq!(size(json!({ "first": 100 })).await, 30);
        assert_eq!(size(json!({ "last": 7 })).await, 7);
        let cursor = world.users(json!({})).await.text("users.pageInfo.endCursor");
        assert_eq!(size(json!({ "after": cursor })).await, 5);
        assert_eq!(size(json!({ "before": cursor })).await, 24);
    });
}

#[test]
fn an_empty_page_still_tells_what_lies_around_it() {
    let world = World::of(7, 5);
    world.run(async {
        let says = async |arguments: Value| {
            let answer = world.users(arguments).await;
            assert_eq!(answer.column("users.edges", "cursor"), [Value::Null; 0]);
            let page = answer.data("users.pageInfo");
            assert_eq!(page["startCursor"], Value::Null);
            (page["hasPreviousPage"].clone(), page["hasNextPage"].clone())
        };
        assert_eq!(says(json!({ "first": 0 })).await, (json!(false), json!(true)));
        assert_eq!(says(json!({ "last": 0 })).await, (json!(true), json!(false)));
        let all = world.users(json!({})).await;
        let (start, end) = (all.text("users.pageInfo.startCursor"), all.text("users.pageInfo.endCursor"));
        assert_eq!(says(json!({ "first": 3, "after": end })).await, (json!(true), json!(false)));
        assert_eq!(says(json!({ "last": 3, "before": start })).await, (json!(false), json!(true)));
        assert_eq!(says(json!({ "first": 0, "after": start })).await, (json!(true), json!(true)));
    });
}

#[test]
fn arguments_that_contradict_each_other_are_refused() {
    let world = World::of(8, 3);
    world.run(async {
        let cursor = world.users(json!({})).await.text("users.pageInfo.startCursor");
        for arguments in [
            json!({ "first": 1, "last": 1 }),
            json!({ "first": 1, "before": cursor }),
            json!({ "last": 1, "after": cursor }),
            json!({ "after": cursor, "before": cursor }),
            json!({ "first": -1 }),
            json!({ "last": -1 }),
        ] {
            let answer = world.users(arguments.clone()).await;
            assert_eq!(answer.code(), Some("BAD_INPUT"), "{arguments}: {}", answer.body);
        }
        let keys = vec![json!({ "field": "ID" }); 6];
        for (arguments, code, limit) in [
            (json!({ "first": 101 }), "PAGE_TOO_LARGE", 100),
            (json!({ "last": 101 }), "PAGE_TOO_LARGE", 100),
            (json!({ "first": i32::MAX }), "PAGE_TOO_LARGE", 100),
            (json!({ "orderBy": keys }), "TOO_MANY_ORDERS", 5),
        ] {
            let answer = world.users(arguments.clone()).await;
            assert_eq!(answer.code(), Some(code), "{arguments}: {}", answer.body);
            assert_eq!(answer.body["errors"][0]["extensions"]["limit"], limit, "{arguments}");
        }
    });
}

#[test]
fn every_order_of_the_schema_is_in_the_reference() {
    let world = World::of(11, 0);
    world.run(async {
        let document = r#"{ __type(name: "UserOrderField") { enumValues { name } } }"#;
        let fields = world.viewer.ask(document).await.column("__type.enumValues", "name");
        assert_eq!(fields, ORDER_FIELDS, "add the new field to tests/api/support/sorted.rs");
    });
}

#[test]
fn without_an_order_the_newest_come_first() {
    let world = World::of(9, 20);
    world.run(async {
        let newest = [Key { field: "CREATED_AT", descending: true, nulls_first: false }];
        for list in [json!({}), json!({ "orderBy": null }), json!({ "orderBy": [] })] {
            let walk = Walk::new(&world.viewer, list, Way::Forward, 50);
            assert_eq!(walk.until_the_end(async |_| ()).await, sorted(&world, &newest));
        }
    });
}

#[test]
fn a_walk_keeps_the_now_of_its_first_page() {
    for way in BOTH_WAYS {
        let world = World::of(10, 80);
        world.run(async {
            let list = json!({
                "where": { "createdAt": { "within": { "last": 1, "unit": "HOURS" } } },
                "orderBy": [{ "field": "CREATED_AT" }],
            });
            let at_once = async || Walk::new(&world.viewer, list.clone(), Way::Forward, 100).page().await.ids;
            let at_first = at_once().await;
            assert!(at_first.len() > 10, "the population has users of the last hour");
            let walk = Walk::new(&world.viewer, list.clone(), way, 3);
            let walked = walk
                .until_the_end(async |leaf| {
                    assert_eq!(leaf.answer.data("users.totalCount"), at_first.len());
                    world.desk.hand.advance(Duration::from_mins(5));
                })
                .await;
            assert_eq!(walked, at_first, "{way:?}");
            assert_ne!(at_once().await, at_first, "a new walk has a new now");
        });
    }
}
