//! Documents and comments below users, documents of all users, and users by their documents.

use std::time::Duration;

use backdesk::auth::policy::{Permission, Role};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person, documents::PDF};

const BELOW: &str = "query ($id: ID!, $where: DocumentWhere, $first: Int) { user(by: { id: $id }) {
    documents(where: $where, first: $first) { totalCount nodes { kind state expiresOn user { id } } }
    comments(first: $first) { totalCount nodes { author at editedAt body visibleToUser versions { body at } } }
    withheldFields { path }
} }";

async fn below(person: &Person, user: &str, filter: Value) -> Answer {
    person.ask_with(BELOW, json!({ "id": user, "where": filter })).await
}

/// A user with a document in each state: kinds are the states' names in another vocabulary.
async fn user_with_documents(desk: &Desk) -> String {
    let (admin, user) = (desk.admin(), desk.add_user(json!({})).await);
    let ask = async |kind: &str, day: Value| {
        let answer = admin.act("documentRequest", &user, json!({ "kind": kind, "expiresOn": day })).await;
        assert_eq!(answer.problems("documentRequest"), [""; 0]);
    };
    ask("TAX", Value::Null).await;
    ask("INCOME", json!("2026-03-01")).await;
    let decide = async |id: &str, decision: &str| {
        let input = json!({ "documentId": id, "decision": decision, "reason": "Seen." });
        assert_eq!(admin.act("documentDecide", &user, input).await.problems("documentDecide"), [""; 0]);
    };
    admin.share_pdf(&user).await;
    decide(&admin.share_pdf(&user).await, "ACCEPT").await;
    // what is refused stays so, whatever its day
    let input = json!({
        "kind": "OTHER", "name": "a.pdf", "contentType": "application/pdf", "size": PDF.len(),
        "expiresOn": "2026-03-01",
    });
    let announced = admin.announce("documentUpload", &user, input, Value::Null).await;
    let id = announced.text("documentUpload.documentId");
    admin.put(&announced.text("documentUpload.upload.url"), PDF).await;
    assert_eq!(admin.confirm(&user, &id).await.problems("documentConfirm"), [""; 0]);
    decide(&id, "REFUSE").await;
    desk.hand.advance(Duration::from_hours(24));
    user
}

#[tokio::test]
async fn documents_and_comments_show_to_those_who_may_see_them() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    desk.admin().share_pdf(&user).await;
    desk.admin().act("userAddComment", &user, json!({ "body": "Called." })).await;
    for role in Role::ALL {
        let permissions: Vec<Permission> = role.permissions().collect();
        if !permissions.contains(&Permission::UserRead) {
            continue;
        }
        let (answer, entries) =
            desk.entries_of(below(&desk.person(&[role.claim()]), &user, Value::Null)).await;
        let withheld = answer.column("user.withheldFields", "path");
        for (field, permission) in
            [("documents", Permission::DocumentRead), ("comments", Permission::CommentRead)]
        {
            let may = permissions.contains(&permission);
            assert_eq!(!answer.data(&format!("user.{field}")).is_null(), may, "{field} by {role:?}");
            assert_eq!(!withheld.contains(&json!(field)), may, "{field} by {role:?}");
        }
        let logged = permissions.contains(&Permission::DocumentRead);
        assert_eq!(entries.len(), usize::from(logged), "{role:?}");
    }
}

#[tokio::test]
async fn documents_are_found_by_where_they_stand_today() {
    let desk = Desk::open().await;
    let user = user_with_documents(&desk).await;
    let compliance = desk.compliance();
    let all = below(&compliance, &user, Value::Null).await;
    let states = ["REFUSED", "ACCEPTED", "SHARED", "EXPIRED", "REQUESTED"];
    assert_eq!(all.column("user.documents.nodes", "state"), states);
    assert_eq!(all.data("user.documents.nodes.0.user.id"), user);
    for state in states {
        for (filter, found) in [
            (json!({ "eq": state }), vec![state]),
            (json!({ "ne": state }), states.into_iter().filter(|other| *other != state).collect()),
        ] {
            let answer = below(&compliance, &user, json!({ "state": filter })).await;
            assert_eq!(answer.column("user.documents.nodes", "state"), found, "{filter}");
            assert_eq!(answer.data("user.documents.totalCount"), found.len());
            let root =
                "query ($where: DocumentWhere) { documents(where: $where) { totalCount nodes { state } } }";
            let answer = compliance.ask_with(root, json!({ "where": { "state": filter } })).await;
            assert_eq!(answer.column("documents.nodes", "state"), found, "{filter}");
        }
    }
    let answer = below(&compliance, &user, json!({ "kind": { "in": ["TAX", "INCOME"] } })).await;
    assert_eq!(answer.column("user.documents.nodes", "kind"), ["INCOME", "TAX"]);
}

