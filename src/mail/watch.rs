//! How the outbox is, and what people are told when something is wrong with it, or with something else.

use backdesk_entity::enums::IncidentKind;
use chrono::TimeDelta;

use super::{
    letter::Letter,
    outbox::Addressed,
    postman::{Postman, Trouble},
    receivers::Receiver,
};
use crate::store::{error::StoreError, incident::Incident};

/// How long nothing can be sent before somebody is told.
const DEAD_AFTER: TimeDelta = TimeDelta::minutes(15);

impl Postman {
    /// Counts what waits, notes what is wrong, and tells those whom it concerns. What fails is done the next time.
    pub async fn watch(&self) {
        let (looked, told) = (self.look().await, self.tell().await);
        if looked.and(told).is_err() {
            tracing::warn!("how letters are cannot be looked up");
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        const DEAD: IncidentKind = IncidentKind::MailServerDead;
        let (waiting, last_sent) = self.store.outbox().await?;
        let meters = self.store.outgoing().meters();
        meters.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        // what this instance could not send, another one may have
        if let (Some(last), Some(dead)) = (last_sent, self.store.incident(DEAD).await?)
            && last > dead.since
        {
            self.store.end_incident(DEAD, last).await?;
        }
        let trouble = {
            let mut trouble = self.trouble();
            trouble.take_if(|trouble| last_sent.is_some_and(|last| last > trouble.since));
            trouble.clone()
        };
        if let Some(Trouble { since, what }) = trouble
            && waiting > 0
            && self.store.clock().now() - since >= DEAD_AFTER
        {
            self.store.note_incident(DEAD, &what, since).await?;
        }
        Ok(())
    }

    async fn tell(&self) -> Result<(), StoreError> {
        let incidents = self.store.untold_incidents().await?;
        if incidents.is_empty() {
            return Ok(());
        }
        let receivers = self.receivers.of_incidents().await?;
        if receivers.is_empty() {
            return Ok(());
        }
        for incident in incidents {
            let letters = receivers.iter().map(|receiver| about(&incident, receiver).write());
            self.store.tell_incident(&incident, &letters.collect::<Result<Vec<_>, _>>()?).await?;
        }
        Ok(())
    }
}

fn about(incident: &Incident, receiver: &Receiver) -> Addressed {
    let Incident { kind, what, since } = incident;
    let Receiver { to, language } = receiver;
    let letter = Letter::Incident { kind: *kind, what: what.clone(), since: *since };
    Addressed { to: to.clone(), language: language.clone(), letter, sent_token: None }
}
