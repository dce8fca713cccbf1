//! Who takes letters from the outbox to the server. Any number of instances may have one: a row is taken by one of them.
//!
//! What a server took over is marked as sent at once, and that is tried for as long as the program runs. Between the two there
//! is a moment in which the program may be ended: then the letter is sent a second time, under the same `Message-ID`. SMTP knows
//! no way around that (RFC 5321, 4.5.3.2.6, and RFC 1047).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use backdesk_entity::enums::{IncidentKind, MailKind};
use chrono::{DateTime, Utc};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    compose::{self, Unsendable},
    pace,
    receivers::Receivers,
    smtp::{Failure, Smtp},
};
use crate::store::{Store, error::StoreError, mail::Mail};

/// Between two looks for letters that other instances posted, or that are to be tried again.
const LOOK: Duration = Duration::from_secs(5);
/// Between two looks at how things are.
const WATCH: Duration = Duration::from_secs(30);
/// How much longer than a letter may take it is taken for: clocks of instances differ, and marking takes a moment.
const LEEWAY: Duration = Duration::from_mins(1);
/// Between two tries to mark what a server took over.
const MARK_AGAIN: Duration = Duration::from_millis(500);

/// Sends letters, one for each program. Cheap to clone.
#[derive(Clone)]
pub struct Postman {
    pub(super) store: Store,
    /// None when nobody configured one: letters wait.
    smtp: Option<Smtp>,
    pub(super) receivers: Arc<dyn Receivers>,
    /// What rows are taken by.
    id: Uuid,
    trouble: Arc<Mutex<Option<Trouble>>>,
}

/// That nothing could be sent lately, as far as this instance knows.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) since: DateTime<Utc>,
    pub(super) what: String,
}

impl Postman {
    /// One for the letters of a store; without a server it only watches them wait.
    pub fn new(store: Store, smtp: Option<Smtp>, receivers: Arc<dyn Receivers>) -> Self {
        let id = store.clock().new_id();
        Self { store, smtp, receivers, id, trouble: Arc::default() }
    }

    /// Sends letters until it is told to stop; then it finishes those that it has in hand.
    pub async fn run(self, stop: CancellationToken) {
        let (mut round, mut watched) = (0_u32, None);
        while !stop.is_cancelled() {
            self.send_due(&stop).await;
            let uptime = self.store.clock().uptime();
            if watched.is_none_or(|at| uptime >= at + WATCH) && !stop.is_cancelled() {
                self.watch().await;
                watched = Some(uptime);
            }
            round = round.wrapping_add(1);
            tokio::select! {
                () = self.store.outgoing().posted() => {}
                () = sleep(pace::longer(LOOK, self.id, round)) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Sends all letters that are due, several at the same time, those included that become due meanwhile.
    ///
    /// Each is a task of its own: were they parts of this one, a letter to be marked could be given its turn to write while this
    /// one waits for it, and neither would go on.
    pub async fn send_due(&self, stop: &CancellationToken) {
        let Some(smtp) = &self.smtp else { return };
        let (mut in_hand, mut look) = (JoinSet::new(), true);
        loop {
            while in_hand.try_join_next().is_some() {}
            let free = smtp.at_once() - in_hand.len();
            // several at once, because taking is a transaction; but one that takes long keeps no other from going out
            if (free * 2 >= smtp.at_once() || look && free > 0) && !stop.is_cancelled() {
                for mail in self.take(smtp, free).await {
                    let (postman, smtp) = (self.clone(), smtp.clone());
                    in_hand.spawn(async move { postman.send(&smtp, mail).await });
                }
            }
            look = false;
            let has_room = in_hand.len() < smtp.at_once() && !stop.is_cancelled();
            let others = async {
                match has_room {
                    true => timeout(LOOK, self.store.outgoing().posted()).await.unwrap_or_default(),
                    false => std::future::pending().await,
                }
            };
            tokio::select! {
                sent = in_hand.join_next() => if sent.is_none() { return },
                () = others => look = true,
                () = stop.cancelled(), if !stop.is_cancelled() => {}
            }
        }
    }

    async fn take(&self, smtp: &Smtp, most: usize) -> Vec<Mail> {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        let taken = self.store.take_mails(self.id, smtp.longest() + LEEWAY, most).await;
        taken.unwrap_or_else(|_| {
            tracing::warn!("letters wait: the outbox cannot be read");
            Vec::new()
        })
    }

    async fn send(&self, smtp: &Smtp, mail: Mail) {
        let sent = match compose::message(&mail, smtp.sender()) {
            Ok(message) => smtp.send(&message).await,
            Err(Unsendable(why)) => Err(Failure::Never(why.to_owned())),
        };
        match sent {
            Ok(()) => self.mark_sent(&mail).await,
            Err(failure) => {
                if self.note_failure(&mail, failure).await.is_err() {
                    // its lease ends by itself
                    tracing::warn!(mail = %mail.id, "why a letter was not sent cannot be noted");
                }
            }
        }
    }

    /// The server has it: whatever the database does, it must not be sent again.
    async fn mark_sent(&self, mail: &Mail) {
        self.store.outgoing().meters().sent.inc();
        *self.trouble() = None;
        tracing::info!(mail = %mail.id, kind = ?mail.kind, "a letter was sent");
        while self.store.mail_sent(mail.id).await.is_err() {
            tracing::warn!(mail = %mail.id, "a letter was sent, and cannot be marked as such yet");
            sleep(MARK_AGAIN).await;
        }
    }

    async fn note_failure(&self, mail: &Mail, failure: Failure) -> Result<(), StoreError> {
        let Mail { id, created_at, kind, attempts, .. } = *mail;
        let (now, meters) = (self.store.clock().now(), self.store.outgoing().meters());
        let (why, until) = match failure {
            Failure::Later(why) => {
                self.trouble()
                    .get_or_insert_with(|| Trouble { since: now, what: String::new() })
                    .what
                    .clone_from(&why);
                let until = pace::next_try(id, created_at, attempts, now);
                (why, until)
            }
            Failure::Never(why) => (why, None),
        };
        if let Some(until) = until {
            tracing::warn!(mail = %id, ?kind, attempts, why, "a letter could not be sent, and is tried again");
            meters.put_off.inc();
            return self.store.mail_put_off(id, self.id, until, &why).await;
        }
        tracing::error!(mail = %id, ?kind, attempts, why, "a letter was given up");
        meters.failed.inc();
        self.store.mail_failed(id, self.id, &why).await?;
        // a letter about letters about letters helps nobody
        if kind != MailKind::Incident {
            let what = format!("a letter ({kind:?}) was given up: {why}");
            self.store.note_incident(IncidentKind::JobFailed, &what, now).await?;
        }
        Ok(())
    }

    pub(super) fn trouble(&self) -> std::sync::MutexGuard<'_, Option<Trouble>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Postman {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postman").field("smtp", &self.smtp).finish_non_exhaustive()
    }
}