#[tokio::test]
async fn users_are_found_by_their_documents_by_those_who_may_see_them() {
    let desk = Desk::open().await;
    let (with, without) = (user_with_documents(&desk).await, desk.add_user(json!({})).await);
    let query =
        "query ($where: UserWhere) { users(where: $where, orderBy: [{ field: ID }]) { nodes { id } } }";
    let found = async |person: Person, filter: Value| {
        let answer = person.ask_with(query, json!({ "where": filter })).await;
        answer.code().map_or_else(|| Ok(answer.column("users.nodes", "id")), |code| Err(code.to_owned()))
    };
    for (filter, ids) in [
        (json!({ "state": "SHARED" }), vec![&with]),
        (json!({ "state": "EXPIRED" }), vec![&with]),
        (json!({ "state": "EXPIRED", "kind": "INCOME" }), vec![&with]),
        (json!({ "state": "EXPIRED", "kind": "TAX" }), vec![]),
        (json!({ "state": "REQUESTED", "kind": "INCOME" }), vec![]),
        (json!({ "state": "REFUSED", "kind": "OTHER" }), vec![&with]),
        (json!({ "state": "EXPIRED", "kind": "OTHER" }), vec![]),
        (json!({ "kind": "CONTRACT" }), vec![]),
    ] {
        let ids: Vec<Value> = ids.into_iter().map(|id| json!(id)).collect();
        assert_eq!(
            found(desk.compliance(), json!({ "documents": filter })).await,
            Ok(ids.clone()),
            "{filter}"
        );
        let others: Vec<Value> =
            [&with, &without].into_iter().map(|id| json!(id)).filter(|id| !ids.contains(id)).collect();
        let filter = json!({ "not": { "documents": filter } });
        assert_eq!(found(desk.compliance(), filter.clone()).await, Ok(others), "{filter}");
        assert_eq!(found(desk.read_only(), filter).await, Err("FORBIDDEN".to_owned()));
    }
    assert_eq!(found(desk.compliance(), json!({ "documents": {} })).await, Err("BAD_INPUT".to_owned()));
}

#[tokio::test]
async fn a_walk_goes_on_when_a_day_ends() {
    let desk = Desk::open().await;
    for _ in 0..3 {
        let user = desk.add_user(json!({})).await;
        let input = json!({ "kind": "TAX", "expiresOn": "2026-03-01" });
        desk.admin().act("documentRequest", &user, input).await;
    }
    let walk = "query ($user: ID!, $users: String, $documents: String) {
        users(first: 2, after: $users, where: { documents: { state: REQUESTED } }) {
            totalCount nodes { id } pageInfo { endCursor }
        }
        documents(first: 2, after: $documents, where: { state: { eq: REQUESTED } }) {
            totalCount nodes { id } pageInfo { endCursor }
        }
        user(by: { id: $user }) { documents(where: { state: { eq: REQUESTED } }) { totalCount } }
    }";
    let user = desk.add_user(json!({})).await;
    let first = desk.compliance().ask_with(walk, json!({ "user": user })).await;
    desk.hand.advance(Duration::from_hours(12));
    // the list is the one that was begun, as of that day
    let next = json!({
        "user": user,
        "users": first.data("users.pageInfo.endCursor"), "documents": first.data("documents.pageInfo.endCursor"),
    });
    let second = desk.compliance().ask_with(walk, next).await;
    for list in ["users", "documents"] {
        assert_eq!(second.data(&format!("{list}.totalCount")), 3, "{list}");
        assert_eq!(second.data(&format!("{list}.nodes")).as_array().expect("nodes").len(), 1, "{list}");
        assert_ne!(first.data(&format!("{list}.nodes.0")), second.data(&format!("{list}.nodes.0")));
    }
    let anew = desk.compliance().ask_with(walk, json!({ "user": user })).await;
    assert_eq!((anew.data("users.totalCount"), anew.data("documents.totalCount")), (json!(0), json!(0)));
}

