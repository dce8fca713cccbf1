//! When a letter is tried again, and when it is given up. Pure: what differs between letters comes from their ids.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What is waited after the first attempt, the second, and so on; the last for good.
const PAUSES: [Duration; 8] = [
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(1),
    Duration::from_mins(2),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_mins(30),
    Duration::from_hours(1),
];
/// How long a letter is tried. Half as long as RFC 5321 (4.5.4.1) gives a relay: links in letters hold a day or two.
const TRIED_FOR: Duration = Duration::from_hours(48);
/// A pause is longer by up to this part of it, so that letters of one moment do not come back in one moment.
const JITTER: u64 = 5;

/// When a letter is tried again that was written then and failed now; none when it is given up. What was not tried in time,
/// because no server ran, is tried once all the same.
pub(super) fn next_try(
    id: Uuid,
    created_at: DateTime<Utc>,
    attempts: i32,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let next = now + pause(id, attempts);
    (next <= created_at + TRIED_FOR).then_some(next)
}

/// What is waited after so many attempts.
fn pause(id: Uuid, attempts: i32) -> Duration {
    let made = usize::try_from(attempts).unwrap_or(0).clamp(1, PAUSES.len());
    longer(PAUSES[made - 1], id, attempts.unsigned_abs())
}

/// A time, and up to a fifth more by what somebody is called.
pub(super) fn longer(time: Duration, id: Uuid, round: u32) -> Duration {
    let most = u64::try_from(time.as_millis()).unwrap_or(u64::MAX) / JITTER;
    // the last bits of an id are its chance; the multiplier of Knuth spreads those of neighbours
    let (_, low) = id.as_u64_pair();
    let chance = low.wrapping_add(u64::from(round)).wrapping_mul(0x5851_f42d_4c95_7f2d) >> 32;
    time + Duration::from_millis(chance % (most + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn pauses_grow_to_an_hour_and_are_never_shorter_than_they_should() {
        let (clock, _) = Clock::manual(instant("2026-03-01T12:00:00Z"));
        let seconds = [10, 30, 60, 120, 300, 900, 1800, 3600, 3600, 3600];
        for (attempts, seconds) in (1..).zip(seconds) {
            for _ in 0..100 {
                let pause = pause(clock.new_id(), attempts).as_millis();
                assert!((seconds * 1000..=seconds * 1200).contains(&pause), "{attempts}: {pause}");
            }
        }
    }

    #[test]
    fn letters_of_one_moment_come_back_one_by_one() {
        let (clock, _) = Clock::manual(instant("2026-03-01T12:00:00Z"));
        let mut pauses: Vec<_> = (0..100).map(|_| pause(clock.new_id(), 8)).collect();
        pauses.sort();
        pauses.dedup();
        assert!(pauses.len() > 95, "{}", pauses.len());
        assert!(pauses[89] > pauses[10] + Duration::from_mins(6), "{pauses:?}");
    }

    #[test]
    fn a_letter_is_tried_for_two_days_and_then_given_up() {
        let (clock, _) = Clock::manual(instant("2026-03-01T12:00:00Z"));
        let (id, created) = (clock.new_id(), clock.now());
        let (mut now, mut attempts) = (created, 1);
        while let Some(next) = next_try(id, created, attempts, now) {
            assert!(next > now && next <= created + TRIED_FOR);
            (now, attempts) = (next, attempts + 1);
        }
        assert!((48..60).contains(&attempts), "{attempts}");
        assert!(now > created + Duration::from_hours(46), "{now}");
    }
}
