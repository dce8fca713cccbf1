//! The accounts of a token: what lies outside of them does not exist, wherever one looks.

use serde_json::{Value, json};

use super::user_acts::good_value;
use crate::support::{Desk, MUTATIONS, Person};

/// A desk with Ada and Bob in France, and Ada, with the same e-mail and external id, and Carl in Germany.
struct World {
    desk: Desk,
    french: [String; 2],
    german: [String; 2],
}

fn profile(name: &str) -> Value {
    json!({
        "firstName": name, "email": format!("{name}@example.com"), "countryOfResidence": "LU",
        "externalIds": [{ "system": "CRM", "value": name }],
    })
}

async fn world() -> World {
    let desk = Desk::open().await;
    let french = [desk.add_user_to("FR", profile("ada")).await, desk.add_user_to("FR", profile("bob")).await];
    let german =
        [desk.add_user_to("DE", profile("ada")).await, desk.add_user_to("DE", profile("carl")).await];
    World { desk, french, german }
}

async fn reference_of(desk: &Desk, id: &str) -> Value {
    desk.admin().open_user(id).await["reference"].clone()
}

/// Who is found by a filter and a search, and how many the count says.
async fn found(person: &Person, filter: Value, search: Option<&str>) -> (Vec<Value>, Value) {
    let query = "query ($where: UserWhere, $search: String) {
        users(where: $where, search: $search, orderBy: [{ field: ID }]) { totalCount nodes { id } }
    }";
    let answer = person.ask_with(query, json!({ "where": filter, "search": search })).await;
    (answer.column("users.nodes", "id"), answer.data("users.totalCount"))
}

#[tokio::test]
async fn no_key_opens_a_user_of_another_account() {
    let World { desk, french, german } = world().await;
    let person = desk.person_in(&["admin"], &["DE"]);
    let look = "query ($by: UserBy!) { user(by: $by) { id account { code } } }";
    for by in [
        json!({ "id": french[1] }),
        json!({ "reference": reference_of(&desk, &french[1]).await }),
        json!({ "externalId": { "system": "CRM", "value": "bob" } }),
        json!({ "email": "bob@example.com" }),
    ] {
        let foreign = person.ask_with(look, json!({ "by": by })).await;
        assert_eq!(foreign.body, json!({ "data": { "user": null } }), "{by}");
        let mine = desk.admin().ask_with(look, json!({ "by": by })).await;
        assert_eq!(mine.text("user.id"), french[1], "the key is good: {by}");
    }
    // a key that both accounts have opens one's own
    for by in
        [json!({ "externalId": { "system": "CRM", "value": "ada" } }), json!({ "email": "ada@example.com" })]
    {
        let answer = person.ask_with(look, json!({ "by": by })).await;
        assert_eq!(answer.text("user.id"), german[0], "{by}");
        let both = desk.admin().ask_with(look, json!({ "by": by })).await;
        assert_eq!(both.code(), Some("AMBIGUOUS"), "{by}");
    }
}

#[tokio::test]
async fn no_filter_or_search_finds_or_counts_a_user_of_another_account() {
    let World { desk, french, german } = world().await;
    let person = desk.person_in(&["read-only"], &["DE"]);
    let everybody = found(&person, json!({}), None).await;
    assert_eq!(everybody, (vec![json!(german[0]), json!(german[1])], json!(2)));
    for filter in [
        json!({ "account": { "eq": "FR" } }),
        json!({ "account": { "in": ["FR"] } }),
        json!({ "account": { "ne": "DE" } }),
        json!({ "account": { "notIn": ["DE"] } }),
        json!({ "id": { "eq": french[0] } }),
        json!({ "id": { "in": french } }),
        json!({ "email": { "eq": "bob@example.com" } }),
        json!({ "externalId": { "eq": "bob" } }),
        json!({ "not": { "account": { "eq": "DE" } } }),
        json!({ "or": [{ "account": { "eq": "FR" } }, { "id": { "in": french } }] }),
    ] {
        assert_eq!(found(&person, filter.clone(), None).await, (vec![], json!(0)), "{filter}");
        assert_ne!(found(&desk.admin(), filter.clone(), None).await.1, json!(0), "{filter}");
    }
    for filter in [
        json!({ "or": [{ "account": { "eq": "FR" } }, { "account": { "eq": "DE" } }] }),
        json!({ "country": { "eq": "LU" } }),
        json!({ "not": { "account": { "eq": "XX" } } }),
    ] {
        assert_eq!(found(&person, filter.clone(), None).await, everybody, "{filter}");
    }
    for words in ["bob", "bob@example.com", &french[0]] {
        assert_eq!(found(&person, json!({}), Some(words)).await, (vec![], json!(0)), "{words}");
        assert_ne!(found(&desk.admin(), json!({}), Some(words)).await.1, json!(0), "{words}");
    }
}

