//! Reports: the money that moved, added up exactly, by days of UTC, over what the caller may see.

use backdesk_entity::{
    enums::{TransactionKind, TransactionState},
    transaction,
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Person};

const REPORT: &str = "query ($from: Date!, $to: Date!, $where: TransactionWhere, $by: [FinanceReportBy!]) {
    financeReport(from: $from, to: $to, where: $where, by: $by) {
        from to rows { day kind state currency count sum sumMinor }
    }
}";

async fn report(viewer: &Person, mut arguments: Value) -> Answer {
    for (day, default) in [("from", "2026-01-01"), ("to", "2026-12-31")] {
        if arguments[day].is_null() {
            arguments[day] = json!(default);
        }
    }
    viewer.ask_with(REPORT, arguments).await
}

fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

/// Amounts at instants.
async fn moved(desk: &Desk, amounts: &[(TransactionKind, i64, &str)]) {
    let user = desk.add_user(json!({})).await;
    let rows = amounts.iter().map(|(kind, amount, instant)| transaction::Model {
        at: at(instant),
        ..desk.transaction(&user, *kind, *amount, 0)
    });
    desk.put::<transaction::Entity, _>(rows.collect()).await;
}

#[tokio::test]
async fn money_is_added_up_by_what_is_asked_for() {
    use TransactionKind::{Deposit, Exchange, Payout};
    let desk = Desk::open().await;
    moved(
        &desk,
        &[
            (Deposit, 1250, "2026-02-01T00:00:00Z"),
            (Deposit, 1, "2026-02-01T23:59:59.999999Z"),
            (Deposit, 100, "2026-02-02T00:00:00Z"),
            (Payout, -300, "2026-02-02T12:00:00Z"),
            (Exchange, 7, "2026-02-02T12:00:00Z"),
            (Deposit, 9, "2025-12-31T23:59:59Z"),
            (Deposit, 9, "2027-01-01T00:00:00Z"),
        ],
    )
    .await;
    let admin = desk.admin();
    let by_kind = report(&admin, json!({ "by": ["KIND"] })).await;
    assert_eq!(
        by_kind.data("financeReport"),
        json!({ "from": "2026-01-01", "to": "2026-12-31", "rows": [
            { "day": null, "kind": "DEPOSIT", "state": null, "currency": "EUR", "count": 3, "sum": "13.51", "sumMinor": "1351" },
            { "day": null, "kind": "PAYOUT", "state": null, "currency": "EUR", "count": 1, "sum": "-3.00", "sumMinor": "-300" },
            { "day": null, "kind": "EXCHANGE", "state": null, "currency": "EUR", "count": 1, "sum": "0.07", "sumMinor": "7" },
        ] })
    );
    let by_day =
        report(&admin, json!({ "by": ["DAY", "DAY"], "where": { "kind": { "eq": "DEPOSIT" } } })).await;
    assert_eq!(by_day.column("financeReport.rows", "day"), ["2026-02-01", "2026-02-02"]);
    assert_eq!(by_day.column("financeReport.rows", "sumMinor"), ["1251", "100"]);
    let one_day = report(&admin, json!({ "from": "2026-02-01", "to": "2026-02-01", "by": [] })).await;
    assert_eq!(one_day.column("financeReport.rows", "count"), [2]);
    let usual = report(&admin, json!({})).await;
    assert_eq!(usual.column("financeReport.rows", "state"), ["DONE", "DONE", "DONE"]);
    let none = report(&admin, json!({ "from": "2024-01-01", "to": "2024-12-31" })).await;
    assert_eq!(none.data("financeReport.rows"), json!([]));
}

#[tokio::test]
async fn currencies_are_never_mixed_and_states_are_told_apart() {
    let desk = Desk::open().await;
    let user = desk.add_user(json!({})).await;
    let euros = desk.transaction(&user, TransactionKind::Deposit, 100, 1);
    let rows = vec![
        transaction::Model {
            currency: "JPY".into(),
            ..desk.transaction(&user, TransactionKind::Deposit, 100, 1)
        },
        transaction::Model {
            state: TransactionState::Failed,
            ..desk.transaction(&user, TransactionKind::Deposit, 5, 1)
        },
        euros,
    ];
    desk.put::<transaction::Entity, _>(rows).await;
    let found = report(&desk.admin(), json!({ "by": ["STATE"] })).await;
    let rows = found.data("financeReport.rows");
    let cells: Vec<Value> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["state"], row["currency"], row["sum"]]))
        .collect();
    assert_eq!(
        cells,
        [json!(["DONE", "EUR", "1.00"]), json!(["DONE", "JPY", "100"]), json!(["FAILED", "EUR", "0.05"])]
    );
}

