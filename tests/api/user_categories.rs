//! The categories of a user, given whole.

use backdesk_entity::{category, enums::KycLevel};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::Desk;

const UNKNOWN: &str = "00000000-0000-7000-8000-00000000ffff";

/// A category of this key: its id.
async fn category(desk: &Desk, number: u128, key: &str) -> String {
    let id = Uuid::from_u128(0xca00 + number);
    let row = category::Model { id, key: key.to_owned(), name: key.to_lowercase() };
    let insert = category::Entity::insert(row.into_active_model());
    insert.exec_without_returning(&desk.side_door().await).await.unwrap();
    id.to_string()
}

#[tokio::test]
async fn categories_replace_those_before_and_lists_follow() {
    let desk = Desk::open().await;
    let (photo, music) = (category(&desk, 1, "PHOTO").await, category(&desk, 2, "MUSIC").await);
    let id = desk.add_user(json!({})).await;
    let found = async |filter: Value| {
        let query = "query ($where: UserWhere) { users(where: $where) {
            totalCount facets(by: [CATEGORY]) { buckets { key count } }
        } }";
        desk.admin().ask_with(query, json!({ "where": filter })).await
    };
    for (given, keys) in [
        (json!([photo, music]), vec!["MUSIC", "PHOTO"]),
        (json!([music, music]), vec!["MUSIC"]),
        (json!([]), vec![]),
    ] {
        let answer = desk.admin().act("userSetCategories", &id, given).await;
        assert_eq!(answer.problems("userSetCategories"), [""; 0]);
        assert_eq!(answer.column("userSetCategories.user.categories", "key"), keys);
        for key in ["MUSIC", "PHOTO"] {
            let answer = found(json!({ "category": { "eq": key } })).await;
            let holds = usize::from(keys.contains(&key));
            assert_eq!(answer.data("users.totalCount"), holds, "{key}");
            let buckets = answer.data("users.facets.0.buckets");
            let bucket = buckets.as_array().unwrap().iter().find(|bucket| bucket["key"] == key);
            assert_eq!(bucket.map_or(json!(0), |bucket| bucket["count"].clone()), holds, "{key}");
        }
    }
    let trail = desk.trail().await;
    let change = trail.data("auditEvents.nodes.0.changes.0");
    assert_eq!(change, json!({ "field": "categories", "before": ["MUSIC"], "after": null }));
}

#[tokio::test]
async fn the_same_categories_again_change_nothing() {
    let desk = Desk::open().await;
    let photo = category(&desk, 1, "PHOTO").await;
    let id = desk.add_user(json!({})).await;
    desk.admin().act("userSetCategories", &id, json!([photo])).await;
    let admin = desk.admin();
    let again = admin.act("userSetCategories", &id, json!([photo, photo]));
    let (answer, entries) = desk.entries_of(again).await;
    assert_eq!((answer.data("userSetCategories.user.version"), entries), (json!(2), vec![]));
}

#[tokio::test]
async fn what_names_no_category_is_told_each_and_nothing_changes() {
    let desk = Desk::open().await;
    let photo = category(&desk, 1, "PHOTO").await;
    let id = desk.add_user(json!({})).await;
    let before = desk.dump().await;
    let answer = desk.admin().act("userSetCategories", &id, json!([UNKNOWN, photo, "PHOTO"])).await;
    assert_eq!(answer.problems("userSetCategories"), ["NOT_FOUND categoryIds.0", "NOT_FOUND categoryIds.2"]);
    let answer = desk.admin().act("userSetCategories", &id, json!(vec![photo; 101])).await;
    assert_eq!(answer.problems("userSetCategories"), ["INVALID categoryIds"]);
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn a_category_is_nothing_to_review() {
    let desk = Desk::open().await;
    let photo = category(&desk, 1, "PHOTO").await;
    let id = desk.validated_user(json!({}), KycLevel::Light).await;
    let answer = desk.admin().act("userSetCategories", &id, json!([photo])).await;
    assert_eq!(answer.data("userSetCategories.user.kyc.status"), "VALIDATED");
    assert_eq!(desk.compliance().open_review(&id).await, Value::Null);
}

#[tokio::test]
async fn categories_are_the_administrators_to_give() {
    let desk = Desk::open().await;
    let photo = category(&desk, 1, "PHOTO").await;
    let id = desk.add_user(json!({})).await;
    let answer = desk.compliance().act("userSetCategories", &id, json!([photo])).await;
    assert_eq!(answer.code(), Some("FORBIDDEN"));
    assert_eq!(answer.body.pointer("/errors/0/extensions/permission"), Some(&json!("USER_CATEGORIES")));
}
