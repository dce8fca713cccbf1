//! The server on a real socket: who dawdles is hung up on and holds nothing, and a stop loses no request.

use std::time::Duration;

use backdesk::config::Http;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{
    Desk, document,
    server::{Server, read_to_end, request, setup, whole_conversation},
};

const LIVE: &str = "GET /health/live HTTP/1.1\r\nHost: desk\r\n\r\n";
/// Longer than anything here may take that is not stuck.
const STUCK: Duration = Duration::from_secs(20);

/// The edge with little patience.
fn hasty() -> Http {
    let mut setup = setup();
    setup.timeouts.header = Duration::from_millis(300);
    setup.timeouts.body = Duration::from_millis(300);
    setup.timeouts.write = Duration::from_millis(300);
    setup
}

/// Writes byte by byte until the server hangs up; what it answered.
async fn drip(mut stream: TcpStream, text: &str) -> String {
    for byte in text.bytes() {
        if stream.write_all(&[byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    timeout(STUCK, read_to_end(&mut stream)).await.expect("the server hangs up")
}

/// The next answer on a connection that stays open.
async fn one_answer(stream: &mut TcpStream) -> String {
    let mut buffer = [0; 4096];
    let read = timeout(STUCK, stream.read(&mut buffer)).await.expect("in time").expect("an answer");
    String::from_utf8_lossy(&buffer[..read]).into_owned()
}

#[tokio::test]
async fn a_head_that_does_not_arrive_is_hung_up_on() {
    let desk = Desk::open().await;
    let server = Server::start_with(&desk, hasty()).await;
    for begun in ["", "G", "POST /graphql HTTP/1.1\r\nHost: desk\r\nX-A: "] {
        let mut silent = server.connect().await;
        silent.write_all(begun.as_bytes()).await.expect("sent");
        assert_eq!(timeout(STUCK, read_to_end(&mut silent)).await.expect("the server hangs up"), "");
    }
    let endless = format!("POST /graphql HTTP/1.1\r\nHost: desk\r\nX-A: {}", "a".repeat(500));
    assert_eq!(drip(server.connect().await, &endless).await, "");

    // the same on a connection that has been of use before
    let mut again = server.connect().await;
    again.write_all(LIVE.as_bytes()).await.expect("sent");
    assert!(one_answer(&mut again).await.starts_with("HTTP/1.1 200"));
    assert_eq!(drip(again, &endless).await, "");
}

#[tokio::test]
async fn a_connection_may_rest_longer_than_a_head_may_take() {
    let desk = Desk::open().await;
    let mut setup = hasty();
    setup.timeouts.idle = Duration::from_millis(1500);
    let server = Server::start_with(&desk, setup).await;
    let mut stream = server.connect().await;
    for _ in 0..2 {
        stream.write_all(LIVE.as_bytes()).await.expect("sent");
        assert!(one_answer(&mut stream).await.starts_with("HTTP/1.1 200"));
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    assert_eq!(timeout(STUCK, read_to_end(&mut stream)).await.expect("but not for ever"), "");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_answered_and_hung_up_on() {
    let desk = Desk::open().await;
    let server = Server::start_with(&desk, hasty()).await;
    let question = request(
        &desk.admin(),
        &json!({ "query": "{ viewer { subject } }", "variables": { "a": "a".repeat(500) } }),
    );
    let (head, body) = question.split_once("\r\n\r\n").expect("a body");
    let begun = format!("{head}\r\n\r\n{}", &body[..10]);

    let answer = timeout(STUCK, whole_conversation(server.address, &begun)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains(r#""code":"TIMEOUT""#), "{answer}");
    assert!(answer.contains("content-type: application/json; charset=utf-8\r\nvary: accept\r\n"), "{answer}");
    let newer = begun.replacen(
        "\r\n",
        "\r\nAccept: application/json;q=0.1\r\nAccept: application/graphql-response+json\r\n",
        1,
    );
    let answer = timeout(STUCK, whole_conversation(server.address, &newer)).await.expect("an answer");
    assert!(answer.contains("content-type: application/graphql-response+json"), "{answer}");
    let mut dripping = server.connect().await;
    dripping.write_all(format!("{head}\r\n\r\n").as_bytes()).await.expect("sent");
    let answer = drip(dripping, body).await;
    assert!(answer.starts_with("HTTP/1.1 408") || answer.is_empty(), "{answer}");
    // whoever sends it at once is served
    assert!(whole_conversation(server.address, &question).await.contains("admin@desk.example"));
}

#[tokio::test]
async fn heads_and_tokens_have_a_size() {
    let desk = Desk::open().await;
    let server = Server::start(&desk).await;
    let with = |name: &str, bytes: usize| {
        let question = request(&desk.admin(), &json!({ "query": "{ viewer { subject } }" }));
        question.replacen("\r\n", &format!("\r\n{name}: {}\r\n", "a".repeat(bytes)), 1)
    };
    assert!(whole_conversation(server.address, &with("X-A", 12_000)).await.starts_with("HTTP/1.1 200"));
    for bytes in [17_000, 100_000, 5_000_000] {
        let mut stream = server.connect().await;
        // the server may hang up before all is said
        let _ = stream.write_all(with("X-A", bytes).as_bytes()).await;
        let answer = read_to_end(&mut stream).await;
        assert!(
            answer.starts_with("HTTP/1.1 431") || (answer.is_empty() && bytes > 20_000),
            "{bytes}: {answer}"
        );
    }
    let mut person = desk.admin();
    person.token = Some("a".repeat(8200));
    let question = request(&person, &json!({ "query": "{ viewer { subject } }" }));
    assert!(whole_conversation(server.address, &question).await.starts_with("HTTP/1.1 401"));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up_but_its_mutation_is_not() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let mut setup = setup();
    setup.timeouts.request = Duration::from_millis(300);
    let server = Server::start_with(&desk, setup).await;
    let lock = desk.hold_writers().await;
    let freeze = json!({ "query": document("userFreeze"), "variables": { "id": id, "value": true } });
    let answer = whole_conversation(server.address, &request(&desk.admin(), &freeze)).await;
    assert!(answer.starts_with("HTTP/1.1 504") && answer.contains(r#""code":"TIMEOUT""#), "{answer}");
    desk.release(lock).await;
    desk.settle().await;
    assert_eq!(desk.admin().open_user(&id).await["frozen"], true);
}

#[tokio::test]
async fn connections_that_ask_nothing_make_room_for_those_that_do() {
    let desk = Desk::open().await;
    let mut setup = hasty();
    setup.limits.connections = 2;
    let server = Server::start_with(&desk, setup).await;
    let mut resting = Vec::new();
    for _ in 0..2 {
        let mut stream = server.connect().await;
        stream.write_all(LIVE.as_bytes()).await.expect("sent");
        assert!(one_answer(&mut stream).await.starts_with("HTTP/1.1 200"));
        resting.push(stream);
    }
    // their rest would last a minute
    let answer = timeout(STUCK, server.get("/health/live")).await.expect("a place");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    // silent ones hold a place as long as a head may take
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(server.connect().await);
    }
    let answer = timeout(STUCK, server.get("/health/live")).await.expect("a place");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn whoever_does_not_read_their_answers_holds_no_place() {
    let desk = Desk::open().await;
    let mut setup = hasty();
    setup.limits.connections = 1;
    let server = Server::start_with(&desk, setup).await;
    let mut deaf = server.connect().await;
    let flood = LIVE.repeat(1000);
    let flooding = tokio::spawn(async move {
        // until nothing goes in any more, and then until the server has had enough
        while deaf.write_all(flood.as_bytes()).await.is_ok() {}
    });
    timeout(STUCK, flooding).await.expect("the server hangs up").expect("no panic");
    assert!(timeout(STUCK, server.get("/health/live")).await.expect("a place").starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_says_so_first_and_loses_no_request() {
    let desk = Desk::open().await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let mut setup = setup();
    setup.timeouts.drain = Duration::from_millis(500);
    let server = Server::start_with(&desk, setup).await;
    let mut resting = server.connect().await;
    resting.write_all(LIVE.as_bytes()).await.expect("sent");
    assert!(one_answer(&mut resting).await.starts_with("HTTP/1.1 200"));

    // one that runs while the server stops
    let lock = desk.hold_writers().await;
    let freeze = json!({ "query": document("userFreeze"), "variables": { "id": id, "value": true } });
    let question = request(&desk.admin(), &freeze).replace("Connection: close\r\n", "");
    let mut running = server.connect().await;
    running.write_all(question.as_bytes()).await.expect("sent");
    while desk.services.tasks().is_empty() {
        tokio::task::yield_now().await;
    }
    let address = server.address;
    let stopped = server.ask_to_stop();

    // still connected to, it says that it is not ready, and asks to be left
    let mut ready = String::new();
    while !ready.starts_with("HTTP/1.1 503") {
        ready = whole_conversation(address, "GET /health/ready HTTP/1.1\r\nHost: desk\r\n\r\n").await;
    }
    assert!(ready.contains("connection: close") && ready.contains("stopping"), "{ready}");
    assert_eq!(timeout(STUCK, read_to_end(&mut resting)).await.expect("idle ones are closed"), "");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    assert!(!stopped.is_finished());
    desk.release(lock).await;
    let answer = timeout(STUCK, read_to_end(&mut running)).await.expect("an answer, and then the end");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(r#""errors":[]"#), "{answer}");
    timeout(STUCK, stopped).await.expect("it ends").expect("no panic").expect("served");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_fails_nobody_who_was_let_in() {
    let desk = Desk::open().await;
    let mut setup = setup();
    setup.timeouts.drain = Duration::from_millis(200);
    let server = Server::start_with(&desk, setup).await;
    let address = server.address;
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let question = request(&desk.read_only(), &json!({ "query": "{ users { totalCount } }" }));
            tokio::spawn(async move {
                let mut served = 0;
                // until nobody listens any more
                while let Ok(mut stream) = TcpStream::connect(address).await {
                    stream.write_all(question.as_bytes()).await.expect("sent");
                    let answer = read_to_end(&mut stream).await;
                    assert!(answer.starts_with("HTTP/1.1 200"), "after {served}: {answer:?}");
                    served += 1;
                }
                served
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let stopped = server.ask_to_stop();
    for client in clients {
        assert!(client.await.expect("every request is answered") > 0);
    }
    timeout(STUCK, stopped).await.expect("it ends").expect("no panic").expect("served");
}
