//! The only ways to the data: a reader, which hands out selects that carry the scope already, and a writer, which cannot
//! commit without an audit entry. Neither lets a connection out of the store.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use backdesk_entity::{access_change, user};
use sea_orm::{
    DatabaseTransaction, EntityTrait,
    sea_query::{Condition, IntoColumnRef, Query, SelectStatement},
};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{
    Store,
    connections::{Connections, Turn},
    error::StoreError,
    scope::InScope,
    timed::Timed,
};
use crate::{
    auth::caller::{Permit, Scope},
    clock::Clock,
    domain::policy::Policies,
};

/// Reads what the permit's scope covers.
#[derive(Debug, Clone)]
pub struct Reader {
    store: Store,
    permit: Permit,
}

/// One transaction. Dropped without a commit, it rolls back.
#[derive(Debug)]
pub struct Writer {
    pub(super) store: Store,
    pub(super) permit: Permit,
    pub(super) tx: Timed<DatabaseTransaction>,
    /// However it ends, nothing stays: see [`Store::rehearse`].
    pub(super) is_rehearsal: bool,
    /// The policies, once they were read to stay: see [`Writer::policies_that_stay`].
    pub(super) policies: OnceCell<Policies>,
    /// The sealed data keys of users who were read to be changed; none of those who have none yet.
    pub(super) data_keys: Mutex<HashMap<Uuid, Option<Vec<u8>>>>,
    /// Something was written that an audit entry must tell of.
    changed: AtomicBool,
    /// Access that ends with the commit.
    pub(super) ended: Mutex<Vec<access_change::Model>>,
    /// A letter was posted, which somebody may send once it is committed.
    posted: AtomicBool,
    /// Behind the transaction: whoever comes next has its connection.
    _turn: Turn,
}

impl Store {
    /// Opens the data for reading.
    pub fn read(&self, permit: &Permit) -> Reader {
        Reader { store: self.clone(), permit: permit.clone() }
    }

    /// Opens a transaction for one act.
    pub async fn write(&self, permit: Permit) -> Result<Writer, StoreError> {
        self.open(permit, false).await
    }

    /// Opens a transaction in which an act shows what it would do, the constraints of the database included. Whatever it
    /// is told at its end, it rolls back and leaves no entry: nobody has to remember that it must not be committed.
    pub async fn rehearse(&self, permit: Permit) -> Result<Writer, StoreError> {
        self.open(permit, true).await
    }

    async fn open(&self, permit: Permit, is_rehearsal: bool) -> Result<Writer, StoreError> {
        let (turn, tx) = self.begin().await?;
        let (changed, posted) = (AtomicBool::new(false), AtomicBool::new(false));
        let policies = OnceCell::new();
        let (data_keys, ended) = (Mutex::default(), Mutex::default());
        Ok(Writer {
            store: self.clone(),
            permit,
            tx,
            is_rehearsal,
            policies,
            data_keys,
            changed,
            ended,
            posted,
            _turn: turn,
        })
    }
}

impl Reader {
    pub(super) fn db(&self) -> &Timed<Connections> {
        self.store.db()
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// A select of users that shows nobody outside the scope.
    pub(super) fn select_users(&self) -> SelectStatement {
        let select = unscoped::<user::Entity>();
        self.within(select, self.in_scope().users())
    }

    /// A select of another table with a column for the account, that shows nothing outside the scope.
    pub(super) fn select<E: EntityTrait>(&self, _: E, account: impl IntoColumnRef) -> SelectStatement {
        self.within(unscoped::<E>(), self.in_scope().rows(account))
    }

    fn within(&self, mut select: SelectStatement, condition: Condition) -> SelectStatement {
        if !self.scope().is_everything() {
            select.cond_where(condition);
        }
        select
    }

    /// A select of another table that shows everything: the caller of this adds what keeps it within the scope.
    #[expect(clippy::unused_self, reason = "a select comes from a reader alone")]
    pub(super) fn select_all<E: EntityTrait>(&self, _: E) -> SelectStatement {
        unscoped::<E>()
    }

    pub(super) fn permit(&self) -> &Permit {
        &self.permit
    }

    pub(super) fn scope(&self) -> &Scope {
        self.permit.scope()
    }

    /// The rows that the scope covers.
    pub(super) fn in_scope(&self) -> InScope<'_> {
        InScope::of(self.scope(), self.store.backend())
    }
}

impl Writer {
    /// What the transaction was opened for.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// The clock that rows are dated and named by.
    pub fn clock(&self) -> &Clock {
        self.store.clock()
    }

    /// The rows that the permit's scope covers.
    pub(super) fn in_scope(&self) -> InScope<'_> {
        InScope::of(self.permit.scope(), self.store.backend())
    }

    /// What is written from here on must be told by an audit entry.
    pub(super) fn tx_to_change(&self) -> &Timed<DatabaseTransaction> {
        self.changed.store(true, Ordering::Relaxed);
        &self.tx
    }

    /// Ends a transaction that changed nothing: no trace but the kept answer of an idempotency key. One that did change
    /// something is rolled back: no change without an entry.
    pub async fn unchanged(self) -> Result<(), StoreError> {
        if self.is_rehearsal {
            return self.discard().await;
        }
        if self.changed.load(Ordering::Relaxed) {
            tracing::error!("a change was to be committed without an audit entry");
            return Err(StoreError::Internal);
        }
        self.make_durable().await
    }

    /// Notes that somebody has a letter to send once this has committed.
    pub(super) fn note_posted(&self) {
        self.posted.store(true, Ordering::Relaxed);
    }

    /// Commits, and tells whoever has to know at once: those who judge tokens, and whoever sends letters.
    pub(super) async fn make_durable(self) -> Result<(), StoreError> {
        let committed = self.tx.commit().await;
        let ended = self.ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        match committed.is_ok() {
            true => self.store.access().learn(&ended),
            false => self.store.access().doubt(),
        }
        if self.posted.load(Ordering::Relaxed) {
            self.store.outgoing().wake();
        }
        committed
    }

    /// Rolls back, and waits until that is done: the next transaction need not wait for it.
    pub async fn discard(self) -> Result<(), StoreError> {
        Ok(self.tx.rollback().await?)
    }
}

fn unscoped<E: EntityTrait>() -> SelectStatement {
    Query::select().from(E::default().table_ref()).take()
}
