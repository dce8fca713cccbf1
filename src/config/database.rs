//! How the database is asked: by how many connections, and how long an answer is waited for.

use std::time::Duration;

use super::bounded::bounded;

bounded! {
    /// The connections to the database.
    Pool {
        /// Connections to the database, 1 to 200. On PostgreSQL the threads that serve, one for each processor, share them, and half of each one's, rounded up, are for queries, the others for changes. Four for each processor at least are best.
        size: u32 = "10", 1..=200, "pool_size", "BACKDESK_POOL_SIZE";
        /// How long a free connection, or a place among the writers, is waited for.
        acquire: Duration = "2s", SHORTEST..=Duration::from_mins(1), "timeout_acquire", "BACKDESK_TIMEOUT_ACQUIRE";
        /// How long a statement may run.
        statement: Duration = "5s", SHORTEST..=Duration::from_mins(10), "timeout_statement", "BACKDESK_TIMEOUT_STATEMENT";
        /// How long a query may take before the log tells of it and `backdesk advise` lists it; `0s` lists every one.
        slow: Duration = "500ms", Duration::ZERO..=Duration::from_mins(10), "slow_query", "BACKDESK_SLOW_QUERY";
    }
}

/// The shortest time that can be waited for a database.
const SHORTEST: Duration = Duration::from_millis(100);

impl Pool {
    /// So many connections, and as it is when nobody says anything.
    pub fn of(size: u32) -> Self {
        Self { size, ..Self::default() }
    }

    /// Those for changes, and those for queries. Writers that wait for one another's rows keep no reader from a connection. Of
    /// one alone both take turns.
    pub(crate) fn apart(self) -> (Self, Option<Self>) {
        let changes = (self.size / 2).max(1);
        let queries = self.size - changes;
        (Self { size: changes, ..self }, (queries > 0).then_some(Self { size: queries, ..self }))
    }

    /// The shares of these workers in it. Of more workers than it has pairs of connections, one to read and one to write, some
    /// have none of their own.
    pub(crate) fn shared_among(self, workers: usize) -> impl Iterator<Item = Self> {
        let shares = u32::try_from(workers).unwrap_or(u32::MAX).clamp(1, (self.size / 2).max(1));
        let (each, rest) = (self.size / shares, self.size % shares);
        (0..shares).map(move |number| Self { size: each + u32::from(number < rest), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_share_all_connections_and_each_that_has_some_reads_and_writes() {
        for size in 1..=40 {
            for workers in 1..=20 {
                let shares: Vec<Pool> = Pool::of(size).shared_among(workers).collect();
                assert!((1..=workers).contains(&shares.len()));
                assert_eq!(shares.iter().map(|share| share.size).sum::<u32>(), size);
                for share in shares {
                    let (changes, queries) = share.apart();
                    assert_eq!(queries.is_some(), size > 1, "{share:?} of {size}");
                    assert_eq!(changes.size + queries.map_or(0, |queries| queries.size), share.size);
                }
            }
        }
    }
}
