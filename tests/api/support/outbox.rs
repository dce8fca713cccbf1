//! An outbox of its own, with as many instances of the program around it as a test wants.

use std::{sync::Arc, time::Duration};

use backdesk::{
    auth::{caller::Caller, policy::Action, sealing::MasterKey},
    clock::{Clock, Hand},
    config::{MailLimits, MailServer as Named, Pool, SmtpUrl},
    mail::{Addressed, Letter, Link, Nobody, Postman, Receivers, Smtp},
    store::{Database, Store, Writer},
};
use backdesk_entity::mail::{Column, Entity, Model};
use sea_orm::{EntityTrait, QueryOrder};
use tokio_util::sync::CancellationToken;

use super::{Fresh, smtp::MailServer};

/// An outbox, whose clock moves only when told.
pub(crate) struct Outbox {
    pub(crate) database: Fresh,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) hand: Hand,
    master: MasterKey,
}

impl Outbox {
    pub(crate) async fn open() -> Self {
        let database = Fresh::migrated().await;
        let (clock, hand) = Clock::manual("2026-03-01T12:00:00Z".parse().expect("an instant"));
        let master = MasterKey::generate();
        let store = store(&database, &master, &clock).await;
        Self { database, store, clock, hand, master }
    }

    /// Another instance of the program, with connections of its own.
    pub(crate) async fn another(&self) -> Store {
        store(&self.database, &self.master, &self.clock).await
    }

    /// A transaction of somebody who posts letters.
    pub(crate) async fn write(&self) -> Writer {
        let permit = Arc::new(Caller::system("test")).permit(Action::PlatformFact).expect("a permit");
        self.store.write(permit).await.expect("a transaction")
    }

    /// Posts letters to so many people.
    pub(crate) async fn post(&self, many: usize) {
        let writer = self.write().await;
        for number in 0..many {
            writer.post(&to(&format!("ada{number}@example.com"))).await.expect("posted");
        }
        writer.unchanged().await.expect("committed");
    }

    /// Who sends the letters of this instance to a server.
    pub(crate) fn postman(&self, server: &MailServer) -> Postman {
        Postman::new(self.store.clone(), Some(smtp(server)), Arc::new(Nobody))
    }

    /// The same, who is told of incidents and knows whom to tell.
    pub(crate) fn postman_for(&self, server: &MailServer, receivers: impl Receivers + 'static) -> Postman {
        Postman::new(self.store.clone(), Some(smtp(server)), Arc::new(receivers))
    }

    /// The rows, oldest first.
    pub(crate) async fn rows(&self) -> Vec<Model> {
        let db = self.database.connect().await;
        Entity::find().order_by_asc(Column::Id).all(&db).await.expect("rows")
    }

    /// The only row.
    pub(crate) async fn row(&self) -> Model {
        let mut rows = self.rows().await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }
}

async fn store(database: &Fresh, master: &MasterKey, clock: &Clock) -> Store {
    let opened = Database::open(&database.url, Pool::of(4)).await.expect("the database opens");
    Store::new(opened, master.clone(), clock.clone())
}

/// A letter to somebody who reads English.
pub(crate) fn to(address: &str) -> Addressed {
    let letter = Letter::StaffInvitation {
        name: "Ada Lovelace".into(),
        user_name: "ada".into(),
        link: Link::parse("https://desk.example/#invitation=s3cret").expect("a link"),
        expires_at: "2026-03-15T12:00:00Z".parse().expect("an instant"),
        invited_by: "Charles Babbage".into(),
    };
    Addressed { to: address.to_owned(), language: "en".to_owned(), letter, sent_token: None }
}

/// How a server is reached without TLS.
pub(crate) fn smtp(server: &MailServer) -> Smtp {
    smtp_at(&format!("smtp://{}?tls=none", server.address), &hasty())
}

/// A server by its URL.
pub(crate) fn smtp_at(url: &str, limits: &MailLimits) -> Smtp {
    Smtp::new(&named(url), *limits).expect("a server")
}

/// A server as it is configured.
pub(crate) fn named(url: &str) -> Named {
    let url: SmtpUrl = url.parse().expect("an address");
    Named { url, certificates: None, from: "Backdesk <desk@backdesk.example>".parse().expect("a sender") }
}

/// Who waits for nobody longer than a local server takes.
pub(crate) fn hasty() -> MailLimits {
    MailLimits { connect: Duration::from_secs(5), hand_over: Duration::from_secs(5), ..MailLimits::default() }
}

/// Nobody asks the postman to stop.
pub(crate) fn never() -> CancellationToken {
    CancellationToken::new()
}
