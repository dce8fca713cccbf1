//! What staff write about users: added, corrected by its author for a quarter of an hour, and kept.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Desk, documents::without_ids};

/// The comments on a user as the tables have them, oldest first: author, body, whether the user may read it.
async fn comments(desk: &Desk) -> Vec<(String, String, bool)> {
    use backdesk_entity::comment::{Column, Entity};
    use sea_orm::{EntityTrait, QueryOrder};
    let rows = Entity::find().order_by_asc(Column::Id).all(&desk.side_door().await).await.expect("comments");
    rows.into_iter().map(|row| (row.author_subject, row.body, row.visible_to_user)).collect()
}

async fn versions(desk: &Desk) -> Vec<(i32, String)> {
    use backdesk_entity::comment_version::{Column, Entity};
    use sea_orm::{EntityTrait, QueryOrder};
    let rows = Entity::find().order_by_asc(Column::Version).all(&desk.side_door().await).await;
    rows.expect("versions").into_iter().map(|row| (row.version, row.body)).collect()
}

fn correction(comment: &str, body: &str) -> Value {
    json!({ "commentId": comment, "body": body })
}

#[tokio::test]
async fn a_comment_is_cleaned_and_kept() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let compliance = desk.compliance();
    let answer = compliance.act("userAddComment", &user, json!({ "body": "  Called.\r\n\tTwice. " })).await;
    assert_eq!(answer.problems("userAddComment"), [""; 0]);
    let input = json!({ "body": "Ça va", "visibleToUser": true });
    compliance.act("userAddComment", &user, input).await;
    let author = "compliance@desk.example".to_owned();
    assert_eq!(
        comments(&desk).await,
        [(author.clone(), "Called.\n\tTwice.".to_owned(), false), (author, "Ça va".to_owned(), true)]
    );
}

#[tokio::test]
async fn a_comment_has_one_to_five_thousand_characters_that_show() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let before = desk.dump().await;
    for body in ["", " \n ", "\u{200b}", "a\u{0}b", "a\u{202e}b", &"é".repeat(5001)] {
        let answer = desk.admin().act("userAddComment", &user, json!({ "body": body })).await;
        assert_eq!(answer.problems("userAddComment"), ["INVALID input.body"]);
    }
    assert_eq!(desk.dump().await, before);
    let answer = desk.admin().act("userAddComment", &user, json!({ "body": "é".repeat(5000) })).await;
    assert_eq!(answer.problems("userAddComment"), [""; 0]);
}

#[tokio::test]
async fn its_author_corrects_a_comment_for_a_quarter_of_an_hour_and_what_it_said_is_kept() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    desk.compliance().act("userAddComment", &user, json!({ "body": "one" })).await;
    let id = desk.last_comment(&user).await;
    let correct = async |body: &str| {
        let answer = desk.compliance().act("userCorrectComment", &user, correction(&id, body)).await;
        answer.problems("userCorrectComment")
    };
    assert_eq!(correct("two").await, [""; 0]);
    desk.hand.advance(Duration::from_mins(15));
    assert_eq!(correct("three").await, [""; 0]);
    desk.hand.advance(Duration::from_micros(1));
    let before = desk.dump().await;
    assert_eq!(correct("four").await, ["ILLEGAL_TRANSITION input.commentId"]);
    assert_eq!(desk.dump().await, before);
    assert_eq!(comments(&desk).await[0].1, "three");
    assert_eq!(versions(&desk).await, [(1, "one".to_owned()), (2, "two".to_owned())]);
}

#[tokio::test]
async fn nobody_corrects_the_comment_of_another() {
    let desk = Desk::open().await;
    let (user, other) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    desk.compliance().act("userAddComment", &user, json!({ "body": "mine" })).await;
    let id = desk.last_comment(&user).await;
    let before = desk.dump().await;
    for (person, user, problem) in [
        (desk.admin(), &user, "INVALID input.commentId"),
        // nor one's own by the id of another user
        (desk.compliance(), &other, "NOT_FOUND input.commentId"),
    ] {
        let answer = person.act("userCorrectComment", user, correction(&id, "yours")).await;
        assert_eq!(answer.problems("userCorrectComment"), [problem]);
    }
    let answer = desk.compliance().act("userCorrectComment", &user, correction("none", "")).await;
    let both = ["INVALID input.body", "NOT_FOUND input.commentId"];
    assert_eq!(answer.problems("userCorrectComment"), both);
    assert_eq!(desk.dump().await, before);
}

#[tokio::test]
async fn the_same_words_again_are_no_correction() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    desk.admin().act("userAddComment", &user, json!({ "body": "one" })).await;
    let input = correction(&desk.last_comment(&user).await, " one ");
    let (answer, entries) = desk.entries_of(desk.admin().act("userCorrectComment", &user, input)).await;
    assert_eq!(answer.problems("userCorrectComment"), [""; 0]);
    assert_eq!((entries, versions(&desk).await), (vec![], vec![]));
}

#[tokio::test]
async fn the_trail_tells_comments_to_those_who_may_read_them() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    desk.admin().act("userAddComment", &user, json!({ "body": "one" })).await;
    let input = correction(&desk.last_comment(&user).await, "two");
    desk.admin().act("userCorrectComment", &user, input).await;
    let query =
        "{ auditEvents(first: 1) { nodes { changedFields changes { field before after withheld } } } }";
    for (role, shown) in [("read-only", true), ("auditor-read-only", false)] {
        let answer = desk.person(&[role]).ask(query).await;
        let change = answer.data("auditEvents.nodes.0.changes.0");
        assert_eq!(without_ids(change["field"].as_str().unwrap()), "comments.ID.body");
        assert_eq!(change["withheld"], !shown, "{role}");
        let values = if shown { (json!("one"), json!("two")) } else { (Value::Null, Value::Null) };
        assert_eq!((change["before"].clone(), change["after"].clone()), values, "{role}");
    }
}
