//! Letters leave with the transaction that they were written in, once, whoever sends them and whatever happens meanwhile.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use backdesk::{
    auth::{caller::Caller, policy::Action},
    config::MailLimits,
    mail::{Nobody, Postman},
    store::audit::{Change, FieldChange},
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::support::{
    is_postgres,
    outbox::{Outbox, hasty, never, smtp, smtp_at, to},
    smtp::MailServer,
};

/// Longer than somebody who takes a letter has it.
const LEASE: Duration = Duration::from_mins(10);

fn change() -> Change {
    let field =
        FieldChange { field: "made-by".into(), before: serde_json::Value::Null, after: "test".into() };
    Change { fields: vec![field], ..Change::default() }
}

#[tokio::test]
async fn a_letter_is_sent_when_its_act_has_committed_and_never_when_it_has_not() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    let postman = outbox.postman(&server);
    let writer = outbox.write().await;
    writer.post(&to("rolled-back@example.com")).await.unwrap();
    writer.discard().await.unwrap();
    let writer = outbox.write().await;
    writer.post(&to("dropped@example.com")).await.unwrap();
    drop(writer);
    let permit = Arc::new(Caller::system("test")).permit(Action::PlatformFact).unwrap();
    let writer = outbox.store.rehearse(permit).await.unwrap();
    writer.post(&to("rehearsed@example.com")).await.unwrap();
    writer.commit(change()).await.unwrap();
    postman.send_due(&never()).await;
    assert_eq!(outbox.rows().await.len(), 0);

    let writer = outbox.write().await;
    writer.post(&to("changed@example.com")).await.unwrap();
    writer.note_fact("made-by", "test").await.unwrap();
    writer.commit(change()).await.unwrap();
    let writer = outbox.write().await;
    writer.post(&to("unchanged@example.com")).await.unwrap();
    writer.unchanged().await.expect("a letter is no change without an entry");
    postman.send_due(&never()).await;
    let mut receivers: Vec<String> = server.letters().into_iter().flat_map(|letter| letter.to).collect();
    receivers.sort();
    assert_eq!(receivers, ["changed@example.com", "unchanged@example.com"]);
}

#[tokio::test]
async fn a_letter_says_what_it_should_and_leaves_nothing_behind() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    outbox.post(1).await;
    let row = outbox.row().await;
    for sealed in [&row.recipient, row.body.as_ref().unwrap()] {
        let text = String::from_utf8_lossy(sealed);
        assert!(!text.contains("example") && !text.contains("s3cret"), "{text}");
    }
    outbox.postman(&server).send_due(&never()).await;
    let [letter] = &server.letters()[..] else { panic!("one letter") };
    assert_eq!(letter.header("Subject"), "You are invited to Backdesk");
    assert_eq!(letter.header("From"), "Backdesk <desk@backdesk.example>");
    assert_eq!(letter.header("To"), "ada0@example.com");
    assert_eq!(letter.header("Message-ID"), format!("<{}@backdesk.example>", row.id));
    assert!(letter.text.contains("https://desk.example/#invitation"), "{}", letter.text);
    let row = outbox.row().await;
    assert_eq!((row.sent_at, row.body, row.attempts), (Some(outbox.clock.now()), None, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_send_each_of_two_hundred_letters_once() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    outbox.post(200).await;
    let limits = MailLimits { at_once: 16, ..hasty() };
    let smtp = smtp_at(&format!("smtp://{}?tls=none", server.address), &limits);
    let one = Postman::new(outbox.store.clone(), Some(smtp.clone()), Arc::new(Nobody));
    let other = Postman::new(outbox.another().await, Some(smtp), Arc::new(Nobody));
    let stop = never();
    tokio::join!(one.send_due(&stop), other.send_due(&stop));
    let letters = server.letters();
    let names: BTreeSet<&str> = letters.iter().map(|letter| letter.header("Message-ID")).collect();
    assert_eq!((letters.len(), names.len()), (200, 200));
    let rows = outbox.rows().await;
    assert!(rows.iter().all(|row| row.sent_at.is_some() && row.body.is_none() && row.attempts == 1));
    let senders: BTreeSet<Option<Uuid>> = rows.iter().map(|row| row.claimed_by).collect();
    assert_eq!(senders.len(), 2, "both had some");
}

/// The one moment in which a letter can be doubled: the server has it, and could not say so. It is told by its name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_had_in_hand_who_was_killed_is_sent_by_another() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    outbox.post(1).await;
    server.acknowledge(false);
    let killed = outbox.postman(&server);
    let killed = tokio::spawn(async move { killed.send_due(&never()).await });
    server.once_there_are(1).await;
    killed.abort();
    killed.await.expect_err("killed");
    server.acknowledge(true);

    let other = Postman::new(outbox.another().await, Some(smtp(&server)), Arc::new(Nobody));
    other.send_due(&never()).await;
    assert_eq!(server.letters().len(), 1, "it may still be in hand");
    outbox.hand.advance(LEASE);
    other.send_due(&never()).await;
    let letters = server.letters();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].header("Message-ID"), letters[1].header("Message-ID"));
    assert_eq!(letters[0].header("Date"), letters[1].header("Date"));
    assert!(outbox.row().await.sent_at.is_some());
}

