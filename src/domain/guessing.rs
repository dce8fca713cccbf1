//! How guessing at passwords is slowed down. After each failure the next try is looked at only after a while, which grows
//! from a second to a quarter of an hour: a hundred tries a day at most, and never a lock, which any stranger could put on an
//! administrator (OWASP Authentication Cheat Sheet; NIST SP 800-63B, 5.2.2; Keycloak and kanidm wait alike).
//!
//! The owner is not slowed down by others either: an address from which this account signed in within the last thirty days
//! counts its failures apart, and all strangers share one count. That is what OWASP's "device cookies" do, without the
//! cookie. Only an owner on a new address, at the very time when somebody guesses, waits as a stranger does: a quarter of an
//! hour, if no stranger comes first. A new password, set by a link in a mail, should begin all counts anew.

use std::net::{IpAddr, Ipv6Addr};

use chrono::{DateTime, TimeDelta, Utc};

/// Seconds that pass before the next try, after one failure, two, three and four. Then they double.
pub const FIRST_DELAYS: [i64; 4] = [1, 3, 5, 10];
/// The longest delay.
pub const LONGEST_DELAY: TimeDelta = TimeDelta::minutes(15);
/// How long an address is known after somebody signed in from it.
pub const KNOWN_FOR: TimeDelta = TimeDelta::days(30);

/// How long after so many failures in a row the next try is looked at.
pub fn delay(failures: u32) -> TimeDelta {
    let seconds = match usize::try_from(failures).unwrap_or(usize::MAX) {
        0 => 0,
        some if some <= FIRST_DELAYS.len() => FIRST_DELAYS[some - 1],
        // seven doublings of ten seconds are beyond the cap; more would run over
        many => FIRST_DELAYS[3] << (many - FIRST_DELAYS.len()).min(7),
    };
    TimeDelta::seconds(seconds).min(LONGEST_DELAY)
}

/// The failures of a bucket since the last success there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// How many there were in a row.
    pub in_a_row: u32,
    /// When the last of them was; none when there was none.
    pub last: Option<DateTime<Utc>>,
}

impl Failures {
    /// When the next try is looked at; none when it is at once, whenever it comes. What comes sooner is refused unseen, and
    /// counts for nothing: who tries without end does not lengthen the wait.
    pub fn next_try(self) -> Option<DateTime<Utc>> {
        self.last.filter(|_| self.in_a_row > 0).map(|last| last + delay(self.in_a_row))
    }

    /// How long is left until the next try is looked at; none when it is now.
    pub fn wait(self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let left = self.next_try()? - now;
        // a clock that was set back must not make it longer
        (left > TimeDelta::zero()).then_some(left.min(delay(self.in_a_row)))
    }

    /// With one more, which was looked at now. A success begins anew with [`Failures::default`].
    pub fn and_one(self, now: DateTime<Utc>) -> Self {
        Self { in_a_row: self.in_a_row.saturating_add(1), last: Some(now) }
    }
}

/// Which failures of an account a try is counted among.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Those from this [`network`], from which the account signed in lately.
    Known(IpAddr),
    /// Those from everywhere else. Of a name that nobody has, all.
    Strangers,
}

impl Bucket {
    /// The bucket of a try from `address`, where the account last signed in at `last_success` from the same network.
    pub fn of(address: Option<IpAddr>, last_success: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        match (address, last_success) {
            (Some(address), Some(success)) if now - success <= KNOWN_FOR => Self::Known(network(address)),
            _ => Self::Strangers,
        }
    }
}

/// What one customer of a provider has, and counts as one address: one of version 4, or the half of one of version 6 that is
/// routed.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn after(failures: u32) -> Failures {
        Failures { in_a_row: failures, last: Some(noon()) }
    }

    #[test]
    fn delays_grow_from_a_second_to_a_quarter_of_an_hour() {
        let seconds: Vec<i64> = (0..14).map(|failures| delay(failures).num_seconds()).collect();
        assert_eq!(seconds, [0, 1, 3, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
    }

    #[test]
    fn a_try_is_looked_at_when_its_time_has_come() {
        let (failed, seconds) = (after(4), TimeDelta::seconds);
        assert_eq!(failed.next_try(), Some(noon() + seconds(10)));
        assert_eq!(failed.wait(noon()), Some(seconds(10)));
        assert_eq!(failed.wait(noon() + seconds(9)), Some(seconds(1)));
        assert_eq!(failed.wait(noon() + seconds(10)), None);
        assert_eq!(failed.wait(noon() + TimeDelta::days(1000)), None);
    }

    #[test]
    fn who_never_failed_never_waits() {
        assert_eq!(Failures::default().wait(noon()), None);
        assert_eq!(Failures { in_a_row: 0, last: Some(noon()) }.wait(noon()), None);
        assert_eq!(Failures { in_a_row: 5, last: None }.wait(noon()), None);
    }

    #[test]
    fn an_owner_waits_for_no_stranger() {
        let (home, day) = ("192.0.2.1".parse().unwrap(), TimeDelta::days(1));
        let bucket = |address, days: i32| Bucket::of(address, Some(noon()), noon() + day * days);
        assert_eq!(bucket(Some(home), 0), Bucket::Known(home));
        assert_eq!(bucket(Some(home), 30), Bucket::Known(home));
        assert_eq!(bucket(Some(home), 31), Bucket::Strangers);
        assert_eq!(bucket(None, 0), Bucket::Strangers);
        assert_eq!(Bucket::of(Some(home), None, noon()), Bucket::Strangers);
        // of the same customer
        let six = |text: &str| bucket(Some(text.parse().unwrap()), 0);
        assert_eq!(six("2001:db8:1:2:3:4:5:6"), six("2001:db8:1:2::"));
        assert_ne!(six("2001:db8:1:2::"), six("2001:db8:1:3::"));
        assert_eq!(six("::ffff:192.0.2.1"), Bucket::Known(home));
    }

    #[test]
    fn guessing_at_one_account_is_a_hundred_tries_a_day() {
        let (mut failures, mut now, mut tries) = (Failures::default(), noon(), 0);
        let (second_day, end) = (noon() + TimeDelta::days(1), noon() + TimeDelta::days(2));
        while now < end {
            tries += i32::from(now >= second_day);
            failures = failures.and_one(now);
            now += failures.wait(now).unwrap();
        }
        assert_eq!(tries, 96);
    }

    proptest! {
        #[test]
        fn more_failures_never_wait_less_and_never_longer_than_the_cap(failures: u32, more: u32) {
            let more = delay(failures.saturating_add(more));
            prop_assert!(delay(failures) <= more);
            prop_assert!(more <= LONGEST_DELAY);
            prop_assert_eq!(delay(failures) == TimeDelta::zero(), failures == 0);
        }

        #[test]
        fn nobody_waits_longer_than_the_delay_whatever_the_clock_says(failures: u32, seconds in -100_000_000..100_000_000_i64) {
            let now = noon() + TimeDelta::seconds(seconds);
            let wait = after(failures).wait(now);
            prop_assert!(wait.is_none_or(|wait| wait > TimeDelta::zero() && wait <= delay(failures)));
            prop_assert_eq!(wait.is_none(), now >= noon() + delay(failures));
            prop_assert_eq!(after(failures).and_one(now).last, Some(now));
        }

        #[test]
        fn a_network_is_of_itself(address: u128) {
            let network_of = network(IpAddr::V6(Ipv6Addr::from_bits(address)));
            prop_assert_eq!(network(network_of), network_of);
        }
    }
}
