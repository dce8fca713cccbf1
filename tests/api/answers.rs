//! Answers as section 6 of the GraphQL specification has them: in the order of the document, each field once, and null
//! where something failed or where nothing can be without what failed.

use serde_json::{Value, json};

use crate::support::{Desk, Person};

/// What a refused field leaves beside the others.
#[track_caller]
fn codes(errors: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let path = |error: &Value| {
        error["path"].as_array().map(|steps| steps.iter().map(text).collect::<Vec<_>>().join("."))
    };
    let errors = errors.as_array().expect("errors");
    errors.iter().map(|error| (path(error).unwrap_or_default(), text(&error["extensions"]["code"]))).collect()
}

fn pair(path: &str, code: &str) -> (String, String) {
    (path.into(), code.into())
}

#[tokio::test]
async fn a_refused_field_is_null_and_leaves_the_others_alone() {
    let desk = Desk::open().await;
    let nobody = desk.person(&["admin"]);
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let reader = desk.read_only();
    let answer = reader
        .ask_with(
            "mutation ($id: ID!) { a: userFreeze(id: $id, frozen: true) { user { id } } b: __typename }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(answer.body["data"], json!({ "a": null, "b": "Mutation" }));
    assert_eq!(codes(&answer.body["errors"]), [pair("a", "FORBIDDEN")]);
    let answer =
        nobody.ask("{ viewer { subject } user(by: { email: \"\\u0000\" }) { id } groups { key } }").await;
    assert_eq!(answer.body["data"]["user"], Value::Null);
    assert_eq!(answer.body["data"]["viewer"]["subject"], "admin@desk.example");
    assert!(answer.body["data"]["groups"].is_array(), "{}", answer.body);
}

#[tokio::test]
async fn a_refused_mutation_keeps_the_answer_of_the_one_before_it() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    // compliance may freeze, and may not update
    let answer = desk
        .compliance()
        .ask_with(
            "mutation ($id: ID!) {
                first: userFreeze(id: $id, frozen: true) { user { frozen } }
                second: userUpdate(id: $id, input: { tag: \"a\" }) { user { tag } }
                third: userFreeze(id: $id, frozen: false) { user { frozen } }
            }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(
        answer.body["data"],
        json!({ "first": { "user": { "frozen": true } }, "second": null, "third": { "user": { "frozen": false } } })
    );
    assert_eq!(codes(&answer.body["errors"]), [pair("second", "FORBIDDEN")]);
}

#[tokio::test]
async fn what_cannot_be_without_a_failed_field_is_null() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let admin = desk.admin();
    desk.sabotage("DROP TABLE user_groups").await.expect("a dropped table");
    // groups are never null, so the user is; a user in a list is never null, so the list's holder is
    let answer = admin
        .ask_with(
            "query ($id: ID!) { viewer { subject } user(by: { id: $id }) { id groups { key } } users { nodes { groups { key } } } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(
        answer.body["data"],
        json!({ "viewer": { "subject": "admin@desk.example" }, "user": null, "users": null })
    );
    assert!(codes(&answer.body["errors"]).iter().all(|(_, code)| code == "INTERNAL"), "{}", answer.body);
}

/// The names of the answer's fields as they come in its text.
fn names(text: &str) -> Vec<&str> {
    let parts: Vec<_> = text.split('"').collect();
    parts
        .windows(2)
        .enumerate()
        .filter(|(at, pair)| at % 2 == 1 && pair[1].starts_with(':'))
        .map(|(_, pair)| pair[0])
        .collect()
}

#[tokio::test]
async fn fields_come_in_the_order_of_the_document() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "firstName": "Ada" })).await;
    let document = "query ($no: Boolean!) {
        users { totalCount pageInfo { hasPreviousPage hasNextPage } ...Nodes ... on UserConnection { kind: __typename } }
        viewer { accounts { name } subject left: name @include(if: $no) }
        groups @skip(if: true) { key }
        users { precision: totalCountPrecision }
    }
    fragment Nodes on UserConnection { nodes { status groups { key } id @skip(if: $no) } }";
    let answer = desk.admin().ask_with(document, json!({ "no": false })).await;
    assert_eq!(
        names(&answer.raw),
        [
            "data",
            "users",
            "totalCount",
            "pageInfo",
            "hasPreviousPage",
            "hasNextPage",
            "nodes",
            "status",
            "groups",
            "key",
            "key",
            "key",
            "id",
            "kind",
            "precision",
            "viewer",
            "accounts",
            "name",
            "name",
            "subject",
            // beside the data
            "extensions",
            "cost",
            "requested",
            "limit",
        ],
        "{}",
        answer.raw
    );
}

/// An object of which nothing is wanted is there all the same: null would say that there is none.
#[tokio::test]
async fn what_is_left_out_whole_is_empty_and_not_null() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "firstName": "Ada" })).await;
    let document = "query ($with: Boolean!) {
        viewer { ...Name ... @include(if: $with) { subject } }
        users { nodes { id @include(if: $with) name { display @include(if: $with) } name { display @skip(if: true) } } }
        nobody: user(by: { reference: \"UNOBODY\" }) { id @include(if: $with) }
    }
    fragment Name on Viewer { name @include(if: $with) }";
    let answer = desk.admin().ask_with(document, json!({ "with": false })).await;
    assert_eq!(
        answer.body,
        json!({ "data": { "viewer": {}, "users": { "nodes": [{ "name": {} }] }, "nobody": null } })
    );
    let answer = desk.admin().ask_with(document, json!({ "with": true })).await;
    assert_eq!(answer.data("users.nodes.0.name"), json!({ "display": "Ada" }), "{}", answer.body);
    let nothing = desk.admin().ask("{ viewer @skip(if: true) { name } }").await;
    assert_eq!(nothing.body, json!({ "data": {} }));
}

