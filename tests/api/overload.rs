//! What is busy says so, and keeps nobody else from working.

use std::time::Duration;

use axum::http::{StatusCode, header};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;

use crate::support::{Desk, is_postgres};

/// Longer than a place among the writers is waited for, shorter than a statement may take.
const A_WHILE: Duration = Duration::from_millis(2500);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_that_wait_leave_room_for_readers() {
    let desk = Desk::open().await;
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
