//! What the values of recorded rows may be: each field has a limit, and a problem with its path.

use serde_json::{Value, json};

use crate::support::{
    Desk,
    recording::{but, one_of_each, row},
};

#[tokio::test]
async fn every_field_has_its_limits() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    let long = "x".repeat(201);
    let deep = json!({ "text": "x".repeat(10_000) });
    let cases = [
        ("wallet", "externalId", json!("")),
        ("wallet", "externalId", json!(long)),
        ("wallet", "externalId", json!("a\u{0}b")),
        ("wallet", "asOf", json!("2026-03-01T12:06:00Z")),
        ("wallet", "asOf", json!("1969-12-31T23:59:59Z")),
        ("wallet", "provider", json!(" ")),
        ("wallet", "provider", json!(long)),
        ("wallet", "balance", json!("ten")),
        ("wallet", "balance", json!("0.001")),
        ("wallet", "balance", json!("92233720368547758.08")),
        ("wallet", "currency", json!("ZZZ")),
        ("wallet", "openedAt", json!("2200-01-01T00:00:00Z")),
        ("transaction", "amount", json!("-1")),
        ("transaction", "amount", json!("")),
        ("transaction", "currency", json!("")),
        ("transaction", "at", json!("0001-01-01T00:00:00Z")),
        ("transaction", "description", json!(long)),
        ("transaction", "wallet", json!("")),
        ("transaction", "counterAmount", json!("1")),
        ("pspAccount", "provider", json!("")),
        ("pspAccount", "providerUserId", json!(long)),
        ("pspAccount", "details", json!([1])),
        ("pspAccount", "details", deep),
        ("bankAccount", "holder", json!("\u{202e}x")),
        ("bankAccount", "iban", json!("FR1420041010050500013M02607")),
        ("bankAccount", "iban", json!("")),
        ("bankAccount", "bic", json!("BNPA")),
        ("bankAccount", "currency", json!("XAU")),
        ("listing", "title", json!(long)),
        ("listing", "url", json!("http://example.com")),
        ("listing", "publishedAt", json!("3000-01-01T00:00:00Z")),
        ("booking", "amount", json!("-1")),
        ("booking", "currency", json!("EURO")),
        ("booking", "startsAt", json!("1900-01-01T00:00:00Z")),
        ("booking", "endsAt", json!("2026-05-01T00:00:00Z")),
        ("booking", "at", json!("1900-01-01T00:00:00Z")),
        ("booking", "listing", json!(long)),
        ("review", "rating", json!(0)),
        ("review", "rating", json!(6)),
        ("review", "text", json!("x".repeat(5001))),
        ("review", "text", json!("a\u{0}b")),
        ("review", "at", json!("1900-01-01T00:00:00Z")),
    ];
    let before = desk.everything().await;
    let rows: Vec<Value> = cases
        .iter()
        .enumerate()
        .map(|(number, (kind, field, bad))| {
            but(row(kind, &format!("row {number}"), &ada, &eve), json!({ *field: bad }))
        })
        .collect();
    let outcomes = machine.record(json!(rows)).await.outcomes();
    for ((kind, field, bad), outcome) in cases.iter().zip(outcomes) {
        let expected = format!("{kind}.{field}");
        let first = outcome.strip_prefix("REFUSED INVALID ").unwrap_or_else(|| panic!("{bad}: {outcome}"));
        assert_eq!(first.split(' ').next(), Some(expected.as_str()), "{bad}");
    }
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn what_belongs_together_is_missed_together_and_frames_are_judged() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let machine = desk.machine();
    let long = "x".repeat(201);
    let before = desk.everything().await;
    let network = |id: &str, bad: Value| {
        let mut network = json!({ "network": "bitcoin", "status": "PENDING" });
        network.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        but(row("wallet", id, &ada, &eve), json!({ "network": network }))
    };
    let rows = json!([
        but(row("booking", "1", &ada, &eve), json!({ "currency": null })),
        but(row("booking", "2", &ada, &eve), json!({ "amount": null })),
        but(row("booking", "3", &ada, &eve), json!({ "asker": null, "offerer": null })),
        but(row("transaction", "4", &ada, &eve), json!({ "kind": "EXCHANGE", "counterAmount": "1" })),
        row("review", "5", &ada, &ada),
        network("6", json!({ "network": "" })),
        network("7", json!({ "address": long })),
        network("8", json!({ "confirmationsRequired": -1 })),
        network("9", json!({ "lastBlock": -1 })),
        network("10", json!({ "lastSeenAt": "1900-01-01T00:00:00Z" })),
    ]);
    assert_eq!(
        machine.record(rows).await.outcomes(),
        [
            "REFUSED REQUIRED booking.currency",
            "REFUSED REQUIRED booking.amount",
            "REFUSED REQUIRED booking.asker",
            "REFUSED REQUIRED transaction.counterCurrency",
            "REFUSED INVALID review.subject",
            "REFUSED INVALID wallet.network.network",
            "REFUSED INVALID wallet.network.address",
            "REFUSED INVALID wallet.network.confirmationsRequired",
            "REFUSED INVALID wallet.network.lastBlock",
            "REFUSED INVALID wallet.network.lastSeenAt",
        ]
    );
    for (more, path) in [
        (json!({ "system": "a system" }), "INVALID input.system"),
        (json!({ "userSystem": "" }), "INVALID input.userSystem"),
    ] {
        let answer = machine.record_with(one_of_each(&ada, &eve), more, Value::Null).await;
        assert_eq!(answer.problems("activityRecord"), [path]);
    }
    assert_eq!(desk.everything().await, before);
}

#[tokio::test]
async fn the_longest_values_that_are_taken_are_kept() {
    let desk = Desk::open().await;
    let (ada, eve) = desk.two_users().await;
    let longest = "x".repeat(200);
    let rows = json!([
        but(
            row("wallet", &longest, &ada, &eve),
            json!({ "provider": longest, "balance": "-92233720368547758.08" })
        ),
        but(row("review", "1", &ada, &eve), json!({ "text": "é".repeat(5000) })),
        but(
            row("transaction", "1", &ada, &eve),
            json!({ "kind": "EXCHANGE", "counterAmount": "0.000000001", "counterCurrency": "eth" })
        ),
        but(row("listing", "1", &ada, &eve), json!({ "asOf": "2026-03-01T12:05:00Z" })),
    ]);
    assert_eq!(desk.machine().record(rows.clone()).await.outcomes(), ["CREATED"; 4]);
    assert_eq!(desk.machine().record(rows).await.outcomes(), ["UNCHANGED"; 4]);
}
