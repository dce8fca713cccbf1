//! What is busy says so, and keeps nobody else from working.

use std::time::Duration;

use axum::http::{StatusCode, header};
use backdesk::config::Http;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;

use crate::support::{Desk, Fresh, is_postgres};

/// Longer than a place among the writers is waited for, shorter than a statement may take.
const A_WHILE: Duration = Duration::from_millis(2500);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_that_wait_leave_room_for_readers() {
    let desk = Desk::open_on(Fresh::migrated().await).await;
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;

    // somebody else's program holds the row, or on the embedded database the whole of it
    let side_door = desk.side_door().await;
    if !is_postgres() {
        side_door.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    }
    let lock = if is_postgres() { Some(side_door.begin().await.unwrap()) } else { None };
    if let Some(lock) = &lock {
        lock.execute_unprepared("SELECT 1 FROM users FOR UPDATE").await.unwrap();
    }

    let acts: Vec<_> = (0..12)
        .map(|number| {
            let (admin, id) = (desk.admin(), id.clone());
            tokio::spawn(async move { admin.update(&id, json!({ "tag": format!("t{number}") })).await })
        })
        .collect();
    tokio::time::sleep(A_WHILE).await;
    for _ in 0..10 {
        let answer = desk.read_only().ask("{ users(first: 1) { nodes { id } } }").await;
        assert_eq!(answer.data("users.nodes.0.id"), json!(id), "readers are served meanwhile");
    }

    match lock {
        Some(lock) => lock.rollback().await.unwrap(),
        None => drop(side_door.execute_unprepared("ROLLBACK").await.unwrap()),
    }
    let mut done = 0;
    for act in acts {
        let answer = act.await.unwrap();
        match answer.code() {
            None => done += 1,
            code => {
                assert_eq!(code, Some("UNAVAILABLE"), "{}", answer.body);
                assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
                assert_eq!(answer.headers[header::RETRY_AFTER], "2");
                assert_eq!(answer.body.get("data"), None);
            }
        }
    }
    assert!((1..12).contains(&done), "some had begun, others could not get to it: {done}");
    assert_eq!(desk.admin().open_user(&id).await["version"], 1 + done);
}

/// What costs more than there is of room waits for it, and is told to come again; what fits goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn so_much_is_worked_on_at_once_and_no_more() {
    let mut setup = Http::default();
    setup.limits.points_at_once = 30;
    setup.timeouts.room = Duration::from_millis(300);
    let desk = Desk::open().await.behind(&setup);
    let id = desk.add_user(json!({ "firstName": "Ada" })).await;
    let side_door = desk.side_door().await;
    let hold =
        if is_postgres() { "BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE" } else { "BEGIN IMMEDIATE" };
    side_door.execute_unprepared(hold).await.unwrap();

    // some points, at work until the lock is given back
    let admin = desk.admin();
    let act =
        format!(r#"mutation {{ userUpdate(id: "{id}", input: {{tag: "t"}}) {{ errors {{ code }} }} }}"#);
    let act = tokio::spawn(async move { admin.ask(&act).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = desk.read_only().ask("{ auditEvents(first: 29) { nodes { id } } }").await;
    assert_eq!((refused.status, refused.code()), (StatusCode::SERVICE_UNAVAILABLE, Some("UNAVAILABLE")));
    assert_eq!(refused.headers[header::RETRY_AFTER], "2");
    let small = desk.read_only().ask("{ auditEvents(first: 3) { nodes { id } } }").await;
    assert_eq!(small.code(), None, "{}", small.body);

    side_door.execute_unprepared("ROLLBACK").await.unwrap();
    assert_eq!(act.await.unwrap().code(), None);
    let again = desk.read_only().ask("{ auditEvents(first: 29) { nodes { id } } }").await;
    assert_eq!(again.code(), None, "room is given back: {}", again.body);
}
