//! Connections that are kept for reads. sqlx's pool asks every connection that comes back to it whether it lives, and so do we
//! there, with an end to the waiting: a read by way of the pool is three round trips instead of one, and the connection is away
//! meanwhile. On PostgreSQL reads therefore have a pool of their own, and what they took from it they keep. Whatever did not
//! end well goes back to the pool, which empties or closes it. SQLite, whose connections are functions of this process, has
//! one pool for all.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, RuntimeErr,
    SqlxError, Statement,
    sea_query::Values,
    sqlx::{
        self, AssertSqlSafe, PgConnection, PgPool, Postgres,
        pool::{CloseEvent, PoolConnection},
        postgres::PgRow,
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::{runtime::Handle, sync::Semaphore, time::timeout};

use super::{
    connect::{Pools, make_ready},
    current_read::CurrentRead,
    planning::Planning,
};
use crate::workers;

/// A connection goes back to the pool after this: there it is replaced when it is old, and another one finds the server that
/// took over.
const STAY: Duration = Duration::from_mins(5);

/// Told of every statement, without its values.
pub(super) type Observer = Arc<dyn Fn(&str) + Send + Sync>;

/// All connections, by the [worker](crate::workers) whose they are. Where others than workers ask, they are those of the first.
#[derive(Clone)]
pub(super) struct Connections(Arc<[Home]>);

/// A pool for changes, and the connections that are kept for reads.
struct Home {
    pool: DatabaseConnection,
    for_reads: Option<Arc<ReadConnections>>,
}

struct ReadConnections {
    pool: PgPool,
    /// One for each read that is under way: whoever comes later waits here, in order.
    places: Semaphore,
    /// How long one is waited for, a connection included.
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

impl Connections {
    pub(super) fn new(pools: Vec<Pools>, patience: Duration, observer: Option<&Observer>) -> Self {
        Self(pools.into_iter().map(|pools| Home::new(pools, patience, observer.cloned())).collect())
    }

    /// How many may write at once. The embedded database has one place, because it takes one writer at a time.
    pub(super) fn writers(&self) -> u32 {
        match self.0[0].pool.get_database_backend() {
            DbBackend::Postgres => self.0.iter().map(Home::writers).sum(),
            _ => 1,
        }
    }

    /// The way for all that does not read.
    pub(super) fn pool(&self) -> &DatabaseConnection {
        &self.nearest(Home::has_idle).pool
    }

    /// How many connections there are, and how many of them do nothing.
    pub(super) fn count(&self) -> (u32, u32) {
        let add = |(all, idle): (u32, u32), (more, more_idle): (u32, u32)| (all + more, idle + more_idle);
        self.0.iter().map(Home::count).fold((0, 0), add)
    }

    pub(super) async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let home = self.nearest(Home::has_place_to_read);
        match &home.for_reads {
            Some(for_reads) => {
                Ok(for_reads.read(statement, None).await?.into_iter().next().map(QueryResult::from))
            }
            None => home.pool.query_one_raw(statement).await,
        }
    }

    /// All rows; without `planning`, it does not matter how the statement is planned.
    pub(super) async fn query_all(
        &self,
        statement: Statement,
        planning: Option<Planning>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let home = self.nearest(Home::has_place_to_read);
        match &home.for_reads {
            Some(for_reads) => {
                Ok(for_reads.read(statement, planning).await?.into_iter().map(QueryResult::from).collect())
            }
            None => home.pool.query_all_raw(statement).await,
        }
    }

    /// The home of whoever asks; another one where that has nothing free, and the other has: an answer that arrives elsewhere
    /// is better than none.
    fn nearest(&self, has_free: fn(&Home) -> bool) -> &Home {
        let own = &self.0[workers::current().unwrap_or_default() % self.0.len()];
        match has_free(own) {
            true => own,
            false => self.0.iter().find(|home| has_free(home)).unwrap_or(own),
        }
    }
}

impl Home {
    fn new(Pools { changes, queries }: Pools, patience: Duration, observer: Option<Observer>) -> Self {
        let for_reads = queries.map(|queries| {
            let pool = queries.get_postgres_connection_pool().clone();
            let places = pool.options().get_max_connections();
            let for_reads = Arc::new(ReadConnections {
                pool,
                places: Semaphore::new(places as usize),
                patience,
                idle: Mutex::default(),
                observer,
            });
            tokio::spawn(drop_idle_once_closed(Arc::downgrade(&for_reads), for_reads.pool.close_event()));
            for_reads
        });
        Self { pool: changes, for_reads }
    }

    fn writers(&self) -> u32 {
        self.pool.get_postgres_connection_pool().options().get_max_connections()
    }

    fn has_idle(&self) -> bool {
        match self.pool.get_database_backend() {
            DbBackend::Postgres => self.pool.get_postgres_connection_pool().num_idle() > 0,
            _ => true,
        }
    }

    fn has_place_to_read(&self) -> bool {
        self.for_reads.as_ref().is_none_or(|for_reads| for_reads.places.available_permits() > 0)
    }

    fn count(&self) -> (u32, u32) {
        let (mut size, mut idle) = if self.pool.get_database_backend() == DbBackend::Postgres {
            let pool = self.pool.get_postgres_connection_pool();
            (pool.size(), pool.num_idle())
        } else {
            let pool = self.pool.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle())
        };
        if let Some(for_reads) = &self.for_reads {
            size += for_reads.pool.size();
            idle += for_reads.pool.num_idle() + for_reads.idle().len();
        }
        (size, u32::try_from(idle).unwrap_or(u32::MAX))
    }
}

impl ReadConnections {
    /// Whoever stops waiting for this, and every error, leaves the connection to the pool.
    async fn read(&self, statement: Statement, planning: Option<Planning>) -> Result<Vec<PgRow>, DbErr> {
        let too_late = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let taken = timeout(self.patience, async {
            // the semaphore is never closed
            let place = self.places.acquire().await.ok();
            Ok::<_, DbErr>((place, self.acquire(planning).await?))
        });
        let (_place, mut taken) = taken.await.map_err(too_late)??;
        if let Some(planning) = planning.filter(|planning| *planning != taken.planning) {
            taken.plan(planning).await?;
        }
        CurrentRead::begin();
        let text: Arc<str> = statement.sql.into();
        let values = SqlxValues(statement.values.unwrap_or(Values(Vec::new())));
        let query = sqlx::query_with(AssertSqlSafe(Arc::clone(&text)), values);
        let read = query.fetch_all(&mut *taken.connection).await;
        if let Some(observe) = &self.observer {
            observe(&text);
        }
        let rows = read.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        self.give_back(taken);
        Ok(rows)
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

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("homes", &self.0.len()).finish()
    }
}
