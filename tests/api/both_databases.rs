//! The same answers on both databases: some hundred operations, reads and acts, asked of a desk on SQLite and of one on
//! PostgreSQL that have the same users and the same clock. Whole answers are compared, ids and messages included.

use std::time::Duration;

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};

use crate::support::{
    Desk, Person, is_postgres,
    population::Population,
    property::{filters, order_json, orders},
    twins::Twins,
};

/// A list with most of what a user has.
const PAGE: &str = "query ($where: UserWhere, $search: String, $orderBy: [UserOrder!],
        $first: Int, $after: String, $last: Int, $before: String, $page: PageInput) {
    users(where: $where, search: $search, orderBy: $orderBy,
            first: $first, after: $after, last: $last, before: $before, page: $page) {
        totalCount totalCountPrecision
        facets(by: [STATUS, ACTIVE, FROZEN, PERSON_TYPE, CLIENT_TYPE, MARKET_ROLE, GROUP, KYC_STATUS, KYC_LEVEL,
            COUNTRY, ACCOUNT]) { by buckets { key label count } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node {
            id reference version tag createdAt updatedAt lastSignInAt status statusSince active frozen personType
            name { title first middle last display } birth { date place country } email phone mobile
            account { code name } groups { key } externalIds { system value } spokenLanguages
            postalAddress { line1 city countryName } verified { identity email phone } kyc { level status }
            cancellation { origin at reason }
        } }
    }
}";

/// The same draws every time.
struct Draws(TestRunner);

impl Draws {
    fn seeded(seed: u8) -> Self {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        Self(TestRunner::new_with_rng(Config::default(), rng))
    }

    fn of<S: Strategy>(&mut self, strategy: &S) -> S::Value {
        strategy.new_tree(&mut self.0).expect("a value").current()
    }
}

#[tokio::test]
async fn both_databases_give_the_same_answers() {
    if !is_postgres() {
        #[expect(clippy::print_stderr, reason = "who reads the output must not believe that it was tested")]
        {
            eprintln!("left out: comparing the databases needs PostgreSQL (BACKDESK_TEST_DATABASE=postgres)");
        }
        return;
    }
    let population = Population::drawn(70, 120);
    let mut twins = Twins::with(&population).await;
    lists(&mut twins, &population).await;
    single_reads(&mut twins, &population).await;
    acts(&mut twins, &population).await;
    lists(&mut twins, &population).await;
    trail(&mut twins).await;
    assert!(twins.asked > 300, "{} operations are not some hundred", twins.asked);
    assert!(twins.done > 50, "only {} acts took effect", twins.done);
}

/// Random lists, forward and backward, each followed for a page, and looked into by number.
async fn lists(twins: &mut Twins, population: &Population) {
    let mut draws = Draws::seeded(1);
    let filters = filters(population, &twins.sqlite);
    let search =
        prop::option::weighted(0.2, prop::sample::select(vec!["ann", "ü", "612 ext", "%", "ё", "\\", "0"]));
    let filter = prop::option::weighted(0.6, filters);
    let list = (filter, search, orders(), 1..20_usize, any::<bool>());
    let people: [fn(&Desk) -> Person; 3] =
        [Desk::admin, Desk::read_only, |desk| desk.person_in(&["compliance"], &["DE"])];
    for number in 0..60 {
        let (filter, search, order, size, forward) = draws.of(&list);
        let who = people[number % people.len()];
        let (count, start, end) = match forward {
            true => ("first", "after", "endCursor"),
            false => ("last", "before", "startCursor"),
        };
        let mut arguments = json!({
            "where": filter.map(|filter| filter.json()),
            "search": search,
            "orderBy": order_json(&order),
            count: size,
        });
        let mut numbered = arguments.clone();
        numbered[count] = Value::Null;
        numbered["page"] = json!({ "page": 1 + number % 4, "perPage": size });
        twins.ask(who, PAGE, numbered).await;
        let page = twins.ask(who, PAGE, arguments.clone()).await;
        let cursor = page.data(&format!("users.pageInfo.{end}"));
        arguments[start] = cursor;
        twins.ask(who, PAGE, arguments).await;
    }
    for search in ["müller", "O'BRIEN", "a_b", "100%", "山", "+33 612", "example.org", " ", "\0"] {
        twins.ask(Desk::read_only, PAGE, json!({ "search": search, "first": 100 })).await;
    }
}

