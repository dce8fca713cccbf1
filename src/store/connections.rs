//! All connections, by the [worker](crate::workers) whose they are: on PostgreSQL each has some for changes and some for queries,
//! so that writers that wait for one another's rows keep no reader from a connection. Whoever asks has those of the own worker,
//! or, where these are taken, another one's: an answer that arrives elsewhere is better than none. There is one queue for
//! queries and one for changes, in order of asking; SQLite, which takes one writer at a time, has one pool.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult,
    Statement, TransactionOptions, TransactionTrait,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::yield_now,
    time::timeout,
};

use super::{
    connect::Pools,
    planning::Planning,
    read_connections::{Observer, ReadConnections},
};
use crate::workers;

/// All connections.
#[derive(Clone)]
pub(super) struct Connections(Arc<All>);

struct All {
    homes: Vec<Home>,
    /// A place for each that may query at once. Whoever has one finds one at some home.
    queries: Semaphore,
    /// The same of changes.
    changes: Arc<Semaphore>,
    /// How long a place is waited for.
    patience: Duration,
}

/// The connections of one worker.
struct Home {
    changes: DatabaseConnection,
    changing: Arc<Semaphore>,
    /// None where a pool has one connection alone, or is SQLite's.
    queries: Option<Arc<ReadConnections>>,
}

/// The turn of a writer, and the connection that it has for certain. Its place at home is given back before that of all, so that
/// whoever comes next finds one.
#[derive(Debug)]
pub(super) struct Turn {
    home: usize,
    _at_home: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Connections {
    pub(super) fn new(pools: Vec<Pools>, patience: Duration, observer: Option<&Observer>) -> Self {
        let homes: Vec<Home> =
            pools.into_iter().map(|pools| Home::new(pools, patience, observer.cloned())).collect();
        let queries = homes.iter().filter_map(|home| home.queries.as_ref()).map(|reads| reads.size()).sum();
        let changes = homes.iter().map(|home| home.changing.available_permits()).sum();
        let (queries, changes) = (Semaphore::new(queries), Arc::new(Semaphore::new(changes)));
        Self(Arc::new(All { homes, queries, changes, patience }))
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.0.homes[0].changes.get_database_backend()
    }

    /// How many connections there are, and how many of them do nothing.
    pub(super) fn count(&self) -> (u32, u32) {
        let add = |(all, idle): (u32, u32), (more, more_idle): (u32, u32)| (all + more, idle + more_idle);
        self.0.homes.iter().map(Home::count).fold((0, 0), add)
    }

    /// A turn to write; none when none comes in time.
    pub(super) async fn turn(&self) -> Option<Turn> {
        let of_all =
            timeout(self.0.patience, Arc::clone(&self.0.changes).acquire_owned()).await.ok()?.ok()?;
        let place = |home: &Home| Arc::clone(&home.changing).try_acquire_owned().ok();
        let (home, at_home) = self.nearest(Home::has_idle, place).await;
        Some(Turn { home, _at_home: at_home, _of_all: of_all })
    }

    /// Begins a transaction by the connection of a turn.
    pub(super) async fn begin(
        &self,
        turn: &Turn,
        options: TransactionOptions,
    ) -> Result<DatabaseTransaction, DbErr> {
        self.0.homes[turn.home].changes.begin_with_options(options).await
    }

    /// Begins a transaction that only reads by a connection for changes, which there must be two of.
    pub(super) async fn begin_to_read(
        &self,
        options: TransactionOptions,
    ) -> Result<DatabaseTransaction, DbErr> {
        self.0.homes[0].changes.begin_with_options(options).await
    }

    pub(super) async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self.0.homes[0].queries {
            Some(_) => Ok(self.query(statement, None).await?.into_iter().next()),
            None => self.0.homes[0].changes.query_one_raw(statement).await,
        }
    }

    /// All rows; without `planning`, it does not matter how the statement is planned.
    pub(super) async fn query_all(
        &self,
        statement: Statement,
        planning: Option<Planning>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        match self.0.homes[0].queries {
            Some(_) => self.query(statement, planning).await,
            None => self.0.homes[0].changes.query_all_raw(statement).await,
        }
    }

    async fn query(
        &self,
        statement: Statement,
        planning: Option<Planning>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let too_late = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        // the semaphore is never closed
        let _of_all = timeout(self.0.patience, self.0.queries.acquire()).await.map_err(too_late)?.ok();
        let place = |home: &Home| home.queries.as_ref().and_then(ReadConnections::place);
        let (_, place) = self.nearest(Home::has_ready, place).await;
        Ok(place.read(statement, planning).await?.into_iter().map(QueryResult::from).collect())
    }

    /// What somebody who has a place among all takes from a home: from the own one first, and first from one that has a
    /// connection ready.
    async fn nearest<T>(&self, is_ready: fn(&Home) -> bool, take: impl Fn(&Home) -> Option<T>) -> (usize, T) {
        let homes = &self.0.homes;
        let own = workers::current().unwrap_or_default();
        loop {
            let places = || (own..own + homes.len()).map(|number| number % homes.len());
            let ready = places().filter(|place| is_ready(&homes[*place]));
            if let Some(taken) = ready.chain(places()).find_map(|place| Some((place, take(&homes[place])?))) {
                return taken;
            }
            // one was given back behind the look
            yield_now().await;
        }
    }
}

impl Home {
    fn new(Pools { changes, queries }: Pools, patience: Duration, observer: Option<Observer>) -> Self {
        let writers = match changes.get_database_backend() {
            DbBackend::Postgres => changes.get_postgres_connection_pool().options().get_max_connections(),
            _ => 1,
        };
        let queries = queries.map(|queries| ReadConnections::new(&queries, patience, observer));
        Self { changes, changing: Arc::new(Semaphore::new(writers as usize)), queries }
    }

    /// Whether a change need not wait for a connection that is on its way back.
    fn has_idle(&self) -> bool {
        match self.changes.get_database_backend() {
            DbBackend::Postgres => self.changes.get_postgres_connection_pool().num_idle() > 0,
            _ => true,
        }
    }

    /// The same of a query.
    fn has_ready(&self) -> bool {
        self.queries.as_ref().is_some_and(|queries| queries.has_ready())
    }

    fn count(&self) -> (u32, u32) {
        let (size, idle) = if self.changes.get_database_backend() == DbBackend::Postgres {
            let pool = self.changes.get_postgres_connection_pool();
            (pool.size(), pool.num_idle())
        } else {
            let pool = self.changes.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle())
        };
        let (more, more_idle) = self.queries.as_ref().map(|queries| queries.count()).unwrap_or_default();
        (size + more, u32::try_from(idle + more_idle).unwrap_or(u32::MAX))
    }
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("homes", &self.0.homes.len()).finish_non_exhaustive()
    }
}
