//! The log of sensitive reads: what a request showed of whom. It is kept before the answer goes out, one entry a request;
//! what cannot be logged is not shown.

use std::sync::{Arc, Mutex, PoisonError};

use tracing::Instrument;
use uuid::Uuid;

use super::{Services, error::ApiError};
use crate::{
    auth::{
        caller::{Caller, Permit},
        policy::Action,
    },
    store::audit::Reads,
};

/// What one request read of sensitive fields.
#[derive(Debug, Default)]
pub struct SensitiveReads(Mutex<Reads>);

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
        reads.users.entry(user).or_default().insert(field.to_owned());
    }

    /// Notes that a list tells of a sensitive field by whom it finds and how many they are: these `users` it shows.
    pub fn note_list(&self, field: &str, users: impl IntoIterator<Item = Uuid>) {
        users.into_iter().for_each(|user| self.note(user, field));
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reads.lists.insert(field.to_owned());
    }

    fn take(&self) -> Reads {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Services {
    /// Keeps what a request read. It runs to its end in a task of its own: a client that goes away must not leave its
    /// transaction open.
    pub async fn record_reads(&self, caller: &Arc<Caller>, reads: &SensitiveReads) -> Result<(), ApiError> {
        let reads = reads.take();
        if reads == Reads::default() {
            return Ok(());
        }
        let (store, caller) = (self.store().clone(), Arc::clone(caller));
        let recording = async move { store.record_reads(&caller, reads).await };
        let recorded = self.tasks().spawn(recording.in_current_span()).await;
        Ok(recorded.map_err(|_| ApiError::Internal)??)
    }
}
