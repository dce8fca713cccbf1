//! What is counted where it happens, and read by whoever serves metrics. Labels are words of ours, never of a client: each
//! new word is a new row for good in the memory of whoever collects them.

use std::time::Instant;

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

/// Upper bounds of seconds, from what a cached page takes to what is given up.
pub const SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What the store counts.
#[derive(Debug, Clone)]
pub struct StoreMeters {
    statements: Histogram,
    failed: Counter,
    slow: Counter,
    ended: Counter,
    running: Gauge,
    /// Who waits for a turn to write.
    pub writers_waiting: Gauge,
}

impl Default for StoreMeters {
    fn default() -> Self {
        Self {
            statements: Histogram::new(SECONDS),
            failed: Counter::default(),
            slow: Counter::default(),
            ended: Counter::default(),
            running: Gauge::default(),
            writers_waiting: Gauge::default(),
        }
    }
}

impl StoreMeters {
    /// Adds them to what is served.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "database_statement_seconds",
            "Statements, by how long they took, waiting for a connection included",
            self.statements.clone(),
        );
        registry.register("database_statement_failures", "Statements that failed", self.failed.clone());
        registry.register(
            "database_slow_reads",
            "Reads that took longer than BACKDESK_SLOW_QUERY, ended ones included",
            self.slow.clone(),
        );
        registry.register(
            "database_ended_reads",
            "Reads that were ended after BACKDESK_TIMEOUT_STATEMENT",
            self.ended.clone(),
        );
        registry.register(
            "database_statements_running",
            "Statements that wait for a connection or run",
            self.running.clone(),
        );
        registry.register(
            "database_writers_waiting",
            "Transactions that wait for a turn to write",
            self.writers_waiting.clone(),
        );
    }

    /// Counts a read that was slow, or even had to be ended.
    pub fn slow_read(&self, was_ended: bool) {
        self.slow.inc();
        if was_ended {
            self.ended.inc();
        }
    }

    /// Notes that a statement begins; dropping the result notes its end.
    pub fn statement(&self) -> Running<'_> {
        self.running.inc();
        Running { meters: self, began: Instant::now(), failed: true }
    }
}

/// What is counted of letters.
#[derive(Debug, Clone, Default)]
pub struct MailMeters {
    /// Letters that a server took over.
    pub sent: Counter,
    /// Attempts that failed and are made again.
    pub put_off: Counter,
    /// Letters that were given up.
    pub failed: Counter,
    /// Letters that wait, as far as this instance looked.
    pub waiting: Gauge,
}

impl MailMeters {
    /// Adds them to what is served.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("mails_sent", "Letters that a mail server took over", self.sent.clone());
        registry.register(
            "mails_put_off",
            "Attempts to send a letter that failed and are made again",
            self.put_off.clone(),
        );
        registry.register("mails_failed", "Letters that were given up", self.failed.clone());
        registry.register(
            "mails_waiting",
            "Letters that wait, of all instances, as of some seconds ago",
            self.waiting.clone(),
        );
    }
}

/// A statement that runs. Unless it is said that it went well, it failed: it was given up.
#[derive(Debug)]
pub struct Running<'a> {
    meters: &'a StoreMeters,
    began: Instant,
    failed: bool,
}

impl Running<'_> {
    /// Notes how it ended.
    pub fn ended(mut self, well: bool) {
        self.failed = !well;
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.meters.running.dec();
        self.meters.statements.observe(self.began.elapsed().as_secs_f64());
        if self.failed {
            self.meters.failed.inc();
        }
    }
}

/// One more as long as it lives.
#[derive(Debug)]
pub struct Held(Gauge);

impl Held {
    /// Counts up, and down again at the end.
    pub fn one(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}