async fn single_reads(twins: &mut Twins, population: &Population) {
    let document = "query ($by: UserBy!) { user(by: $by) { id name { display } groups { key } } }";
    let clerk: fn(&Desk) -> Person = |desk| desk.person_in(&["read-only"], &["FR"]);
    for somebody in population.people.iter().take(12) {
        let user = &somebody.user;
        let mut keys = vec![json!({ "id": user.id }), json!({ "reference": user.reference.to_lowercase() })];
        keys.extend(user.email.as_ref().map(|email| json!({ "email": email.to_uppercase() })));
        let ids = somebody.external_ids.iter();
        keys.extend(ids.map(|id| json!({ "externalId": { "system": id.system, "value": id.value } })));
        for by in keys {
            twins.ask(Desk::read_only, document, json!({ "by": by })).await;
            twins.ask(clerk, document, json!({ "by": by })).await;
        }
    }
    for by in [json!({ "id": "none" }), json!({ "email": "" }), json!({ "reference": "\0" })] {
        twins.ask(Desk::read_only, document, json!({ "by": by })).await;
    }
    let small = "{ viewer { name roles permissions accounts { code } tokenExpiresAt } accounts { code name }
        groups { id key name description kind } }";
    twins.ask(Desk::compliance, small, json!({})).await;
    twins.ask(Desk::stranger, small, json!({})).await;
}

