//! Connections that are kept for reads. sqlx's pool asks every connection that comes back to it whether it lives, and so do we
//! there, with an end to the waiting: a read by way of the pool is three round trips instead of one, and the connection is away
//! meanwhile. On PostgreSQL reads therefore have a pool of their own, and what they took from it they keep. Whatever did not
//! end well goes back to the pool, which empties or closes it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DbErr, RuntimeErr, SqlxError, Statement,
    sea_query::Values,
    sqlx::{
        self, AssertSqlSafe, PgConnection, PgPool, Postgres,
        pool::{CloseEvent, PoolConnection},
        postgres::PgRow,
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{connect::make_ready, current_read::CurrentRead, planning::Planning};

/// A connection goes back to the pool after this: there it is replaced when it is old, and another one finds the server that
/// took over.
const STAY: Duration = Duration::from_mins(5);

/// Told of every statement, without its values.
pub(super) type Observer = Arc<dyn Fn(&str) + Send + Sync>;

/// Connections that are kept for reads.
pub(super) struct ReadConnections {
    pool: PgPool,
    /// One for each read that is under way.
    places: Arc<Semaphore>,
    /// How long a connection is waited for.
    patience: Duration,
    /// The last used one on top, so that those that are not needed grow old. With those in use never more than places.
    idle: Mutex<Vec<ReadConnection>>,
    observer: Option<Observer>,
}

struct ReadConnection {
    connection: PoolConnection<Postgres>,
    planning: Planning,
    /// When it left the pool.
    taken: Instant,
    used: Instant,
}

/// A place among the reads of a worker.
pub(super) struct Place {
    reads: Arc<ReadConnections>,
    _permit: OwnedSemaphorePermit,
}

impl ReadConnections {
    /// Those of a pool of which nobody else takes any.
    pub(super) fn new(
        pool: &DatabaseConnection,
        patience: Duration,
        observer: Option<Observer>,
    ) -> Arc<Self> {
        let pool = pool.get_postgres_connection_pool().clone();
        let places = Arc::new(Semaphore::new(pool.options().get_max_connections() as usize));
        let closed = pool.close_event();
        let reads = Arc::new(Self { pool, places, patience, idle: Mutex::default(), observer });
        tokio::spawn(drop_idle_once_closed(Arc::downgrade(&reads), closed));
        reads
    }

    /// How many may read at once.
    pub(super) fn size(&self) -> usize {
        self.pool.options().get_max_connections() as usize
    }

    /// How many connections there are, and how many of them do nothing.
    pub(super) fn count(&self) -> (u32, usize) {
        (self.pool.size(), self.pool.num_idle() + self.idle().len())
    }

    /// Whether a read need not wait for a connection that is on its way back.
    pub(super) fn has_ready(&self) -> bool {
        !self.idle().is_empty() || self.pool.num_idle() > 0
    }

    /// A place, if one is free.
    pub(super) fn place(self: &Arc<Self>) -> Option<Place> {
        let permit = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Place { reads: Arc::clone(self), _permit: permit })
    }

    /// One that plans so already, if there is one.
    async fn acquire(&self, planning: Option<Planning>) -> Result<ReadConnection, DbErr> {
        let last_used = {
            let mut idle = self.idle();
            let fits = |idle: &ReadConnection| planning.is_none_or(|planning| idle.planning == planning);
            match idle.iter().rposition(fits) {
                Some(place) => Some(idle.remove(place)),
                None => idle.pop(),
            }
        };
        if let Some(mut idle) = last_used {
            match make_ready(&mut idle.connection, idle.used.elapsed()).await {
                Ok(()) => return Ok(idle),
                Err(error) => idle.discard(&error),
            }
        }
        // seldom, and large: it may open a connection
        Box::pin(self.acquire_from_pool()).await
    }

    async fn acquire_from_pool(&self) -> Result<ReadConnection, DbErr> {
        Ok(ReadConnection::new(self.pool.acquire().await.map_err(not_acquired)?))
    }

    fn give_back(&self, taken: ReadConnection) {
        let now = Instant::now();
        let mut idle = self.idle();
        if self.pool.is_closed() {
            return;
        }
        idle.push(ReadConnection { used: now, ..taken });
        idle.retain(|idle| now.duration_since(idle.taken) < STAY);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<ReadConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Whoever stops waiting for this, and every error, leaves the connection to the pool.
    pub(super) async fn read(
        &self,
        statement: Statement,
        planning: Option<Planning>,
    ) -> Result<Vec<PgRow>, DbErr> {
        let reads = &self.reads;
        let too_late = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let mut taken = timeout(reads.patience, reads.acquire(planning)).await.map_err(too_late)??;
        if let Some(planning) = planning.filter(|planning| *planning != taken.planning) {
            taken.plan(planning).await?;
        }
        CurrentRead::begin();
        let text: Arc<str> = statement.sql.into();
        let values = SqlxValues(statement.values.unwrap_or(Values(Vec::new())));
        let query = sqlx::query_with(AssertSqlSafe(Arc::clone(&text)), values);
        let read = query.fetch_all(&mut *taken.connection).await;
        if let Some(observe) = &reads.observer {
            observe(&text);
        }
        let rows = read.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        reads.give_back(taken);
        Ok(rows)
    }
}

impl Drop for ReadConnections {
    /// Giving connections back takes a runtime, and without one sqlx aborts the process. Those that are left then are closed
    /// with it.
    fn drop(&mut self) {
        if Handle::try_current().is_err() {
            std::mem::forget(std::mem::take(&mut *self.idle()));
        }
    }
}

impl ReadConnection {
    fn new(connection: PoolConnection<Postgres>) -> Self {
        let now = Instant::now();
        Self { connection, planning: Planning::ByValues, taken: now, used: now }
    }

    /// Plans so from here on; where it is given back to, it plans by values.
    async fn plan(&mut self, planning: Planning) -> Result<(), DbErr> {
        let connection: &mut PgConnection = &mut self.connection;
        let set = sqlx::raw_sql(planning.setting()).execute(connection).await;
        set.map_err(|error| DbErr::Exec(RuntimeErr::SqlxError(error.into())))?;
        self.planning = planning;
        Ok(())
    }

    /// Without a word to the server, which may not hear it; the pool opens another one.
    fn discard(self, error: &SqlxError) {
        tracing::warn!(%error, "a connection that was kept for reads was of no use");
        drop(self.connection.detach());
    }
}

/// A pool that is closed waits for all that was taken from it.
async fn drop_idle_once_closed(connections: Weak<ReadConnections>, closed: CloseEvent) {
    closed.await;
    if let Some(connections) = connections.upgrade() {
        connections.idle().clear();
    }
}

fn not_acquired(error: SqlxError) -> DbErr {
    match error {
        SqlxError::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        SqlxError::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        error => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
    }
}
