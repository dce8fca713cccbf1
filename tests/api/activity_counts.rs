//! The counts that users carry of what is recorded: right after every batch, whoever sends them at the same time, and put
//! right by a command where a hand in the database made them wrong.

use std::sync::Arc;

use backdesk::{
    auth::caller::Caller,
    service::{counters::Difference, import::Format},
};
use backdesk_entity::{enums::WalletStatus, user};
use proptest::{prelude::*, test_runner::Config};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QuerySelect, Statement, TransactionTrait};
use serde_json::{Value, json};

use super::import::import;
use crate::support::{
    Desk, Person, is_postgres,
    program::Site,
    recording::{KINDS, but, row},
    uuid,
};

/// What the command finds, and how many users it compared.
async fn differences(desk: &Desk, fixes: bool) -> (Vec<Difference>, u64) {
    let caller = Arc::new(Caller::system("counters"));
    let mut found = Vec::new();
    let compared = desk
        .services
        .compare_counters(&caller, fixes, &mut |difference| found.push(difference))
        .await
        .expect("a comparison");
    (found, compared)
}

#[tokio::test]
async fn what_the_provider_reports_and_what_is_recorded_make_one_count() {
    let desk = Desk::open().await;
    let eve = desk.add_user(json!({})).await;
    let import_counts = async |provider: Value| {
        let row = json!({ "reference": "ADA", "personType": "NATURAL_PERSON", "provider": provider });
        let report = import(&desk, Format::JsonLines, &row.to_string(), false).await;
        assert!(report.is_complete(), "{report:?}");
        let look = "{ user(by: { reference: \"ADA\" }) { id counters { wallets payins } } }";
        let user = desk.admin().ask(look).await.data("user");
        assert_eq!(differences(&desk, false).await.0, vec![]);
        let count = |name: &str| user["counters"][name].as_i64().unwrap();
        (count("wallets"), count("payins"), user["id"].as_str().unwrap().to_owned())
    };
    let (wallets, payins, ada) = import_counts(json!({ "walletCount": 2, "payinCount": 9 })).await;
    assert_eq!((wallets, payins), (2, 9), "of a new user");

    let wallets = ["1", "2", "3"].map(|id| row("wallet", id, &ada, &eve));
    let paid = but(row("transaction", "1", &ada, &eve), json!({ "kind": "DEPOSIT", "state": "DONE" }));
    let rows = json!([wallets[0], wallets[1], wallets[2], paid]);
    assert_eq!(desk.machine().record(rows).await.outcomes(), ["CREATED"; 4]);
    for (provider, expected) in [
        (json!({}), (3, 9)),
        (json!({ "walletCount": 7 }), (7, 9)),
        (json!({ "walletCount": 1, "payinCount": 0 }), (3, 1)),
        (json!({ "walletCount": 3 }), (3, 1)),
        (Value::Null, (3, 1)),
    ] {
        let told = provider.to_string();
        let (wallets, payins, _) = import_counts(provider).await;
        assert_eq!((wallets, payins), expected, "{told}");
    }
}

