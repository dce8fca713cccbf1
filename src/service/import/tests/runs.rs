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
