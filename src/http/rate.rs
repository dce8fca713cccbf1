//! How often somebody may ask: the signed-in by cost points each, strangers by refusals for each address. A stranger
//! never uses up what somebody with a valid token on the same address has. Each instance counts for itself.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Mutex,
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, state::keyed::HashMapStateStore,
};

use crate::{auth::caller::Caller, clock::Clock, config};

/// Keys that are counted apart. All that come while so many are busy share one budget, so that nobody can fill the
/// memory with addresses.
const KEYS: usize = 100_000;
/// How often keys that have their whole budget again are looked for when there are too many.
const SWEPT_EVERY: Duration = Duration::from_secs(1);

/// How much more may be asked.
#[derive(Debug)]
pub(super) struct Rates {
    people: Budgets<[u8; 32]>,
    strangers: Budgets<Option<IpAddr>>,
}

/// More was asked than the budget has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It will have that much after this time.
    For(Duration),
    /// It never has that much at once.
    Forever,
}

impl Rates {
    pub(super) fn new(rates: &config::Rates, clock: &Clock) -> Self {
        Self {
            people: Budgets::new(rates.points, rates.points_burst, clock),
            strangers: Budgets::new(rates.strangers, rates.strangers_burst, clock),
        }
    }

    /// Takes points from a signed-in person.
    pub(super) fn spend(&self, caller: &Caller, points: u32) -> Result<(), Refused> {
        // names are as long as an issuer likes, and there may be many
        let name = [caller.issuer(), caller.subject()].join("\0");
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, name.as_bytes()).as_ref());
        self.people.spend(key, points)
    }

    /// The time that one point takes to come back.
    pub(super) fn point(&self) -> Duration {
        self.people.point
    }

    /// Takes a refusal from the address of somebody without a valid token.
    pub(super) fn refuse(&self, address: Option<IpAddr>) -> Result<(), Refused> {
        self.strangers.spend(address.map(network), 1)
    }
}

/// What one customer of a provider has: an address of version 4, or the half of one of version 6 that is routed.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address @ IpAddr::V4(_) => address,
    }
}

/// Our clock as the library asks for it. It counts from the start: wall clocks are set back at times.
#[derive(Debug, Clone)]
struct Uptime(Clock);

impl governor::clock::Clock for Uptime {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.uptime()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key<K> {
    One(K),
    Rest,
}

type Limiter<K> = RateLimiter<Key<K>, HashMapStateStore<Key<K>>, Uptime, NoOpMiddleware<Duration>>;

#[derive(Debug)]
struct Budgets<K: Hash + Eq + Clone> {
    limiter: Limiter<K>,
    point: Duration,
    clock: Uptime,
    swept: Mutex<Option<Duration>>,
}

impl<K: Hash + Eq + Clone> Budgets<K> {
    fn new(per_second: u32, burst: u32, clock: &Clock) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst));
        let clock = Uptime(clock.clone());
        let limiter = RateLimiter::hashmap_with_clock(quota, clock.clone());
        Self { limiter, point: quota.replenish_interval(), clock, swept: Mutex::new(None) }
    }

    fn spend(&self, key: K, points: u32) -> Result<(), Refused> {
        let Some(points) = NonZeroU32::new(points) else { return Ok(()) };
        let key = if self.has_room() { Key::One(key) } else { Key::Rest };
        match self.limiter.check_key_n(&key, points) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => Err(Refused::For(until.wait_time_from(self.clock.now()))),
            Err(_) => Err(Refused::Forever),
        }
    }

    /// Whether another key may be counted apart.
    fn has_room(&self) -> bool {
        if self.limiter.len() < KEYS {
            return true;
        }
        let now = self.clock.now();
        let mut swept = self.swept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if swept.is_none_or(|before| now.saturating_sub(before) >= SWEPT_EVERY) {
            *swept = Some(now);
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.len() < KEYS
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::clock::Hand;

    fn budgets<K: Hash + Eq + Clone>(per_second: u32, burst: u32) -> (Budgets<K>, Hand) {
        let (clock, hand) = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        (Budgets::new(per_second, burst, &clock), hand)
    }

    #[test]
    fn a_budget_is_spent_and_comes_back_with_time() {
        let (budgets, hand) = budgets(10, 100);
        assert_eq!(budgets.spend("ada", 90), Ok(()));
        assert_eq!(budgets.spend("ada", 20), Err(Refused::For(Duration::from_secs(1))));
        assert_eq!(budgets.spend("eve", 100), Ok(()), "each has their own");
        assert_eq!(budgets.spend("ada", 10), Ok(()), "what was refused cost nothing");
        hand.advance(Duration::from_secs(2));
        assert_eq!(budgets.spend("ada", 21), Err(Refused::For(Duration::from_millis(100))));
        assert_eq!(budgets.spend("ada", 20), Ok(()));
    }

    #[test]
    fn more_than_a_whole_budget_is_refused_for_good() {
        let (budgets, _) = budgets(10, 100);
        assert_eq!(budgets.spend("ada", 101), Err(Refused::Forever));
        assert_eq!(budgets.spend("ada", u32::MAX), Err(Refused::Forever));
        assert_eq!(budgets.spend("ada", 100), Ok(()));
    }

    #[test]
    fn keys_do_not_fill_the_memory() {
        let (budgets, hand) = budgets(1, 60);
        for key in 0..u32::try_from(KEYS).unwrap() {
            budgets.spend(key, 1).unwrap();
        }
        for key in 0..60 {
            assert_eq!(budgets.spend(u32::MAX - key, 1), Ok(()));
        }
        assert_eq!(budgets.spend(u32::MAX, 1), Err(Refused::For(Duration::from_secs(1))), "they share one");
        assert_eq!(budgets.limiter.len(), KEYS + 1);
        // those whose budget is whole again make room
        hand.advance(Duration::from_mins(2));
        assert_eq!(budgets.spend(u32::MAX, 1), Ok(()));
        assert_eq!(budgets.limiter.len(), 1);
    }

    #[test]
    fn an_address_is_that_of_one_customer() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::"));
        assert_ne!(network("2001:db8:1:2::"), network("2001:db8:1:3::"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("::ffff:192.0.2.1"), IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
    }
}
