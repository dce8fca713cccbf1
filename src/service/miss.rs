//! Acts on what lies outside the caller's accounts. They are answered as if it did not exist, and recorded later, many at
//! a time: were it done at once, the database would be busy a moment longer for what exists elsewhere than for what does
//! not exist at all, and whoever measures would know.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Services;
use crate::{
    auth::caller::Permit,
    store::{
        audit::{Aim, Refusal},
        error::StoreError,
        user::UserKey,
    },
};

/// How long misses are collected before they are looked up and recorded.
const COLLECTED_FOR: Duration = Duration::from_millis(100);
/// Misses that wait at most; beyond it somebody is guessing by the thousand, and the log says so.
const WAITING: usize = 10_000;

/// What was not found within the caller's accounts.
#[derive(Debug)]
pub(crate) enum Miss {
    /// A user.
    User(UserKey),
    /// Whoever of an account has this e-mail address.
    Holder {
        /// The code of the account.
        account: String,
        /// The address.
        email: String,
    },
    /// An account, by its code.
    Account(String),
    /// A staff member.
    Staff(Uuid),
}

/// Misses that were not recorded yet.
#[derive(Debug, Default)]
pub(super) struct Misses(Mutex<Vec<(DateTime<Utc>, Permit, Miss)>>);

impl Services {
    /// Has it recorded that something outside the caller's accounts was asked for, if there is such a thing.
    pub(super) fn record_out_of_scope(&self, permit: &Permit, miss: Miss) {
        let mut waiting = self.0.misses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING {
            tracing::error!(
                request_id = permit.caller().origin().request_id,
                "too many acts out of scope to record them all"
            );
            return;
        }
        waiting.push((self.store().clock().now(), permit.clone(), miss));
        if waiting.len() == 1 {
            let services = self.clone();
            self.tasks().spawn(async move {
                tokio::time::sleep(COLLECTED_FOR).await;
                let misses =
                    std::mem::take(&mut *services.0.misses.0.lock().unwrap_or_else(PoisonError::into_inner));
                if services.record(misses).await.is_err() {
                    tracing::error!("acts out of scope could not be recorded");
                }
            });
        }
    }

    async fn record(&self, misses: Vec<(DateTime<Utc>, Permit, Miss)>) -> Result<(), StoreError> {
        let mut refusals = Vec::new();
        for (at, permit, miss) in misses {
            let reader = self.store().read(&permit);
            let (on, account) = match miss {
                Miss::User(key) => (reader.find_outside_scope(&key, None).await?.map(Aim::User), None),
                Miss::Holder { account, email } => {
                    let holder = reader.find_outside_scope(&UserKey::Email(email), Some(&account)).await?;
                    (holder.map(Aim::User), None)
                }
                Miss::Account(code) => (None, reader.account_outside_scope(&code).await?),
                Miss::Staff(id) => (reader.staff_outside_scope(id).await?.map(Aim::Staff), None),
            };
            if on.is_some() || account.is_some() {
                let action = permit.action();
                let refusal = Refusal { at, action, code: "NOT_FOUND", missing: None, on, account };
                refusals.push((permit.caller().clone(), refusal));
            }
        }
        self.store().record_refusals(refusals).await
    }
}
