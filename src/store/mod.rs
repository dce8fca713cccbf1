//! Queries and transactions: the only rooms that speak SeaORM. What is kept where, and how it is found again.

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::error::StoreError;
use crate::{auth::sealing::MasterKey, clock::Clock};

mod account;
pub mod audit;
mod connect;
mod cursor;
pub mod error;
mod facts;
mod filter;
mod idempotency;
mod keys;
mod list;
mod page;
mod session;
pub mod user;

pub use account::{Account, Group};
pub use connect::{ConnectError, Database, sqlite_path};
pub use idempotency::Replay;
pub(crate) use list::Listed;
pub use list::{Count, List, Page};
pub use session::{Reader, Writer};

/// The data, and the door to it: opened by a permit, for reading or for one act.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    db: DatabaseConnection,
    master: MasterKey,
    clock: Clock,
    /// SQLite's one writer.
    writers: Option<Arc<Semaphore>>,
}

impl Store {
    /// A store on a migrated database.
    pub fn new(database: Database, master: MasterKey, clock: Clock) -> Self {
        let db = database.into_connection();
        let writers = (db.get_database_backend() == DbBackend::Sqlite).then(|| Arc::new(Semaphore::new(1)));
        Self(Arc::new(Inner { db, master, clock, writers }))
    }

    /// The clock that the store dates and names its rows by.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn db(&self) -> &DatabaseConnection {
        &self.0.db
    }

    fn master(&self) -> &MasterKey {
        &self.0.master
    }

    /// Whether rows can be locked one by one; the embedded database locks whole.
    fn has_row_locks(&self) -> bool {
        self.0.writers.is_none()
    }

    async fn next_turn(&self) -> Result<Option<OwnedSemaphorePermit>, StoreError> {
        match &self.0.writers {
            // the semaphore is never closed
            Some(writers) => {
                Arc::clone(writers).acquire_owned().await.map(Some).map_err(|_| StoreError::Unavailable)
            }
            None => Ok(None),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
