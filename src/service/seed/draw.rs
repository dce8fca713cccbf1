//! Chance that is the same every time. Each topic of each user has a stream of its own, so that a new attribute, or one
//! more draw for an old one, leaves everything else about the user as it was.
//!
//! `SplitMix64` (Steele, Lea, Flood 2014) in a dozen lines instead of a crate: generators and distributions of `rand`
//! may give other values in another version, and then every database that was seeded before would be seeded twice.

use chrono::{DateTime, TimeDelta, Utc};

/// How entries of a list are separated.
const COMMA: &str = ", ";

/// The stream of one topic of one user.
#[derive(Debug)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn of(number: u64, topic: &str) -> Self {
        // FNV-1a
        let topic = topic.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        // mixed, because neighbouring seeds would give the same stream, one step apart
        Self(mix(topic ^ mix(number)))
    }

    /// The next 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `bound`; 0 when there is none. Integers alone: floating point is not the same everywhere.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.bits()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// True so many times out of a hundred.
    pub(super) fn percent(&mut self, times: u64) -> bool {
        self.below(100) < times
    }

    /// The value, so many times out of a hundred.
    pub(super) fn maybe<T>(&mut self, times: u64, value: T) -> Option<T> {
        self.percent(times).then_some(value)
    }

    /// One of these, each as often as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(T, u64)]) -> T {
        let mut left = self.below(choices.iter().map(|(_, weight)| weight).sum());
        for (choice, weight) in choices {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        choices[0].0
    }

    /// An entry of a list, each as often as the others.
    pub(super) fn word(&mut self, list: &'static str) -> &'static str {
        let place = self.below(entries(list).count() as u64);
        entry(list, place)
    }

    /// An entry of a list, the first ones more often: some names are common, and some are rare.
    pub(super) fn common(&mut self, list: &'static str) -> &'static str {
        let count = entries(list).count() as u64;
        let place = self.below(count).min(self.below(count));
        entry(list, place)
    }

    /// The pattern with a digit for each `#`.
    pub(super) fn digits(&mut self, pattern: &str) -> String {
        let digit = |c| match c {
            '#' => char::from(b'0' + u8::try_from(self.below(10)).unwrap_or_default()),
            c => c,
        };
        pattern.chars().map(digit).collect()
    }

    /// An instant of that time, its ends included.
    pub(super) fn instant(&mut self, from: DateTime<Utc>, to: DateTime<Utc>) -> DateTime<Utc> {
        let span = (to - from).num_microseconds().unwrap_or_default();
        let offset = self.below(u64::try_from(span).unwrap_or_default() + 1);
        from + TimeDelta::microseconds(i64::try_from(offset).unwrap_or_default())
    }
}

/// The entries of a list.
pub(super) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(COMMA)
}

fn entry(list: &'static str, place: u64) -> &'static str {
    entries(list).nth(usize::try_from(place).unwrap_or_default()).unwrap_or_default()
}

fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_published_generator_and_its_own() {
        // the reference values for the seed 1234567
        let mut draw = Draw(1_234_567);
        assert_eq!(draw.bits(), 6_457_827_717_110_365_317);
        assert_eq!(draw.bits(), 3_203_168_211_198_807_973);
        let first = |number, topic| Draw::of(number, topic).bits();
        assert_ne!(first(1, "name"), first(2, "name"));
        assert_ne!(first(1, "name"), first(1, "mail"));
    }

    #[test]
    fn draws_stay_within_their_bounds_and_reach_them() {
        let mut draw = Draw::of(1, "test");
        let mut seen = [0; 5];
        for _ in 0..1000 {
            seen[usize::try_from(draw.below(5)).unwrap()] += 1;
            assert!(["a", "b"].contains(&draw.word("a, b")));
            assert_eq!(draw.weighted(&[('x', 0), ('y', 1)]), 'y');
        }
        assert!(seen.iter().all(|count| (150..250).contains(count)), "{seen:?}");
        assert_eq!(draw.below(0), 0);
        assert_eq!(draw.digits("+1#").len(), 3);
    }
}