/// A database that is away, or refuses, between the server's word and ours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_has_is_marked_until_that_succeeds_and_not_sent_again() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    outbox.post(1).await;
    let db = outbox.database.connect().await;
    let (refuse, allow) = if is_postgres() {
        (
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
             CREATE TRIGGER refuse BEFORE UPDATE OF sent_at ON mails FOR EACH ROW EXECUTE FUNCTION refuse()",
            "DROP TRIGGER refuse ON mails",
        )
    } else {
        (
            "CREATE TRIGGER refuse BEFORE UPDATE OF sent_at ON mails BEGIN SELECT RAISE(ABORT, 'no'); END",
            "DROP TRIGGER refuse",
        )
    };
    db.execute_unprepared(refuse).await.unwrap();
    let postman = outbox.postman(&server);
    let sending = tokio::spawn(async move { postman.send_due(&never()).await });
    server.once_there_are(1).await;
    assert_eq!(outbox.row().await.sent_at, None);
    db.execute_unprepared(allow).await.unwrap();
    sending.await.unwrap();
    assert!(outbox.row().await.sent_at.is_some());
    assert_eq!(server.letters().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_stops_finishes_the_letter_in_hand_and_takes_no_other() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    let stop = never();
    let running = tokio::spawn(outbox.postman(&server).run(stop.clone()));
    server.acknowledge(false);
    // posting wakes whoever runs beside
    outbox.post(1).await;
    server.once_there_are(1).await;
    stop.cancel();
    outbox.post(1).await;
    server.acknowledge(true);
    running.await.unwrap();
    let sent: Vec<bool> = outbox.rows().await.iter().map(|row| row.sent_at.is_some()).collect();
    assert_eq!(sent, [true, false]);
    assert_eq!(server.letters().len(), 1);
}

#[tokio::test]
async fn a_letter_whose_link_was_replaced_is_not_sent() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    let (former, present) = (outbox.clock.new_id(), outbox.clock.new_id());
    for token in [former, present] {
        let writer = outbox.write().await;
        writer.withdraw_mail(former).await.unwrap();
        let letter = to(&format!("{token}@example.com"));
        writer.post(&backdesk::mail::Addressed { sent_token: Some(token), ..letter }).await.unwrap();
        writer.unchanged().await.unwrap();
    }
    outbox.postman(&server).send_due(&never()).await;
    let [letter] = &server.letters()[..] else { panic!("one letter") };
    assert_eq!(letter.to, [format!("{present}@example.com")]);
    let withdrawn = &outbox.rows().await[0];
    assert_eq!((withdrawn.sent_at, withdrawn.body.as_deref()), (None, None));
    assert_eq!(withdrawn.last_error.as_deref(), Some("withdrawn"));
}

#[tokio::test]
async fn what_was_sent_or_given_up_is_forgotten_after_a_month_and_what_waits_is_not() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    let postman = outbox.postman(&server);
    outbox.post(1).await;
    postman.send_due(&never()).await;
    server.refuse(Some(550));
    outbox.post(1).await;
    postman.send_due(&never()).await;
    outbox.post(1).await;
    outbox.hand.advance(Duration::from_hours(30 * 24 - 1));
    outbox.store.sweep_mails().await.unwrap();
    assert_eq!(outbox.rows().await.len(), 3);
    outbox.hand.advance(Duration::from_hours(2));
    outbox.store.sweep_mails().await.unwrap();
    assert!(outbox.row().await.body.is_some(), "the one that waits");
}

#[tokio::test]
async fn without_a_server_letters_wait() {
    let outbox = Outbox::open().await;
    let postman = Postman::new(outbox.store.clone(), None, Arc::new(Nobody));
    outbox.post(1).await;
    postman.send_due(&never()).await;
    outbox.hand.advance(Duration::from_hours(24 * 7));
    postman.watch().await;
    let row = outbox.row().await;
    assert_eq!((row.attempts, row.failed_at), (0, None));
    // whoever configures one sends what is old, once at least
    let server = MailServer::start().await;
    outbox.postman(&server).send_due(&never()).await;
    assert_eq!(server.letters().len(), 1);
}
