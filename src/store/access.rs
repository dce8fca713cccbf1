//! Access that ended while tokens still say otherwise: what this instance knows of it. It is read over and over, by time and
//! with an overlap, because rows become visible in another order than they were written in; what ended here is known at once.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use backdesk_entity::access_change::{Column, Entity, Model};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{Store, bell::RING, error::StoreError, session::Writer};
use crate::{auth::token::LEEWAY, config::LONGEST_ACCESS_TOKEN};

/// How old may be what is known: access that ended on another instance has ended here by then.
const RECENT: Duration = Duration::from_secs(1);
/// How long a failed attempt to read stands for those who come behind it: they need not wait for another.
const FAILED_FOR: Duration = Duration::from_millis(500);
/// How far back is read again. Longer than from the writing of a row to its commit, and than clocks of instances differ.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);
/// For how long an end is kept: longer than any access token of a session is good, with the leeway of its verification.
const KEPT: TimeDelta = TimeDelta::minutes(20);
const _: () = assert!(KEPT.num_seconds() > LONGEST_ACCESS_TOKEN.as_secs().cast_signed() + LEEWAY);

/// What is known. One for the instance.
#[derive(Debug, Default)]
pub(super) struct Access {
    known: RwLock<Known>,
    /// One reads, whoever else wants to know waits for what it finds.
    reading: Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    /// By the uptime and by the clock; none before the first time.
    read: Option<(Duration, DateTime<Utc>)>,
    /// When reading last failed, by the uptime.
    failed: Option<Duration>,
    /// The least version of rights that tokens of a staff member hold by, and when it came to be.
    rights: HashMap<Uuid, (i32, DateTime<Utc>)>,
    /// Sessions, and when they ended.
    sessions: HashMap<Uuid, DateTime<Utc>>,
}

impl Known {
    fn learn(&mut self, change: &Model) {
        if let (Some(staff), Some(version)) = (change.staff_id, change.rights_version) {
            let known = self.rights.entry(staff).or_insert((version, change.at));
            *known = (*known).max((version, change.at));
        }
        if let Some(session) = change.session_id {
            self.sessions.insert(session, change.at);
        }
    }

    fn forget(&mut self, before: DateTime<Utc>) {
        self.rights.retain(|_, (_, at)| *at >= before);
        self.sessions.retain(|_, at| *at >= before);
    }
}

impl Access {
    /// What has just been committed here.
    pub(super) fn learn(&self, changes: &[Model]) {
        if !changes.is_empty() {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            for change in changes {
                known.learn(change);
            }
        }
    }

    /// Nobody knows whether something was committed here: the next request reads all of it again.
    pub(super) fn doubt(&self) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).read = None;
    }

    fn is_recent(&self, uptime: Duration) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.read.is_some_and(|(at, _)| uptime.saturating_sub(at) < RECENT)
    }

    fn has_just_failed(&self, uptime: Duration) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.failed.is_some_and(|at| uptime.saturating_sub(at) < FAILED_FOR)
    }
}

/// Access is ended by writers, with an entry of their own, and read without a permit: it decides who gets one.
impl Store {
    /// Whether a token of a staff member holds still, by the version of their rights and its session, as of a second ago at
    /// most. While somebody reads often enough, the database is not asked.
    pub async fn access_holds(&self, staff: Uuid, rights: i32, session: Uuid) -> Result<bool, StoreError> {
        let access = self.access();
        if !access.is_recent(self.clock().uptime()) {
            let _reading = access.reading.lock().await;
            if !access.is_recent(self.clock().uptime()) {
                if access.has_just_failed(self.clock().uptime()) {
                    return Err(StoreError::Unavailable);
                }
                self.read_access_changes().await?;
            }
        }
        let known = access.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_less = known.rights.get(&staff).is_some_and(|(least, _)| rights < *least);
        Ok(!is_less && !known.sessions.contains_key(&session))
    }

    /// Reads what ended since the last time. Call it more often than once a second.
    pub async fn read_access_changes(&self) -> Result<(), StoreError> {
        let (uptime, now) = (self.clock().uptime(), self.clock().now());
        let oldest = now - KEPT;
        let last = self.access().known.read().unwrap_or_else(PoisonError::into_inner).read;
        // a clock that was set back must not hide what was written meanwhile
        let since = last.map_or(oldest, |(_, at)| (at.min(now) - OVERLAP).max(oldest));
        let read = Entity::find().filter(Column::At.gte(since)).all(self.db()).await;
        let mut known = self.access().known.write().unwrap_or_else(PoisonError::into_inner);
        known.failed = read.is_err().then(|| self.clock().uptime());
        let changes = read?;
        for change in &changes {
            known.learn(change);
        }
        known.forget(oldest);
        known.read = Some((uptime, now));
        Ok(())
    }

    /// Until somebody tells that access may have ended somewhere; never where nobody [listens](Self::listen_for_access_changes).
    pub async fn access_changed(&self) {
        self.db().vitals().bell.rang().await;
    }

    /// Listens to PostgreSQL, which tells of access that ended, for as long as it is waited for. On SQLite there is nothing to
    /// listen to.
    pub async fn listen_for_access_changes(&self) {
        self.db().vitals().bell.listen().await;
    }

    /// Forgets what no token can contradict any more; run from time to time.
    pub async fn sweep_access_changes(&self) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        Entity::delete_many().filter(Column::At.lt(self.clock().now() - KEPT)).exec(&tx).await?;
        tx.commit().await
    }
}

impl Writer {
    /// From the commit on, tokens of a staff member hold no longer that were issued by less than this version of their rights.
    pub(super) async fn end_tokens_of(&self, staff: Uuid, rights: i32) -> Result<(), StoreError> {
        let (staff_id, rights_version) = (Some(staff), Some(rights));
        self.note_access_change(Model { staff_id, rights_version, ..self.access_change() }).await
    }

    /// The same of tokens of a session.
    pub(super) async fn end_tokens_of_session(&self, session: Uuid) -> Result<(), StoreError> {
        self.note_access_change(Model { session_id: Some(session), ..self.access_change() }).await
    }

    fn access_change(&self) -> Model {
        let (id, at) = (self.clock().new_id(), self.clock().now());
        Model { id, at, staff_id: None, rights_version: None, session_id: None }
    }

    async fn note_access_change(&self, change: Model) -> Result<(), StoreError> {
        let row = change.clone().into_active_model().reset_all();
        let tx = self.tx_to_change();
        Entity::insert(row).exec_without_returning(tx).await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared(RING).await?;
        }
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(change);
        Ok(())
    }
}
