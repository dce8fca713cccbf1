//! What the platform's people are told when something is wrong: once for all instances, and of each kind once an hour.

use std::{sync::Arc, time::Duration};

use backdesk::{
    mail::{Postman, Receiver, Receivers},
    store::error::StoreError,
};
use backdesk_entity::enums::IncidentKind;

use crate::support::{
    outbox::{Outbox, never, smtp},
    smtp::{MailServer, Received},
};

/// Members of support: one reads English, one French.
struct Support;

#[async_trait::async_trait]
impl Receivers for Support {
    async fn of_incidents(&self) -> Result<Vec<Receiver>, StoreError> {
        let receiver = |to: &str, language: &str| Receiver { to: to.into(), language: language.into() };
        Ok(vec![receiver("grace@desk.example", "en-US"), receiver("sophie@desk.example", "fr")])
    }
}

/// What members of support got.
fn told(server: &MailServer) -> Vec<Received> {
    let to_support = |letter: &Received| letter.to.iter().any(|to| to.ends_with("@desk.example"));
    server.letters().into_iter().filter(to_support).collect()
}

/// What the one got who reads English: accents have the other's lines broken anywhere.
fn told_to_grace(server: &MailServer) -> Vec<String> {
    let to_her = told(server).into_iter().filter(|letter| letter.to == ["grace@desk.example"]);
    to_her.map(|letter| letter.text).collect()
}

async fn pass(outbox: &Outbox, postmen: &[&Postman], time: Duration) {
    outbox.hand.advance(time);
    for postman in postmen {
        postman.send_due(&never()).await;
        postman.watch().await;
        postman.send_due(&never()).await;
    }
}

#[tokio::test]
async fn support_learns_once_that_no_mail_could_be_sent() {
    let (outbox, mut server) = (Outbox::open().await, MailServer::start().await);
    let one = outbox.postman_for(&server, Support);
    let other = Postman::new(outbox.another().await, Some(smtp(&server)), Arc::new(Support));
    let both = [&one, &other];
    server.go_down().await;
    outbox.post(3).await;
    pass(&outbox, &both, Duration::ZERO).await;
    pass(&outbox, &both, Duration::from_mins(14)).await;
    assert_eq!(outbox.rows().await.len(), 3, "that happens");
    // for hours on end
    for _ in 0..12 {
        pass(&outbox, &both, Duration::from_mins(15)).await;
    }
    assert_eq!(outbox.rows().await.len(), 5, "one letter for each of the two");
    server.come_up().await;
    pass(&outbox, &both, Duration::from_hours(2)).await;
    let letters = told(&server);
    assert_eq!(letters.len(), 2);
    let to = |name: &str| letters.iter().find(|letter| letter.to[0].starts_with(name)).expect("a letter");
    assert_eq!(to("grace").header("Subject"), "Backdesk: no mail could be sent");
    assert!(to("grace").text.contains("2026-03-01 12:00 UTC"), "{}", to("grace").text);
    assert!(to("grace").text.contains("connection refused"), "{}", to("grace").text);
    assert!(to("sophie").header("Subject").contains("=?utf-8?"), "{}", to("sophie").text);

    // the next time it is news again
    server.go_down().await;
    outbox.post(1).await;
    pass(&outbox, &both, Duration::ZERO).await;
    pass(&outbox, &both, Duration::from_mins(20)).await;
    server.come_up().await;
    pass(&outbox, &both, Duration::from_hours(2)).await;
    assert_eq!(told(&server).len(), 4);
}

#[tokio::test]
async fn an_hour_passes_between_two_letters_of_a_kind() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    let postman = outbox.postman_for(&server, Support);
    let fail = async |what: &str| {
        outbox.store.note_incident(IncidentKind::JobFailed, what, outbox.clock.now()).await.expect("noted");
        pass(&outbox, &[&postman], Duration::ZERO).await;
    };
    fail("the first").await;
    assert_eq!(told(&server).len(), 2);
    for _ in 0..11 {
        outbox.hand.advance(Duration::from_mins(5));
        fail("the next").await;
    }
    assert_eq!(told(&server).len(), 2);
    pass(&outbox, &[&postman], Duration::from_mins(5)).await;
    assert_eq!(told(&server).len(), 4);
    let last = told_to_grace(&server).pop().expect("a letter");
    assert!(last.contains("12:05 UTC"), "since the first that nobody was told of: {last}");
    // told is told
    pass(&outbox, &[&postman], Duration::from_hours(5)).await;
    assert_eq!(told(&server).len(), 4);
}

#[tokio::test]
async fn a_letter_that_was_given_up_is_told_and_one_about_that_is_not() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    let postman = outbox.postman_for(&server, Support);
    server.refuse(Some(550));
    outbox.post(1).await;
    pass(&outbox, &[&postman], Duration::ZERO).await;
    // those about it were refused as well
    assert_eq!(outbox.rows().await.len(), 3);
    assert!(outbox.rows().await.iter().all(|row| row.failed_at.is_some()));
    server.refuse(None);
    for _ in 0..3 {
        pass(&outbox, &[&postman], Duration::from_hours(2)).await;
    }
    assert_eq!(outbox.rows().await.len(), 3);
    outbox.post(1).await;
    server.refuse(Some(550));
    postman.send_due(&never()).await;
    server.refuse(None);
    pass(&outbox, &[&postman], Duration::ZERO).await;
    assert_eq!(told(&server).len(), 2);
    let letter = told_to_grace(&server).pop().expect("a letter");
    assert!(letter.contains("rejected 550") && !letter.contains("ada0@example.com"), "{letter}");
}

#[tokio::test]
async fn incidents_wait_for_somebody_to_tell() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    outbox.store.note_incident(IncidentKind::JobFailed, "it", outbox.clock.now()).await.expect("noted");
    pass(&outbox, &[&outbox.postman(&server)], Duration::from_hours(3)).await;
    assert_eq!(outbox.rows().await.len(), 0);
    pass(&outbox, &[&outbox.postman_for(&server, Support)], Duration::ZERO).await;
    assert_eq!(told(&server).len(), 2);
}

#[tokio::test]
async fn a_server_that_is_well_is_none_to_tell_of() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    let postman = outbox.postman_for(&server, Support);
    // one receiver is put off for a long time, and others get their letters
    server.refuse(Some(450));
    outbox.post(1).await;
    for _ in 0..6 {
        postman.send_due(&never()).await;
        server.refuse(None);
        outbox.post(1).await;
        outbox.hand.advance(Duration::from_secs(5));
        postman.send_due(&never()).await;
        server.refuse(Some(450));
        pass(&outbox, &[&postman], Duration::from_mins(10)).await;
    }
    assert_eq!(told(&server).len(), 0);
}
