//! Batches: how large they may be, how many statements they take, and what becomes of them when rows are bad.

use axum::http::StatusCode;
use backdesk::config::Http;
use serde_json::{Value, json};

use crate::support::{
    Desk,
    recording::{KINDS, NOBODY, but, row},
};

#[tokio::test]
async fn five_hundred_rows_go_in_and_one_more_does_not() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    // the edge as it is by default
    let desk = desk.behind(&Http::default());
    let machine = desk.machine();
    let rows = |many: usize, round: usize| -> Value {
        (0..many).map(|number| row(KINDS[number % 7], &format!("{round}.{number}"), &ada, &eve)).collect()
    };
    let before = desk.everything().await;
    let answer = machine.record(rows(501, 0)).await;
    assert_eq!(answer.problems("activityRecord"), ["INVALID input.rows"]);
    assert_eq!(machine.record(json!([])).await.problems("activityRecord"), ["INVALID input.rows"]);
    assert_eq!(desk.everything().await, before);
    // one after the other, at a time that stands still
    for round in 0..20 {
        let answer = machine.record(rows(500, round)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.outcomes(), ["CREATED"; 500]);
    }
}

#[tokio::test]
async fn rows_with_all_that_they_may_hold_pass_the_limits_of_the_edge() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let desk = desk.behind(&Http::default());
    let full = |number: usize| match number % 2 {
        0 => row("wallet", &format!("a wallet with a rather long id {number}"), &ada, &eve),
        _ => but(
            row("booking", &format!("a booking with a rather long id {number}"), &ada, &eve),
            json!({ "at": "2026-02-01T08:00:00.123456+02:00" }),
        ),
    };
    let rows = (0..500).map(full).collect();
    assert_eq!(desk.machine().record(rows).await.outcomes(), ["CREATED"; 500]);
}

#[tokio::test]
async fn bad_rows_are_refused_one_by_one_unless_all_or_nothing_is_asked_for() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    machine.record(json!([row("listing", "known", &ada, &eve)])).await;
    let rows = json!([
        row("listing", "new", &ada, &eve),
        but(row("listing", "bad", &ada, &eve), json!({ "title": "", "url": "ftp://x" })),
        row("listing", "known", &ada, &eve),
        row("listing", "of nobody", NOBODY, &eve),
    ]);
    let bad = "REFUSED INVALID listing.title INVALID listing.url";
    let nobody = "REFUSED NOT_FOUND listing.user";
    let before = desk.everything().await;
    let everything = json!({ "errorPolicy": "REJECT_EVERYTHING" });
    let answer = machine.record_with(rows.clone(), everything.clone(), Value::Null).await;
    assert_eq!(answer.outcomes(), ["SKIPPED", bad, "UNCHANGED", nobody]);
    assert_eq!(desk.everything().await, before);

    assert_eq!(machine.record(rows).await.outcomes(), ["CREATED", bad, "UNCHANGED", nobody]);
    assert_eq!(desk.user_row(&ada).await.listing_count, 2);
    let good = json!([row("listing", "another", &ada, &eve)]);
    assert_eq!(machine.record_with(good, everything, Value::Null).await.outcomes(), ["CREATED"]);
}

#[tokio::test]
async fn a_batch_takes_a_fixed_number_of_statements() {
    let desk = Desk::open().await;
    let mut users = Vec::new();
    for number in 0..50 {
        users.push(
            desk.add_user(json!({ "externalIds": [{ "system": "PSP", "value": format!("u{number}") }] }))
                .await,
        );
    }
    let machine = desk.machine();
    let batch = |many: usize, round: usize| -> Value {
        (0..many)
            .map(|number| {
                let (user, other) = (&users[number % 50], &users[(number + 1) % 50]);
                let row = row(KINDS[number % 7], &format!("{round}.{number}"), user, other);
                match number % 7 {
                    // of the user of the row before
                    1 => but(row, json!({
                        "wallet": format!("{round}.{}", number - 1), "user": { "id": users[(number - 1) % 50] },
                    })),
                    4 => but(row, json!({ "user": { "externalId": format!("u{}", number % 50) } })),
                    _ => row,
                }
            })
            .collect()
    };
    let mut numbers = Vec::new();
    for (round, many) in [7, 70, 490].into_iter().enumerate() {
        for _ in 0..2 {
            let (answer, statements) = desk.statements_of(machine.record(batch(many, round))).await;
            assert!(answer.outcomes().iter().all(|outcome| outcome == "CREATED" || outcome == "UNCHANGED"));
            numbers.push(statements.len());
        }
    }
    // of new rows, and of known ones
    assert!(numbers[0] <= 45 && numbers[0].abs_diff(numbers[4]) <= 4, "{numbers:?}");
    assert!(numbers[1] <= 20 && numbers[1] == numbers[5], "{numbers:?}");
}
