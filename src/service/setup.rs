//! What commands ask of a database as a whole, and its upkeep.

use std::sync::Arc;

use super::{Services, error::ApiError};
use crate::{
    auth::{caller::Caller, policy::Action},
    store::audit::{Change, FieldChange},
};

impl Services {
    /// A fact that the database knows about itself.
    pub async fn fact(&self, caller: &Arc<Caller>, name: &str) -> Result<Option<String>, ApiError> {
        let permit = self.permit(caller, Action::PlatformFact).await?;
        Ok(self.store().read(&permit).fact(name).await?)
    }

    /// Notes a fact about the database.
    pub async fn note_fact(&self, caller: &Arc<Caller>, name: &str, value: &str) -> Result<(), ApiError> {
        let permit = self.permit(caller, Action::PlatformFact).await?;
        let writer = self.store().write(permit).await?;
        writer.note_fact(name, value).await?;
        let fields = vec![FieldChange::told(name, value)];
        Ok(writer.commit(Change { fields, ..Change::default() }).await?)
    }

    /// Has the database tell at once that access ended on an instance, for as long as it is waited for.
    pub async fn listen_for_ended_access(&self) {
        self.store().listen_for_access_changes().await;
    }

    /// Until access may have ended somewhere.
    pub async fn access_changed(&self) {
        self.store().access_changed().await;
    }

    /// Learns whose access ended on other instances. Where that fails, requests ask for themselves.
    pub async fn watch_access(&self) {
        if self.store().read_access_changes().await.is_err() {
            tracing::warn!("whose access ended elsewhere could not be read");
        }
    }

    /// Removes what outlived its time. A failure is logged, and the next time comes.
    pub async fn sweep(&self) {
        if self.store().sweep_idempotency_keys().await.is_err() {
            tracing::warn!("idempotency keys could not be swept");
        }
        if self.store().sweep_access_changes().await.is_err()
            || self.store().sweep_sessions().await.is_err()
            || self.store().sweep_attempts().await.is_err()
            || self.store().sweep_sent_tokens().await.is_err()
        {
            tracing::warn!("sessions, tries and links of long ago could not be swept");
        }
        if self.store().sweep_mails().await.is_err() {
            tracing::warn!("letters of long ago could not be swept");
        }
        if self.store().sweep_signing_keys().await.is_err() {
            tracing::warn!("signing keys that nobody needs could not be swept");
        }
        if self.sweep_uploads().await.is_err() {
            tracing::warn!("files that nobody confirmed could not be swept");
        }
        if self.sweep_pictures().await.is_err() {
            tracing::warn!("pictures that no user has could not be swept");
        }
    }
}
