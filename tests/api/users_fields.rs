//! Every field of a user, alone and together, by every way to a user. A field that the look-ahead forgets to read answers
//! INTERNAL when it is selected alone, and this is the test that sees it.

use serde_json::{Map, Value, json};

use crate::support::{Desk, Person, WHOLE, population::Population};

const TYPES: &str = "{ __schema { types { name fields { name args { defaultValue type { kind } } type {
    name ofType { name ofType { name ofType { name } } }
} } } } }";

/// The innermost type of a field: what lists and non-null wrap.
fn named(of: &Value) -> &str {
    of["name"].as_str().unwrap_or_else(|| named(&of["ofType"]))
}

/// The fields of a type that need no argument, with the selections that they need. What leads back to a type that it came
/// from, as an item of a user's list to the user, selects its id alone.
fn fields_of(types: &Value, name: &str) -> Vec<(String, String)> {
    fields_below(types, name, &mut Vec::new())
}

fn fields_below(types: &Value, name: &str, above: &mut Vec<String>) -> Vec<(String, String)> {
    let all = types.as_array().expect("types");
    let found = all.iter().find(|one| one["name"] == name).expect("a type of the schema");
    let Some(fields) = found["fields"].as_array() else {
        return Vec::new();
    };
    above.push(name.to_owned());
    let needs_none = |field: &&Value| {
        let arguments = field["args"].as_array().expect("arguments");
        arguments
            .iter()
            .all(|argument| argument["type"]["kind"] != "NON_NULL" || !argument["defaultValue"].is_null())
    };
    let mut selections = Vec::new();
    for field in fields.iter().filter(needs_none) {
        let kind = named(&field["type"]);
        let name = field["name"].as_str().expect("a name").to_owned();
        let selection = if above.iter().any(|one| one == kind) {
            format!("{name} {{ id }}")
        } else {
            let inner: Vec<String> =
                fields_below(types, kind, above).into_iter().map(|(_, inner)| inner).collect();
            if inner.is_empty() { name.clone() } else { format!("{name} {{ {} }}", inner.join(" ")) }
        };
        selections.push((name, selection));
    }
    above.pop();
    selections
}

/// The ways to a user: a document around a selection, and where the user is in its answer.
const WAYS: [(&str, &str); 4] = [
    ("query ($id: ID!) { users(first: 1, where: {id: {eq: $id}}) { nodes { % } } }", "users.nodes.0"),
    (
        "query ($id: ID!) { users(first: 1, where: {id: {eq: $id}}) { edges { node { % } } } }",
        "users.edges.0.node",
    ),
    ("query ($id: ID!) { user(by: {id: $id}) { % } }", "user"),
    (
        "mutation ($id: ID!) { userUpdate(id: $id, input: {}) { user { % } errors { code } } }",
        "userUpdate.user",
    ),
];

async fn user(person: &Person, (document, path): (&str, &str), selection: &str, id: &str) -> Value {
    let document = document.replace('%', selection);
    person.ask_with(&document, json!({ "id": id })).await.data(path)
}

#[tokio::test]
async fn every_field_answers_alone_what_it_answers_among_the_others() {
    let desk = Desk::open().await;
    let population = Population::drawn(60, 40);
    population.moves_into(&desk).await;
    let admin = desk.admin();
    let types = admin.ask(TYPES).await.data("__schema.types");
    let fields = fields_of(&types, "User");
    assert!(fields.len() > 30, "{fields:?}");
    let everything: Vec<&str> = fields.iter().map(|(_, selection)| selection.as_str()).collect();
    let everything = everything.join(" ");

    // somebody of whom much is known, and somebody cancelled
    let known = population
        .people
        .iter()
        .max_by_key(|one| one.addresses.len() + one.groups.len() + one.languages.len());
    let canceled = population.people.iter().find(|one| one.user.cancel_origin.is_some());
    for somebody in [known, canceled].map(Option::unwrap) {
        let id = somebody.user.id.to_string();
        let whole = user(&admin, WAYS[0], &everything, &id).await;
        for way in WAYS {
            if way.0.starts_with("mutation") && somebody.user.cancel_origin.is_some() {
                continue;
            }
            let mut parts = Map::new();
            for (name, selection) in &fields {
                let shown = user(&admin, way, selection, &id).await;
                parts.insert(name.clone(), shown[name].clone());
            }
            assert_eq!(Value::Object(parts), whole, "{}", way.0);
            assert_eq!(user(&admin, way, &everything, &id).await, whole, "{}", way.0);
        }
    }
}

