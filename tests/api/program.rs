//! The program as an orchestrator sees it: it starts, it is asked to stop, it stops.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{
    program::Site,
    server::{get, request_with, whole_conversation},
    sign_in::come_in,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_program_stops_at_once_and_well() {
    let site = Site::new(&[]).await;
    let mut program = site.serve();
    let address = program.address();
    assert!(get(address, "/health/ready").await.contains(r#""status":"ready""#));
    // one that asks nothing does not hold it
    let _resting = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let began = Instant::now();
    program.terminate();
    let (status, log) = program.wait();
    assert!(status.success(), "{log}");
    assert!(began.elapsed() < Duration::from_secs(10), "after {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_can_sign_in_a_link_is_printed_that_leads_in() {
    let site = Site::new(&[]).await;
    let mut program = site.serve();
    program.address();
    program.terminate();
    let (_, printed) = program.wait();
    assert!(printed.contains("becomes the administrator `admin`") && printed.contains("/staff/invitation#"));

    let create =
        |name: &str, email: &str| site.run(&["admin", "create", "--user-name", name, "--email", email]);
    let (_, refused) = create("a", "nowhere");
    assert!(refused.contains("userName: ") && refused.contains("email: "), "{refused}");
    let (link, said) = create("root", "root@staff.example");
    assert!(link.contains("/staff/invitation#"), "{said}");
    let (_, taken) = create("ROOT", "other@staff.example");
    assert!(taken.contains("Somebody else signs in with this user name"), "{taken}");

    let mut program = site.serve();
    let (token, _) = come_in(program.address(), "root", &link).await;
    let users = request_with(&token, &json!({ "query": "{ users { totalCount } staff { totalCount } }" }));
    let answer = whole_conversation(program.address(), &users).await;
    assert!(answer.contains(r#""totalCount":0"#), "{answer}");
    program.terminate();
    program.wait();
    let mut program = site.serve();
    program.address();
    program.terminate();
    assert!(!program.wait().1.contains("/staff/invitation#"), "there is an administrator");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_ends_it_where_it_stands() {
    let site = Site::new(&[]).await;
    let mut program = site.serve();
    let address = program.address();
    let token = site.token("admin");
    // a mutation that cannot go on
    let _lock = site.hold_writers().await;
    let freeze = json!({ "query":
        "mutation { userFreeze(id: \"018f0000-0000-7000-8000-000000000000\", frozen: true) { user { id } } }" });
    let mut running = tokio::net::TcpStream::connect(address).await.expect("a connection");
    running.write_all(request_with(&token, &freeze).as_bytes()).await.expect("sent");
    tokio::time::sleep(Duration::from_millis(300)).await;
    program.terminate();
    program.says("stopping").await;
    let began = Instant::now();
    program.terminate();
    let (status, log) = program.wait();
    assert!(!status.success(), "{log}");
    assert!(began.elapsed() < Duration::from_secs(1), "after {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_rest_leave_when_the_system_has_no_files_left() {
    let site = Site::new(&[]).await;
    let mut program = site.serve_within("-n 100");
    let address = program.address();
    let mut resting = Vec::new();
    // more than fit, each of use once; those behind the limit wait at the door
    for _ in 0..100 {
        let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: desk\r\n\r\n").await.expect("sent");
        let answer = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut [0; 1024])).await;
        assert!(answer.expect("sooner than the others have rested for a minute").expect("an answer") > 0);
        resting.push(stream);
    }
    assert!(program.log().contains("a connection could not be taken"), "the limit was met");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_files_are_open_as_the_system_allows() {
    let site = Site::new(&[]).await;
    let mut program = site.serve_within("-Sn 100 && ulimit -Hn 300");
    program.address();
    assert_eq!(program.files(), ("300".to_owned(), "300".to_owned()));
}
