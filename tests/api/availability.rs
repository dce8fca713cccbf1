//! A database that is gone, frozen, full of work or broken: what clients hear of it, how soon, and that it passes. The
//! network in between is the test's own; PostgreSQL stays as it is.

use std::time::{Duration, Instant};

use axum::{body::Body, http::Request, http::StatusCode};
use backdesk::{config::Pool, workers::Workers};
use backdesk_entity::user;
use futures_util::future::{join, join_all};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, Statement};
use serde_json::json;

use crate::support::{
    Answer, Desk, Fresh, POOL, Person, READS, is_postgres,
    server::{Server, request, setup, whole_conversation},
    uuid,
    wire::{Weather, Wire},
};

/// Within this a client is told that the database is away.
const SOON: Duration = Duration::from_secs(3);

/// A desk whose database is at the other end of a wire, the database itself, and the id of a user there.
async fn desk_on_a_wire() -> (Desk, Wire, Fresh, String) {
    let database = Fresh::migrated().await;
    let wire = Wire::to(database.address()).await;
    let desk = Desk::open_on(database.through(wire.address)).await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    (desk, wire, database, id)
}

async fn get(desk: &Desk, path: &str) -> Answer {
    desk.stranger().send(Request::get(path).body(Body::empty()).expect("a request")).await
}

async fn look(person: Person) -> Answer {
    person.ask("{ users(first: 1) { totalCount nodes { id groups { key } } } }").await
}

async fn ask_accounts(person: Person) -> Answer {
    person.ask("{ accounts { code } }").await
}

async fn ask_groups(person: Person) -> Answer {
    person.ask("{ groups { key } }").await
}

#[track_caller]
fn assert_unavailable(answer: &Answer, since: Instant) {
    assert_eq!(answer.code(), Some("UNAVAILABLE"), "{}", answer.body);
    assert!(since.elapsed() < SOON, "after {:?}", since.elapsed());
}

