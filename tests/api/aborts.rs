//! Clients that go away in the middle: what they began happens whole or not at all, and nothing stays open behind them.

use std::{net::SocketAddr, time::Duration};

use backdesk_entity::user;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    Desk, document, is_postgres,
    recording::{batch, row},
    server::{Server, request},
    uuid,
};

const CLIENTS: usize = 64;

/// Begins a conversation and goes away at a point that the number tells: in the headers, in the body, after the last
/// byte, a moment later, or after the first byte of the answer. Every other client hangs up hard.
async fn go_away(address: SocketAddr, request: String, number: usize) {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let body = request.find("\r\n\r\n").expect("a body") + 4;
    let sent = match number % 8 {
        0 => body / 2,
        1 => body,
        2 => body.midpoint(request.len()),
        _ => request.len(),
    };
    // the server may be gone by then, which is its right
    let _ = stream.write_all(&request.as_bytes()[..sent]).await;
    let _ = stream.flush().await;
    match number % 8 {
        4 => tokio::task::yield_now().await,
        5 => tokio::time::sleep(Duration::from_micros(300 * number as u64)).await,
        6 => tokio::time::sleep(Duration::from_millis(number as u64)).await,
        7 => {
            let _ = stream.read(&mut [0]).await;
        }
        _ => {}
    }
    if number.is_multiple_of(2) {
        let _ = stream.set_zero_linger();
    }
}

/// Transactions of this database that somebody opened and nobody works in.
async fn idle_transactions(desk: &Desk) -> i64 {
    let db = desk.side_door().await;
    let query = "SELECT count(*) AS n FROM pg_stat_activity
         WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let query = Statement::from_string(db.get_database_backend(), query.to_owned());
    let row = db.query_one_raw(query).await.expect("a row").expect("a row");
    row.try_get("", "n").expect("a number")
}

/// Nothing that was begun is still open: every connection of the pool is idle, and another one may write.
async fn assert_nothing_open(desk: &Desk) {
    if is_postgres() {
        // a connection rolls back on its way to the pool; the server itself would end it after ten seconds
        let closed = async {
            while idle_transactions(desk).await > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), closed).await.expect("a transaction stayed open");
    } else {
        desk.sabotage("BEGIN IMMEDIATE; UPDATE accounts SET name = name; COMMIT")
            .await
            .expect("the lock is free");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_goes_away_leaves_nothing_half_done() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    let mut users = Vec::new();
    for _ in 0..8 {
        users.push(desk.add_user(json!({ "firstName": "Ada" })).await);
    }
    let server = Server::start(&desk).await;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let variables = json!({
                "id": users[number / 8],
                "value": {
                    "firstName": format!("Ada {number}"), "tag": format!("t{number}"),
                    "spokenLanguages": ["fr"], "postalAddress": { "city": format!("Town {number}") },
                },
            });
            let request =
                request(&admin, &json!({ "query": document("userUpdate"), "variables": variables }));
            tokio::spawn(go_away(server.address, request, number))
        })
        .collect();
    for client in clients {
        client.await.expect("a client");
    }
    server.stop(&admin).await;
    assert_nothing_open(&desk).await;

    // each user's version counts the entries, and the last one tells what is stored
    let db = desk.side_door().await;
    let entries = desk.entries().await;
    let mut changes = 0;
    for id in &users {
        let row = user::Entity::find_by_id(uuid(id)).one(&db).await.expect("rows").expect("a user");
        let of_user = entries.iter().filter(|entry| entry.target_id == Some(row.id)).count();
        assert_eq!(usize::try_from(row.version).expect("positive"), of_user);
        changes += of_user - 1;
        let seen = admin.open_user(id).await;
        if row.version > 1 {
            let number =
                row.first_name.as_deref().and_then(|name| name.strip_prefix("Ada ")).expect("a number");
            assert_eq!(row.tag, Some(format!("t{number}")));
            assert_eq!(seen["postalAddress"]["city"], format!("Town {number}"));
            assert_eq!(seen["spokenLanguages"], json!(["fr"]));
        } else {
            assert_eq!((row.tag, &seen["postalAddress"]), (None, &Value::Null));
        }
    }
    // those who waited for the first byte of their answer have had their way; those who never sent all cannot
    assert!((1..=CLIENTS * 5 / 8).contains(&changes), "{changes} changes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_refused_and_goes_away_leaves_nothing_open() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let before = desk.dump().await;
    let (nobody, read_only, german) =
        (desk.person(&[]), desk.read_only(), desk.person_in(&["admin"], &["DE"]));
    let server = Server::start(&desk).await;
    let clients: Vec<_> = (0..CLIENTS * 2)
        .map(|number| {
            let act = json!({ "query": document("userFreeze"), "variables": { "id": id, "value": true } });
            let look = json!({ "query": format!("{{ user(by: {{ id: \"{id}\" }}) {{ id }} }}") });
            let request = match number / 2 % 4 {
                0 => request(&nobody, &look),
                1 => request(&read_only, &act),
                2 => request(&german, &look),
                _ => request(&german, &act),
            };
            tokio::spawn(go_away(server.address, request, number))
        })
        .collect();
    for client in clients {
        client.await.expect("a client");
    }
    server.stop(&desk.admin()).await;
    assert_nothing_open(&desk).await;
    assert_eq!(desk.dump().await, before);
    // the desk still works, with every connection of its pool
    for _ in 0..10 {
        let answer = desk.admin().update(&id, json!({ "firstName": "Ada" })).await;
        assert_eq!(answer.problems("userUpdate"), [""; 0]);
    }
}