#[tokio::test]
async fn a_cursor_of_somebody_who_sees_more_shows_no_more() {
    let World { desk, german, .. } = world().await;
    let first = "{ users(first: 1, orderBy: [{ field: ID }]) { pageInfo { endCursor } } }";
    let cursor = desk.admin().ask(first).await.text("users.pageInfo.endCursor");
    let next = "query ($after: String) { users(after: $after, orderBy: [{ field: ID }]) { nodes { id } } }";
    let person = desk.person_in(&["read-only"], &["DE"]);
    let answer = person.ask_with(next, json!({ "after": cursor })).await;
    if answer.code().is_none() {
        assert_eq!(answer.column("users.nodes", "id"), [json!(german[0]), json!(german[1])]);
    } else {
        assert_eq!(answer.code(), Some("CURSOR_MISMATCH"));
    }
}

#[tokio::test]
async fn no_act_reaches_a_user_of_another_account() {
    let World { desk, french, .. } = world().await;
    let person = desk.person_in(&["admin"], &["DE"]);
    desk.is_ready_for_all(&french[0]).await;
    let before = desk.dump().await;
    for (mutation, ..) in MUTATIONS {
        let value = good_value(&desk, mutation, &french[0]).await;
        let answer = person.act(mutation, &french[0], value).await;
        assert_eq!(answer.code(), Some("NOT_FOUND"), "{mutation}");
        assert_eq!(answer.body["data"], json!({ mutation: null }), "{mutation}");
    }
    let input = json!({ "account": "FR", "personType": "NATURAL_PERSON" });
    let answer = person.create(input).await;
    assert_eq!(answer.problems("userCreate"), ["NOT_FOUND input.account"]);
    assert_eq!(desk.dump().await, before);

    for (mutation, ..) in MUTATIONS {
        // each on somebody of their own: cancelling is final
        let id = desk.add_user_to("DE", json!({})).await;
        let value = good_value(&desk, mutation, &id).await;
        let value = desk.fill(&person, &id, value).await;
        let answer = person.act(mutation, &id, value).await;
        assert_eq!(answer.problems(mutation), [""; 0], "{mutation}");
    }
}

#[tokio::test]
async fn the_trail_shows_ones_own_accounts_alone() {
    let World { desk, french, german } = world().await;
    // a refused act shows to those who see the user that it was tried on
    for (account, user) in [("DE", &german[0]), ("FR", &french[0])] {
        let person = desk.person_in(&["read-only"], &[account]);
        person.act("userFreeze", user, json!(true)).await;
    }
    // and one on nobody to those who see all
    desk.person_in(&["read-only"], &["DE"])
        .act("userFreeze", "00000000-0000-7000-8000-000000000000", json!(true))
        .await;
    desk.settle().await;
    let query = "query ($where: AuditEventWhere, $search: String) {
        auditEvents(where: $where, search: $search) { totalCount nodes { account userId } }
    }";
    let person = desk.person_in(&["read-only"], &["DE"]);
    let all = person.ask(query).await;
    assert_eq!(all.column("auditEvents.nodes", "account"), ["DE", "DE", "DE"]);
    assert_eq!(all.data("auditEvents.totalCount"), 3);
    for filter in [
        json!({ "account": { "eq": "FR" } }),
        json!({ "account": { "ne": "DE" } }),
        json!({ "account": { "isNull": true } }),
        json!({ "userId": { "in": french } }),
        json!({ "outcome": { "eq": "REFUSED" }, "userId": { "in": french } }),
        json!({ "not": { "account": { "eq": "DE" } } }),
    ] {
        let answer = person.ask_with(query, json!({ "where": filter })).await;
        assert_eq!(answer.data("auditEvents"), json!({ "totalCount": 0, "nodes": [] }), "{filter}");
        let whole = desk.admin().ask_with(query, json!({ "where": filter })).await;
        assert_ne!(whole.data("auditEvents.totalCount"), 0, "{filter}");
    }
    let searched = person.ask_with(query, json!({ "search": "USER_CREATE" })).await;
    assert_eq!(searched.data("auditEvents.totalCount"), 2);
}

