//! Filters: every operator of every attribute finds exactly those whom the reference finds, and a filter and its negation
//! split the users in two, missing values included.

use serde_json::json;

use crate::support::{
    dice::Dice,
    population::Population,
    property::{World, filters, ids, pool, tests},
    reference::{ATTRIBUTES, Cell, Filter, Shape, Test, groups},
};

/// As many as fit on a page: each case is one question.
const SIZE: usize = 90;

async fn finds_the_same(world: &World, filter: &Filter) {
    let found = world.found(filter.json()).await;
    assert_eq!(found, world.expected(filter), "{}", filter.json());
}

#[test]
fn every_attribute_of_the_schema_is_in_the_reference() {
    let world = World::of(30, 0);
    world.run(async {
        let document = r#"{ __type(name: "UserWhere") { inputFields { name } } }"#;
        let mut fields = world.viewer.ask(document).await.column("__type.inputFields", "name");
        // what users have many of has tests of its own; what other systems recorded is not of the population: money.rs
        // looks for it
        let recorded =
            ["documents", "wallet", "walletNetworkStatus", "hasBankAccount", "canBePaid", "canBePaidOut"];
        let others = ["and", "or", "not"].into_iter().chain(recorded).map(serde_json::Value::from);
        let others: Vec<_> = others.collect();
        fields.retain(|name| !others.contains(name));
        let known: Vec<_> = ATTRIBUTES.iter().map(|attribute| attribute.name).collect();
        assert_eq!(fields, known, "add the new attribute to tests/api/support/reference.rs");
    });
}

#[test]
fn every_operator_of_every_attribute_finds_what_it_says() {
    let world = World::of(31, SIZE);
    let mut dice = Dice::seeded(31);
    for (place, attribute) in ATTRIBUTES.iter().enumerate() {
        let values = pool(&world.population, place);
        let mut pick = || dice.one(&values);
        let mut all = vec![
            Test::Eq(pick()),
            Test::Ne(pick()),
            Test::In(vec![pick(), pick(), pick()]),
            Test::NotIn(vec![pick(), pick()]),
        ];
        match attribute.shape {
            Shape::Flag => all = vec![Test::Is(true), Test::Is(false)],
            Shape::Text => {
                for cell in [pick(), pick(), pick()] {
                    let Cell::Text(text) = cell else { continue };
                    let inner: String = text.chars().skip(1).take(3).collect();
                    all.extend([
                        Test::Contains(inner.clone()),
                        Test::StartsWith(text.chars().take(2).collect()),
                        Test::EndsWith(text.chars().skip(2).collect()),
                        Test::StartsWith(inner),
                    ]);
                }
            }
            Shape::At | Shape::Day => {
                all.truncate(2);
                for _ in 0..3 {
                    all.extend([
                        Test::Gt(pick()),
                        Test::Gte(pick()),
                        Test::Lt(pick()),
                        Test::Lte(pick()),
                        Test::Between(pick(), pick()),
                    ]);
                }
                if attribute.shape == Shape::At {
                    let now = world.desk.clock.now();
                    all.extend([1, 2, 24, 10_000].map(|hours| Test::Within(hours, now)));
                }
            }
            Shape::Number => {
                all.extend([Test::Gt(pick()), Test::Gte(pick()), Test::Lt(pick()), Test::Lte(pick())]);
            }
            Shape::Answer => all.truncate(2),
            Shape::Code | Shape::Word | Shape::Id => {}
        }
        if !matches!(attribute.shape, Shape::Id | Shape::Flag | Shape::Number) {
            all.extend([Test::IsNull(true), Test::IsNull(false)]);
        }
        world.run(async {
            for test in all {
                let filter = Filter::On(place, test);
                finds_the_same(&world, &filter).await;
                finds_the_same(&world, &filter.negated()).await;
            }
        });
    }
}

#[test]
fn a_single_test_finds_what_the_reference_finds() {
    let world = World::of(32, SIZE);
    world.holds(200, &tests(&world.population, &world.desk), async |filter| {
        finds_the_same(&world, &filter).await;
    });
}

#[test]
fn a_filter_and_its_negation_split_the_users_in_two() {
    let world = World::of(33, SIZE);
    let everybody = world.expected(&Filter::And(vec![]));
    world.holds(60, &filters(&world.population, &world.desk), async |filter| {
        finds_the_same(&world, &filter).await;
        let found = world.found(filter.json()).await;
        let others = world.found(filter.negated().json()).await;
        assert!(found.is_disjoint(&others), "{}", filter.json());
        assert_eq!(&found | &others, everybody, "{}", filter.json());
    });
}

