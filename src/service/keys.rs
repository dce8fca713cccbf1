//! The keys that sign access tokens: replaced by age and by command, and known on every instance before they are used.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{Services, error::ApiError};
use crate::{
    auth::{
        caller::Caller,
        keys::{KeyStatus, LEAD},
        policy::Action,
        token::{Claims, TokenError},
    },
    store::{
        audit::{Change, FieldChange},
        error::StoreError,
    },
};

/// How long no other token has the keys read after one did whose key is not known: anybody can write one.
const NOT_AGAIN_FOR: Duration = Duration::from_secs(1);

/// The turn to read the keys, so that what was read first is never held last; and when a token had them read, as the clock's
/// uptime.
#[derive(Debug, Default)]
pub(super) struct KeysRead(Mutex<Option<Duration>>);

/// How a key is followed by another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The next one is published now and signs after [`LEAD`]; nobody notices.
    Announced,
    /// The same, if the newest one has been signing for this long.
    OlderThan(Duration),
    /// The next one signs at once, and nothing that any other one signed is good: for a key that somebody else knows.
    AtOnce,
}

/// A key that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its id.
    pub kid: String,
    /// When it begins to sign.
    pub signs_from: DateTime<Utc>,
}

impl Services {
    /// The claims of a token that is good here and now. Another instance may have made its key a moment ago: then the keys
    /// are read again.
    pub async fn verify(&self, token: &str) -> Result<Arc<Claims>, TokenError> {
        match self.tokens().verify(token) {
            Err(TokenError::UnknownKey) => {
                self.look_for_keys().await;
                self.tokens().verify(token)
            }
            verified => verified,
        }
    }

    /// Reads the keys for a token whose key is not known. Who comes meanwhile waits for the same answer.
    async fn look_for_keys(&self) {
        let mut looked_at = self.0.keys.0.lock().await;
        let uptime = || self.store().clock().uptime();
        if looked_at.is_some_and(|at| uptime().saturating_sub(at) < NOT_AGAIN_FOR) {
            return;
        }
        if self.read_keys().await.is_err() {
            tracing::warn!("the signing keys could not be read for a token of another one");
        }
        // behind it: those who waited for a database that is away must not wait one after the other
        *looked_at = Some(uptime());
    }

    /// Holds the keys that there are. When they cannot be read, the former ones stay.
    async fn read_keys(&self) -> Result<(), StoreError> {
        let ring = self.store().key_ring_again(&self.tokens().ring()).await?;
        self.tokens().hold(ring);
        Ok(())
    }

    /// Learns what other instances and commands did to the keys, and makes the next one when the newest is this old. Run
    /// every few seconds.
    pub async fn keep_keys(&self, age: Duration) -> Result<(), ApiError> {
        if self.tokens().ring().is_older_than(age, self.now()) {
            self.rotate_keys(&Arc::new(Caller::system("serve")), Rotation::OlderThan(age)).await?;
        }
        let _turn = self.0.keys.0.lock().await;
        Ok(self.read_keys().await?)
    }

    /// Makes the next key; none when it is too early. Instances hold it when they next read the keys.
    pub async fn rotate_keys(
        &self,
        caller: &Arc<Caller>,
        rotation: Rotation,
    ) -> Result<Option<NewKey>, ApiError> {
        let permit = self.permit(caller, Action::KeysRotate).await?;
        let writer = self.store().write(permit).await?;
        let (ring, now) = (writer.keys_that_stay().await?, self.now());
        let signs_from = match rotation {
            // another instance has done it
            Rotation::OlderThan(age) if !ring.is_older_than(age, now) => {
                writer.unchanged().await?;
                return Ok(None);
            }
            Rotation::OlderThan(_) | Rotation::Announced => now + LEAD,
            Rotation::AtOnce => now,
        };
        let kid = writer.add_key(signs_from).await?;
        let mut fields = vec![
            changed("kid", json!(ring.signing(now).kid()), json!(kid)),
            changed("signsFrom", json!(null), json!(signs_from)),
        ];
        if rotation == Rotation::AtOnce {
            writer.drop_other_keys(&kid).await?;
            let dropped: Vec<String> = ring.statuses(now).into_iter().map(|status| status.kid).collect();
            fields.push(changed("dropped", json!(dropped), json!(null)));
        }
        writer.commit(Change { fields, ..Change::default() }).await?;
        tracing::info!(%kid, %signs_from, "a new signing key was made");
        Ok(Some(NewKey { kid, signs_from }))
    }

    /// What each key is for, newest first.
    pub async fn keys(&self, caller: &Arc<Caller>) -> Result<Vec<KeyStatus>, ApiError> {
        let _permit = self.permit(caller, Action::KeysRotate).await?;
        Ok(self.store().key_ring().await?.statuses(self.now()))
    }
}

fn changed(field: &str, before: Value, after: Value) -> FieldChange {
    FieldChange { field: field.to_owned(), before, after }
}
