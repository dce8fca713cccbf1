//! Opening a database: pools as the limits say, the migrations, and what refuses to start.

use std::{
    collections::HashSet,
    fs::{DirBuilder, OpenOptions},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use backdesk_migration::{Migrator, MigratorTrait, SchemaManager};
use percent_encoding::percent_decode_str;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqlxError, Statement,
    TransactionOptions, TransactionTrait,
    sqlx::{
        Connection, Executor, PgConnection, Postgres, Sqlite,
        pool::PoolOptions,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{
    bell::Bell,
    connections::Connections,
    current_read::CurrentRead,
    error::is_busy,
    indexes_aside,
    planning::Planning,
    pulse::Pulse,
    read_connections::Observer,
    slow::SlowReads,
    timed::{Timed, Vitals},
};
use crate::{config::Pool, telemetry::meters::StoreMeters, workers::Workers};

/// How long a connection may take to show that it is alive.
const PING_TIMEOUT: Duration = Duration::from_millis(500);
/// A connection that was used a moment ago is taken to be alive: asking costs as much as a statement.
const FRESH: Duration = Duration::from_secs(1);
/// Between two looks of SQLite at the deadline of a read: instructions of its machine, some tens of microseconds.
const INSTRUCTIONS: i32 = 10_000;
/// An open transaction that nobody works in is ended by the server: the last net below mutations that run to their end.
const IDLE_TRANSACTION_TIMEOUT: &str = "10s";
/// Has PostgreSQL look at times whether its client is still there while it works. Otherwise a read that was given up goes on
/// beside the connection that replaced it, and whoever asks and hangs up again and again fills the server.
const NOTICE_HANGING_UP: &str = "SET client_connection_check_interval = '500ms'";
/// How long another process's lock on the embedded database is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Between two tries to open a database that is busy.
const PAUSE: Duration = Duration::from_millis(50);
/// The advisory lock that migrating instances take turns by; any number that nothing else here uses.
const MIGRATION_LOCK: i64 = 0x6261_636b_6465_736b;

/// A database that was opened, not yet migrated.
#[derive(Clone)]
pub struct Database {
    /// Those of each worker that has connections of its own; one at least.
    pools: Vec<Pools>,
    pool: Pool,
    vitals: Arc<Vitals>,
    observer: Option<Observer>,
}

/// Why a database cannot be used. For the person who starts the program: never for a client.
#[derive(Debug)]
pub enum ConnectError {
    /// It cannot be reached or opened.
    Open(DbErr),
    /// A migration failed; nothing of it remains.
    Migrate(DbErr),
    /// A newer version of the program has migrated it.
    Newer {
        /// The first migration that this version does not know.
        migration: String,
    },
    /// The file of the embedded database, or its folder, cannot be made.
    Folder(std::io::Error),
}

impl std::fmt::Display for ConnectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(error) => write!(f, "the database cannot be opened: {error}"),
            Self::Migrate(error) => write!(f, "the database cannot be migrated, and is as it was: {error}"),
            Self::Newer { migration } => write!(
                f,
                "the database was migrated by a newer version of backdesk ({migration} is unknown here): start that version"
            ),
            Self::Folder(error) => write!(f, "the file of the embedded database cannot be made: {error}"),
        }
    }
}

impl std::error::Error for ConnectError {}

impl Database {
    /// Opens the database at a `sqlite:` or `postgres:` URL. A pool that has no connection free in time, and a write that takes
    /// too long, are [`StoreError::Unavailable`](super::error::StoreError::Unavailable); a read that does,
    /// [`StoreError::TooSlow`](super::error::StoreError::TooSlow).
    pub async fn open(url: &str, pool: Pool) -> Result<Self, ConnectError> {
        Self::of(url, pool, vec![Pools::open(url, pool).await?])
    }

    /// The same for these workers: they share the connections, and each opens its own. The embedded database, whose
    /// connections are threads themselves, has one pool for all.
    pub async fn open_for(workers: &Workers, url: &str, pool: Pool) -> Result<Self, ConnectError> {
        if sqlite_path(url).is_some() {
            return Self::open(url, pool).await;
        }
        let mut pools = Vec::new();
        for (number, share) in pool.shared_among(workers.number()).enumerate() {
            let url = url.to_owned();
            let opened = workers.ask(number, async move { Pools::open(&url, share).await }).await;
            let gone = || Err(ConnectError::Open(DbErr::Custom("a worker is gone".to_owned())));
            pools.push(opened.unwrap_or_else(gone)?);
        }
        Self::of(url, pool, pools)
    }

    fn of(url: &str, pool: Pool, pools: Vec<Pools>) -> Result<Self, ConnectError> {
        let open = |error: SqlxError| ConnectError::Open(DbErr::Conn(RuntimeErr::SqlxError(error.into())));
        let (pulse, bell) = (Pulse::new(url).map_err(open)?, Bell::new(url).map_err(open)?);
        let (meters, slow) = (StoreMeters::default(), SlowReads::new(pool.slow));
        let vitals = Vitals { pulse, bell, meters, statement: pool.statement, slow };
        Ok(Self { pools, pool, vitals: Arc::new(vitals), observer: None })
    }