#[tokio::test]
async fn a_report_has_what_the_caller_may_see() {
    use TransactionKind::{Deposit, Exchange};
    let desk = Desk::open().await;
    moved(&desk, &[(Deposit, 1, "2026-02-01T00:00:00Z"), (Exchange, 10, "2026-02-01T00:00:00Z")]).await;
    let german = desk.add_user_to("DE", json!({})).await;
    let foreign = transaction::Model { account: "DE".into(), ..desk.transaction(&german, Deposit, 100, 1) };
    desk.put::<transaction::Entity, _>(vec![foreign]).await;
    for (viewer, sum) in [
        (desk.admin(), Some("111")),
        (desk.person(&["finance"]), Some("101")),
        (desk.person(&["finance", "dealing"]), Some("111")),
        (desk.person_in(&["auditor-read-only"], &["FR"]), Some("11")),
        (desk.person_in(&["finance-read-only"], &["DE"]), Some("100")),
        (desk.person_in(&["finance"], &[]), None),
    ] {
        let found = report(&viewer, json!({ "by": [] })).await;
        assert_eq!(found.column("financeReport.rows", "sumMinor"), sum.into_iter().collect::<Vec<_>>());
    }
    for role in ["dealing", "support", "read-only", "view-only", "marketing", "machine"] {
        let answer = report(&desk.person(&[role]), json!({})).await;
        assert_eq!(answer.code(), Some("FORBIDDEN"), "{role}");
    }
}

#[tokio::test]
async fn what_makes_no_report_is_refused_with_what_to_do() {
    let desk = Desk::open().await;
    let admin = desk.admin();
    assert_eq!(
        report(&admin, json!({ "from": "2024-01-01", "to": "2024-12-31" })).await.code(),
        None,
        "366 days"
    );
    for (from, to) in [
        ("2026-01-02", "2026-01-01"),
        ("2026-01-01", "2027-01-02"),
        ("0000-01-01", "9999-12-31"),
        ("9999-12-31", "9999-12-31"),
        ("2026-02-30", "2026-03-01"),
        ("yesterday", "2026-03-01"),
        ("+12026-01-01", "+12026-01-01"),
    ] {
        let answer = report(&admin, json!({ "from": from, "to": to })).await;
        assert_eq!(answer.code(), Some("BAD_INPUT"), "{from} to {to}: {}", answer.body);
    }
    let user = desk.add_user(json!({})).await;
    let code = |at: usize| format!("X{at:04}");
    let rows = |range: std::ops::Range<usize>| {
        range.map(|at| transaction::Model {
            currency: code(at),
            ..desk.transaction(&user, TransactionKind::Deposit, 1, 1)
        })
    };
    desk.put::<transaction::Entity, _>(rows(0..5000).collect()).await;
    let full = report(&admin, json!({})).await;
    assert_eq!(full.data("financeReport.rows").as_array().unwrap().len(), 5000);
    assert_eq!(full.data("financeReport.rows.0.sum"), Value::Null, "of a currency that nobody knows");
    desk.put::<transaction::Entity, _>(rows(5000..5001).collect()).await;
    assert_eq!(report(&admin, json!({})).await.code(), Some("REPORT_TOO_LARGE"));
}

#[tokio::test]
async fn a_report_is_one_statement_and_leaves_no_entry() {
    let desk = Desk::open().await;
    moved(&desk, &[(TransactionKind::Deposit, 1, "2026-02-01T00:00:00Z")]).await;
    let admin = desk.admin();
    let before = desk.entries().await;
    let asked = report(&admin, json!({ "by": ["DAY", "KIND", "STATE"] }));
    let (answer, statements) = desk.statements_of(asked).await;
    assert_eq!(answer.column("financeReport.rows", "count"), [1]);
    assert_eq!(statements.len(), 1, "{statements:?}");
    assert_eq!(desk.entries().await, before);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    /// Sums are exact, however far they lie beyond what a column holds.
    #[test]
    fn sums_are_exact(amounts in prop::collection::vec(prop_oneof![any::<i64>(), Just(i64::MAX), Just(i64::MIN), -9_i64..9], 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let desk = Desk::open().await;
            let rows: Vec<_> = amounts.iter().map(|amount| (TransactionKind::Deposit, *amount, "2026-02-01T00:00:00Z")).collect();
            moved(&desk, &rows).await;
            let found = report(&desk.admin(), json!({ "by": [] })).await;
            let sum: i128 = amounts.iter().copied().map(i128::from).sum();
            assert_eq!(found.column("financeReport.rows", "sumMinor"), [sum.to_string()]);
        });
    }
}
