//! Facets: how many users or audit events have each value, under the filter, the search and the accounts of whoever asks;
//! compared with the same counts in plain Rust.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{
    Answer, Desk, Person,
    facets::{ALL, FACETS, names},
    population::{Population, Somebody, insert},
    property::{World, filters, ids},
};

/// All facets of the list that these arguments ask for.
async fn facets(person: &Person, mut arguments: Value) -> Answer {
    arguments["by"] = json!(names());
    person.ask_with(FACETS, arguments).await
}

/// All facets of these people.
fn expected<'a>(people: &(impl Iterator<Item = &'a Somebody> + Clone)) -> Value {
    ALL.iter().map(|facet| facet.of(people.clone())).collect()
}

/// The numbers of all buckets of each facet, summed up.
fn sums(answer: &Answer) -> Vec<u64> {
    let sum = |buckets: &Value| {
        buckets.as_array().unwrap().iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum()
    };
    answer.column("users.facets", "buckets").iter().map(sum).collect()
}

#[test]
fn a_facet_counts_whom_the_filter_finds() {
    let world = World::of(60, 70);
    world.holds(60, &filters(&world.population, &world.desk), async |filter| {
        let answer = facets(&world.viewer, json!({ "where": filter.json() })).await;
        let found = world.population.people.iter().filter(|one| filter.finds(one));
        assert_eq!(answer.data("users.facets"), expected(&found), "{}", filter.json());
    });
}

#[test]
fn a_facet_counts_whom_the_search_finds_and_each_of_them_once() {
    let world = World::of(61, 60);
    let search = prop::sample::select(vec!["ann", "ü", "612 ext", "%", "ё", "\\", "nobody", " "]);
    let filter = prop::option::weighted(0.5, filters(&world.population, &world.desk));
    world.holds(30, &(filter, search), async |(filter, search)| {
        let list = json!({ "where": filter.map(|filter| filter.json()), "search": search, "first": 100 });
        let listed = ids(&world.users(list.clone()).await);
        let answer = facets(&world.viewer, list).await;
        let found = world.population.people.iter().filter(|one| listed.contains(&one.user.id.to_string()));
        assert_eq!(answer.data("users.facets"), expected(&found));
        for (facet, sum) in ALL.iter().zip(sums(&answer)) {
            if facet.is_single_valued() {
                assert_eq!(answer.data("users.totalCount"), sum, "{}", facet.name);
            }
        }
    });
}

#[test]
fn a_bucket_counts_what_a_filter_by_its_key_finds() {
    let world = World::of(62, 60);
    world.run(async {
        let answer = facets(&world.viewer, json!({})).await;
        for (facet, buckets) in ALL.iter().zip(answer.column("users.facets", "buckets")) {
            for bucket in buckets.as_array().unwrap() {
                let test = match (&bucket["key"], facet.attribute) {
                    (Value::Null, _) => json!({ "isNull": true }),
                    (key, "active" | "frozen" | "feesCustomized" | "hasListing" | "sanctioned") => {
                        json!(key == "true")
                    }
                    (key, _) => json!({ "eq": key }),
                };
                let found = world.users(json!({ "where": { facet.attribute: test } })).await;
                assert_eq!(found.data("users.totalCount"), bucket["count"], "{} {bucket}", facet.name);
            }
        }
    });
}

#[test]
fn a_facet_counts_the_users_of_ones_own_accounts_alone() {
    let world = World::of(63, 61);
    world.run(async {
        for accounts in [vec!["FR"], vec!["DE"], vec!["FR", "DE"], vec!["XX"], vec![]] {
            let person = world.desk.person_in(&["compliance"], &accounts);
            let seen =
                world.population.people.iter().filter(|one| accounts.contains(&one.user.account.as_str()));
            for filter in [json!({}), json!({ "not": { "account": { "eq": "XX" } } })] {
                let answer = facets(&person, json!({ "where": filter })).await;
                assert_eq!(answer.data("users.facets"), expected(&seen), "{accounts:?}");
            }
            // what one asks for does not widen what one sees
            let foreign = facets(&person, json!({ "where": { "account": { "notIn": accounts } } })).await;
            assert_eq!(foreign.data("users.facets"), expected(&[].iter()), "{accounts:?}");
        }
    });
}

#[test]
fn the_facets_of_a_later_page_keep_the_now_of_the_first() {
    let world = World::of(64, 60);
    world.run(async {
        let list = json!({ "where": { "createdAt": { "within": { "last": 1, "unit": "HOURS" } } } });
        let at_first = facets(&world.viewer, list.clone()).await.data("users.facets");
        let page = world.users(list.clone()).await;
        world.desk.hand.advance(Duration::from_mins(59));
        let mut later = list.clone();
        later["after"] = page.data("users.pageInfo.startCursor");
        assert_eq!(facets(&world.viewer, later).await.data("users.facets"), at_first);
        assert_ne!(facets(&world.viewer, list).await.data("users.facets"), at_first);
    });
}

