//! Statements that end. Every statement of the store goes through [`Timed`]: when an answer is long in coming the pulse of
//! the database is felt, and whoever waits for a database that is gone is told so within three seconds. Nothing here is
//! sent twice.
//!
//! A long statement is ended by PostgreSQL itself (`statement_timeout`), one that waits for a lock a little sooner
//! (`lock_timeout`): that may be tried again. In SQLite nobody does, and it goes on when its client has gone: there each read
//! is a [`CurrentRead`], whose limit the database looks at while it works.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    TransactionOptions, sea_query::SelectStatement,
};
use tokio::time::sleep;
use tracing::Instrument;

use super::{
    bell::Bell,
    connect::immediate,
    connections::{Connections, Turn},
    current_read::CurrentRead,
    error::{StoreError, is_cancelled, is_silence, is_too_slow, too_slow},
    planning::Planning,
    pulse::Pulse,
    slow::{Shaped, SlowReads, Work},
};
use crate::telemetry::meters::StoreMeters;

/// How much longer than it may run a statement is waited for, whatever the database does.
const GRACE: Duration = Duration::from_secs(1);
/// Between two looks at the pulse: longer than its answers are kept, so that the second one is never old.
const LOOK: Duration = Duration::from_millis(700);

/// Characters of a statement that hardly anybody sends a second time: its filter has hundreds of values.
const LARGE: usize = 8 * 1024;

/// A connection or a transaction whose statements end.
#[derive(Debug, Clone)]
pub(super) struct Timed<C> {
    inner: C,
    vitals: Arc<Vitals>,
}

/// What is known of the database besides its data.
#[derive(Debug)]
pub(super) struct Vitals {
    pub(super) pulse: Pulse,
    pub(super) bell: Bell,
    pub(super) meters: StoreMeters,
    /// How long a statement may run.
    pub(super) statement: Duration,
    pub(super) slow: SlowReads,
}

impl<C> Timed<C> {
    pub(super) fn new(inner: C, vitals: Arc<Vitals>) -> Self {
        Self { inner, vitals }
    }

    pub(super) fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    /// Waits for `work` as long as the database lives. `text` is the statement, which never has values in it.
    async fn wait<T>(&self, text: &str, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let running = self.vitals.meters.statement();
        let span = tracing::debug_span!("statement", otel.kind = "client", db.query.text = text);
        let done = self.watch(work.instrument(span)).await;
        running.ended(done.is_ok());
        done
    }

    async fn watch<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let pulse = &self.vitals.pulse;
        if pulse.is_lost() && !pulse.beats().await {
            return Err(gone());
        }
        let began = Instant::now();
        let mut work = pin!(work);
        loop {
            let look = async {
                sleep(LOOK).await;
                began.elapsed() < self.vitals.statement + GRACE && pulse.beats().await
            };
            tokio::select! {
                done = &mut work => return done,
                lives = look => if !lives { return Err(gone()) },
            }
        }
    }
}

fn gone() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("no answer in time".to_owned()))
}

impl Timed<Connections> {
    /// How many connections there are, and how many of them do nothing.
    pub(super) fn pool(&self) -> (u32, u32) {
        self.inner.count()
    }

    /// A turn to write; none when none comes in time.
    pub(super) async fn turn(&self) -> Option<Turn> {
        self.inner.turn().await
    }

    /// Begins a transaction that writes.
    pub(super) async fn begin(&self, turn: &Turn) -> Result<Timed<DatabaseTransaction>, DbErr> {
        let tx = self.wait("BEGIN", self.inner.begin(turn, immediate())).await?;
        Ok(Timed::new(tx, Arc::clone(&self.vitals)))
    }

    /// Begins a transaction that only reads, beside those who take turns.
    pub(super) async fn begin_to_read(
        &self,
        options: TransactionOptions,
    ) -> Result<Timed<DatabaseTransaction>, DbErr> {
        let tx = self.wait("BEGIN", self.inner.begin_to_read(options)).await?;
        Ok(Timed::new(tx, Arc::clone(&self.vitals)))
    }

    /// The rows that a statement of a list reads.
    pub(super) async fn read_list(
        &self,
        list: &dyn Shaped,
        work: Work,
        planning: Planning,
        statement: &SelectStatement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let statement = self.get_database_backend().build(statement);
        let text = statement.sql.clone();
        let read = self.read(&text, Some((list, work)), self.inner.query_all(statement, Some(planning)));
        // as the library has it: a read waits in a box
        Box::pin(read).await
    }

    /// A read, which stops when nobody waits for it any longer. Where it was ended for its length, its error says so: the
    /// same read would be again. `about` is what it is for, where that is a list.
    async fn read<T>(
        &self,
        text: &str,
        about: Option<(&dyn Shaped, Work)>,
        work: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let current = CurrentRead::new(self.vitals.statement, text.len() > LARGE);
        let done = current.run(self.wait(text, work)).await;
        let took = current.elapsed();
        let done = done.map_err(|error| match is_cancelled(&error) && took >= self.vitals.statement {
            true => too_slow(),
            false => error,
        });
        self.notice(text, about, took, done.as_ref().err());
        done
    }

    /// Has it noted when a read was slow. One that failed for something else says nothing of how long it takes.
    fn notice(&self, text: &str, about: Option<(&dyn Shaped, Work)>, took: Duration, error: Option<&DbErr>) {
        let Vitals { slow, meters, .. } = &*self.vitals;
        let was_ended = match error {
            None if slow.is_slow(took) => false,
            Some(error) if is_too_slow(error) => true,
            _ => return,
        };
        meters.slow_read(was_ended);
        match about {
            Some((list, work)) => slow.note(list.shape(work), took, was_ended),
            None => SlowReads::tell_of(text, took, was_ended),
        }
    }
}

impl Timed<DatabaseTransaction> {
    /// Commits. Without an answer nobody knows whether the change took effect.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        let Self { inner, vitals } = self;
        let committed = Timed::new((), vitals).wait("COMMIT", inner.commit()).await;
        committed.map_err(|error| match is_silence(&error) {
            true => {
                tracing::error!("a commit was not answered: it may or may not have taken effect");
                StoreError::InDoubt
            }
            false => error.into(),
        })
    }

    /// Rolls back, and waits until that is done.
    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        let Self { inner, vitals } = self;
        Timed::new((), vitals).wait("ROLLBACK", inner.rollback()).await
    }
}

/// Whoever changes something begins a transaction.
fn without_turn() -> DbErr {
    DbErr::Custom("a change takes a turn".to_owned())
}

#[async_trait::async_trait]
impl ConnectionTrait for Timed<Connections> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.backend()
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(without_turn())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(without_turn())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let text = statement.sql.clone();
        self.read(&text, None, self.inner.query_one(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let text = statement.sql.clone();
        self.read(&text, None, self.inner.query_all(statement, None)).await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Timed<DatabaseTransaction> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let text = statement.sql.clone();
        self.wait(&text, self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.wait(sql, self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let text = statement.sql.clone();
        self.wait(&text, self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let text = statement.sql.clone();
        self.wait(&text, self.inner.query_all_raw(statement)).await
    }
}
