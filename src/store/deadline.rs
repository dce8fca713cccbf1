//! How long a read may run. Whoever hands it a connection learns it here.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

tokio::task_local! {
    /// That of the read for which a connection is being taken from the pool.
    static DEADLINE: Deadline;
}

/// How long a read may run, from when it has a connection on: what SQLite looks at while it works. And whether it is a large
/// statement.
#[derive(Debug, Clone)]
pub(super) struct Deadline(Arc<Read>);

#[derive(Debug)]
struct Read {
    limit: Duration,
    is_large: bool,
    asked: Instant,
    /// When it had a connection.
    began: OnceLock<Instant>,
    given_up: AtomicBool,
}

impl Deadline {
    pub(super) fn new(limit: Duration, is_large: bool) -> Self {
        let (asked, began, given_up) = (Instant::now(), OnceLock::new(), AtomicBool::new(false));
        Self(Arc::new(Read { limit, is_large, asked, began, given_up }))
    }

    /// That of the current read; none for what may take its time, such as a migration, and for transactions: SQLite would
    /// roll one back whose statement it interrupts, and its statements are short.
    pub(super) fn current() -> Option<Self> {
        DEADLINE.try_with(Clone::clone).ok()
    }

    /// Notes that the current read has a connection: from here on its time runs.
    pub(super) fn begin() {
        let _ = DEADLINE.try_with(|deadline| deadline.0.began.set(Instant::now()));
    }

    /// Whether the current read is a large statement. A connection keeps the statements that it prepared, megabytes of each of
    /// these, and so many of them fill the memory: before it takes one more it forgets the others.
    pub(super) fn is_of_a_large_statement() -> bool {
        DEADLINE.try_with(|deadline| deadline.0.is_large).unwrap_or_default()
    }

    /// Has `read` run within it, and ends it however the waiting ended.
    pub(super) async fn hold<T>(&self, read: impl Future<Output = T>) -> T {
        let _given_up = GiveUp(self.clone());
        DEADLINE.scope(self.clone(), read).await
    }

    /// How long the read has run.
    pub(super) fn elapsed(&self) -> Duration {
        // a connection that was just opened is handed out without a word
        self.0.began.get().unwrap_or(&self.0.asked).elapsed()
    }

    /// Whether somebody still waits.
    pub(super) fn holds(&self) -> bool {
        !self.0.given_up.load(Ordering::Relaxed) && self.elapsed() < self.0.limit
    }
}

/// Notes that nobody waits any longer, however the waiting ended.
struct GiveUp(Deadline);

impl Drop for GiveUp {
    fn drop(&mut self) {
        self.0.0.given_up.store(true, Ordering::Relaxed);
    }
}