#[tokio::test]
async fn the_words_of_a_vocabulary_are_there_before_anybody_has_them() {
    let desk = Desk::open().await;
    let document =
        "query ($by: [UserFacet!]!) { users { facets(by: $by) { by buckets { key label count } } } }";
    let answer = desk.compliance().ask_with(document, json!({ "by": names() })).await;
    let facets = answer.data("users.facets");
    let lines = facets.as_array().unwrap().iter().map(|facet| {
        let buckets = facet["buckets"].as_array().unwrap().clone();
        let by = facet["by"].as_str().unwrap().to_owned();
        assert!(buckets.iter().all(|bucket| bucket["count"] == 0), "{facet}");
        let line = |bucket: Value| format!("{} {}", bucket["key"], bucket["label"]).replace('"', "");
        let buckets: Vec<_> = buckets.into_iter().map(line).collect();
        format!("{by}: {}", buckets.join(", ")).trim_end().to_owned()
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    STATUS: IN_REVIEW In review, LIVE Live, INVALIDATED Invalidated, CANCELED Canceled
    ACTIVE: true Active, false Not active
    FROZEN: true Frozen, false Not frozen
    PERSON_TYPE: NATURAL_PERSON Natural person, LEGAL_ENTITY Legal entity
    CLIENT_TYPE: ENTERPRISE Enterprise, MERCHANT Merchant, null No client type
    MARKET_ROLE: VENDOR Vendor, CUSTOMER Customer, BOTH Both, null No market role
    GROUP: API API client, EMAIL_NOT_VERIFIED E-mail not verified, ENTERPRISE_OWNER Enterprise owner, ENTERPRISE_STAFF Enterprise staff, KYC_NOT_VERIFIED KYC not verified, LEGAL_MERCHANT_OWNER Legal merchant owner, LEGAL_MERCHANT_STAFF Legal merchant staff, MERCHANT_OWNER Merchant owner, MERCHANT_STAFF Merchant staff, PHONE_NOT_VERIFIED Phone not verified, null No group
    CATEGORY: null No category
    KYC_STATUS: NONE None, PENDING Pending, VALIDATED Validated, REFUSED Refused
    KYC_LEVEL: NONE None, LIGHT Light, REGULAR Regular, STRONG Strong
    COUNTRY:
    ACCOUNT:
    TAX_PAYER: USER User, PLATFORM Platform, null Not settled
    WALLET_STATUS: NOT_CONNECTED Not connected, PENDING Pending, BLOCKED Blocked, ACTIVATED Activated
    FEES_CUSTOMIZED: true Own fees, false Standard fees
    HAS_LISTING: true With a listing, false Without a listing
    SANCTIONED: true Under sanctions, false Not under sanctions
    ");
}

#[tokio::test]
async fn accounts_and_countries_have_names() {
    let desk = Desk::open().await;
    desk.add_user(json!({ "countryOfResidence": "CZ" })).await;
    let document = "{ users { facets(by: [COUNTRY, ACCOUNT]) { buckets { key label count } } } }";
    let answer = desk.read_only().ask(document).await;
    let one = |key: &str, label: &str| json!([{ "key": key, "label": label, "count": 1 }]);
    assert_eq!(answer.column("users.facets", "buckets"), [one("CZ", "Czechia"), one("FR", "France")]);
}

#[tokio::test]
async fn the_most_frequent_codes_are_kept_and_those_without_any() {
    let desk = Desk::open().await;
    let mut people = Population::drawn(65, 604).people;
    for (number, somebody) in people.iter_mut().enumerate() {
        // 301 countries with two users each, of which the last has another, and somebody without
        let country = (number < 603).then(|| number.min(601) / 2);
        let letter = |number: usize| char::from(b'A' + u8::try_from(number).unwrap());
        somebody.user.country =
            country.map(|number| [letter(number / 26), letter(number % 26)].iter().collect());
    }
    insert(&people, &desk.side_door().await).await;
    let answer = desk.read_only().ask("{ users { facets(by: [COUNTRY]) { buckets { key count } } } }").await;
    let keys = answer.column("users.facets.0.buckets", "key");
    assert_eq!(keys.len(), 300);
    assert_eq!(keys[..4], ["LO", "AA", "AB", "AC"]);
    assert_eq!(keys[299], Value::Null);
}

#[tokio::test]
async fn each_facet_is_answered_once_in_the_order_in_which_it_is_first_named() {
    let desk = Desk::open().await;
    let document = "query ($by: [UserFacet!]!) { users { facets(by: $by) { by } } }";
    let asked = async |by: Value| {
        desk.read_only().ask_with(document, json!({ "by": by })).await.column("users.facets", "by")
    };
    assert_eq!(asked(json!(["KYC_LEVEL", "STATUS", "KYC_LEVEL", "STATUS"])).await, ["KYC_LEVEL", "STATUS"]);
    assert_eq!(asked(json!([])).await, [Value::Null; 0]);
    assert_eq!(asked(json!(vec!["GROUP"; 5000])).await, ["GROUP"]);
}

#[tokio::test]
async fn facets_take_one_statement_and_sets_their_own_and_none_when_they_are_not_selected() {
    let desk = Desk::open().await;
    Population::drawn(66, 30).moves_into(&desk).await;
    for (selection, count) in [
        ("facets(by: [STATUS]) { buckets { count } }", 1),
        ("facets(by: [GROUP]) { by buckets { key label count } }", 1),
        ("facets(by: [ACCOUNT, COUNTRY, ACTIVE]) { by buckets { key label count } }", 1),
        ("facets(by: [STATUS, STATUS]) { buckets { key } }", 1),
        ("facets(by: []) { buckets { key } }", 0),
        ("nodes { id } facets(by: [STATUS, FROZEN, GROUP]) { buckets { count } }", 3),
        ("nodes { id } facets(by: [STATUS]) @skip(if: true) { buckets { count } }", 1),
        ("facets(by: [STATUS]) { buckets { count } } totalCount", 2),
    ] {
        let document = format!("{{ users(first: 5) {{ {selection} }} }}");
        let (answer, statements) = desk.statements_of(desk.read_only().ask(&document)).await;
        assert_eq!(answer.body.get("errors"), None, "{}", answer.body);
        assert_eq!(statements.len(), count, "{selection}: {statements:?}");
    }
}

#[tokio::test]
async fn the_largest_filter_that_is_taken_is_counted_by_every_facet() {
    let desk = Desk::open().await;
    // nobody, but the categories
    insert(&[], &desk.side_door().await).await;
    let values = |number: usize| (0..500).map(|value| format!("n{number}-{value}")).collect::<Vec<_>>();
    let parts: Vec<_> = (0..50).map(|number| json!({ "lastName": { "notIn": values(number) } })).collect();
    let answer = facets(&desk.compliance(), json!({ "where": { "and": parts } })).await;
    assert_eq!(answer.data("users.facets"), expected(&[].iter()));
}

#[tokio::test]
async fn every_facet_of_the_schema_is_in_the_reference() {
    let desk = Desk::open().await;
    let document = r#"{ __type(name: "UserFacet") { enumValues { name } } }"#;
    let facets = desk.read_only().ask(document).await.column("__type.enumValues", "name");
    assert_eq!(facets, names(), "add the new facet to tests/api/support/facets.rs");
}

#[tokio::test]
async fn audit_events_are_counted_by_action_outcome_and_account() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({})).await;
    desk.add_user_to("DE", json!({})).await;
    for frozen in [true, false, true] {
        desk.admin().act("userFreeze", &id, json!(frozen)).await;
    }
    desk.read_only().act("userFreeze", "00000000-0000-7000-8000-000000000000", json!(true)).await;
    desk.settle().await;
    let document = "query ($where: AuditEventWhere) {
        auditEvents(where: $where) { facets(by: [ACTION, OUTCOME, ACCOUNT]) { by buckets { key label count } } }
    }";
    let told = async |person: Person, filter: Value| {
        let answer = person.ask_with(document, json!({ "where": filter })).await;
        let line = |facet: &Value| {
            let one = |bucket: &Value| format!("{} {} {}", bucket["key"], bucket["label"], bucket["count"]);
            let buckets: Vec<_> = facet["buckets"].as_array().unwrap().iter().map(one).collect();
            format!("{}: {}", facet["by"], buckets.join(", ")).replace('"', "")
        };
        let facets = answer.data("auditEvents.facets");
        facets.as_array().unwrap().iter().map(line).collect::<Vec<_>>()
    };
    let acts = json!({ "action": { "in": ["USER_CREATE", "USER_FREEZE"] } });
    assert_eq!(
        told(desk.admin(), acts).await,
        [
            "ACTION: USER_FREEZE User freeze 4, USER_CREATE User create 2",
            "OUTCOME: DONE Done 5, REFUSED Refused 1",
            "ACCOUNT: FR France 4, DE Germany 1, null No account 1",
        ]
    );
    // who sees one account does not see what concerns another, or none
    assert_eq!(
        told(desk.person_in(&["compliance"], &["DE"]), json!({})).await,
        [
            "ACTION: USER_CREATE User create 1",
            "OUTCOME: DONE Done 1, REFUSED Refused 0",
            "ACCOUNT: DE Germany 1",
        ]
    );
}
