//! Queries and transactions: the only rooms that speak SeaORM. What is kept where, and how it is found again.

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};

use self::{
    access::Access,
    connections::{Connections, Turn},
    error::StoreError,
    timed::Timed,
};
use crate::{
    auth::{opaque::OpaqueTokens, sealing::MasterKey},
    clock::Clock,
    telemetry::meters::{Held, StoreMeters},
};

mod access;
mod account;
pub mod audit;
mod bell;
pub mod comment;
mod connect;
mod connections;
mod current_read;
mod cursor;
pub mod document;
pub mod error;
mod facet;
mod facts;
mod filter;
mod idempotency;
pub(crate) mod incident;
mod indexes_aside;
mod keys;
pub mod kyc;
mod list;
pub(crate) mod mail;
mod membership;
mod nested;
mod outgoing;
mod page;
mod planning;
pub mod policy;
mod pulse;
mod read_connections;
pub mod recorded;
pub mod recording;
pub mod role;
mod scope;
pub mod sent_token;
mod session;
pub mod sign_in;
mod slow;
mod snapshot;
pub mod staff;
mod timed;
pub mod user;

pub use account::{Account, Group};
pub use connect::{ConnectError, Database, sqlite_path};
pub use facet::Bucket;
pub use idempotency::Replay;
pub(crate) use list::Listed;
pub use list::{Count, List, Page};
pub use nested::Lists;
pub(crate) use nested::{Owned, Row};
pub(crate) use outgoing::Outgoing;
pub use pulse::Beat;
pub use session::{Reader, Writer};
pub use slow::{Advice, SlowQuery};
pub use snapshot::Snapshot;

/// The data, and the door to it: opened by a permit, for reading or for one act.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    db: Timed<Connections>,
    master: MasterKey,
    opaque: OpaqueTokens,
    clock: Clock,
    outgoing: Outgoing,
    access: Access,
}

impl Store {
    /// A store on a migrated database.
    pub fn new(database: Database, master: MasterKey, clock: Clock) -> Self {
        let (db, opaque) = (database.into_connections(), OpaqueTokens::new(&master));
        let (outgoing, access) = (Outgoing::default(), Access::default());
        Self(Arc::new(Inner { db, master, opaque, clock, outgoing, access }))
    }

    /// The clock that the store dates and names its rows by.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn db(&self) -> &Timed<Connections> {
        &self.0.db
    }

    /// Letters that are on their way.
    pub(crate) fn outgoing(&self) -> &Outgoing {
        &self.0.outgoing
    }

    /// Access that ended while tokens still say otherwise.
    fn access(&self) -> &Access {
        &self.0.access
    }

    /// How the database is, as of a second ago at most.
    pub async fn beat(&self) -> Beat {
        self.db().vitals().pulse.beat().await
    }

    /// What is counted here.
    pub fn meters(&self) -> &StoreMeters {
        &self.db().vitals().meters
    }

    /// How many connections there are, and how many of them do nothing.
    pub fn pool(&self) -> (u32, u32) {
        self.db().pool()
    }

    /// The secrets that others keep and bring back.
    pub fn opaque(&self) -> &OpaqueTokens {
        &self.0.opaque
    }

    fn master(&self) -> &MasterKey {
        &self.0.master
    }

    fn backend(&self) -> DbBackend {
        self.db().get_database_backend()
    }

    /// Whether rows can be locked one by one; the embedded database locks whole.
    fn has_row_locks(&self) -> bool {
        !database_is_embedded(self.db())
    }

    /// A transaction with its turn among the writers, in order of asking. The embedded database has one, because it takes one
    /// writer at a time, and waiting here ends sooner and fairer than on its lock. None within the time that a connection is
    /// waited for is "unavailable".
    async fn begin(&self) -> Result<(Turn, Timed<DatabaseTransaction>), StoreError> {
        let waiting = Held::one(&self.meters().writers_waiting);
        let turn = self.db().turn().await.ok_or(StoreError::Unavailable)?;
        drop(waiting);
        let tx = self.db().begin(&turn).await?;
        Ok((turn, tx))
    }
}

fn database_is_embedded(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DbBackend::Sqlite
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