    /// The first, for what one does alone.
    fn first(&self) -> &DatabaseConnection {
        &self.pools[0].changes
    }
    /// Whether nothing was ever migrated here.
    pub async fn is_blank(&self) -> Result<bool, ConnectError> {
        let manager = SchemaManager::new(self.first());
        manager.has_table("seaql_migrations").await.map(|migrated| !migrated).map_err(ConnectError::Open)
    }

    /// Applies the migrations that are missing. Instances that start at once take turns; a database of a newer version is
    /// refused.
    pub async fn migrate(&self) -> Result<(), ConnectError> {
        let migrate = async {
            let tx = self.first().begin_with_options(immediate()).await?;
            if tx.get_database_backend() == DbBackend::Postgres {
                tx.execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
                tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
            }
            Migrator::install(&tx).await?;
            if let Some(migration) = newer_migration(&tx).await? {
                return Ok(Some(migration));
            }
            // before a migration looks for one of them
            if SchemaManager::new(&tx).has_table("platform_facts").await? {
                indexes_aside::build(&tx).await?;
            }
            Migrator::up(&tx, None).await?;
            tx.commit().await?;
            Ok(None)
        };
        match migrate.await.map_err(ConnectError::Migrate)? {
            Some(migration) => Err(ConnectError::Newer { migration }),
            None => Ok(()),
        }
    }

    /// The connections, for a store.
    pub(super) fn into_connections(self) -> Timed<Connections> {
        let connections = Connections::new(self.pools, self.pool.acquire, self.observer.as_ref());
        Timed::new(connections, self.vitals)
    }

    /// Closes every connection.
    pub async fn close(self) {
        for Pools { changes, queries } in self.pools {
            for pool in [Some(changes), queries].into_iter().flatten() {
                // what cannot be closed is gone already
                let _ = pool.close().await;
            }
        }
    }

    /// Tells `observe` of every statement that is sent, without its values.
    pub fn on_statement(&mut self, observe: impl Fn(&str) + Send + Sync + 'static) {
        let observer: Observer = Arc::new(observe);
        self.observer = Some(Arc::clone(&observer));
        for Pools { changes, .. } in &mut self.pools {
            let observer = Arc::clone(&observer);
            changes.set_metric_callback(move |info| observer(&info.statement.sql));
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("pool", &self.pool).finish_non_exhaustive()
    }
}

/// The connections of one worker.
#[derive(Clone)]
pub(super) struct Pools {
    /// For changes; where there are no others, for all.
    pub(super) changes: DatabaseConnection,
    /// For queries, on PostgreSQL.
    pub(super) queries: Option<DatabaseConnection>,
}

impl Pools {
    async fn open(url: &str, share: Pool) -> Result<Self, ConnectError> {
        let open = async |share| connect(options(url, share)?).await.map_err(ConnectError::Open);
        if sqlite_path(url).is_some() {
            return Ok(Self { changes: open(share).await?, queries: None });
        }
        let (changes, queries) = share.apart();
        let queries = match queries {
            Some(queries) => Some(open(queries).await?),
            None => None,
        };
        Ok(Self { changes: open(changes).await?, queries })
    }
}

/// How a pool is opened.
fn options(url: &str, pool: Pool) -> Result<ConnectOptions, ConnectError> {
    let mut options = ConnectOptions::new(url);
    options
        .min_connections(pool.size)
        .max_connections(pool.size)
        .acquire_timeout(pool.acquire)
        .connect_timeout(pool.acquire)
        // statements carry personal data: neither logs nor spans may show them
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    if let Some(path) = sqlite_path(url) {
        make_private(&path).map_err(ConnectError::Folder)?;
        options.map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY_TIMEOUT)
        });
        options.map_sqlx_sqlite_pool_opts(keep_deadlines);
    } else {
        options.map_sqlx_postgres_opts(move |options| {
            let most = pool.statement.as_millis();
            options.application_name("backdesk").options([
                ("statement_timeout", most.to_string().as_str()),
                // sooner than that: what waits for somebody else's lock is not slow
                ("lock_timeout", (most * 9 / 10).to_string().as_str()),
                ("idle_in_transaction_session_timeout", IDLE_TRANSACTION_TIMEOUT),
            ])
        });
        options.map_sqlx_postgres_pool_opts(|options| notice_hanging_up(drop_the_dead(options)));
    }
    Ok(options)
}

