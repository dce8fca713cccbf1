//! Mail servers that are down, slow, in doubt, picky, or not who they say: no letter is lost to them, and none goes to the wrong
//! one.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use backdesk::{
    config::{self, MailLimits},
    mail::{Nobody, Postman, Smtp},
};
use tokio::net::TcpListener;

use crate::support::{
    outbox::{Outbox, hasty, named, never, smtp_at},
    smtp::{MailServer, Received, Setup, Tls},
};

fn postman(outbox: &Outbox, smtp: Smtp) -> Postman {
    Postman::new(outbox.store.clone(), Some(smtp), Arc::new(Nobody))
}

/// Why the only letter was not sent yet, and in how many seconds it is tried again.
async fn put_off(outbox: &Outbox) -> (String, i64) {
    let row = outbox.row().await;
    assert_eq!((row.sent_at, row.failed_at, row.claimed_until), (None, None, None), "{row:?}");
    let wait = row.next_try_at - outbox.clock.now();
    (row.last_error.expect("a reason"), wait.num_seconds())
}

#[tokio::test]
async fn letters_wait_for_a_server_that_is_down() {
    let (outbox, mut server) = (Outbox::open().await, MailServer::start().await);
    let postman = outbox.postman(&server);
    server.go_down().await;
    outbox.post(1).await;
    for seconds in [10, 30, 60, 120, 300] {
        postman.send_due(&never()).await;
        let (why, wait) = put_off(&outbox).await;
        assert_eq!(why, "connection refused");
        assert!((seconds..=seconds * 6 / 5).contains(&wait), "{wait}");
        // not sooner
        postman.send_due(&never()).await;
        outbox.hand.advance(Duration::from_secs(wait.unsigned_abs() + 1));
    }
    assert_eq!(outbox.row().await.attempts, 5);
    server.come_up().await;
    postman.send_due(&never()).await;
    assert_eq!(server.letters().len(), 1);
    assert_eq!(outbox.row().await.last_error, None);
}

#[tokio::test]
async fn after_two_days_a_letter_is_given_up() {
    let (outbox, mut server) = (Outbox::open().await, MailServer::start().await);
    let postman = outbox.postman(&server);
    server.go_down().await;
    outbox.post(1).await;
    let written = outbox.clock.now();
    while outbox.row().await.failed_at.is_none() {
        assert!(outbox.clock.now() - written < chrono::TimeDelta::hours(49));
        postman.send_due(&never()).await;
        outbox.hand.advance(Duration::from_mins(20));
    }
    let row = outbox.row().await;
    assert!(row.failed_at.unwrap() - written > chrono::TimeDelta::hours(46), "{row:?}");
    assert_eq!((row.last_error.as_deref(), row.body), (Some("connection refused"), None));
    server.come_up().await;
    postman.send_due(&never()).await;
    assert_eq!(server.letters().len(), 0);
}

#[tokio::test]
async fn a_server_that_does_not_speak_is_not_waited_for() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    server.greet(false);
    outbox.post(1).await;
    let limits = MailLimits { connect: Duration::from_millis(200), ..hasty() };
    let postman = postman(&outbox, smtp_at(&format!("smtp://{}?tls=none", server.address), &limits));
    postman.send_due(&never()).await;
    assert_eq!(put_off(&outbox).await.0, "no answer in time");
    server.greet(true);
    outbox.hand.advance(Duration::from_secs(13));
    postman.send_due(&never()).await;
    assert_eq!(server.once_there_are(1).await.len(), 1);
    assert!(outbox.row().await.sent_at.is_some());
}

/// A late word for one letter must not pass for a word for the next.
#[tokio::test]
async fn a_letter_that_the_server_did_not_acknowledge_is_sent_again_and_the_next_one_is_not_taken_for_it() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    server.acknowledge(false);
    outbox.post(1).await;
    let limits = MailLimits { hand_over: Duration::from_millis(300), at_once: 1, ..hasty() };
    let postman = postman(&outbox, smtp_at(&format!("smtp://{}?tls=none", server.address), &limits));
    postman.send_due(&never()).await;
    assert_eq!(put_off(&outbox).await.0, "no answer in time");
    outbox.post(1).await;
    postman.send_due(&never()).await;
    let rows = outbox.rows().await;
    assert!(rows.iter().all(|row| row.sent_at.is_none() && row.body.is_some()), "{rows:?}");

    server.acknowledge(true);
    outbox.hand.advance(Duration::from_secs(13));
    postman.send_due(&never()).await;
    assert!(outbox.rows().await.iter().all(|row| row.sent_at.is_some()));
    let letters = server.letters();
    assert_eq!(letters.len(), 4);
    let names = |letters: &[Received]| -> BTreeSet<String> {
        letters.iter().map(|letter| letter.header("Message-ID").to_owned()).collect()
    };
    assert_eq!(names(&letters[..2]), names(&letters[2..]), "a server can tell that they are the same");
}

