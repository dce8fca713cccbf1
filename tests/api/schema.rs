//! The schema as people and programs read it: checked in, current, and every part of it described.

use serde_json::Value;

use crate::support::{Desk, WHOLE};
use backdesk::auth::policy::Action;

const EVERYTHING: &str = "{ __schema {
    directives { name description args { name description } }
    types {
        kind name description specifiedByURL
        fields(includeDeprecated: true) {
            name description isDeprecated deprecationReason args { name description }
        }
        inputFields { name description }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    }
} }";

/// The objects in a list; null is none.
fn each(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// Notes the thing at `path` when it has no description, and all that is listed below it.
fn undescribed(path: &str, thing: &Value, found: &mut Vec<String>) {
    let name = thing["name"].as_str().expect("a name");
    let path = format!("{path}.{name}");
    if thing["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
        found.push(path.clone());
    }
    for below in ["fields", "inputFields", "enumValues", "args"] {
        for part in each(&thing[below]) {
            undescribed(&path, part, found);
        }
    }
}

#[test]
fn schema_graphql_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let checked_in = std::fs::read_to_string(path).expect("schema.graphql");
    assert!(
        checked_in == backdesk::graphql::sdl(),
        "schema.graphql is not what the program serves; bring it up to date with:\n\n    \
         cargo run -- schema > schema.graphql\n"
    );
}

#[tokio::test]
async fn every_part_has_a_description() {
    let desk = Desk::open().await;
    let schema = desk.read_only().ask(EVERYTHING).await.data("__schema");
    let mut found = Vec::new();
    // the specification describes its own types and directives
    let ours = each(&schema["types"]).iter().filter(|kind| {
        let name = kind["name"].as_str().expect("a name");
        name != "ID" && !name.starts_with("__")
    });
    for kind in ours {
        undescribed("", kind, &mut found);
    }
    for directive in each(&schema["directives"]) {
        if directive["name"] == "requires" {
            undescribed("", directive, &mut found);
        }
    }
    assert_eq!(found, [""; 0], "describe these");
    assert!(each(&schema["types"]).len() > 50, "the types were not found");
}

#[tokio::test]
async fn what_is_deprecated_has_a_reason() {
    let desk = Desk::open().await;
    let schema = desk.read_only().ask(EVERYTHING).await.data("__schema");
    for kind in each(&schema["types"]) {
        for part in each(&kind["fields"]).iter().chain(each(&kind["enumValues"])) {
            let reason = part["deprecationReason"].as_str().unwrap_or_default();
            let is_told = !reason.is_empty() && reason != "No longer supported";
            assert!(is_told || part["isDeprecated"] == false, "{}.{}", kind["name"], part["name"]);
        }
    }
}

/// The specification describes its own types.
fn is_ours(kind: &Value) -> bool {
    let name = kind["name"].as_str().expect("a name");
    !name.starts_with("__") && !["Int", "Float", "String", "Boolean", "ID"].contains(&name)
}

/// Letters alone, without articles.
fn bare(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
    words.filter(|word| !["a", "an", "the", "its"].contains(&word.as_str())).collect()
}

/// Notes what is described by its own name, and all such things below it.
fn repetitive(path: &str, thing: &Value, found: &mut Vec<String>) {
    let name = thing["name"].as_str().expect("a name");
    let path = format!("{path}.{name}");
    if thing["description"].as_str().is_some_and(|text| bare(text) == bare(name)) {
        found.push(path.clone());
    }
    for below in ["fields", "inputFields", "enumValues", "args"] {
        for part in each(&thing[below]) {
            repetitive(&path, part, found);
        }
    }
}

#[tokio::test]
async fn no_description_repeats_the_name() {
    let desk = Desk::open().await;
    let schema = desk.read_only().ask(EVERYTHING).await.data("__schema");
    let mut found = Vec::new();
    for kind in each(&schema["types"]).iter().filter(|kind| is_ours(kind)) {
        repetitive("", kind, &mut found);
    }
    assert_eq!(found, [""; 0], "say what these mean");
}

/// A scalar says how it is written: by the address of its specification, or by a format with an example.
#[tokio::test]
async fn every_scalar_says_how_it_is_written() {
    let desk = Desk::open().await;
    let schema = desk.read_only().ask(EVERYTHING).await.data("__schema");
    for kind in each(&schema["types"]).iter().filter(|kind| kind["kind"] == "SCALAR" && is_ours(kind)) {
        let text = kind["description"].as_str().unwrap_or_default();
        let shown = text.contains("such as `") || kind["specifiedByURL"].is_string();
        assert!(shown && !text.contains('<'), "{}: {text}", kind["name"]);
    }
}

#[tokio::test]
async fn a_stranger_does_not_get_the_schema() {
    let desk = Desk::open().await;
    let answer = desk.stranger().ask(EVERYTHING).await;
    assert_eq!(answer.code(), Some("UNAUTHENTICATED"));
    assert_eq!(answer.body["data"], Value::Null);
}

/// The tests look at users by one fragment: a field that it does not have would go unseen.
#[tokio::test]
async fn the_tests_look_at_every_field_of_a_user() {
    let desk = Desk::open().await;
    for (name, text) in [("User", WHOLE), ("Address", WHOLE), ("Company", WHOLE), ("Occupation", WHOLE)] {
        let query = format!(
            "{{ __type(name: \"{name}\") {{ fields {{ name type {{ name ofType {{ name }} }} }} }} }}"
        );
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        for field in each(&desk.read_only().ask(&query).await.data("__type.fields")) {
            let kind = [&field["type"]["name"], &field["type"]["ofType"]["name"]];
            // lists below users change by themselves: lists_below.rs and money.rs look at them
            if kind.iter().any(|kind| kind.as_str().is_some_and(|kind| kind.ends_with("Connection"))) {
                continue;
            }
            let field = field["name"].as_str().expect("a name");
            // a name that follows from the code of the country beside it, and what depends on who looks: viewer_actions.rs
            let depends = ["countryName", "viewerActions", "withheldFields"].contains(&field);
            // what has a permission of its own is looked at apart: each look at what is sensitive leaves an entry
            if !depends && Action::of_user_field(field).is_none() {
                assert!(words.contains(&field), "{name}.{field} is missing in the fragment Whole");
            }
        }
    }
}
