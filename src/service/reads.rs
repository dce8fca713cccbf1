//! The log of sensitive reads: what a request showed of whom. It is kept before the answer goes out, one entry a request;
//! what cannot be logged is not shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use tracing::Instrument;
use uuid::Uuid;

use super::{Services, error::ApiError};
use crate::auth::{
    caller::{Caller, Permit},
    policy::Action,
};

/// Sensitive fields that one request read, by user.
#[derive(Debug, Default)]
pub struct SensitiveReads(Mutex<BTreeMap<Uuid, BTreeSet<String>>>);

impl SensitiveReads {
    /// The permit to show a field of a user; none where it is withheld, which nobody is refused for. What is sensitive
    /// is noted.
    pub fn permit(&self, caller: &Arc<Caller>, action: Action, user: Uuid) -> Option<Permit> {
        let permit = caller.permit(action).ok()?;
        if let (true, Some(field)) = (action.is_sensitive(), action.user_part()) {
            self.note(user, field);
        }
        Some(permit)
    }

    /// Notes that a sensitive field of a user is shown.
    pub fn note(&self, user: Uuid, field: &str) {
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reads.entry(user).or_default().insert(field.to_owned());
    }

    fn take(&self) -> BTreeMap<Uuid, BTreeSet<String>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Services {
    /// Keeps what a request read. It runs to its end in a task of its own: a client that goes away must not leave its
    /// transaction open.
    pub async fn record_reads(&self, caller: &Arc<Caller>, reads: &SensitiveReads) -> Result<(), ApiError> {
        let reads = reads.take();
        if reads.is_empty() {
            return Ok(());
        }
        let (store, caller) = (self.store().clone(), Arc::clone(caller));
        let recording = async move { store.record_reads(&caller, reads).await };
        let recorded = self.tasks().spawn(recording.in_current_span()).await;
        Ok(recorded.map_err(|_| ApiError::Internal)??)
    }
}