#[tokio::test]
async fn an_entry_about_many_does_not_tell_of_those_of_other_accounts() {
    let World { desk, french, german } = world().await;
    // one look at users of both accounts
    desk.compliance().ask("{ users { nodes { tax { taxNumber } } } }").await.data("users");
    desk.settle().await;
    let query = "query ($where: AuditEventWhere) { auditEvents(where: $where) {
        totalCount nodes { users { id } named: users(ids: [\"FRENCH\"]) { id } }
    } }";
    let query = query.replace("FRENCH", &french[0]);
    let auditor = desk.person_in(&["auditor-read-only"], &["DE"]);
    let ask = async |filter: Value| {
        let filter = json!({ "and": [{ "action": { "eq": "SENSITIVE_READ" } }, filter] });
        auditor.ask_with(&query, json!({ "where": filter })).await
    };
    let seen = ask(json!({ "userId": { "eq": german[0] } })).await;
    assert_eq!(seen.data("auditEvents.totalCount"), 1);
    assert_eq!(seen.data("auditEvents.nodes.0.named"), json!([]));
    for user in &french {
        for (filter, found) in [
            (json!({ "userId": { "eq": user } }), 0),
            (json!({ "not": { "userId": { "eq": user } } }), 1),
            (json!({ "userId": { "in": [user, german[0]] } }), 1),
        ] {
            let answer = ask(filter.clone()).await;
            assert_eq!(answer.data("auditEvents.totalCount"), found, "{filter}");
        }
    }
}

#[tokio::test]
async fn accounts_are_ones_own() {
    let desk = Desk::open().await;
    let accounts = "{ accounts { code } viewer { accounts { code } } }";
    for (codes, seen) in [
        (&["DE"][..], json!([{ "code": "DE" }])),
        (&["DE", "FR"], json!([{ "code": "DE" }, { "code": "FR" }])),
        (&["DE", "XX", "de", ""], json!([{ "code": "DE" }])),
        (&[], json!([])),
    ] {
        let answer = desk.person_in(&["read-only"], codes).ask(accounts).await;
        assert_eq!(answer.data("accounts"), seen, "{codes:?}");
        assert_eq!(answer.data("viewer.accounts"), seen, "{codes:?}");
    }
}

#[tokio::test]
async fn no_account_at_all_shows_nothing() {
    let World { desk, french, german } = world().await;
    let person = desk.person_in(&["admin"], &[]);
    assert_eq!(found(&person, json!({}), None).await, (vec![], json!(0)));
    assert_eq!(found(&person, json!({ "not": { "id": { "eq": french[0] } } }), None).await.1, json!(0));
    assert_eq!(person.open_user(&german[0]).await, Value::Null);
    let answer = person.act("userFreeze", &french[0], json!(true)).await;
    assert_eq!(answer.code(), Some("NOT_FOUND"));
    let trail = person.ask("{ auditEvents { totalCount nodes { id } } }").await;
    assert_eq!(trail.data("auditEvents"), json!({ "totalCount": 0, "nodes": [] }));
}

#[tokio::test]
async fn the_star_shows_every_account_those_to_come_included() {
    let World { desk, .. } = world().await;
    let admin = desk.admin();
    desk.add_account("IT", "Italy").await;
    let id = desk.add_user_to("IT", json!({ "firstName": "Dino" })).await;
    assert_eq!(found(&admin, json!({}), None).await.1, json!(5));
    assert_eq!(admin.open_user(&id).await["account"]["code"], "IT");
    assert_eq!(admin.ask("{ accounts { code } }").await.column("accounts", "code"), ["DE", "FR", "IT"]);
}
