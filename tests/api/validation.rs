//! The rules of section 5 of the GraphQL specification, both ways: what breaks one is refused before anything runs, and
//! what keeps them all is asked. The documents stand in `validation.graphql`.

use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person};

/// Each document with the rule that it is about, and whether it keeps all of them.
fn documents() -> impl Iterator<Item = (&'static str, &'static str, bool)> {
    include_str!("validation.graphql").split("\n## ").skip(1).map(|block| {
        let (title, document) = block.split_once('\n').expect("a title and a document");
        let (_section, verdict) = title.split_once(' ').expect("a section");
        let passes = verdict.starts_with("passes ");
        assert!(passes || verdict.starts_with("refuses "), "{title}");
        (title, document, passes)
    })
}

/// Asks with values for all variables of the documents, so that no document is refused for a missing one.
async fn ask(person: &Person, document: &str) -> Answer {
    let variables = json!({
        "n": 1, "text": "a", "flag": true, "id": "1", "by": { "id": "1" }, "status": "LIVE", "field": "STATUS",
        "direction": "ASC", "order": { "field": "STATUS" }, "orders": [{ "field": "STATUS" }], "texts": ["a"],
        "where": { "active": true },
    });
    let name = document.contains("query A").then_some("A");
    person.post(&json!({ "query": document, "variables": variables, "operationName": name })).await
}

/// Refused as a whole: nothing ran.
fn is_refused(answer: &Answer) -> bool {
    let errors = answer.body["errors"].as_array().map_or(&[][..], Vec::as_slice);
    answer.body.get("data").is_none_or(Value::is_null)
        && !errors.is_empty()
        && errors.iter().all(|error| error.get("path").is_none())
}

#[tokio::test]
async fn every_rule_holds_both_ways() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let mut wrong = Vec::new();
    for (title, document, passes) in documents() {
        let answer = ask(&admin, document).await;
        if is_refused(&answer) == passes {
            wrong.push(format!("{title}: {}", answer.body));
        }
    }
    assert!(wrong.is_empty(), "{} verdicts are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
