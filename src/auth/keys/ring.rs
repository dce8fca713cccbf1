//! The keys that an instance knows, and what each is for at an instant.
//!
//! A key goes through its states by time alone: instances agree on them by what is in the database and, roughly, by their
//! clocks. Nobody has to be told when a key begins to sign.

use std::{iter, time::Duration};

use chrono::{DateTime, Utc};
use jsonwebtoken::DecodingKey;
use serde_json::{Value, json};

use super::SigningKey;
use crate::auth::token::LONGEST;

/// How long a key is published before it signs. When it does, every instance has read it, and so have others, who may keep
/// the key set for five minutes.
pub const LEAD: Duration = Duration::from_mins(10);

/// How long a key verifies after another one took its place: as long as any token lasts, and a day for clocks that disagree
/// and for an instance that learned late and signed with it meanwhile.
const FORMER_FOR: Duration = LONGEST.saturating_add(Duration::from_hours(24));

/// A key with the instants that decide what it is for.
#[derive(Debug, Clone)]
pub struct DatedKey {
    /// The key.
    pub key: SigningKey,
    /// When it was made: it is published from then on.
    pub created_at: DateTime<Utc>,
    /// When it begins to sign.
    pub signs_from: DateTime<Utc>,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It is in the key set, and signs later.
    Published,
    /// It signs, and verifies.
    Signing,
    /// Another one signs in its place; it verifies until its last token has run out.
    Former,
    /// No token of it can be good any more. It is swept.
    Gone,
}

impl KeyState {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "PUBLISHED",
            Self::Signing => "SIGNING",
            Self::Former => "FORMER",
            Self::Gone => "GONE",
        }
    }
}

/// What is told of a key: nothing private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStatus {
    /// Its id.
    pub kid: String,
    /// What it is for.
    pub state: KeyState,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// The key that signs, those that did and whose tokens may be good, and those that will.
#[derive(Debug, Clone)]
pub struct KeyRing {
    /// Newest first, by when they sign.
    newer: Vec<DatedKey>,
    oldest: DatedKey,
}

impl KeyRing {
    /// A ring of one key.
    pub fn of(key: DatedKey) -> Self {
        Self { newer: Vec::new(), oldest: key }
    }

    /// A ring of these keys, in whatever order; none where there is no key.
    pub fn new(mut keys: Vec<DatedKey>) -> Option<Self> {
        // two that begin at once are put in the same order by every instance
        keys.sort_by(|a, b| (b.signs_from, b.key.kid()).cmp(&(a.signs_from, a.key.kid())));
        let oldest = keys.pop()?;
        Some(Self { newer: keys, oldest })
    }

    /// The key that a token is signed with at this instant. Where the clock is behind and finds that none signs yet, it is the
    /// first one.
    pub fn signing(&self, now: DateTime<Utc>) -> &SigningKey {
        let current = self.keys().find(|key| key.signs_from <= now);
        &current.unwrap_or(&self.oldest).key
    }

    /// The public halves as a JSON Web Key Set (RFC 7517, section 5), newest first.
    pub fn jwks(&self, now: DateTime<Utc>) -> Value {
        json!({ "keys": self.good(now).map(|key| key.public.jwk()).collect::<Vec<_>>() })
    }

    /// What each key is for, newest first.
    pub fn statuses(&self, now: DateTime<Utc>) -> Vec<KeyStatus> {
        let status = |(key, followed_at): (&DatedKey, Option<DateTime<Utc>>)| {
            let state = state(key, followed_at, now);
            let since = match (state, followed_at) {
                (KeyState::Published, _) => key.created_at,
                (KeyState::Former, Some(at)) => at,
                (KeyState::Gone, Some(at)) => at + FORMER_FOR,
                (KeyState::Signing | KeyState::Former | KeyState::Gone, _) => key.signs_from,
            };
            KeyStatus { kid: key.key.kid().to_owned(), state, since }
        };
        self.followed().map(status).collect()
    }

    /// Whether the newest key has been signing for this long, and none waits to take its place.
    pub fn is_older_than(&self, age: Duration, now: DateTime<Utc>) -> bool {
        self.keys().all(|key| key.signs_from + age <= now)
    }

    /// The key of this id, whatever it is for.
    pub(crate) fn key(&self, kid: &str) -> Option<&SigningKey> {
        self.keys().map(|key| &key.key).find(|key| key.kid() == kid)
    }

    /// The key that a token names, when it is one of ours that verifies at this instant.
    pub(in crate::auth) fn decoding_key(&self, kid: &str, now: DateTime<Utc>) -> Option<&DecodingKey> {
        self.good(now).find(|key| key.kid() == kid).map(|key| &key.public.decoding)
    }

    /// The keys that verify at this instant, newest first. One that does not sign yet is among them: the clock of whoever
    /// signed with it may be ahead.
    fn good(&self, now: DateTime<Utc>) -> impl Iterator<Item = &SigningKey> {
        let good = move |(key, followed_at): &(&DatedKey, Option<DateTime<Utc>>)| {
            state(key, *followed_at, now) != KeyState::Gone
        };
        self.followed().filter(good).map(|(key, _)| &key.key)
    }

    /// Each with the instant at which another one takes its place, newest first.
    fn followed(&self) -> impl Iterator<Item = (&DatedKey, Option<DateTime<Utc>>)> {
        let followers = iter::once(None).chain(self.keys().map(|key| Some(key.signs_from)));
        self.keys().zip(followers)
    }