/// Two fields of one name are merged by the library; all others of a page are written without it.
#[tokio::test]
async fn a_page_is_the_same_whoever_writes_it() {
    let desk = Desk::open().await;
    Population::drawn(62, 60).moves_into(&desk).await;
    let below = |all: &str, more: &str| {
        format!(
            "query {{ users(first: 60) {{ {all} {{ __typename ...Whole other: reference
                kyc {{ level {more} ... on Kyc {{ status }} reviews {{ nodes {{
                    id trigger state openedAt dueAt decision decidedAt level {more} }} }} }}
                wallets {{ nodes {{ id status provider balance {{ amount }} currency openedAt {more} }} }} {more}
            }} }} }} {WHOLE}"
        )
    };
    let admin = desk.admin();
    let written = admin.ask(&below("nodes", "")).await.data("users.nodes");
    assert_eq!(written.as_array().unwrap().len(), 60);
    let merged = admin.ask(&below("nodes", "__typename __typename")).await.data("users.nodes");
    let typed = admin.ask(&below("nodes", "__typename")).await.data("users.nodes");
    assert_eq!(typed, merged);
    let mut bare = typed;
    for user in bare.as_array_mut().unwrap() {
        for place in ["/kyc", "/kyc/reviews/nodes", "/wallets/nodes"] {
            let there = user.pointer_mut(place).unwrap();
            let objects = match there {
                Value::Array(all) => all.iter_mut().collect(),
                one => vec![one],
            };
            for object in objects {
                object.as_object_mut().unwrap().remove("__typename");
            }
        }
    }
    assert_eq!(bare, written);
}

#[tokio::test]
async fn a_new_user_shows_every_field_at_once() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let types = admin.ask(TYPES).await.data("__schema.types");
    for (name, selection) in fields_of(&types, "User") {
        let document = format!(
            "mutation {{ userCreate(input: {{account: \"FR\", personType: LEGAL_ENTITY}}) {{
                user {{ {selection} }} errors {{ code }} }} }}"
        );
        let created = admin.ask(&document).await.data("userCreate.user");
        assert!(created.get(&name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn what_is_shown_is_what_is_stored() {
    let desk = Desk::open().await;
    let population = Population::drawn(61, 50);
    population.moves_into(&desk).await;
    let document = "{ users(first: 100) { nodes {
        id reference tag version createdAt updatedAt lastSignInAt statusSince frozen email phone mobile
        name { title first middle last } birth { date place country } account { code name }
        externalIds { system value } spokenLanguages postalAddress { line1 postcode city country }
    } } }";
    let shown = desk.read_only().ask(document).await.data("users.nodes");
    assert_eq!(shown.as_array().unwrap().len(), 50);
    for somebody in &population.people {
        let user = &somebody.user;
        let shown = shown.as_array().unwrap().iter().find(|one| one["id"] == user.id.to_string()).unwrap();
        let postal =
            somebody.addresses.iter().find(|one| one.kind == backdesk_entity::enums::AddressKind::Postal);
        let at = |instant: chrono::DateTime<chrono::Utc>| instant.to_rfc3339();
        let mut ids = somebody.external_ids.clone();
        ids.sort_by(|one, other| one.system.cmp(&other.system));
        let mut languages = somebody.languages.clone();
        languages.sort_unstable();
        let expected = json!({
            "id": user.id, "reference": user.reference, "tag": user.tag, "version": user.version,
            "createdAt": at(user.created_at), "updatedAt": at(user.updated_at),
            "lastSignInAt": user.last_sign_in_at.map(at), "statusSince": at(user.status_since),
            "frozen": user.frozen, "email": user.email, "phone": user.phone, "mobile": user.mobile,
            "name": { "title": user.title, "first": user.first_name, "middle": user.middle_names,
                "last": user.last_name },
            "birth": { "date": user.birth_date, "place": user.birth_place, "country": user.birth_country },
            "account": { "code": user.account, "name": if user.account == "FR" { "France" } else { "Germany" } },
            "externalIds": ids.iter().map(|id| json!({ "system": id.system, "value": id.value })).collect::<Value>(),
            "spokenLanguages": languages,
            "postalAddress": postal.map(|one| json!({ "line1": one.line1, "postcode": one.postcode,
                "city": one.city, "country": one.country })),
        });
        assert_eq!(*shown, expected);
    }
}
