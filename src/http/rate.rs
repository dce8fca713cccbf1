//! How often somebody may ask: the signed-in by cost points each, strangers by refusals for each address. A stranger
//! never uses up what somebody with a valid token on the same address has. Each instance counts for itself.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, sync::Mutex, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, state::keyed::HashMapStateStore,
};

use super::document::Entrances;
use crate::{auth::caller::Caller, clock::Clock, config, domain::guessing::network};

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
    visitors: Budgets<Option<IpAddr>>,
    sign_ins: Budgets<Option<IpAddr>>,
    recoveries: Budgets<Option<IpAddr>>,
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
        let a_second = |number: u32, burst: u32| Quota::per_second(some(number)).allow_burst(some(burst));
        Self {
            people: Budgets::new(a_second(rates.points, rates.points_burst), clock),
            strangers: Budgets::new(a_second(rates.strangers, rates.strangers_burst), clock),
            visitors: Budgets::new(a_second(rates.visitors, rates.visitors_burst), clock),
            sign_ins: Budgets::new(Quota::per_minute(some(rates.sign_ins)), clock),
            recoveries: Budgets::new(Quota::per_hour(some(rates.recoveries)), clock),
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

    /// Takes the fields from an address by which people come in or show who they are, each of them, whoever sends them.
    pub(super) fn come_in(&self, address: Option<IpAddr>, fields: Entrances) -> Result<(), Refused> {
        let Entrances { sign_ins, recoveries, sessions, confirmations } = fields;
        let key = address.map(network);
        self.sign_ins.spend(key, sign_ins.saturating_add(confirmations))?;
        self.recoveries.spend(key, recoveries)?;
        // the first one came with the visit
        self.visitors.spend(key, sessions.saturating_sub(1))
    }

    /// Takes a visit from the address of somebody without a token, who may want to come in or to go on with a session. Apart from
    /// refusals: whoever sends requests without a valid token must not end the sessions of others on the same address.
    pub(super) fn visit(&self, address: Option<IpAddr>) -> Result<(), Refused> {
        self.visitors.spend(address.map(network), 1)
    }

    /// Takes a refusal from the address of somebody without a valid token.
    pub(super) fn refuse(&self, address: Option<IpAddr>) -> Result<(), Refused> {
        self.strangers.spend(address.map(network), 1)
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

fn some(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
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
    fn new(quota: Quota, clock: &Clock) -> Self {
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
    use super::*;
    use crate::clock::Hand;

    fn budgets<K: Hash + Eq + Clone>(per_second: u32, burst: u32) -> (Budgets<K>, Hand) {
        let (clock, hand) = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        (Budgets::new(Quota::per_second(some(per_second)).allow_burst(some(burst)), &clock), hand)
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
}