async fn tag(person: &Person, id: &str) -> Value {
    person
        .ask_with("query ($id: ID!) { user(by: { id: $id }) { tag version } }", json!({ "id": id }))
        .await
        .data("user")
}

#[tokio::test]
async fn a_root_field_that_stands_twice_acts_once() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "tag": "a" })).await;
    let before = tag(&desk.admin(), &id).await["version"].as_i64().expect("a version");
    let document = "mutation ($id: ID!) {
        userUpdate(id: $id, input: { tag: \"b\" }, options: { ifVersion: 1 }) { user { tag } }
        ...Again
    }
    fragment Again on Mutation {
        userUpdate(id: $id, input: { tag: \"b\" }, options: { ifVersion: 1 }) { user { version } errors { code } }
    }";
    let answer = desk.admin().ask_with(document, json!({ "id": id })).await;
    assert_eq!(before, 1);
    assert_eq!(
        answer.data("userUpdate"),
        json!({ "user": { "tag": "b", "version": 2 }, "errors": [] }),
        "a second act would conflict with the first"
    );
}

/// Of two answers to one field the library shows the first: what a second act did shows in the data alone.
#[tokio::test]
async fn a_field_that_is_met_twice_creates_one_user() {
    let create =
        "userCreate(input: { account: \"FR\", personType: NATURAL_PERSON, profile: {} }) { user { id } }";
    for selections in [
        format!("{create} {create}"),
        "...Again ...Again".to_owned(),
        "...Again ... { ...Again }".to_owned(),
        format!("... on Mutation {{ ...Again }} {create}"),
    ] {
        let desk = Desk::open().await;
        let fragment = format!("fragment Again on Mutation {{ {create} }}");
        let fragment = if selections.contains("Again") { &*fragment } else { "" };
        let answer = desk.admin().ask(&format!("mutation {{ {selections} }} {fragment}")).await;
        assert!(answer.text("userCreate.user.id").len() == 36, "{}", answer.body);
        let users = desk.admin().ask("{ users { totalCount } }").await.data("users.totalCount");
        assert_eq!(users, 1, "{selections}");
    }
}

#[tokio::test]
async fn a_variable_that_is_missing_changes_nothing() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "tag": "a" })).await;
    let document = "mutation ($id: ID!, $tag: String, $options: MutationOptions) {
        userUpdate(id: $id, input: { firstName: \"Ada\", tag: $tag }, options: $options) { user { tag } errors { code } }
    }";
    let admin = desk.admin();
    let answer = admin.ask_with(document, json!({ "id": id })).await;
    assert_eq!(answer.text("userUpdate.user.tag"), "a", "what is not named stays");
    let answer = admin.ask_with(document, json!({ "id": id, "tag": null })).await;
    assert_eq!(answer.data("userUpdate.user.tag"), Value::Null, "null empties");
}

#[tokio::test]
async fn variables_have_their_defaults() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "firstName": "Ada" })).await;
    let document = "query ($with: Boolean = true, $without: Boolean = false, $limit: Int) {
        users { id: __typename @include(if: $without) totalCount(limit: $limit) @include(if: $with) }
    }";
    let answer = desk.admin().ask_with(document, json!({})).await;
    assert_eq!(
        answer.data("users"),
        json!({ "totalCount": 1 }),
        "and a missing one leaves the argument its own"
    );
    let answer = desk.admin().ask_with(document, json!({ "with": false, "without": true })).await;
    assert_eq!(answer.data("users"), json!({ "id": "UserConnection" }));
}

#[tokio::test]
async fn variables_are_judged_before_anything_runs() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "tag": "a" })).await;
    let admin = desk.admin();
    let document = "mutation ($id: ID!, $input: UserUpdateInput!, $key: UUID) {
        userFreeze(id: $id, frozen: true) { user { id } }
        userUpdate(id: $id, input: $input, options: { idempotencyKey: $key }) { user { id } }
    }";
    for variables in [
        json!({ "id": id }),
        json!({ "id": id, "input": null }),
        json!({ "input": {} }),
        json!({ "id": true, "input": {} }),
        json!({ "id": 1.5, "input": {} }),
        json!({ "id": [id], "input": {} }),
        json!({ "id": id, "input": "tag" }),
        json!({ "id": id, "input": [] }),
        json!({ "id": id, "input": { "nonsense": 1 } }),
        json!({ "id": id, "input": { "tag": 1 } }),
        json!({ "id": id, "input": { "personType": "NONSENSE" } }),
        json!({ "id": id, "input": { "externalIds": [null] } }),
        json!({ "id": id, "input": { "externalIds": [{ "system": "CRM" }] } }),
    ] {
        let answer = admin.ask_with(document, variables.clone()).await;
        assert_eq!(answer.code(), Some("BAD_VARIABLES"), "{variables}: {}", answer.body);
        assert_eq!(answer.body["data"], Value::Null);
        assert!(answer.body["errors"][0]["locations"][0]["line"].is_number());
    }
    assert_eq!(tag(&admin, &id).await["version"], 1, "nothing ran");
    let fine =
        json!({ "id": id, "input": { "externalIds": { "system": "CRM", "value": "1" } }, "unknown": [1] });
    admin.ask_with(document, fine).await.data("userUpdate");
    let by = "query ($by: UserBy!) { user(by: $by) { id } }";
    for wrong in [json!({}), json!({ "id": null }), json!({ "id": id, "reference": "U" })] {
        let answer = admin.ask_with(by, json!({ "by": wrong })).await;
        assert_eq!(answer.code(), Some("BAD_VARIABLES"), "{wrong}");
    }
}
