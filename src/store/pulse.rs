//! Whether the database still answers. A frozen server, or a network that swallows what it is given, leaves a statement
//! waiting as a long one does; the difference is felt on a connection of its own, where nothing takes long. It is felt in a
//! task of its own as well: whoever asks may go away, and must not take the connection along.

use std::{
    collections::HashSet,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use backdesk_migration::{Migrator, MigratorTrait};
use sea_orm::sqlx::{
    self, ConnectOptions, PgConnection, SqliteConnection, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::timeout,
};

/// How long the database may take to answer: connecting included.
const PATIENCE: Duration = Duration::from_millis(900);
/// How old an answer may be that decides on a waiting statement.
const RECENT: Duration = Duration::from_millis(500);
/// How old an answer may be that tells a stranger: nobody loads the database by asking.
const KEPT: Duration = Duration::from_secs(1);

const APPLIED: &str = "SELECT version FROM seaql_migrations";

/// What was felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// It answers, and has every migration of this program.
    Steady,
    /// It answers, and lacks a migration.
    Behind,
    /// It does not answer.
    Gone,
}

/// A finger on the database.
#[derive(Debug)]
pub(super) struct Pulse(Arc<Finger>);

#[derive(Debug)]
struct Finger {
    target: Target,
    felt: Arc<Mutex<Felt>>,
    lost: AtomicBool,
}

#[derive(Debug)]
enum Target {
    Postgres(Box<PgConnectOptions>),
    Sqlite(Box<SqliteConnectOptions>),
}

#[derive(Debug)]
enum Line {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

#[derive(Debug, Default)]
struct Felt {
    last: Option<(Instant, Beat)>,
    line: Option<Line>,
}

impl Pulse {
    /// Of the database at this URL, which was opened already.
    pub(super) fn new(url: &str) -> Result<Self, sqlx::Error> {
        let target = if url.starts_with("sqlite:") {
            Target::Sqlite(Box::new(SqliteConnectOptions::from_str(url)?.disable_statement_logging()))
        } else {
            let options = PgConnectOptions::from_str(url)?.application_name("backdesk health");
            Target::Postgres(Box::new(options.disable_statement_logging()))
        };
        Ok(Self(Arc::new(Finger { target, felt: Arc::default(), lost: AtomicBool::new(false) })))
    }

    /// Whether the database did not answer when it was last asked.
    pub(super) fn is_lost(&self) -> bool {
        self.0.lost.load(Ordering::Relaxed)
    }

    /// Whether it answers, as of half a second ago at most.
    pub(super) async fn beats(&self) -> bool {
        self.feel(RECENT).await != Beat::Gone
    }

    /// How it is, as of a second ago at most.
    pub(super) async fn beat(&self) -> Beat {
        self.feel(KEPT).await
    }

    /// One asks, whoever else wants to know waits for the same answer.
    async fn feel(&self, age: Duration) -> Beat {
        let felt = Arc::clone(&self.0.felt).lock_owned().await;
        if let Some((at, beat)) = felt.last
            && at.elapsed() < age
        {
            return beat;
        }
        // gone is what it is while the program ends
        tokio::spawn(Arc::clone(&self.0).ask(felt)).await.unwrap_or(Beat::Gone)
    }
}

impl Finger {
    async fn ask(self: Arc<Self>, mut felt: OwnedMutexGuard<Felt>) -> Beat {
        // taken out: a connection that did not answer is dropped
        let line = felt.line.take();
        let beat = match timeout(PATIENCE, self.target.ask(line)).await {
            Ok(Ok((line, beat))) => {
                felt.line = Some(line);
                beat
            }
            Ok(Err(error)) => {
                // its text is about the connection: nothing is asked that holds a value
                tracing::warn!(%error, "the database does not answer");
                Beat::Gone
            }
            Err(_) => {
                tracing::warn!("the database does not answer in time");
                Beat::Gone
            }
        };
        let was_lost = self.lost.swap(beat == Beat::Gone, Ordering::Relaxed);
        if was_lost && beat != Beat::Gone {
            tracing::info!("the database answers again");
        }
        felt.last = Some((Instant::now(), beat));
        beat
    }
}

impl Target {
    async fn ask(&self, line: Option<Line>) -> Result<(Line, Beat), sqlx::Error> {
        // a connection of yesterday may be dead while the database is well
        if let Some(mut line) = line
            && let Ok(beat) = line.ask().await
        {
            return Ok((line, beat));
        }
        let mut line = match self {
            Self::Postgres(options) => Line::Postgres(options.connect().await?),
            Self::Sqlite(options) => Line::Sqlite(options.connect().await?),
        };
        let beat = line.ask().await?;
        Ok((line, beat))
    }
}

impl Line {
    async fn ask(&mut self) -> Result<Beat, sqlx::Error> {
        let applied: Vec<String> = match self {
            Self::Postgres(connection) => sqlx::query_scalar(APPLIED).fetch_all(connection).await,
            Self::Sqlite(connection) => sqlx::query_scalar(APPLIED).fetch_all(connection).await,
        }?;
        let applied: HashSet<String> = applied.into_iter().collect();
        let has = |name: &str| applied.contains(name);
        Ok(match Migrator::migrations().iter().all(|migration| has(migration.name())) {
            true => Beat::Steady,
            false => Beat::Behind,
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn askers_that_go_away_ask_the_database_once() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = silent.local_addr().unwrap();
        let pulse = Pulse::new(&format!("postgres://nobody@{address}/none?sslmode=disable")).unwrap();
        for _ in 0..5 {
            assert!(timeout(Duration::from_millis(20), pulse.beat()).await.is_err(), "nobody answers");
        }
        assert_eq!(pulse.beat().await, Beat::Gone);
        let mut connections = 0;
        while timeout(Duration::from_millis(50), silent.accept()).await.is_ok() {
            connections += 1;
        }
        assert_eq!(connections, 1);
    }
}
