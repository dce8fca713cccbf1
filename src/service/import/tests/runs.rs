//! Runs that write nothing, or not everything.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

#[tokio::test]
async fn a_dry_run_reports_the_same_and_writes_nothing() {
    let house = House::new().await;
    let file = json!({"users": [
        {"userId": 1, "userTypeId": 1},
        {"userId": 1, "userTypeId": 1},
        {"userId": 2, "userTypeId": 1, "email": "nonsense"},
    ]});
    let dry = house.import_with(Format::BankingJson, file.to_string(), true).await;
    assert!(house.is_empty().await);
    assert_eq!(house.entries().await, 0);
    let wet = house.import(Format::BankingJson, file.to_string()).await;
    assert_eq!(counts(&wet), [1, 0, 0, 2]);
    assert_eq!(dry, wet);
}

#[tokio::test]
async fn progress_ends_with_the_file() {
    let house = House::new().await;
    let options =
        ImportOptions { format: Format::BankingJson, account: "MAIN".to_owned(), source: None, is_dry: true };
    let done = AtomicU64::new(0);
    let caller = Arc::new(Caller::system("import"));
    let source = Cursor::new(EXAMPLE.as_bytes());
    let report = house
        .services
        .import_users(&caller, source, options, &|bytes| {
            done.store(bytes, Ordering::Relaxed);
        })
        .await;
    assert!(report.unwrap().is_complete());
    assert_eq!(done.load(Ordering::Relaxed), EXAMPLE.len() as u64);
}

#[tokio::test]
async fn a_broken_file_keeps_the_rows_before_the_break() {
    let house = House::new().await;
    let text = r#"{"users": [{"userId": 1, "userTypeId": 1}, {"userId": "#;
    let report = house.import(Format::BankingJson, text).await;
    assert_eq!(counts(&report), [1, 0, 0, 0]);
    assert!(!report.is_complete());
}

#[tokio::test]
async fn a_file_is_read_again_for_those_who_find_no_place_to_wait() {
    let house = House::new().await;
    // here, four may wait: whoever comes first needs those who come later
    let row = |number: u32, partner: String| {
        let parties = json!([{ "reference": partner, "kind": "PARTNER" }]);
        json!({ "reference": format!("R{number}"), "personType": "NATURAL_PERSON", "parties": parties })
            .to_string()
    };
    let mut rows: Vec<String> = (1..20).map(|number| row(number, format!("R{}", number + 1))).collect();
    rows.push(row(20, "LAST".to_owned()));
    rows.push(row(21, "NOBODY".to_owned()));
    rows.push(json!({ "reference": "LAST", "personType": "NATURAL_PERSON", "nonsense": 1 }).to_string());
    let report = house.import(Format::JsonLines, rows.join("\n")).await;
    assert_eq!(counts(&report), [21, 0, 0, 1], "{report:?}");
    assert_eq!(report.refused[0].number, 21);
    assert_eq!(report.left["nonsense"].rows, 1, "told once");
}

#[tokio::test]
async fn those_who_need_each_other_find_each_other_across_any_file() {
    let tied = |name: String, to: String| {
        let parties = json!([{ "reference": to, "kind": "PARTNER" }]);
        json!({ "reference": name, "personType": "NATURAL_PERSON", "parties": parties })
    };
    let circle = |size: u32| (0..size).map(move |n| tied(format!("R{n}"), format!("R{}", (n + 1) % size)));
    // here, four may wait: pairs further apart, and more in one circle
    let pairs = (0..11).map(|n| tied(format!("A{n}"), format!("B{n}")));
    let pairs = pairs.chain((0..11).map(|n| tied(format!("B{n}"), format!("A{n}"))));
    for rows in [pairs.collect::<Vec<_>>(), circle(8).collect(), circle(8).rev().collect()] {
        let number = rows.len() as u64;
        let house = House::new().await;
        let report = house.import(Format::JsonLines, lines(&rows)).await;
        assert_eq!(counts(&report), [number, 0, 0, 0], "{report:?}");
        let again = house.import(Format::JsonLines, lines(&rows)).await;
        assert_eq!(counts(&again), [0, 0, number, 0], "{again:?}");

        // where one is wrong, those who need that one are refused, and all others are in
        let mut rows = rows;
        rows[0]["email"] = json!("nonsense");
        let house = House::new().await;
        let report = house.import(Format::JsonLines, lines(&rows)).await;
        let lost = if number == 22 { 2 } else { 8 };
        assert_eq!(counts(&report), [number - lost, 0, 0, lost], "{report:?}");
    }
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}
