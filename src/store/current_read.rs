//! The read that is under way: its time limit, the stopwatch that runs since it has a connection, and whether its statement is
//! a large one. A pool knows nothing of statements: whoever hands out a connection learns it here.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

tokio::task_local! {
    /// The read for which a connection is being taken.
    static CURRENT: CurrentRead;
}

/// A read, as whoever gives it a connection and whoever works for it see it.
#[derive(Debug, Clone)]
pub(super) struct CurrentRead(Arc<Read>);

#[derive(Debug)]
struct Read {
    /// How long it may run, from when it has a connection on.
    limit: Duration,
    is_large: bool,
    asked: Instant,
    /// When it had a connection.
    began: OnceLock<Instant>,
    given_up: AtomicBool,
}

impl CurrentRead {
    pub(super) fn new(limit: Duration, is_large: bool) -> Self {
        let (asked, began, given_up) = (Instant::now(), OnceLock::new(), AtomicBool::new(false));
        Self(Arc::new(Read { limit, is_large, asked, began, given_up }))
    }

    /// The current one; none for what may take its time, such as a migration, and for transactions: SQLite would roll one back
    /// whose statement it interrupts, and its statements are short.
    pub(super) fn get() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Notes that it has a connection: from here on its time runs.
    pub(super) fn begin() {
        let _ = CURRENT.try_with(|read| read.0.began.set(Instant::now()));
    }

    /// Whether its statement is large. A connection keeps the statements that it prepared, megabytes of each of
    /// these, and so many of them fill the memory: before it takes one more it forgets the others.
    pub(super) fn is_large() -> bool {
        CURRENT.try_with(|read| read.0.is_large).unwrap_or_default()
    }

    /// Has `read` run as this one, which ends however the waiting ended.
    pub(super) async fn run<T>(&self, read: impl Future<Output = T>) -> T {
        let _given_up = GiveUp(self.clone());
        CURRENT.scope(self.clone(), read).await
    }

    /// How long it has run.
    pub(super) fn elapsed(&self) -> Duration {
        // a connection that was just opened is handed out without a word
        self.0.began.get().unwrap_or(&self.0.asked).elapsed()
    }

    /// Whether it may go on: it has time left, and somebody still waits. What SQLite asks while it works.
    pub(super) fn may_go_on(&self) -> bool {
        !self.0.given_up.load(Ordering::Relaxed) && self.elapsed() < self.0.limit
    }
}

/// Notes that nobody waits any longer, however the waiting ended.
struct GiveUp(CurrentRead);

impl Drop for GiveUp {
    fn drop(&mut self) {
        self.0.0.given_up.store(true, Ordering::Relaxed);
    }
}