    fn keys(&self) -> impl Iterator<Item = &DatedKey> {
        self.newer.iter().chain([&self.oldest])
    }
}

fn state(key: &DatedKey, followed_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> KeyState {
    match followed_at {
        Some(at) if at + FORMER_FOR <= now => KeyState::Gone,
        Some(at) if at <= now => KeyState::Former,
        _ if key.signs_from <= now => KeyState::Signing,
        _ => KeyState::Published,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// A key that was made at this second, and signs after the lead time.
    fn made(second: u64) -> DatedKey {
        DatedKey { key: SigningKey::generate(), created_at: at(second), signs_from: at(second) + LEAD }
    }

    /// A key that signed from the start, at second 0.
    fn first() -> DatedKey {
        DatedKey { signs_from: at(0), ..made(0) }
    }

    /// The states at this instant, oldest first.
    fn states(ring: &KeyRing, now: DateTime<Utc>) -> Vec<(KeyState, DateTime<Utc>)> {
        ring.statuses(now).into_iter().rev().map(|status| (status.state, status.since)).collect()
    }

    fn published(ring: &KeyRing, now: DateTime<Utc>) -> usize {
        ring.jwks(now)["keys"].as_array().unwrap().len()
    }

    #[test]
    fn a_key_is_published_signs_is_former_and_goes() {
        use KeyState::{Former, Gone, Published, Signing};
        let (old, new) = (first(), made(1000));
        let (old_kid, new_kid) = (old.key.kid().to_owned(), new.key.kid().to_owned());
        let ring = KeyRing::new(vec![new, old]).unwrap();
        let (handover, end) = (at(1000) + LEAD, at(1000) + LEAD + FORMER_FOR);
        let micro = Duration::from_micros(1);

        let before = handover - micro;
        assert_eq!(states(&ring, before), [(Signing, at(0)), (Published, at(1000))]);
        assert_eq!((ring.signing(before).kid(), published(&ring, before)), (old_kid.as_str(), 2));

        assert_eq!(states(&ring, handover), [(Former, handover), (Signing, handover)]);
        assert_eq!((ring.signing(handover).kid(), published(&ring, handover)), (new_kid.as_str(), 2));
        assert!(ring.decoding_key(&old_kid, end - micro).is_some(), "until the last token has run out");

        assert_eq!(states(&ring, end), [(Gone, end), (Signing, handover)]);
        assert!(ring.decoding_key(&old_kid, end).is_none());
        assert_eq!(published(&ring, end), 1);
    }

    #[test]
    fn the_only_key_signs_for_good() {
        let ring = KeyRing::of(first());
        for second in [0, 1, 100 * 365 * 86_400] {
            assert_eq!(states(&ring, at(second)), [(KeyState::Signing, at(0))]);
        }
    }

    #[test]
    fn a_clock_that_is_behind_signs_with_the_first_key() {
        let (old, new) = (DatedKey { signs_from: at(100), ..made(100) }, made(200));
        let kid = old.key.kid().to_owned();
        let ring = KeyRing::new(vec![old, new]).unwrap();
        assert_eq!(ring.signing(at(99)).kid(), kid);
        assert!(ring.decoding_key(&kid, at(99)).is_some());
    }

    #[test]
    fn a_key_that_does_not_sign_yet_verifies_for_those_whose_clock_is_ahead() {
        let (old, new) = (first(), made(1000));
        let kid = new.key.kid().to_owned();
        assert!(KeyRing::new(vec![old, new]).unwrap().decoding_key(&kid, at(1000)).is_some());
    }

    #[test]
    fn a_ring_is_old_when_its_newest_key_is() {
        let age = Duration::from_hours(1);
        let ring = KeyRing::of(first());
        assert!(!ring.is_older_than(age, at(3599)));
        assert!(ring.is_older_than(age, at(3600)));
        let followed = KeyRing::new(vec![first(), made(3600)]).unwrap();
        assert!(!followed.is_older_than(age, at(3600)), "the next one is there already");
        assert!(!followed.is_older_than(age, at(7200)));
        assert!(followed.is_older_than(age, at(7200) + LEAD), "an age begins with the first signature");
    }

    #[test]
    fn there_is_no_ring_without_a_key() {
        assert!(KeyRing::new(Vec::new()).is_none());
    }

    proptest! {
        /// However keys came about: exactly one signs, it is published and verifies, and the order of reading is of no matter.
        #[test]
        fn one_key_signs_at_any_time(starts in prop::collection::vec(0_u64..5_000_000, 1..6), now in 0_u64..10_000_000) {
            let keys: Vec<DatedKey> = starts.iter().map(|start| made(*start)).collect();
            let ring = KeyRing::new(keys.clone()).unwrap();
            let reversed = KeyRing::new(keys.into_iter().rev().collect()).unwrap();
            let now = at(now);
            let kid = ring.signing(now).kid();
            prop_assert_eq!(kid, reversed.signing(now).kid());
            prop_assert!(ring.decoding_key(kid, now).is_some());
            let statuses = ring.statuses(now);
            prop_assert_eq!(&statuses, &reversed.statuses(now));
            let signing = statuses.iter().filter(|status| status.state == KeyState::Signing);
            let begun = starts.iter().any(|start| at(*start) + LEAD <= now);
            prop_assert_eq!(signing.count(), usize::from(begun));
            let gone = statuses.iter().filter(|status| status.state == KeyState::Gone).count();
            prop_assert_eq!(published(&ring, now), starts.len() - gone);
        }
    }
}