/// Sends the requests while nobody can write, and hangs up on all of them once the server works on each; only then may
/// they go on. Fewer than the pool has connections, so that none waits for another.
async fn hang_up_in_the_middle(desk: &Desk, requests: [String; 4]) {
    let server = Server::start(desk).await;
    let lock = desk.hold_writers().await;
    let count = requests.len();
    let mut streams = Vec::new();
    for request in requests {
        let mut stream = TcpStream::connect(server.address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("sent");
        streams.push(stream);
    }
    let taken_up = async {
        while desk.services.tasks().len() < count {
            tokio::task::yield_now().await;
        }
    };
    // a server that works on them elsewhere shows below what came of it
    let _ = tokio::time::timeout(Duration::from_secs(1), taken_up).await;
    for (number, stream) in streams.into_iter().enumerate() {
        if number.is_multiple_of(2) {
            let _ = stream.set_zero_linger();
        }
    }
    // time to notice that they are gone
    tokio::time::sleep(Duration::from_millis(100)).await;
    desk.release(lock).await;
    server.stop(&desk.admin()).await;
    assert_nothing_open(desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mutation_that_has_begun_runs_to_its_end_whatever_its_client_does() {
    let desk = Desk::open().await;
    let mut users = Vec::new();
    for _ in 0..4 {
        users.push(desk.add_user(json!({})).await);
    }
    let freeze = |number: usize| {
        let variables = json!({ "id": users[number], "value": true });
        request(&desk.admin(), &json!({ "query": document("userFreeze"), "variables": variables }))
    };
    hang_up_in_the_middle(&desk, std::array::from_fn(freeze)).await;
    for id in &users {
        assert_eq!(desk.admin().open_user(id).await["frozen"], true);
    }
    assert_eq!(desk.done_and_refused().await, (8, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_hangs_up_on_a_refusal_stays_in_the_trail() {
    let desk = Desk::open().await;
    let nosy = request(&desk.person(&[]), &json!({ "query": "{ users { totalCount } }" }));
    hang_up_in_the_middle(&desk, std::array::from_fn(|_| nosy.clone())).await;
    assert_eq!(desk.done_and_refused().await, (0, 4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_batch_that_has_begun_goes_in_whole_whatever_its_client_does() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let rows = |number: usize| -> Value {
        (0..100).map(|id| row("listing", &format!("{number}.{id}"), &user, &user)).collect()
    };
    let send = |number: usize| request(&desk.machine(), &batch(&rows(number)));
    hang_up_in_the_middle(&desk, std::array::from_fn(send)).await;
    let row = user::Entity::find_by_id(uuid(&user)).one(&desk.side_door().await).await;
    assert_eq!(row.expect("rows").expect("a user").listing_count, 400);
    assert_eq!(desk.done_and_refused().await, (5, 0));
    // sent again by a client that had no answer, it changes nothing
    assert_eq!(desk.machine().record(rows(0)).await.outcomes(), ["UNCHANGED"; 100]);
    assert_eq!(desk.done_and_refused().await, (5, 0));
}