/// Connections that no longer answer leave the pool within half a second, on their way out of it and into it. By itself the
/// pool waits for them without end, and a network that swallows what it is given would take one place after another.
fn drop_the_dead(options: PoolOptions<Postgres>) -> PoolOptions<Postgres> {
    options
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move {
                let ready = make_ready(connection, used.idle_for).await;
                CurrentRead::begin();
                // an error, and not "no": a connection that is merely refused is closed politely, which waits as well
                ready.map(|()| true)
            })
        })
        .after_release(|connection, _| {
            Box::pin(async {
                // shows as well as a ping that it lives
                in_time(connection.execute(Planning::ByValues.setting())).await.map(|_| true)
            })
        })
}

/// Readies a connection that somebody takes. One that was not used for a while shows that it lives: also before it forgets its
/// statements, because without any there is nothing to send.
pub(super) async fn make_ready(connection: &mut PgConnection, idle_for: Duration) -> Result<(), SqlxError> {
    in_time(async {
        if idle_for >= FRESH {
            connection.ping().await?;
        }
        if CurrentRead::is_large() {
            connection.clear_cached_statements().await?;
        }
        Ok(())
    })
    .await
}

/// The pool itself sets no limit to what is done on a connection's way in and out.
pub(super) async fn in_time<T>(work: impl Future<Output = Result<T, SqlxError>>) -> Result<T, SqlxError> {
    let done = tokio::time::timeout(PING_TIMEOUT, work).await;
    done.unwrap_or_else(|_| Err(SqlxError::Io(ErrorKind::TimedOut.into())))
}

/// A server that cannot notice (older than 14, or on some other system) serves all the same.
fn notice_hanging_up(options: PoolOptions<Postgres>) -> PoolOptions<Postgres> {
    options.after_connect(|connection, _| {
        Box::pin(async move {
            match in_time(connection.execute(NOTICE_HANGING_UP)).await {
                Err(SqlxError::Database(_)) => Ok(()),
                set => set.map(|_| ()),
            }
        })
    })
}

/// Each read tells the connection that it takes how long it may work there.
fn keep_deadlines(options: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
    options.test_before_acquire(false).before_acquire(|connection, _| {
        Box::pin(async move {
            if CurrentRead::is_large() {
                connection.clear_cached_statements().await?;
            }
            CurrentRead::begin();
            let mut handle = connection.lock_handle().await?;
            match CurrentRead::get() {
                Some(read) => handle.set_progress_handler(INSTRUCTIONS, move || read.may_go_on()),
                None => handle.remove_progress_handler(),
            }
            Ok(true)
        })
    })
}

/// The file of an embedded database.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path).split('?').next()?;
    Some(PathBuf::from(percent_decode_str(path).decode_utf8_lossy().as_ref()))
}

/// Connects. Switching a new SQLite file to WAL fails at once when another process does the same, whatever its busy
/// timeout: the one that lost tries again.
async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let mut tries = 0;
    loop {
        match sea_orm::Database::connect(options.clone()).await {
            Err(error) if is_busy(&error) && PAUSE * tries < BUSY_TIMEOUT => tries += 1,
            connected => return connected,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Makes the file and its folder, for their owner alone: what is kept there is about people. SQLite gives the files beside
/// it the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// A write transaction. SQLite takes its lock at once: two readers that both want to become writers deadlock.
pub(super) fn immediate() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(sea_orm::SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    }
}

async fn newer_migration(db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    let known: HashSet<String> =
        Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let applied = Statement::from_string(
        db.get_database_backend(),
        "SELECT version FROM seaql_migrations ORDER BY version".to_owned(),
    );
    for row in db.query_all_raw(applied).await? {
        let version: String = row.try_get("", "version")?;
        if !known.contains(&version) {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn a_connection_keeps_one_large_statement_at_most() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/backdesk.db", folder.path().display());
        let database = Database::open(&url, Pool::of(1)).await.unwrap();
        let pool = database.first().get_sqlite_connection_pool().clone();
        let timed = database.into_connections();
        let read = async |text: String| {
            timed.query_one_raw(Statement::from_string(DbBackend::Sqlite, text)).await.unwrap();
            pool.acquire().await.unwrap().cached_statements_size()
        };
        let kept = read("SELECT 1".to_owned()).await;
        assert_eq!(read("SELECT 2".to_owned()).await, kept + 1, "small ones stay");
        for n in 0..10 {
            assert_eq!(read(format!("SELECT {n} /* {} */", "x".repeat(10_000))).await, 1);
        }
    }

    #[tokio::test]
    async fn an_embedded_database_is_its_owners_alone_wherever_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/a%20%25b/backdesk.db", folder.path().display());
        let database = Database::open(&url, Pool::of(2)).await.unwrap();
        database.migrate().await.unwrap();
        let within = folder.path().join("a %b");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&within), 0o700);
        let files: Vec<PathBuf> =
            std::fs::read_dir(&within).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(files.contains(&within.join("backdesk.db")), "{files:?}");
        for file in files {
            assert_eq!(mode(&file), 0o600, "{file:?}");
        }
    }
}
