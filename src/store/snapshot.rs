//! A long look at the data as it is at one instant, whatever is written meanwhile.

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, IsolationLevel, SqliteTransactionMode,
    TransactionOptions,
};

use super::{Store, error::StoreError, scope::InScope, timed::Timed};
use crate::auth::caller::Permit;

/// Reads what the permit's scope covers, all of it as of its first statement. It holds a connection until it is dropped,
/// and nobody up: SQLite reads beside its writer, `PostgreSQL` keeps the old rows.
#[derive(Debug)]
pub struct Snapshot {
    permit: Permit,
    tx: Timed<DatabaseTransaction>,
}

impl Store {
    /// Opens the data for a long look.
    pub async fn snapshot(&self, permit: &Permit) -> Result<Snapshot, StoreError> {
        let is_postgres = self.has_row_locks();
        // SQLite knows nothing else, and its driver warns of what it is told
        let options = TransactionOptions {
            isolation_level: is_postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: is_postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
        };
        let tx = self.db().begin_to_read(options).await?;
        if is_postgres {
            // between two statements it waits for whoever takes what was read
            tx.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
        }
        Ok(Snapshot { permit: permit.clone(), tx })
    }
}

impl Snapshot {
    pub(super) fn tx(&self) -> &Timed<DatabaseTransaction> {
        &self.tx
    }

    /// The rows that the permit's scope covers.
    pub(super) fn in_scope(&self) -> InScope<'_> {
        InScope::of(self.permit.scope(), self.tx.get_database_backend())
    }
}