#[test]
fn everything_that_is_given_must_hold() {
    let world = World::of(34, SIZE);
    let pair = (tests(&world.population, &world.desk), tests(&world.population, &world.desk));
    world.holds(40, &pair, async |(one, other)| {
        let (Filter::On(a, _), Filter::On(b, _)) = (&one, &other) else {
            return;
        };
        if a == b {
            return;
        }
        // side by side in one object, and besides an `or` and a `not` there
        let mut both = one.json();
        for part in [
            other.json(),
            json!({ "or": [one.json(), other.json()] }),
            json!({ "not": { "and": [
            one.negated().json() ] } }),
        ] {
            both.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        let expected = world.expected(&Filter::And(vec![one.clone(), other.clone()]));
        assert_eq!(world.found(both.clone()).await, expected, "{both}");
    });
}

#[test]
fn operators_of_one_attribute_must_all_hold() {
    let world = World::of(35, SIZE);
    world.run(async {
        let found = world
            .found(
                json!({ "lastName": { "startsWith": "A", "contains": "%", "ne": "100%", "isNull": false } }),
            )
            .await;
        let text = |text: &str| text.to_owned();
        let expected = world.expected(&Filter::And(vec![
            Filter::on("lastName", Test::StartsWith(text("a"))),
            Filter::on("lastName", Test::Contains(text("%"))),
        ]));
        assert_eq!(found, expected);
        assert!(!found.is_empty(), "the population has an a%b");
    });
}

#[test]
fn an_empty_or_finds_nobody_and_an_empty_and_everybody() {
    let world = World::of(36, 10);
    world.run(async {
        let count = async |filter| world.found(filter).await.len();
        assert_eq!(count(json!({})).await, 10);
        assert_eq!(count(json!(null)).await, 10);
        assert_eq!(count(json!({ "and": [] })).await, 10);
        assert_eq!(count(json!({ "or": [] })).await, 0);
        assert_eq!(count(json!({ "not": {} })).await, 0);
        assert_eq!(count(json!({ "not": { "or": [] } })).await, 10);
        assert_eq!(count(json!({ "or": [{}] })).await, 10);
        assert_eq!(count(json!({ "lastName": { "in": [] } })).await, 0);
        assert_eq!(count(json!({ "lastName": { "notIn": [] } })).await, 10);
        assert_eq!(count(json!({ "group": { "in": [] } })).await, 0);
        assert_eq!(count(json!({ "id": { "in": [] } })).await, 0);
        assert_eq!(count(json!({ "status": { "notIn": [] } })).await, 10);
    });
}

/// A variable that is missing is as good as not written, and must not show everybody.
#[test]
fn an_attribute_without_an_operator_is_refused() {
    let world = World::of(40, 10);
    world.run(async {
        for attribute in ATTRIBUTES.iter().filter(|attribute| !matches!(attribute.shape, Shape::Flag)) {
            let document = "query ($where: UserWhere) { users(where: $where) { totalCount } }";
            let filter = json!({ attribute.name: {} });
            let answer = world.viewer.ask_with(document, json!({ "where": filter })).await;
            assert_eq!(answer.code(), Some("BAD_INPUT"), "{}: {}", attribute.name, answer.body);
        }
        let missing = "query ($e: String) { users(where: {email: {eq: $e}}) { totalCount } }";
        assert_eq!(world.viewer.ask(missing).await.code(), Some("BAD_INPUT"));
        let one_of_two =
            "query ($e: String, $n: Boolean) { users(where: {email: {eq: $e, isNull: $n}}) { totalCount } }";
        let answer = world.viewer.ask_with(one_of_two, json!({ "n": false })).await;
        assert_eq!(answer.code(), None, "{}", answer.body);
    });
}

#[test]
fn a_null_attribute_is_as_good_as_none() {
    let world = World::of(37, 10);
    world.run(async {
        let nothing: serde_json::Map<_, _> = ATTRIBUTES
            .iter()
            .map(|attribute| attribute.name)
            .chain(["and", "or", "not"])
            .map(|name| (name.to_owned(), json!(null)))
            .collect();
        assert_eq!(world.found(json!(nothing)).await.len(), 10);
        let inline = "{ users(where: {email: null, and: null, not: null}) { edges { node { id } } } }";
        assert_eq!(ids(&world.viewer.ask(inline).await).len(), 10);
    });
}

#[test]
fn what_is_no_id_names_nobody() {
    let world = World::of(38, 10);
    world.run(async {
        let somebody = world.population.people[3].user.id.to_string();
        let count = async |filter| world.found(filter).await.len();
        assert_eq!(count(json!({ "id": { "eq": "no id" } })).await, 0);
        assert_eq!(count(json!({ "id": { "ne": "no id" } })).await, 10);
        assert_eq!(count(json!({ "id": { "in": ["", "no id", somebody] } })).await, 1);
        assert_eq!(count(json!({ "id": { "notIn": ["no id", somebody] } })).await, 9);
        assert_eq!(count(json!({ "id": { "eq": somebody.to_uppercase() } })).await, 1);
    });
}

#[test]
fn the_groups_that_are_filtered_by_are_the_groups_that_are_shown() {
    let world = World::of(39, SIZE);
    world.run(async {
        let document = "{ groups { key } users(first: 100) { nodes { id groups { key } } } }";
        let all = world.viewer.ask(document).await;
        let keys = all.column("groups", "key");
        assert_eq!(keys.len(), 10);
        for key in keys {
            let key = key.as_str().unwrap();
            let is_in = |user: &&serde_json::Value| {
                user["groups"].as_array().unwrap().iter().any(|group| group["key"] == key)
            };
            let users = all.data("users.nodes");
            let shown = users.as_array().unwrap().iter().filter(is_in);
            let shown: std::collections::BTreeSet<String> =
                shown.map(|user| user["id"].as_str().unwrap().to_owned()).collect();
            assert!(!shown.is_empty(), "nobody is in {key}");
            let found = world.found(json!({ "group": { "eq": key.to_lowercase() } })).await;
            assert_eq!(found, shown, "{key}");
            let others = world.found(json!({ "group": { "notIn": [key] } })).await;
            assert_eq!(others.len(), SIZE - shown.len(), "{key}");
        }
        let groupless = |population: &Population| {
            population.people.iter().filter(|somebody| groups(somebody).is_empty()).count()
        };
        let found = world.found(json!({ "group": { "isNull": true } })).await;
        assert_eq!(found.len(), groupless(&world.population));
    });
}