#[tokio::test]
async fn counts_move_with_the_rows_and_are_no_change_of_the_user() {
    let desk = Desk::open().await;
    let (ada, eve) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    let before = desk.user_row(&ada).await;
    desk.hand.advance(std::time::Duration::from_mins(1));
    let wallet = |id: &str, status: &str| but(row("wallet", id, &ada, &eve), json!({ "status": status }));
    let moved = |id: &str, kind: &str, state: &str| {
        but(row("transaction", id, &ada, &eve), json!({ "kind": kind, "state": state }))
    };
    let rows = json!([
        wallet("1", "PENDING"),
        wallet("2", "BLOCKED"),
        moved("1", "DEPOSIT", "DONE"),
        moved("2", "DEPOSIT", "DONE"),
        moved("3", "DEPOSIT", "PENDING"),
        moved("4", "PAYOUT", "DONE"),
        row("listing", "1", &ada, &eve),
        but(row("listing", "2", &ada, &eve), json!({ "state": "CLOSED" })),
        row("booking", "1", &ada, &eve),
        row("booking", "2", &eve, &ada),
        row("review", "1", &eve, &ada),
        row("pspAccount", "1", &ada, &eve),
        row("bankAccount", "1", &ada, &eve),
    ]);
    assert_eq!(desk.machine().record(rows).await.outcomes(), ["CREATED"; 13]);
    let after = desk.user_row(&ada).await;
    let counted = user::Model {
        wallet_status: WalletStatus::Blocked,
        wallet_count: 2,
        payin_count: 2,
        listing_count: 2,
        asker_booking_count: 1,
        offerer_booking_count: 1,
        review_received_count: 1,
        review_made_count: 0,
        ..before
    };
    assert_eq!(after, counted, "and neither the version nor the instant of the last change");
    assert_eq!(differences(&desk, false).await, (vec![], 2));

    let later = json!({ "asOf": "2026-03-01T11:00:00Z" });
    let rows =
        json!([but(wallet("1", "ACTIVATED"), later.clone()), but(moved("1", "DEPOSIT", "REVERSED"), later),]);
    assert_eq!(desk.machine().record(rows).await.outcomes(), ["UPDATED"; 2]);
    let after = desk.user_row(&ada).await;
    assert_eq!(after.wallet_status, WalletStatus::Activated);
    assert_eq!(after.payin_count, 1);
}

/// A batch of random rows: which kind, which id, about whom, of which instant, and which of two things they say.
type Batch = Vec<(usize, usize, usize, usize, usize)>;

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let row = (0..KINDS.len(), 0..6_usize, 0..4_usize, 0..4_usize, 0..3_usize);
    prop::collection::vec(prop::collection::vec(row, 1..12), 8..16)
}

fn rows_of(batch: &Batch, users: &[String]) -> Value {
    let row = |(kind, id, whom, hour, what): &(usize, usize, usize, usize, usize)| {
        let kind = KINDS[*kind];
        let said = match kind {
            "wallet" => json!({ "status": (["PENDING", "ACTIVATED", "BLOCKED"][*what]) }),
            "transaction" => json!({ "state": (["PENDING", "DONE", "REVERSED"][*what]) }),
            "booking" if *what == 0 => json!({ "offerer": null }),
            _ => json!({}),
        };
        let row = row(kind, &id.to_string(), &users[*whom], &users[(whom + 1) % users.len()]);
        but(but(row, said), json!({ "asOf": format!("2026-03-01T0{hour}:00:00Z") }))
    };
    batch.iter().map(row).collect()
}

/// Sends a batch until it is taken: many at a time wait for one another, and the desk may say that it is busy.
async fn send(machine: Person, rows: Value) {
    for _ in 0..20 {
        let answer = machine.record(rows.clone()).await;
        if answer.code() != Some("UNAVAILABLE") {
            answer.outcomes();
            return;
        }
    }
    panic!("the desk is always busy");
}

async fn play(batches: Vec<Batch>) {
    let desk = Desk::open().await;
    let mut users = Vec::new();
    for _ in 0..4 {
        users.push(desk.add_user(json!({})).await);
    }
    let running: Vec<_> =
        batches.iter().map(|batch| tokio::spawn(send(desk.machine(), rows_of(batch, &users)))).collect();
    for batch in running {
        batch.await.expect("a batch");
    }
    assert_eq!(differences(&desk, false).await, (vec![], 4));
    // whatever came first: all of it again is known, older, or contradicts what holds
    let before = desk.everything().await;
    for batch in &batches {
        desk.machine().record(rows_of(batch, &users)).await.outcomes();
    }
    assert_eq!(desk.everything().await, before);
}

proptest! {
    #![proptest_config(Config { cases: 8, failure_persistence: None, max_shrink_iters: 20, ..Config::default() })]
    #[test]
    fn counts_are_what_the_rows_have_whoever_sends_batches_at_the_same_time(batches in batches()) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(play(batches));
    }
}

