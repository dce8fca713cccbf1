//! Which rows of a file have said something about whom. Two rows on one user would undo one another at every run, and a
//! dry run, whose rows leave nothing behind, would not notice them at all.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
};

use super::record::Record;
use crate::{
    domain::{
        problem::{Problem, ProblemCode},
        user::ExternalId,
    },
    store::user::UserFile,
};

/// What no two users share, by the row that went in with it. Kept as keyed hashes of 128 bits, some dozens of bytes each,
/// whatever the values.
#[derive(Debug, Default)]
pub(super) struct Seen {
    hashers: (RandomState, RandomState),
    rows: HashMap<Hashed, u64>,
}

type Hashed = (u64, u64);

/// Something that no two users share.
#[derive(Debug)]
pub(super) struct Key {
    /// Our name of the field.
    field: String,
    /// Whether the row says it: what is known of the user from elsewhere is no fault of the row.
    is_said: bool,
    hashed: Hashed,
}

impl Seen {
    /// The keys of a user as a row makes it.
    pub(super) fn keys(&self, record: &Record, file: &UserFile) -> Vec<Key> {
        let account = file.user.account.as_str();
        let reference = Key {
            field: "reference".to_owned(),
            is_said: record.reference.is_some(),
            hashed: self.hash(&("reference", &file.user.reference)),
        };
        let ids = file.external_ids.iter().flatten();
        let ids = ids.filter(|(system, _)| !ExternalId::is_shared(system)).map(|(system, value)| Key {
            field: format!("externalId.{system}"),
            is_said: record.mentions(system),
            hashed: self.hash(&("external id", account, system, value)),
        });
        let email = file.user.email_folded.iter().map(|email| Key {
            field: "email".to_owned(),
            is_said: true,
            hashed: self.hash(&("email", account, email)),
        });
        std::iter::once(reference).chain(ids).chain(email).collect()
    }

    /// What an earlier row had already, if anything; `place` names that row.
    pub(super) fn clash(&self, keys: &[Key], place: impl Fn(u64) -> String) -> Option<Problem> {
        keys.iter().filter(|key| key.is_said).find_map(|key| {
            let earlier = self.rows.get(&key.hashed)?;
            let message = format!("The same stands in {}: give each user once.", place(*earlier));
            Some(Problem::new(ProblemCode::Unique, &key.field, message))
        })
    }

    /// Notes that a row went in.
    pub(super) fn note(&mut self, keys: &[Key], row: u64) {
        self.rows.extend(keys.iter().map(|key| (key.hashed, row)));
    }

    /// Notes that rows of these keys are not in after all.
    pub(super) fn forget(&mut self, keys: &[Key]) {
        for key in keys {
            self.rows.remove(&key.hashed);
        }
    }

    fn hash(&self, value: &impl Hash) -> Hashed {
        (self.hashers.0.hash_one(value), self.hashers.1.hash_one(value))
    }
}
