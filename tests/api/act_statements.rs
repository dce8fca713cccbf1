//! What a change costs: its statements, one by one. Beside them there are the beginning and the end of its transaction.

use serde_json::{Value, json};

use crate::support::{Answer, Desk};

const CHANGE: &str = "mutation ($id: ID!, $phone: Phone, $version: Int) {
    userUpdateContact(id: $id, input: { phone: $phone }, options: { ifVersion: $version }) {
        user { id phone } errors { code field message }
    }
}";

/// What a statement does, and to which table.
fn outline(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().collect();
    // what a statement selects may be a statement too, and stands before its own table
    let place = match words[0] {
        "UPDATE" => Some(0),
        _ => words.iter().rposition(|word| ["FROM", "INTO"].contains(word)),
    };
    let table = place.and_then(|place| words.get(place + 1)).expect("a table");
    format!("{} {}", words[0], table.trim_matches('"'))
}

async fn change(desk: &Desk, id: &str, phone: &str, version: Option<i32>) -> Answer {
    let answer = desk.admin().ask_with(CHANGE, json!({ "id": id, "phone": phone, "version": version })).await;
    assert_eq!(answer.problems("userUpdateContact"), [""; 0]);
    assert_eq!(answer.text("userUpdateContact.user.phone"), phone);
    answer
}

async fn statements_of(desk: &Desk, id: &str, phone: &str, version: i32) -> Vec<String> {
    let (_, sent) = desk.statements_of(change(desk, id, phone, Some(version))).await;
    sent.iter().map(|statement| outline(statement)).collect()
}

#[tokio::test]
async fn a_telephone_number_is_changed_by_five_statements() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada", "phone": "+33612345678" })).await;
    assert_eq!(
        statements_of(&desk, &id, "+33612345679", 1).await,
        // the user with the key of the trail, under lock; what the search text holds; what staff may edit
        [
            "SELECT users",
            "SELECT user_external_ids",
            "SELECT platform_policies",
            "UPDATE users",
            "INSERT audit_entries"
        ]
    );
}

#[tokio::test]
async fn more_is_read_of_whom_there_may_be_more() {
    const CREATE: &str = "mutation ($input: UserCreateInput!) {
        userCreate(input: $input) { user { id } errors { code field message } }
    }";
    const ALLOW: &str =
        "mutation { platformUpdatePolicy(input: { operatorVerifies: [PHONE] }) { errors { code } } }";
    const VERIFY: &str = "mutation ($id: ID!) {
        userSetVerification(id: $id, input: { kind: PHONE, verified: true }) { errors { code field message } }
    }";
    let desk = Desk::open().await;
    let profile = json!({ "phone": "+33612345678", "company": { "legalName": "Analytical Engines SARL" } });
    let input = json!({ "account": "FR", "personType": "LEGAL_ENTITY", "profile": profile });
    let created = desk.admin().ask_with(CREATE, json!({ "input": input })).await;
    let id = created.text("userCreate.user.id");
    let allowed = desk.admin().ask(ALLOW).await;
    assert_eq!(allowed.problems("platformUpdatePolicy"), [""; 0]);
    let verified = desk.admin().ask_with(VERIFY, json!({ "id": id })).await;
    assert_eq!(verified.problems("userSetVerification"), [""; 0]);
    let sent = statements_of(&desk, &id, "+33612345679", 2).await;
    for more in ["SELECT user_companies", "SELECT user_marks", "DELETE user_marks"] {
        assert!(sent.iter().any(|statement| statement == more), "{more} in {sent:?}");
    }
    // and what was read is written: the search text still holds the name
    let found = desk.admin().ask("{ users(search: \"engines\") { nodes { id } } }").await;
    assert_eq!(found.column("users.nodes", "id"), [json!(id)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_made_by_whoever_needs_it_first_and_is_everybodys() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "phone": "+33612345678" })).await;
    // as of a user who was imported or seeded, of whom nothing was sealed yet
    desk.sabotage("DELETE FROM data_keys").await.expect("deleted");
    let sent = statements_of(&desk, &id, "+33612345601", 1).await;
    assert_eq!(sent[3..], ["UPDATE users", "INSERT data_keys", "INSERT audit_entries"]);

    let other = desk.add_user(json!({ "phone": "+33612345678" })).await;
    desk.sabotage("DELETE FROM data_keys").await.expect("deleted");
    tokio::join!(
        change(&desk, &other, "+33612345602", None),
        change(&desk, &other, "+33612345603", None),
        change(&desk, &other, "+33612345604", None),
    );
    let trail = desk.trail().await;
    let told = trail.data("auditEvents.nodes");
    let phones = told.as_array().expect("entries").iter().take(3).map(|entry| &entry["changes"][0]["after"]);
    let mut phones: Vec<&Value> = phones.collect();
    phones.sort_by_key(ToString::to_string);
    assert_eq!(phones, ["+33612345602", "+33612345603", "+33612345604"]);
}