async fn acts(twins: &mut Twins, population: &Population) {
    let create = async |twins: &mut Twins, input: Value, options: Value| {
        let arguments = "$input: UserCreateInput!, $options: MutationOptions";
        let variables = json!({ "input": input, "options": options });
        twins.act(arguments, "userCreate(input: $input, options: $options)", variables).await
    };
    let key = "8d3c5f10-0000-4000-8000-000000000001";
    for profile in [
        json!({}),
        json!({ "firstName": "  Zoe\u{308} ", "lastName": "Müller%_\\", "email": "New@Example.org", "tag": "'\"" }),
        json!({ "email": "new@example.ORG" }),
        json!({ "email": "none", "phone": "12", "birthDate": "2999-01-01", "nationality": "XX", "timeZone": "Mars" }),
        json!({ "externalIds": [{ "system": "core", "value": "É-1" }], "spokenLanguages": ["FR", "pt-br"] }),
        json!({ "externalIds": [{ "system": "core", "value": "É-1" }] }),
        json!({ "firstName": "a\0b" }),
        json!({ "postalAddress": { "line1": "x", "country": "fr" }, "birthDate": "1999-12-31" }),
    ] {
        for account in ["FR", "DE", "XX"] {
            let input = json!({ "account": account, "personType": "NATURAL_PERSON", "profile": profile });
            create(twins, input, json!({ "reason": "because" })).await;
            twins.advance(Duration::from_micros(1_234_567));
        }
    }
    for profile in [json!({ "firstName": "Zoë" }), json!({ "email": "new@example.org", "phone": "12" })] {
        let input = json!({ "account": "FR", "personType": "NATURAL_PERSON", "profile": profile });
        create(twins, input, json!({ "validateOnly": true })).await;
    }
    let input = json!({ "account": "FR", "personType": "LEGAL_ENTITY" });
    for _ in 0..2 {
        create(twins, input.clone(), json!({ "idempotencyKey": key })).await;
    }
    let other = json!({ "account": "DE", "personType": "LEGAL_ENTITY" });
    create(twins, other, json!({ "idempotencyKey": key })).await;

    let with_id = "$id: ID!, $options: MutationOptions";
    for (number, somebody) in population.people.iter().take(10).enumerate() {
        let id = somebody.user.id;
        let reason = json!({ "id": id, "options": { "reason": "as asked" } });
        for act in [
            "userSetStatus(id: $id, status: INVALIDATED, options: $options)",
            "userSetActive(id: $id, active: true, options: $options)",
            "userFreeze(id: $id, frozen: true, options: $options)",
            "userSetStatus(id: $id, status: IN_REVIEW, options: $options)",
            "userUpdate(id: $id, input: {lastName: \"Ärger\", email: null, tag: \"\"}, options: $options)",
            "userUpdate(id: $id, input: {firstName: \"É\", spokenLanguages: [\"de\"]}, options: $options)",
        ] {
            let preview = json!({ "id": id, "options": { "validateOnly": true } });
            twins.act(with_id, act, preview).await;
            twins.act(with_id, act, reason.clone()).await;
            twins.advance(Duration::from_millis(7));
        }
        let stale = json!({ "id": id, "options": { "ifVersion": 1 } });
        twins.act(with_id, "userFreeze(id: $id, frozen: false, options: $options)", stale).await;
        let groups = "userSetGroups(id: $id, groupIds: [\"00000000-0000-7000-8000-000000000002\", \"x\",
            \"00000000-0000-7000-8000-000000000008\"])";
        twins.act("$id: ID!", groups, json!({ "id": id })).await;
        let groups = "userSetGroups(id: $id, groupIds: [\"00000000-0000-7000-8000-000000000003\"])";
        twins.act("$id: ID!", groups, json!({ "id": id })).await;
        if number % 3 == 0 {
            let cancel = "userCancel(id: $id, origin: USER, options: $options)";
            twins.act(with_id, cancel, reason.clone()).await;
            twins.act(with_id, cancel, reason).await;
        }
    }
    let freeze = "mutation ($id: ID!) { userFreeze(id: $id, frozen: true) { user { id } errors { code } } }";
    let somebody = json!({ "id": population.people[0].user.id });
    twins.ask(Desk::read_only, freeze, somebody.clone()).await;
    twins.ask(|desk| desk.person_in(&["admin"], &["DE"]), freeze, somebody).await;
    twins.ask(Desk::admin, freeze, json!({ "id": "no id" })).await;
}

/// The whole trail, page by page, as an administrator and as a clerk of one account read it.
async fn trail(twins: &mut Twins) {
    let document = "query ($after: String, $where: AuditEventWhere, $orderBy: [AuditEventOrder!]) {
        auditEvents(first: 40, after: $after, where: $where, orderBy: $orderBy) {
            totalCount pageInfo { endCursor hasNextPage }
            facets(by: [ACTION, OUTCOME, ACCOUNT]) { by buckets { key label count } }
            nodes { id at action outcome refusal missingPermission account userId userVersion changedFields reason
                actor { issuer subject name roles } changes { field before after } }
        }
    }";
    for list in [
        json!({}),
        json!({ "orderBy": [{ "field": "ACTION" }, { "field": "AT", "direction": "DESC" }] }),
        json!({ "where": { "outcome": { "ne": "DONE" } } }),
        json!({ "where": { "account": { "isNull": true } } }),
        json!({ "where": { "action": { "in": ["USER_FREEZE", "USER_CANCEL"] } } }),
    ] {
        let mut arguments = list;
        loop {
            let page = twins.ask(Desk::admin, document, arguments.clone()).await;
            if page.data("auditEvents.pageInfo.hasNextPage") != true {
                break;
            }
            arguments["after"] = page.data("auditEvents.pageInfo.endCursor");
        }
    }
    twins.ask(|desk| desk.person_in(&["compliance"], &["DE"]), document, json!({})).await;
}