#[tokio::test]
async fn who_is_refused_for_now_is_welcome_later() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    let postman = outbox.postman(&server);
    server.refuse(Some(451));
    outbox.post(1).await;
    postman.send_due(&never()).await;
    assert_eq!(put_off(&outbox).await.0, "refused for now 451");
    server.refuse(None);
    outbox.hand.advance(Duration::from_secs(13));
    postman.send_due(&never()).await;
    assert_eq!(server.letters().len(), 1);
}

#[tokio::test]
async fn who_is_refused_for_good_is_not_tried_again() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    let postman = outbox.postman(&server);
    server.refuse(Some(550));
    outbox.post(1).await;
    postman.send_due(&never()).await;
    let row = outbox.row().await;
    assert_eq!((row.failed_at, row.body, row.attempts), (Some(outbox.clock.now()), None, 1));
    assert_eq!(row.last_error.as_deref(), Some("rejected 550"), "and nothing of what the server said");
    server.refuse(None);
    outbox.hand.advance(Duration::from_hours(2));
    postman.send_due(&never()).await;
    assert_eq!(server.letters().len(), 0);
}

#[tokio::test]
async fn a_wrong_password_costs_no_letter() {
    let setup = Setup { password: Some("lovelace"), ..Setup::default() };
    let (outbox, server) = (Outbox::open().await, MailServer::start_as(setup).await);
    outbox.post(1).await;
    let url = |login: &str| format!("smtp://{login}{}?tls=none", server.address);
    for (login, why) in [("ada:babbage@", "password refused 535"), ("", "sender refused 503")] {
        postman(&outbox, smtp_at(&url(login), &hasty())).send_due(&never()).await;
        let (told, wait) = put_off(&outbox).await;
        assert_eq!(told, why);
        outbox.hand.advance(Duration::from_secs(wait.unsigned_abs() + 1));
    }
    postman(&outbox, smtp_at(&url("ada:lovelace@"), &hasty())).send_due(&never()).await;
    assert_eq!(server.letters().len(), 1);
}

#[tokio::test]
async fn without_tls_no_letter_goes_where_it_is_required() {
    let (outbox, server) = (Outbox::open().await, MailServer::start().await);
    outbox.post(1).await;
    postman(&outbox, smtp_at(&format!("smtp://{}", server.address), &hasty())).send_due(&never()).await;
    assert_eq!(put_off(&outbox).await.0, "the server offers no TLS");
    outbox.hand.advance(Duration::from_secs(13));
    let opportunistic = format!("smtp://{}?tls=opportunistic", server.address);
    postman(&outbox, smtp_at(&opportunistic, &hasty())).send_due(&never()).await;
    assert_eq!(server.letters().len(), 1);
}

#[tokio::test]
async fn a_server_is_believed_by_its_certificate() {
    for (tls, scheme) in [(Tls::Offered, "smtp"), (Tls::FromTheStart, "smtps")] {
        let setup = Setup { tls: Some(tls), password: Some("lovelace") };
        let (outbox, server) = (Outbox::open().await, MailServer::start_as(setup).await);
        let folder = tempfile::TempDir::new().unwrap();
        let write = |name: &str, pem: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, pem).unwrap();
            Some(path)
        };
        let stranger = MailServer::start_as(Setup { tls: Some(tls), password: None }).await;
        let url = format!("{scheme}://ada:lovelace@localhost:{}", server.address.port());
        let foreign = write("foreign.pem", stranger.certificate.as_deref().unwrap());
        let own = write("own.pem", server.certificate.as_deref().unwrap());
        outbox.post(1).await;
        let by = |certificates| {
            let server = config::MailServer { certificates, ..named(&url) };
            Smtp::new(&server, hasty())
        };
        postman(&outbox, by(foreign).expect("a certificate")).send_due(&never()).await;
        assert_eq!(put_off(&outbox).await.0, "no TLS that can be trusted");
        assert_eq!(server.letters().len(), 0);
        outbox.hand.advance(Duration::from_secs(13));
        postman(&outbox, by(own).expect("a certificate")).send_due(&never()).await;
        assert_eq!(server.letters().len(), 1, "{scheme}");
        let missing = Some(folder.path().join("missing.pem"));
        for unusable in [missing, write("empty.pem", "")] {
            assert!(by(unusable).is_err(), "and no letter is sent to whomever");
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_gets_the_letter_again() {
    let outbox = Outbox::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    outbox.post(1).await;
    postman(&outbox, smtp_at(&format!("smtp://{address}?tls=none"), &hasty())).send_due(&never()).await;
    let why = put_off(&outbox).await.0;
    assert!(["connection lost", "connection failed"].contains(&why.as_str()), "{why}");
}
