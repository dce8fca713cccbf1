//! Queries that take long: what their client hears, and what whoever runs the program learns of them. That is their shape,
//! never a value, and what index would serve them.

use std::{sync::Arc, time::Duration};

use backdesk::{
    auth::caller::Caller,
    config::Pool,
    service::advise::{Advice, SlowQuery},
};
use backdesk_entity::slow_query;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, Set, Statement};
use serde_json::{Value, json};

use crate::support::{
    Answer, Desk, Fresh, POOL, is_postgres,
    program::Site,
    server::{request_with, whole_conversation},
};

/// Something that nobody may find in a log or a table.
const SECRET: &str = "Geheimrat";

/// A list of users by something secret.
const BY_SECRET: &str = "query ($text: String!) {
    users(where: { country: { eq: \"FR\" }, lastName: { contains: $text } }, orderBy: [{ field: UPDATED_AT }]) { nodes { id } }
}";

/// A desk whose pool is not as usual.
async fn desk_with(pool: Pool) -> Desk {
    Desk::open_with(Fresh::migrated().await, pool).await
}

/// A desk where every query counts as slow.
async fn desk_that_is_slow() -> Desk {
    desk_with(Pool { slow: Duration::ZERO, ..Pool::of(POOL) }).await
}

/// Adds somebody whom [`ask_by_secret`] would find, and has every list of users take a minute.
async fn slow_down_users(desk: &Desk) {
    desk.add_user(json!({ "lastName": SECRET, "countryOfResidence": "FR" })).await;
    desk.slow_down("users").await;
}

async fn ask_by_secret(desk: &Desk) -> Answer {
    desk.admin().ask_with(BY_SECRET, json!({ "text": SECRET })).await
}

impl Desk {
    /// What `backdesk advise` lists.
    async fn slow_queries(&self) -> Vec<SlowQuery> {
        self.services.keep_slow_queries().await;
        self.services.slow_queries(&Arc::new(Caller::system("advise"))).await.expect("a list")
    }
}

/// Each as a line, in order of the alphabet.
fn lines(slow: &[SlowQuery]) -> Vec<String> {
    let line = |SlowQuery { list, query, times, .. }: &SlowQuery| format!("{times} {list}: {query}");
    let mut lines: Vec<String> = slow.iter().map(line).collect();
    lines.sort_unstable();
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_takes_too_long_is_given_up_and_says_what_to_do() {
    let desk = desk_with(Pool { statement: Duration::from_millis(500), ..Pool::of(POOL) }).await;
    slow_down_users(&desk).await;
    let answer = ask_by_secret(&desk).await;
    assert_eq!(answer.code(), Some("QUERY_TOO_SLOW"), "{}", answer.body);
    let message = answer.body["errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("`contains`") && !message.contains(SECRET), "{message}");
    // trying again at once helps nobody, and is not what the answer says
    assert!(!answer.headers.contains_key("retry-after"), "{:?}", answer.headers);
    let counted = desk.admin().ask("{ users { totalCount } accounts { code } }").await;
    assert_eq!(counted.code(), Some("QUERY_TOO_SLOW"), "{}", counted.body);
    assert_eq!(
        counted.body["data"]["accounts"].as_array().map(Vec::len),
        Some(2),
        "the rest of the answer stays"
    );

    let slow = desk.slow_queries().await;
    assert_eq!(
        lines(&slow),
        ["1 users: count", "1 users: page where country eq and lastName contains order by updatedAt"]
    );
    assert!(slow.iter().all(|slow| slow.ended == 1 && slow.worst_milliseconds >= 500), "{slow:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_lock_or_was_cancelled_by_hand_may_try_again() {
    if !is_postgres() {
        return;
    }
    let desk = desk_with(Pool { statement: Duration::from_secs(2), ..Pool::of(POOL) }).await;
    let id = desk.add_user(json!({ "lastName": SECRET })).await;
    let lock = desk.side_door().await;
    lock.execute_unprepared("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.expect("the lock");
    let admin = desk.admin();
    let (read, write) = tokio::join!(ask_by_secret(&desk), admin.update(&id, json!({ "tag": "late" })));
    assert_eq!((read.code(), write.code()), (Some("UNAVAILABLE"), Some("UNAVAILABLE")));
    lock.execute_unprepared("ROLLBACK").await.expect("the lock is given back");

    slow_down_users(&desk).await;
    let cancelled = async {
        let cancel = "SELECT pg_cancel_backend(pid) AS done FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event = 'PgSleep'";
        let cancel = Statement::from_string(lock.get_database_backend(), cancel.to_owned());
        while lock.query_one_raw(cancel.clone()).await.expect("rows").is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let (answer, ()) = tokio::join!(ask_by_secret(&desk), cancelled);
    assert_eq!(answer.code(), Some("UNAVAILABLE"), "{}", answer.body);
    assert_eq!(lines(&desk.slow_queries().await), [""; 0]);
}

#[tokio::test]
async fn lists_are_told_by_attributes_operators_and_order() {
    let desk = desk_that_is_slow().await;
    let id = desk.add_user(json!({ "lastName": SECRET })).await;
    // what the acts above read is no list
    assert_eq!(lines(&desk.slow_queries().await), [""; 0]);
    ask_by_secret(&desk).await;
    let admin = desk.person_in(&["admin"], &["FR"]);
    let ask = async |document: &str| {
        let answer = admin.ask(document).await;
        assert_eq!(answer.code(), None, "{document}: {}", answer.body);
    };
    let either = |texts: [&str; 2]| texts.map(|text| format!("{{ email: {{ eq: \"{text}\" }} }}")).join(" ");
    for texts in [[SECRET, "a@b.example"], ["c@d.example", "e@f.example"]] {
        let filter = format!("{{ or: [{}], not: {{ status: {{ eq: LIVE }} }} }}", either(texts));
        ask(&format!(
            "{{ users(where: {filter}, search: \"{SECRET}\", page: {{ page: 1 }}) {{ nodes {{ id }} }} }}"
        ))
        .await;
    }
    ask("{ users { facets(by: [STATUS]) { by } totalCount } }").await;
    ask("{ kycReviews(where: { open: true }) { nodes { id } } }").await;
    ask(&format!("{{ auditEvents(where: {{ field: \"{SECRET}\" }}) {{ totalCount }} }}")).await;
    ask(&format!(
        "{{ user(by: {{ id: \"{id}\" }}) {{ wallets(where: {{ currency: {{ in: [\"EUR\", \"CHF\"] }} }}) {{ nodes {{ id }} }} }} }}"
    ))
    .await;
    let slow = desk.slow_queries().await;
    insta::assert_snapshot!(lines(&slow).join("\n"), @"
    1 User.wallets: page where currency in order by openedAt desc
    1 auditEvents: count of one account where (alsoChangedFields contains or changedFields contains)
    1 kycReviews: page of one account where closedAt isNull order by openedAt
    1 users: count of one account
    1 users: facet of one account
    1 users: page where country eq and lastName contains order by updatedAt
    2 users: page by number of one account where email eq and not status eq search order by createdAt desc
    ");
    // an index of the open ones alone, which both databases tell in words of their own
    let queue = slow.iter().find(|slow| slow.list == "kycReviews").expect("the queue");
    assert_eq!(queue.advice, Advice::Served { index: "kyc_reviews_waiting_by_account".to_owned() });
    let rows = slow_query::Entity::find().all(&desk.side_door().await).await.expect("rows");
    let kept = format!("{rows:?}");
    for value in [SECRET, "b.example", "EUR", "FR", &id] {
        assert!(!kept.contains(value), "{value} in {kept}");
    }

    // asked again they are the same rows
    ask_by_secret(&desk).await;
    let again = desk.slow_queries().await;
    assert_eq!(again.len(), slow.len());
    assert!(
        lines(&again).iter().any(|line| line.starts_with("2 users: page where country eq and")),
        "{again:?}"
    );
}

/// Whoever makes the indexes that are advised has nothing left to make: each is a statement of this database, and is found
/// again among its indexes as the one that serves.
#[tokio::test]
async fn an_index_that_is_advised_serves() {
    let desk = desk_that_is_slow().await;
    desk.add_user(json!({ "lastName": SECRET })).await;
    for list in [
        "users(where: { country: { eq: \"FR\" }, frozen: true }, orderBy: [{ field: UPDATED_AT, direction: DESC }])",
        "users(where: { country: { isNull: true } }, orderBy: [{ field: EMAIL, direction: DESC, nulls: FIRST }])",
        "users(orderBy: [{ field: COUNTRY, direction: DESC }, { field: NAME }])",
        "users(orderBy: [{ field: PERSON_TYPE, direction: DESC }, { field: CREATED_AT }])",
        "users(where: { lastName: { contains: \"x\" }, nationality: { eq: \"FR\" } })",
        "users(where: { birthDate: { lt: \"1990-01-01\" }, status: { eq: LIVE } })",
        "users(where: { or: [{ mobile: { eq: \"+49151\" } }, { phone: { startsWith: \"+49\" } }] })",
        "users(where: { spokenLanguage: { eq: \"fr\" } }, search: \"x\")",
        "users(where: { group: { in: [\"API\"] } })",
        "kycReviews(where: { open: true, trigger: { eq: DATA_CHANGED } }, orderBy: [{ field: DUE_AT }])",
        "auditEvents(search: \"x\")",
        "transactions(search: \"x\")",
        "transactions(where: { kind: { eq: DEPOSIT }, amount: { currency: \"EUR\", gt: \"100.00\" } })",
    ] {
        for reader in [desk.admin(), desk.person_in(&["admin"], &["FR"])] {
            let answer = reader.ask(&format!("{{ {list} {{ nodes {{ id }} totalCount }} }}")).await;
            assert_eq!(answer.code(), None, "{list}: {}", answer.body);
        }
    }
    let mut made = Vec::new();
    loop {
        let advised = desk.slow_queries().await;
        let next = advised.iter().find_map(|slow| match &slow.advice {
            Advice::Create { statement } => Some(statement.clone()),
            Advice::Served { .. } | Advice::Nothing(_) => None,
        });
        let Some(statement) = next else { break };
        assert!(!made.contains(&statement), "it was made, and is advised again: {statement}");
        desk.sabotage(&statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        made.push(statement);
    }
    assert!(made.len() > 12, "{made:#?}");
    let serve = desk
        .slow_queries()
        .await
        .iter()
        .filter(|slow| matches!(&slow.advice, Advice::Served { index } if index.contains("_advised_")))
        .count();
    assert!(serve >= 12, "{serve} of {made:#?}");
}

#[tokio::test]
async fn what_is_kept_of_slow_queries_has_bounds() {
    let desk = desk_that_is_slow().await;
    let db = desk.side_door().await;
    let old = |number: i64| slow_query::ActiveModel {
        key: Set(format!("{number:04}")),
        list: Set("users".into()),
        query: Set("page".into()),
        shape: Set("{\"of\":\"another version\"}".into()),
        times: Set(1),
        ended: Set(0),
        worst_milliseconds: Set(1),
        last_seen_at: Set(desk.clock.now() - chrono::TimeDelta::minutes(number)),
    };
    slow_query::Entity::insert_many((0..600).map(old)).exec_without_returning(&db).await.expect("rows");
    ask_by_secret(&desk).await;
    assert_eq!(desk.slow_queries().await.len(), 1, "rows of another version are left alone");
    assert_eq!(slow_query::Entity::find().count(&db).await.expect("a number"), 500);
    assert!(
        slow_query::Entity::find_by_id("0599").one(&db).await.expect("rows").is_none(),
        "the oldest went"
    );

    desk.hand.advance(Duration::from_hours(31 * 24));
    desk.admin().ask("{ users { totalCount } }").await;
    let slow = desk.slow_queries().await;
    assert_eq!(lines(&slow), ["1 users: count"]);
    assert_eq!(slow_query::Entity::find().count(&db).await.expect("a number"), 1);
    assert_eq!(slow[0].last_seen_at, desk.clock.now());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_tells_of_slow_queries_and_advises_on_them() {
    let site = Site::new(&[("BACKDESK_SLOW_QUERY", "0s")]).await;
    let advise = |arguments: &[&str]| {
        let (printed, log) = site.run(&[&["advise"], arguments].concat());
        assert!(!log.contains("backdesk: "), "{log}");
        printed
    };
    assert_eq!(advise(&[]), "No query was slow.\n");
    let mut program = site.serve();
    let address = program.address();
    let question = json!({ "query": BY_SECRET, "variables": { "text": SECRET } });
    let answer = whole_conversation(address, &request_with(&site.token("admin"), &question)).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    program.terminate();
    let (_, log) = program.wait();
    let shape = "page where country eq and lastName contains order by updatedAt";
    let line = log.lines().find(|line| line.contains("a slow query list=\"users\"")).expect("a line");
    assert!(line.contains(shape) && line.contains("milliseconds="), "{line}");
    assert!(!log.contains(SECRET), "{log}");

    let printed = advise(&[]);
    assert!(printed.contains(&format!("users: {shape}\n")), "{printed}");
    let (statement, other) = if is_postgres() {
        (
            "CREATE INDEX CONCURRENTLY users_advised_last_name_folded_gin_trgm_ops ON users USING gin",
            "servedBy",
        )
    } else {
        ("CREATE INDEX users_advised_country_updated_at_id ON users (country, updated_at, id)", "none")
    };
    assert!(printed.contains(&format!("would be served by: {statement}")), "{printed}");
    let listed: Value = serde_json::from_str(&advise(&["--format", "json", "--forget"])).expect("JSON");
    assert_eq!((&listed[0]["list"], &listed[0]["query"]), (&json!("users"), &json!(shape)));
    assert_eq!((&listed[0]["times"], &listed[0]["ended"]), (&json!(1), &json!(0)));
    assert!(listed[0]["advice"]["createIndex"].as_str().expect("a statement").starts_with(statement));
    assert_eq!(listed[0]["advice"].get(other), None);
    assert_eq!(advise(&[]), "No query was slow.\n");
}