#[tokio::test]
async fn wrong_counts_are_found_put_right_and_told() {
    let desk = Desk::open().await;
    let (ada, eve) = (desk.add_user(json!({})).await, desk.add_user(json!({})).await);
    desk.machine().record(json!([row("listing", "1", &ada, &eve), row("wallet", "1", &eve, &ada)])).await;
    let before = desk.dump().await;
    desk.sabotage("UPDATE users SET listing_count = listing_count + 4, wallet_status = 1")
        .await
        .expect("done");
    let spoilt = desk.dump().await;
    let (found, compared) = differences(&desk, false).await;
    let told: Vec<_> = found.iter().map(|one| (one.user, one.field, one.carried, one.actual)).collect();
    let (ada_id, eve_id) = (uuid(&ada), uuid(&eve));
    assert_eq!(
        told,
        [
            (ada_id, "walletStatus", 1, 0),
            (ada_id, "counters.listings", 5, 1),
            (eve_id, "walletStatus", 1, 3),
            (eve_id, "counters.listings", 4, 0),
        ]
    );
    assert_eq!(compared, 2);
    assert_eq!(desk.dump().await, spoilt, "looking changes nothing");

    let ((fixed, _), entries) = Box::pin(desk.entries_of(differences(&desk, true))).await;
    assert_eq!(fixed, found);
    assert_eq!(desk.dump().await, before);
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].action.as_str(), entries[0].actor_subject.as_str()),
        ("COUNTERS_FIX", "system:counters")
    );
    let again = Box::pin(desk.entries_of(differences(&desk, true))).await;
    assert_eq!(again, ((vec![], 2), vec![]));
}

/// How many wait for a lock, on PostgreSQL.
async fn wait_for(desk: &Desk, waiting: i64) {
    let db = desk.side_door().await;
    let count = "SELECT COUNT(*) AS waiting FROM pg_stat_activity
                 WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let count = Statement::from_string(DbBackend::Postgres, count);
    for _ in 0..10_000 {
        let row = db.query_one_raw(count.clone()).await.expect("a view").expect("a row");
        if row.try_get::<i64>("", "waiting").expect("a number") == waiting {
            return;
        }
    }
    panic!("there never wait {waiting}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_are_put_right_while_others_tie_the_same_users() {
    if !is_postgres() {
        // there is one writer at a time
        return;
    }
    let desk = Arc::new(Desk::open().await);
    let mut users = Vec::new();
    for _ in 0..3 {
        users.push(desk.add_user(json!({})).await);
    }
    desk.sabotage("UPDATE users SET listing_count = 4").await.expect("done");
    // somebody holds the second user, so that the third is not reached yet
    let (db, second) = (desk.side_door().await, uuid(&users[1]));
    let holding = db.begin().await.expect("a transaction");
    let held = user::Entity::find_by_id(second).lock_exclusive().one(&holding).await;
    assert!(held.expect("rows").is_some());
    let fixing = tokio::spawn({
        let desk = Arc::clone(&desk);
        async move { differences(&desk, true).await }
    });
    wait_for(&desk, 1).await;
    let tying = tokio::spawn({
        let (admin, id, parent) = (desk.admin(), users[2].clone(), users[0].clone());
        async move { admin.act("userSetParent", &id, json!({ "parentId": parent, "kind": "DIRECTOR" })).await }
    });
    wait_for(&desk, 2).await;
    holding.rollback().await.expect("the end");
    assert_eq!(fixing.await.expect("an end").0.len(), 3);
    assert_eq!(tying.await.expect("an end").problems("userSetParent"), [""; 0]);
}

#[tokio::test]
async fn the_command_says_what_differs_and_puts_it_right() {
    let site = Site::new(&[]).await;
    site.run(&["seed", "--users", "3"]);
    assert_eq!(site.run(&["counters"]).0, "3 users compared, 0 differences found\n");
    let spoil = "UPDATE users SET payin_count = 777 WHERE reference = (SELECT min(reference) FROM users)";
    site.database.connect().await.execute_unprepared(spoil).await.expect("done");
    let (out, log) = site.run(&["counters"]);
    assert!(
        out.contains("counters.payins: 777, should be ")
            && out.ends_with("3 users compared, 1 differences found\n"),
        "{out}"
    );
    assert!(log.contains("--fix puts them right"), "{log}");
    let (out, log) = site.run(&["counters", "--fix"]);
    assert!(
        out.ends_with("3 users compared, 1 differences put right\n") && !log.contains("--fix"),
        "{out}{log}"
    );
    assert_eq!(site.run(&["counters"]).0, "3 users compared, 0 differences found\n");
}
