//! The time and ids: the only file that asks the system for either.
//!
//! Everything else is handed a [`Clock`], so that a test says what time it is and knows the next id.
//! clippy's `disallowed-methods` refuse the system's own functions everywhere but here. Keys are the one
//! exception, and on purpose: `auth::sealing` and `auth::keys` draw from the system directly, because a
//! deterministic clock (tests, demo data) must never lead to a key that somebody else can compute.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use uuid::Uuid;

/// Decimal digits of a second that are kept: the databases keep microseconds, and an instant that comes back
/// from the database has to equal the one that went in.
const SUBSECOND_DIGITS: u16 = 6;

/// Crockford's base32: no I, L, O or U, so that a reference survives being read out on the telephone.
pub(crate) const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters of a reference after its "U": 10 times 5 bits. Among half a million users the chance that any two
/// drew the same is one in ten thousand, and the unique index catches it.
const REFERENCE_CHARACTERS: u32 = 10;

/// Tells the time and makes ids. Cheap to clone; all clones of a manual clock share its time and counters.
#[derive(Clone)]
pub struct Clock(Arc<dyn Source>);

/// Where a [`Clock`] gets its values from.
trait Source: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
    fn uptime(&self) -> Duration;
    fn new_id(&self) -> Uuid;
    /// At least 50 bits for a reference.
    fn reference_bits(&self) -> u64;
}

impl Clock {
    /// The system's time, UUIDs with random parts, and references of secure random numbers.
    pub fn system() -> Self {
        Self(Arc::new(System { made: Instant::now() }))
    }

    /// A clock for tests and reproducible data: it shows `start` until its [`Hand`] is moved, and makes ids and
    /// references from counters, one each, so that the same calls give the same values.
    pub fn manual(start: DateTime<Utc>) -> (Self, Hand) {
        let manual = Arc::new(Manual {
            start: start.trunc_subsecs(SUBSECOND_DIGITS),
            moved_micros: AtomicU64::new(0),
            ids: AtomicU64::new(0),
            references: AtomicU64::new(0),
        });
        (Self(Arc::clone(&manual) as Arc<dyn Source>), Hand(manual))
    }

    /// The present instant in UTC, truncated to microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    /// The time since the clock was made. It never goes back, as the present instant does when somebody sets a clock.
    pub fn uptime(&self) -> Duration {
        self.0.uptime()
    }

    /// The present day in UTC.
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// A new `UUIDv7` (RFC 9562, section 5.7). Ids of one process ascend in the order in which they were made.
    pub fn new_id(&self) -> Uuid {
        self.0.new_id()
    }

    /// A new public reference of a user: "U" and 10 characters of Crockford's base32, e.g. `U7K3M9QX2TB`.
    ///
    /// Random instead of counted: a reference tells nobody how many users there are or who came before whom.
    pub fn new_reference(&self) -> String {
        reference_of(self.0.reference_bits())
    }
}

/// The reference that these bits stand for; those above the fiftieth do not count.
pub fn reference_of(bits: u64) -> String {
    let character = |place: u32| {
        let digit = u8::try_from((bits >> (5 * place)) & 31).unwrap_or_default();
        char::from(CROCKFORD[usize::from(digit)])
    };
    std::iter::once('U').chain((0..REFERENCE_CHARACTERS).rev().map(character)).collect()
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

/// Moves the time of a [`Clock::manual`]. There is no way back: nothing in the program expects one.
#[derive(Clone)]
pub struct Hand(Arc<Manual>);

impl Hand {
    /// Moves the time forward; what is shorter than a microsecond is dropped.
    pub fn advance(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        self.0.moved_micros.fetch_add(micros, Ordering::SeqCst);
    }
}

/// The real thing.
struct System {
    made: Instant,
}

impl Source for System {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(SUBSECOND_DIGITS)
    }

    fn uptime(&self) -> Duration {
        self.made.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes ids")]
    fn new_id(&self) -> Uuid {
        // uuid keeps a counter for the process: ids made within one millisecond ascend as well
        Uuid::now_v7()
    }

    fn reference_bits(&self) -> u64 {
        let mut bytes = [0; 8];
        // AWS-LC ends the process rather than report that it has no entropy; nothing could go on without
        aws_lc_rs::rand::fill(&mut bytes).expect("the system has random numbers");
        u64::from_be_bytes(bytes)
    }
}

/// The clock of a test. Each kind of value has a counter of its own: code that makes one id more than before
/// does not change every reference in the snapshots.
struct Manual {
    start: DateTime<Utc>,
    moved_micros: AtomicU64,
    ids: AtomicU64,
    references: AtomicU64,
}

impl Source for Manual {
    fn now(&self) -> DateTime<Utc> {
        self.start + self.uptime()
    }

    fn uptime(&self) -> Duration {
        Duration::from_micros(self.moved_micros.load(Ordering::SeqCst))
    }

    fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        // the two bytes in front and two bits of the third are the version's and the variant's
        let mut tail = [0; 10];
        tail[2..].copy_from_slice(&next(&self.ids).to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }

    fn reference_bits(&self) -> u64 {
        next(&self.references)
    }
}

/// The next value of a counter; the first is 1.
fn next(counter: &AtomicU64) -> u64 {
    counter.fetch_add(1, Ordering::SeqCst) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-03-01T12:00:00.123456789Z".parse().unwrap()
    }

    #[test]
    fn a_manual_clock_stands_still_until_it_is_moved() {
        let (clock, hand) = Clock::manual(noon());
        assert_eq!(clock.now(), clock.now());
        hand.advance(Duration::from_hours(12));
        assert_eq!(clock.now().to_rfc3339(), "2026-03-02T00:00:00.123456+00:00");
        assert_eq!(clock.today().to_string(), "2026-03-02");
    }

    #[test]
    fn a_manual_clock_makes_the_same_values_again() {
        let ((one, _), (two, _)) = (Clock::manual(noon()), Clock::manual(noon()));
        assert_eq!(one.new_id(), two.new_id());
        assert_eq!(one.new_id().to_string(), "019ca945-0a7b-7000-8000-000000000002");
        assert_eq!(one.new_reference(), "U0000000001");
        assert_eq!(two.new_reference(), "U0000000001", "counters are independent of each other");
    }

    #[test]
    fn clones_share_time_and_counters() {
        let (clock, hand) = Clock::manual(noon());
        let clone = clock.clone();
        assert_ne!(clock.new_id(), clone.new_id());
        hand.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), clone.now());
    }

    #[test]
    fn instants_have_no_more_than_microseconds() {
        let now = Clock::system().now();
        assert_eq!(now, now.trunc_subsecs(6));
    }

    #[test]
    fn ids_are_version_7_and_ascend() {
        let (manual, _) = Clock::manual(noon());
        for clock in [Clock::system(), manual] {
            let ids: Vec<Uuid> = (0..1000).map(|_| clock.new_id()).collect();
            assert!(ids.is_sorted_by(|a, b| a < b));
            assert!(ids.iter().all(|id| id.get_version_num() == 7));
        }
    }

    #[test]
    fn references_are_ten_characters_that_cannot_be_mistaken_for_one_another() {
        let clock = Clock::system();
        let references: std::collections::HashSet<String> =
            (0..1000).map(|_| clock.new_reference()).collect();
        assert_eq!(references.len(), 1000);
        for reference in references {
            let (first, rest) = reference.split_at(1);
            assert_eq!((first, rest.len()), ("U", 10));
            assert!(rest.bytes().all(|byte| CROCKFORD.contains(&byte)), "{reference}");
        }
    }
}