#[tokio::test]
async fn the_list_of_all_documents_ends_at_ones_accounts_and_is_logged() {
    let desk = Desk::open().await;
    let (french, german) = (desk.add_user(json!({})).await, desk.add_user_to("DE", json!({})).await);
    for user in [&french, &german] {
        desk.admin().share_pdf(user).await;
    }
    let query =
        "{ documents { totalCount nodes { user { id } } facets(by: [KIND]) { buckets { key count } } } }";
    let person = desk.person_in(&["compliance"], &["DE"]);
    let (answer, entries) = desk.entries_of(person.ask(query)).await;
    assert_eq!(answer.column("documents.nodes", "user.id"), [json!(german)]);
    assert_eq!(answer.data("documents.totalCount"), 1);
    assert_eq!(answer.data("documents.facets.0.buckets.0"), json!({ "key": "IDENTITY", "count": 1 }));
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].action, "SENSITIVE_READ");
    let (_, entries) = desk.entries_of(person.ask("{ documents { totalCount } }")).await;
    assert_eq!(entries, [], "a count shows nobody");
    assert_eq!(desk.read_only().ask(query).await.code(), Some("FORBIDDEN"));
}

#[tokio::test]
async fn comments_come_newest_first_with_what_they_said_before() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let admin = desk.admin();
    admin.act("userAddComment", &user, json!({ "body": "one" })).await;
    let id = desk.last_comment(&user).await;
    desk.hand.advance(Duration::from_secs(1));
    admin.act("userCorrectComment", &user, json!({ "commentId": id, "body": "won" })).await;
    admin.act("userAddComment", &user, json!({ "body": "two", "visibleToUser": true })).await;
    let comments = below(&desk.read_only(), &user, Value::Null).await.data("user.comments.nodes");
    let author = "A person who is admin";
    assert_eq!(
        comments,
        json!([
            {
                "author": author, "at": "2026-03-01T12:00:01+00:00", "editedAt": null, "body": "two",
                "visibleToUser": true, "versions": []
            },
            {
                "author": author, "at": "2026-03-01T12:00:00+00:00", "editedAt": "2026-03-01T12:00:01+00:00",
                "body": "won", "visibleToUser": false,
                "versions": [{ "body": "one", "at": "2026-03-01T12:00:00+00:00" }]
            },
        ])
    );
}

#[tokio::test]
async fn many_users_cost_as_many_statements_as_one() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    for _ in 0..6 {
        let user = desk.add_user(json!({})).await;
        admin.share_pdf(&user).await;
        admin.act("userAddComment", &user, json!({ "body": "one" })).await;
        let id = desk.last_comment(&user).await;
        admin.act("userCorrectComment", &user, json!({ "commentId": id, "body": "two" })).await;
    }
    let query = "query ($first: Int) { users(first: $first) { nodes { picture
        documents { totalCount nodes { state user { id } } pageInfo { hasNextPage } }
        comments { totalCount nodes { body versions { body } } }
    } } }";
    // the first read that is logged makes a key
    admin.ask_with(query, json!({ "first": 1 })).await;
    let mut counts = Vec::new();
    for first in [2, 6] {
        let asking = admin.ask_with(query, json!({ "first": first }));
        let (answer, statements) = desk.statements_of(asking).await;
        assert_eq!(
            answer.data(&format!("users.nodes.{}.comments.nodes.0.versions.0.body", first - 1)),
            "one"
        );
        counts.push(statements.iter().filter(|sql| sql.starts_with("SELECT")).count());
    }
    assert_eq!(counts[0], counts[1]);
}