/// Reads and writes are refused in time, life and readiness are told apart, and all is well soon after.
async fn weathers(weather: Weather) {
    let (desk, wire, _, id) = desk_on_a_wire().await;
    assert_eq!(look(desk.read_only()).await.data("users.totalCount"), 1);
    assert_eq!(get(&desk, "/health/ready").await.status, StatusCode::OK);

    wire.set(weather);
    // more than the pool has connections: none of them may be lost for good
    let began = Instant::now();
    let mut asked = Vec::new();
    for number in 0..12 {
        let (person, id) = (desk.admin(), id.clone());
        asked.push(tokio::spawn(async move {
            match number % 2 {
                0 => look(person).await,
                _ => person.update(&id, json!({ "tag": format!("t{number}") })).await,
            }
        }));
    }
    for answer in asked {
        assert_unavailable(&answer.await.expect("an answer"), began);
    }
    let began = Instant::now();
    assert_unavailable(&look(desk.read_only()).await, began);
    let began = Instant::now();
    let mut ready = get(&desk, "/health/ready").await;
    while ready.status == StatusCode::OK {
        assert!(began.elapsed() < Duration::from_secs(2), "it still says that it is ready");
        ready = get(&desk, "/health/ready").await;
    }
    assert!(began.elapsed() < Duration::from_secs(2), "after {:?}", began.elapsed());
    assert_eq!((ready.status, &ready.body["reason"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("database")));
    assert_eq!(get(&desk, "/health/live").await.status, StatusCode::OK);

    wire.set(Weather::Fair);
    let began = Instant::now();
    while look(desk.read_only()).await.code().is_some() {
        assert!(began.elapsed() < Duration::from_secs(5), "it does not come back by itself");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // every place of the pool is of use again, and of what was refused nothing happened
    let many: Vec<_> = (0..20).map(|_| tokio::spawn(look(desk.read_only()))).collect();
    for answer in many {
        assert_eq!(answer.await.expect("an answer").data("users.totalCount"), 1);
    }
    assert_eq!(desk.admin().open_user(&id).await["version"], 1);
    let answer = desk.admin().update(&id, json!({ "tag": "after" })).await;
    assert_eq!(answer.problems("userUpdate"), [""; 0]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(get(&desk, "/health/ready").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_comes_back_by_itself() {
    if is_postgres() {
        weathers(Weather::Cut).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_database_comes_back_by_itself() {
    if is_postgres() {
        weathers(Weather::Frozen).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_swallows_everything_costs_no_place_of_the_pool() {
    if is_postgres() {
        weathers(Weather::Swallowing).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_that_were_under_way_are_told_in_time_and_cost_no_place() {
    if !is_postgres() {
        return;
    }
    for weather in [Weather::Frozen, Weather::Swallowing] {
        let (desk, wire, database, _) = desk_on_a_wire().await;
        // as many as there are connections for them wait at the table, and then the network stops
        let lock = hold_users(&database).await;
        let reading: Vec<_> = (0..READS).map(|_| tokio::spawn(look(desk.read_only()))).collect();
        while waiting(&lock).await < READS {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let began = Instant::now();
        wire.set(weather);
        for read in reading {
            assert_unavailable(&read.await.expect("an answer"), began);
        }
        lock.execute_unprepared("ROLLBACK").await.expect("the lock is given back");
        wire.set(Weather::Fair);
        let began = Instant::now();
        while look(desk.read_only()).await.code().is_some() || desk.services.pool() != (5, 5) {
            assert!(began.elapsed() < Duration::from_secs(5), "{weather:?}: {:?}", desk.services.pool());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// How many statements wait for a lock.
async fn waiting(db: &DatabaseConnection) -> usize {
    connections(db, "wait_event_type = 'Lock'").await
}

/// How many connections to this database are like this.
async fn connections(db: &DatabaseConnection, like: &str) -> usize {
    // within a transaction, such as that of a lock, PostgreSQL looks once
    db.execute_unprepared("SELECT pg_stat_clear_snapshot()").await.expect("done");
    let query =
        format!("SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND {like}");
    let query = Statement::from_string(db.get_database_backend(), query);
    let row = db.query_one_raw(query).await.expect("a row").expect("a row");
    usize::try_from(row.try_get::<i64>("", "n").expect("a number")).expect("not negative")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_is_one_round_trip() {
    if !is_postgres() {
        return;
    }
    let (desk, wire, ..) = desk_on_a_wire().await;
    // what is read once is prepared
    ask_accounts(desk.read_only()).await;
    while desk.services.pool() != (POOL, POOL) {
        tokio::task::yield_now().await;
    }
    let before = wire.questions();
    let ((), sent) = desk
        .statements_of(async {
            for _ in 0..10 {
                assert_eq!(ask_accounts(desk.read_only()).await.column("accounts", "code").len(), 2);
            }
        })
        .await;
    assert_eq!((sent.len(), wire.questions() - before), (10, 10), "{sent:?}");
}

/// How a connection plans is part of it: lists of either kind keep to connections that plan so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_is_told_once_how_to_plan() {
    if !is_postgres() {
        return;
    }
    let (desk, wire, database, _) = desk_on_a_wire().await;
    let ask = async || {
        for list in ["users(where: { status: { eq: LIVE } })", "users(where: { tag: { eq: \"vip\" } })"] {
            let answer = desk.read_only().ask(&format!("{{ {list} {{ nodes {{ id }} }} }}")).await;
            assert_eq!(answer.code(), None, "{}", answer.body);
        }
    };
    let ten_times = async || {
        let before = wire.questions();
        let ((), sent) = desk
            .statements_of(async {
                for _ in 0..10 {
                    ask().await;
                }
            })
            .await;
        wire.questions() - before - sent.len()
    };
    // one at a time at first, on one connection: it plans in turns
    ask().await;
    while desk.services.pool() != (POOL, POOL) {
        tokio::task::yield_now().await;
    }
    assert!(ten_times().await >= 10);
    // of several, one each: as many read at once as there are connections
    let lock = hold_users(&database).await;
    let all_wait = async {
        while waiting(&lock).await < READS {
            tokio::task::yield_now().await;
        }
        lock.execute_unprepared("ROLLBACK").await.expect("the lock is given back");
    };
    join(join_all((0..READS).map(|_| ask())), all_wait).await;
    ask().await;
    assert_eq!(ten_times().await, 0);
}

/// A small pool must not leave writers without a connection, nor readers.
#[tokio::test]
async fn a_pool_of_any_size_reads_and_writes() {
    for size in 1..=3 {
        let desk = Desk::open_with(Fresh::migrated().await, Pool::of(size)).await;
        for number in 0..3 {
            let id = desk.add_user(json!({ "tag": format!("t{number}") })).await;
            assert_eq!(desk.admin().open_user(&id).await["version"], 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_whose_connections_are_taken_reads_by_another_ones() {
    if !is_postgres() {
        return;
    }
    let workers = Workers::of(2).expect("threads");
    // each has one to read by
    let desk = Desk::open_for(&workers, Fresh::migrated().await, Pool::of(4)).await;
    assert_eq!(desk.services.pool().0, 4);
    let server = Server::start_for(&desk, setup(), workers).await;
    let ask = |query: &str| {
        let request = request(&desk.admin(), &json!({ "query": query }));
        tokio::spawn(async move { whole_conversation(server.address, &request).await })
    };
    let lock = hold_users(&desk.database).await;
    let taken = ask("{ users { totalCount } }");
    while waiting(&lock).await == 0 {
        tokio::task::yield_now().await;
    }
    // now the other worker has a client as well, and the next one is the first worker's
    let _beside = server.connect().await;
    for _ in 0..3 {
        let answer = ask("{ accounts { code } }").await.expect("an answer");
        assert!(answer.contains(r#""code":"FR""#), "{answer}");
    }
    lock.execute_unprepared("ROLLBACK").await.expect("the lock is given back");
    let answer = taken.await.expect("an answer");
    assert!(answer.contains(r#""totalCount":0"#), "{answer}");
}

/// There is one queue for all: whoever waits has the first that becomes free, and not the first of its worker.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_connection_has_whichever_becomes_free() {
    if !is_postgres() {
        return;
    }
    let workers = Workers::of(2).expect("threads");
    let desk = Desk::open_for(&workers, Fresh::migrated().await, Pool::of(4)).await;
    let server = Server::start_for(&desk, setup(), workers).await;
    let ask = |query: &str| {
        let request = request(&desk.admin(), &json!({ "query": query }));
        tokio::spawn(async move { whole_conversation(server.address, &request).await })
    };
    let (users, categories) = (hold(&desk.database, "users").await, hold(&desk.database, "categories").await);
    let taken = ask("{ users { totalCount } }");
    while waiting(&users).await < 1 {
        tokio::task::yield_now().await;
    }
    let freed = ask("{ categories { key } }");
    while waiting(&users).await < 2 {
        tokio::task::yield_now().await;
    }
    // of both workers, so that one of them has nothing to hope for at home
    let others = [ask("{ accounts { code } }"), ask("{ accounts { code } }")];
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(others.iter().all(|other| !other.is_finished()));
    categories.execute_unprepared("ROLLBACK").await.expect("the lock is given back");
    for other in others {
        let answer = other.await.expect("an answer");
        assert!(answer.contains(r#""code":"FR""#), "{answer}");
    }
    users.execute_unprepared("ROLLBACK").await.expect("the lock is given back");
    for answer in [taken, freed] {
        let answer = answer.await.expect("an answer");
        assert!(answer.contains(r#""data":{"#) && !answer.contains(r#""errors""#), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_is_not_answered_says_so() {
    if !is_postgres() {
        return;
    }
    let (desk, wire, database, id) = desk_on_a_wire().await;
    // the commit waits in a trigger that runs at its end, and then the network stops
    desk.sabotage(
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER dawdle AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION dawdle()",
    )
    .await
    .expect("a trigger");
    let writing = tokio::spawn({
        let (admin, id) = (desk.admin(), id.clone());
        async move { admin.update(&id, json!({ "tag": "late" })).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let began = Instant::now();
    wire.set(Weather::Swallowing);
    let answer = writing.await.expect("an answer");
    assert_unavailable(&answer, began);
    let message = answer.body["errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("may or may not have taken effect"), "{message}");
    // this time it has
    let row = user::Entity::find_by_id(uuid(&id)).one(&database.connect().await).await.expect("rows");
    assert_eq!(row.expect("a user").tag.as_deref(), Some("late"));
}

/// Somebody else's program holds a table.
async fn hold(database: &Fresh, table: &str) -> DatabaseConnection {
    let lock = database.connect().await;
    let hold = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
    lock.execute_unprepared(&hold).await.expect("the lock");
    lock
}

/// It holds what `look` reads.
async fn hold_users(database: &Fresh) -> DatabaseConnection {
    hold(database, "users").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_finds_the_pool_taken_hears_it_soon() {
    if !is_postgres() {
        return;
    }
    let desk = Desk::open_on(Fresh::migrated().await).await;
    let lock = hold_users(&desk.database).await;
    // as many as there are connections for reads
    let asked: Vec<_> = (0..READS).map(|_| tokio::spawn(look(desk.read_only()))).collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = Instant::now();
    let late: Vec<_> = (0..5).map(|_| tokio::spawn(ask_accounts(desk.read_only()))).collect();
    for answer in late {
        assert_unavailable(&answer.await.expect("an answer"), began);
    }
    // the database itself is well, and says so on a connection that nobody can take
    assert_eq!(get(&desk, "/health/ready").await.status, StatusCode::OK);
    lock.execute_unprepared("ROLLBACK").await.expect("the lock is given back");
    for answer in asked {
        assert_eq!(answer.await.expect("an answer").code(), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_takes_too_long_is_ended() {
    let pool = Pool { statement: Duration::from_secs(1), ..Pool::of(POOL) };
    let desk = Desk::open_with(Fresh::migrated().await, pool).await;
    desk.slow_down("groups").await;
    // as many as there are connections
    let began = Instant::now();
    let answers = join_all((0..POOL).map(|_| ask_groups(desk.admin()))).await;
    for answer in answers {
        assert_eq!(answer.code(), Some("QUERY_TOO_SLOW"), "{}", answer.body);
    }
    // the default would be five seconds
    assert!(began.elapsed() < Duration::from_secs(4), "after {:?}", began.elapsed());
    assert!(began.elapsed() > Duration::from_millis(900), "it was slow and not gone");
    // the database is free for others
    let answer = ask_accounts(desk.read_only()).await;
    assert_eq!(answer.column("accounts", "code"), [json!("DE"), json!("FR")]);
}

/// They left the pool already: only the server knows of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_whose_clients_are_gone_do_not_pile_up() {
    if !is_postgres() {
        return;
    }
    let desk = Desk::open().await;
    let lock = hold_users(&desk.database).await;
    let begun: Vec<_> = (0..READS).map(|_| tokio::spawn(look(desk.read_only()))).collect();
    while waiting(&lock).await < READS {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for read in begun {
        read.abort();
    }
    let began = Instant::now();
    while waiting(&lock).await > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(began.elapsed() < Duration::from_secs(4), "they ran as long as they may: {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_whose_client_is_gone_stops() {
    if is_postgres() {
        return;
    }
    let desk = Desk::open().await;
    desk.slow_down("groups").await;
    // as many as there are connections
    let begun: Vec<_> = (0..5)
        .map(|_| {
            let person = desk.read_only();
            tokio::spawn(ask_groups(person))
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    for read in begun {
        read.abort();
    }
    let began = Instant::now();
    let answer = desk.read_only().ask("{ accounts { code } }").await;
    assert_eq!(answer.column("accounts", "code"), [json!("DE"), json!("FR")]);
    assert!(began.elapsed() < Duration::from_secs(2), "after {:?}", began.elapsed());
}

#[tokio::test]
async fn a_broken_database_is_our_fault_and_nobody_elses_business() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    desk.sabotage("ALTER TABLE user_addresses RENAME TO user_addresses_away").await.expect("renamed");
    let question = format!("{{ user(by: {{ id: \"{id}\" }}) {{ id postalAddress {{ city }} }} }}");
    let answer = desk.admin().ask(&question).await;
    assert_eq!(answer.code(), Some("INTERNAL"), "{}", answer.body);
    let error = &answer.body["errors"][0];
    assert_eq!(error["message"], "Something went wrong on our side. Support finds it by the request id.");
    assert_eq!(error["extensions"]["requestId"], answer.headers["x-request-id"].to_str().expect("text"));
    let text = answer.body.to_string();
    for word in ["user_addresses", "SELECT", "relation", "table", "SQL"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    // whoever asks for nothing broken is served
    assert_eq!(desk.admin().ask("{ accounts { code } }").await.column("accounts", "code").len(), 2);
}

#[tokio::test]
async fn readiness_tells_of_a_missing_migration() {
    let desk = Desk::open().await;
    assert_eq!(get(&desk, "/health/ready").await.body, json!({ "status": "ready" }));
    let other = Desk::on(Fresh::migrated().await).await;
    other
        .sabotage("DELETE FROM seaql_migrations WHERE version LIKE '%platform_facts'")
        .await
        .expect("deleted");
    let ready = get(&other, "/health/ready").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.body, json!({ "status": "unavailable", "reason": "migrations" }));
}

#[tokio::test]
async fn health_needs_no_token_and_loads_no_database() {
    let desk = Desk::open().await;
    let ((), sent) = desk
        .statements_of(async {
            for _ in 0..50 {
                assert_eq!(get(&desk, "/health/live").await.body, json!({ "status": "live" }));
                assert_eq!(get(&desk, "/health/ready").await.body, json!({ "status": "ready" }));
            }
        })
        .await;
    assert_eq!(sent, [""; 0]);
}
