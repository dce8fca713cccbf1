//! Dumps: what goes out comes in again as the same, on either database, and nothing goes out without a trace.

use std::{
    collections::HashSet,
    io::{Cursor, Write},
    sync::{Arc, Mutex},
};

use backdesk::{
    auth::caller::Caller,
    service::{
        dump::{DumpError, DumpOptions, Dumped, Format},
        error::ApiError,
        import::{self, ImportOptions, Report},
    },
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::{Desk, Fresh, program::Site};

mod people;

use people::{moves_in, people};

/// What a test reads while the product writes.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

async fn try_dump(desk: &Desk, format: Format, accounts: &[&str]) -> Result<(String, Dumped), DumpError> {
    let paper = Paper::default();
    let accounts = accounts.iter().map(|code| (*code).to_owned()).collect();
    let options = DumpOptions { format, accounts };
    let caller = Arc::new(Caller::system("dump"));
    let dumped = desk.services.dump_users(&caller, paper.clone(), &options, &|_, _| {}).await?;
    Ok((paper.text(), dumped))
}

/// All users of these accounts, as they are dumped.
pub(crate) async fn dump(desk: &Desk, format: Format, accounts: &[&str]) -> String {
    try_dump(desk, format, accounts).await.unwrap().0
}

async fn import(desk: &Desk, format: Format, text: &str) -> Report {
    let options = ImportOptions {
        format: format.import(),
        account: "FR".to_owned(),
        source: Some("a dump".to_owned()),
        is_dry: false,
    };
    let caller = Arc::new(Caller::system("import"));
    let source = Cursor::new(text.to_owned());
    desk.services.import_users(&caller, source, options, &|_| {}).await.unwrap()
}

/// A desk without users, on a database of its own.
async fn empty() -> Desk {
    Desk::on(Fresh::migrated().await).await
}

/// That two dumps are the same, told by their first difference.
#[track_caller]
fn same(one: &str, other: &str) {
    for (line, other) in one.lines().zip(other.lines()) {
        assert_eq!(line, other);
    }
    assert_eq!(one.len(), other.len());
}

/// Everything that an import may have to say but that rows are in.
fn is_whole(report: &Report) -> bool {
    report.is_complete() && report.left.is_empty() && report.notes.is_empty()
}

#[tokio::test]
async fn a_dump_makes_the_same_users_again() {
    for seed in 0..4 {
        let desk = Desk::open().await;
        moves_in(&people(seed, 300), &desk).await;
        let first = dump(&desk, Format::JsonLines, &[]).await;
        assert_eq!(first.lines().count(), 300);

        let other = empty().await;
        let report = import(&other, Format::JsonLines, &first).await;
        assert_eq!((report.created, is_whole(&report)), (300, true), "{report:?}");
        same(&dump(&other, Format::JsonLines, &[]).await, &first);

        // and where they are already, none is touched
        let report = import(&desk, Format::JsonLines, &first).await;
        assert_eq!((report.unchanged, is_whole(&report)), (300, true), "{report:?}");
        same(&dump(&desk, Format::JsonLines, &[]).await, &first);
    }
}

#[tokio::test]
async fn a_banking_dump_makes_the_same_objects_again() {
    let desk = Desk::open().await;
    let mut population = people(7, 200);
    let mut left_out = 0;
    for (number, somebody) in population.people.iter_mut().enumerate() {
        somebody.user.account = "FR".to_owned();
        somebody.user.email = somebody.user.email.take().map(|email| format!("{number}{email}"));
        somebody.external_ids.clear();
        // some by a number, some by a text, some not at all
        let value = [Some(number.to_string()), Some(format!("u-0{number}")), None][number % 3].clone();
        match value.filter(|value| value != "0") {
            Some(value) => somebody
                .external_ids
                .push(backdesk::domain::user::ExternalId { system: "BANKING".to_owned(), value }),
            None => left_out += 1,
        }
        somebody.fold();
    }
    moves_in(&population, &desk).await;
    let (first, dumped) = try_dump(&desk, Format::BankingJson, &["FR"]).await.unwrap();
    assert_eq!(dumped, Dumped { users: 200 - left_out, left_out });

    let other = empty().await;
    let report = import(&other, Format::BankingJson, &first).await;
    assert_eq!((report.created, report.is_complete()), (200 - left_out, true), "{report:?}");
    same(&dump(&other, Format::BankingJson, &["FR"]).await, &first);

    let report = import(&desk, Format::BankingJson, &first).await;
    assert_eq!((report.unchanged, report.is_complete()), (200 - left_out, true), "{report:?}");
}

#[tokio::test]
async fn pages_are_joined_and_accounts_kept_apart() {
    let desk = Desk::open().await;
    people(1, 2_100).moves_into(&desk).await;
    let all = dump(&desk, Format::JsonLines, &[]).await;
    let french = dump(&desk, Format::JsonLines, &["FR"]).await;
    let german = dump(&desk, Format::JsonLines, &["DE"]).await;
    let both = dump(&desk, Format::JsonLines, &["DE", "FR"]).await;
    assert_eq!(all, both);
    assert_eq!((all.lines().count(), french.lines().count(), german.lines().count()), (2_100, 1_050, 1_050));
    let of = |text: &str, account: &str| {
        let users = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        users.filter(|user| user["account"] == account).count()
    };
    assert_eq!((of(&french, "FR"), of(&german, "DE")), (1_050, 1_050));
    let references: Vec<_> = all.lines().map(|line| line.split(',').nth(1)).collect();
    let distinct: HashSet<_> = references.iter().collect();
    assert_eq!(distinct.len(), 2_100);
}

#[tokio::test]
async fn as_many_statements_as_pages() {
    let mut counts = Vec::new();
    for size in [10, 700] {
        let desk = Desk::open().await;
        moves_in(&people(1, size), &desk).await;
        let (_, statements) = desk.statements_of(dump(&desk, Format::JsonLines, &[])).await;
        counts.push(statements.len());
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn a_dump_is_of_one_instant() {
    let desk = Desk::open().await;
    people(1, 1_500).moves_into(&desk).await;
    let before = dump(&desk, Format::JsonLines, &[]).await;
    let paper = Paper::default();
    let options = DumpOptions { format: Format::JsonLines, accounts: Vec::new() };
    let caller = Arc::new(Caller::system("dump"));
    // the first page is out: what is written now comes too late, although its turn has not come yet
    let (sender, told) = tokio::sync::oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let tell = |_, _| {
        if let Some(sender) = sender.lock().unwrap().take() {
            sender.send(()).unwrap();
        }
    };
    let writing = async {
        told.await.unwrap();
        desk.add_user(json!({ "firstName": "Late" })).await;
    };
    let dumping = desk.services.dump_users(&caller, paper.clone(), &options, &tell);
    let (dumped, ()) = tokio::join!(dumping, writing);
    assert_eq!(dumped.unwrap().users, 1_500);
    assert!(paper.text() == before, "the late one is not in it");
    assert!(dump(&desk, Format::JsonLines, &[]).await.contains("Late"));
}

#[tokio::test]
async fn a_dump_leaves_its_trace_before_anything_goes_out() {
    /// Takes nothing.
    struct Wall;
    impl Write for Wall {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("a wall"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let desk = Desk::open().await;
    people(1, 20).moves_into(&desk).await;
    let caller = Arc::new(Caller::system("dump"));
    let options = DumpOptions { format: Format::JsonLines, accounts: vec!["FR".to_owned()] };
    let failed = desk.services.dump_users(&caller, Wall, &options, &|_, _| {}).await;
    assert!(matches!(failed, Err(DumpError::Output(_))), "{failed:?}");
    let trail = desk.trail().await;
    assert_eq!(trail.data("auditEvents.totalCount"), 1);
    assert_eq!(trail.text("auditEvents.nodes.0.action"), "USER_DUMP");
    assert_eq!(trail.text("auditEvents.nodes.0.actor.subject"), "system:dump");
    let expected = json!({ "count": 10, "format": "jsonl", "accounts": ["FR"] });
    assert_eq!(trail.data("auditEvents.nodes.0.changes.0.after"), expected);
}

#[tokio::test]
async fn whoever_asks_over_the_api_cannot_dump() {
    let desk = Desk::open().await;
    let request = desk.services.tokens();
    let claims = backdesk::auth::token::TokenRequest {
        subject: "ada".to_owned(),
        name: None,
        roles: vec!["admin".to_owned()],
        accounts: backdesk::auth::token::AccountsClaim::All,
        ttl: std::time::Duration::from_hours(1),
        session: None,
    };
    let (token, _) = request.issue(claims).unwrap();
    let claims = request.verify(&token).unwrap();
    let caller = Arc::new(Caller::from_claims(
        &claims,
        &backdesk::auth::roles::DefinedRoles::default(),
        backdesk::auth::caller::Origin::default(),
    ));
    let options = DumpOptions { format: Format::JsonLines, accounts: Vec::new() };
    let paper = Paper::default();
    let refused = desk.services.dump_users(&caller, paper.clone(), &options, &|_, _| {}).await;
    assert!(matches!(refused, Err(DumpError::Service(ApiError::Forbidden { .. }))), "{refused:?}");
    assert_eq!(paper.text(), "");
}

#[tokio::test]
async fn what_a_format_cannot_tell_apart_is_refused() {
    let desk = Desk::open().await;
    for (format, accounts) in [
        (Format::JsonLines, &["NOWHERE"][..]),
        (Format::JsonLines, &["fr"]),
        (Format::BankingJson, &[]),
        (Format::BankingJson, &["FR", "DE"]),
    ] {
        let refused = try_dump(&desk, format, accounts).await;
        assert!(matches!(refused, Err(DumpError::Service(ApiError::BadInput { .. }))), "{accounts:?}");
    }
    assert_eq!(desk.trail().await.data("auditEvents.totalCount"), 0);
    let (text, dumped) = try_dump(&desk, Format::BankingJson, &["FR"]).await.unwrap();
    assert_eq!(dumped, Dumped { users: 0, left_out: 0 });
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json!({ "users": [] }));
    assert_eq!(import::Format::BankingJson, Format::BankingJson.import());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_writes_a_file_for_its_owner_alone_and_reads_it_again() {
    // however few connections it may have
    let site = Site::new(&[("BACKDESK_POOL_SIZE", "1")]).await;
    let (printed, log) = site.run(&["seed", "--users", "40"]);
    assert!(printed.starts_with("40 users added"), "{log}");

    let (printed, log) = site.run(&["dump", "--output", "users.jsonl"]);
    assert_eq!(printed, "", "{log}");
    assert!(log.contains("40 users written to users.jsonl"), "{log}");
    let text = site.read("users.jsonl");
    assert_eq!(text.lines().count(), 40);
    #[cfg(unix)]
    assert_eq!(site.mode("users.jsonl"), 0o600);

    // nothing is replaced that nobody wanted replaced, and half a file has no name
    let (_, log) = site.run(&["dump", "--output", "users.jsonl"]);
    assert!(log.contains("users.jsonl is there already: --force replaces it"), "{log}");
    let (_, log) = site.run(&["dump", "--output", "users.jsonl", "--account", "NOWHERE", "--force"]);
    assert!(log.contains("there is no account NOWHERE"), "{log}");
    assert_eq!(site.read("users.jsonl"), text);
    assert_eq!(site.files().iter().filter(|name| name.contains("dump")).count(), 0);
    let (_, log) = site.run(&["dump", "--output", "users.csv"]);
    assert!(log.contains("give --format"), "{log}");

    // a pipe carries the same
    let (printed, log) = site.run(&["dump"]);
    same(&printed, &text);
    assert!(log.contains("40 users written to standard output"), "{log}");

    let (printed, log) = site.run(&["import", "users.jsonl"]);
    assert!(printed.contains("40 rows: 0 created, 0 changed, 40 unchanged, 0 refused"), "{printed}{log}");

    let other = Site::new(&[]).await;
    other.write("users.jsonl", &text);
    let (printed, log) = other.run(&["import", "users.jsonl"]);
    assert!(printed.contains("40 rows: 40 created, 0 changed, 0 unchanged, 0 refused"), "{printed}{log}");
    same(&other.run(&["dump"]).0, &text);

    let (_, log) = site.run(&["dump", "--output", "users.json", "--account", "FR", "--force"]);
    assert!(log.contains("3 users written to users.json"), "{log}");
    assert!(log.contains("11 users left out: they have no external id of the system BANKING"), "{log}");
}

#[tokio::test]
async fn a_picture_that_is_kept_here_stays_here() {
    let desk = Desk::open().await;
    for reference in ["KEPT", "TYPED"] {
        let row = json!({ "reference": reference, "personType": "NATURAL_PERSON", "picture": "https://example.com/a.png" });
        assert_eq!(import(&desk, Format::JsonLines, &row.to_string()).await.created, 1);
    }
    let kept = "stored:00000000-0000-7000-8000-000000000001/00000000-0000-7000-8000-000000000002/1";
    let sql = format!("UPDATE users SET picture = '{kept}' WHERE reference = 'KEPT'");
    desk.side_door().await.execute_unprepared(&sql).await.unwrap();

    let text = dump(&desk, Format::JsonLines, &[]).await;
    assert!(!text.contains("stored:"), "{text}");
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows[0].get("picture"), None, "left unsaid, which is not null");
    assert_eq!(rows[1]["picture"], "https://example.com/a.png");
    let report = import(&desk, Format::JsonLines, &text).await;
    assert_eq!((report.unchanged, is_whole(&report)), (2, true), "{report:?}");
}
