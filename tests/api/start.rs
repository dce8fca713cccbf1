//! Starting: instances that meet at one blank database agree, and a database of a newer program is left alone.

use std::{sync::Arc, time::Duration};

use backdesk::{
    auth::{caller::Caller, keys::KeyRing, policy::Action, sealing::MasterKey},
    clock::Clock,
    config::Pool,
    store::{ConnectError, Database, Store},
};
use backdesk_entity::signing_key;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};

use crate::support::{Desk, Fresh, is_postgres};

/// One instance of the program, as far as its first token; the id of its signing key.
async fn start(url: String, master: MasterKey) -> String {
    let database = Database::open(&url, Pool::of(2)).await.expect("the database opens");
    database.migrate().await.expect("the migrations run");
    let store = Store::new(database, master, Clock::system());
    let ring = store.key_ring().await.expect("signing keys");
    ring.signing(store.clock().now()).kid().to_owned()
}

#[tokio::test]
async fn a_database_that_was_read_from_can_be_closed() {
    let desk = Desk::open().await;
    let database = Database::open(&desk.database.url, Pool::of(3)).await.expect("the database opens");
    let (clock, _) = Clock::manual(desk.clock.now());
    let store = Store::new(database.clone(), MasterKey::generate(), clock);
    let permit = Arc::new(Caller::system("test")).permit(Action::PlatformFact).expect("a permit");
    for _ in 0..2 {
        assert_eq!(store.read(&permit).fact("nothing").await.expect("an answer"), None);
    }
    let closed = tokio::time::timeout(Duration::from_secs(5), database.close());
    closed.await.expect("what reads keep at hand is let go");
    assert!(store.read(&permit).fact("nothing").await.is_err());
}

/// Every table, index, trigger and applied migration.
async fn anatomy(database: &Fresh) -> Vec<String> {
    let db = database.connect().await;
    let queries: &[&str] = if is_postgres() {
        &[
            "SELECT table_name || '.' || column_name AS line FROM information_schema.columns
             WHERE table_schema = 'public'",
            "SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT trigger_name::text AS line FROM information_schema.triggers",
            "SELECT version AS line FROM seaql_migrations",
        ]
    } else {
        &[
            "SELECT coalesce(sql, name) AS line FROM sqlite_master",
            "SELECT version AS line FROM seaql_migrations",
        ]
    };
    let mut lines = Vec::new();
    for query in queries {
        let query = Statement::from_string(db.get_database_backend(), (*query).to_owned());
        for row in db.query_all_raw(query).await.expect("rows") {
            lines.push(row.try_get::<String>("", "line").expect("a line"));
        }
    }
    lines.sort();
    lines
}

async fn run(database: &Fresh, statement: &str) {
    database.connect().await.execute_unprepared(statement).await.expect(statement);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn instances_that_start_at_once_agree_on_tables_and_key() {
    let alone = Fresh::migrated().await;
    for instances in [2, 10] {
        let database = Fresh::blank().await;
        let master = MasterKey::generate();
        let running: Vec<_> =
            (0..instances).map(|_| tokio::spawn(start(database.url.clone(), master.clone()))).collect();
        let mut keys = Vec::new();
        for instance in running {
            keys.push(instance.await.expect("an instance that starts"));
        }
        keys.dedup();
        assert_eq!(keys.len(), 1, "one key for {instances} instances");
        let stored = signing_key::Entity::find().all(&database.connect().await).await;
        assert_eq!(stored.expect("keys").len(), 1);
        assert_eq!(anatomy(&database).await, anatomy(&alone).await);
    }
}

#[tokio::test]
async fn a_second_start_changes_nothing() {
    let database = Fresh::blank().await;
    let master = MasterKey::generate();
    let first = start(database.url.clone(), master.clone()).await;
    let before = anatomy(&database).await;
    assert_eq!(start(database.url.clone(), master).await, first);
    assert_eq!(anatomy(&database).await, before);
}

#[tokio::test]
async fn another_master_key_opens_no_signing_key() {
    let database = Fresh::blank().await;
    start(database.url.clone(), MasterKey::generate()).await;
    let again = Database::open(&database.url, Pool::of(1)).await.expect("the database opens");
    let store = Store::new(again, MasterKey::generate(), Clock::system());
    assert!(store.key_ring().await.is_err());
    let stored = signing_key::Entity::find().all(&database.connect().await).await;
    assert_eq!(stored.expect("keys").len(), 1, "and none is made in its place");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    let database = Fresh::migrated().await;
    // something to do for a program that does not look first
    run(&database, "DROP TABLE platform_facts").await;
    run(&database, "DELETE FROM seaql_migrations WHERE version LIKE '%platform_facts'").await;
    run(
        &database,
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_from_the_future', 0)",
    )
    .await;
    let before = anatomy(&database).await;
    let opened = Database::open(&database.url, Pool::of(1)).await.expect("the database opens");
    match opened.migrate().await {
        Err(ConnectError::Newer { migration }) => assert_eq!(migration, "m29991231_000001_from_the_future"),
        other => panic!("{other:?}"),
    }
    assert_eq!(anatomy(&database).await, before);

    // one that merely lags behind is brought up to date
    run(&database, "DELETE FROM seaql_migrations WHERE version LIKE 'm2999%'").await;
    opened.migrate().await.expect("the missing migration runs");
    assert!(anatomy(&database).await.len() > before.len());
}

#[tokio::test]
async fn a_blank_database_is_told_from_one_in_use() {
    let database = Fresh::blank().await;
    let opened = Database::open(&database.url, Pool::of(1)).await.expect("the database opens");
    assert!(opened.is_blank().await.expect("an answer"));
    assert!(opened.is_blank().await.expect("an answer"), "looking leaves no trace");
    opened.migrate().await.expect("the migrations run");
    assert!(!opened.is_blank().await.expect("an answer"));
}

#[tokio::test]
async fn a_token_outlives_a_restart() {
    let first = Desk::open().await;
    let ring = KeyRing::clone(&first.services.tokens().ring());
    let token = first.admin().token.expect("a token");
    // another instance over the same keys
    let tokens =
        backdesk::auth::token::Tokens::new(ring, "backdesk".into(), "backdesk".into(), first.clock.clone());
    assert_eq!(tokens.verify(&token).expect("good").sub, "admin@desk.example");
}

/// Whoever seeds a large database may be ended before its indexes are built again.
#[tokio::test]
async fn indexes_that_were_set_aside_are_built_at_the_next_start() {
    let database = Fresh::migrated().await;
    let before = anatomy(&database).await;
    let open = async || Database::open(&database.url, Pool::of(1)).await.expect("the database opens");
    let store = Store::new(open().await, MasterKey::generate(), Clock::system());
    for _ in 0..2 {
        store.set_indexes_aside().await.expect("no indexes");
    }
    let aside = anatomy(&database).await;
    assert!(aside.len() < before.len() - 30, "{} of {}", aside.len(), before.len());
    assert!(aside.iter().all(|line| before.contains(line)));
    let is_unique = |line: &&String| line.contains("UNIQUE INDEX");
    assert!(before.iter().filter(is_unique).all(|line| aside.contains(line)), "what refuses rows stays");

    open().await.migrate().await.expect("the indexes are built");
    assert_eq!(anatomy(&database).await, before);
    store.build_indexes().await.expect("nothing to do");
    assert_eq!(anatomy(&database).await, before);
}
