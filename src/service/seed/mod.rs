//! Filling a database with made-up users, for demonstrations, tests and benches. User number k is the same in every
//! database and however many there are: whoever asks for a thousand gets the first thousand of a million.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    sync::Arc,
};

use backdesk_entity::user_fees;
use serde_json::json;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Services, error::ApiError};
use crate::{
    auth::{
        caller::{Caller, Permit},
        policy::Action,
    },
    domain::{money::Currency, problem::Problem},
    service::kyc::KycReview,
    store::{
        audit::{Change, FieldChange},
        error::StoreError,
        user::UserFile,
    },
};

mod activity;
mod circumstances;
mod countries;
mod draw;
mod life;
mod numbers;
mod papers;
mod people;
mod profile;
mod reviews;
mod shown;
mod ties;

use activity::{Activity, Offerer, WINDOW};
use countries::ACCOUNTS;
use papers::Papers;

/// Users of one transaction. They fall anywhere into every index: SQLite writes six times as much, for the same pages
/// again and again, with batches of 500. Larger ones would keep other writers waiting for seconds.
const BATCH: usize = 5_000;

/// From so many users on, an empty database has its indexes built when they are in.
const LARGE: u64 = 20_000;

/// What a seeding did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seeded {
    /// Users that were missing and are there now.
    pub added: u64,
    /// Users that were there already.
    pub present: u64,
}

impl Services {
    /// Brings the database to the made-up users number 1 to `users`: adds those that are missing, and leaves everybody
    /// else alone. `progress` is told how many are done. An interrupted seeding goes on where it stopped.
    ///
    /// Each batch is one transaction with one audit entry that says how many users it added, and which: an entry for each
    /// of a million users that never existed would tell nobody anything.
    pub async fn seed_users(
        &self,
        caller: &Arc<Caller>,
        users: u64,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Seeded, ApiError> {
        self.seed(caller, users, LARGE, progress).await
    }

    async fn seed(
        &self,
        caller: &Arc<Caller>,
        users: u64,
        large: u64,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Seeded, ApiError> {
        let permit = self.permit(caller, Action::UserSeed).await?;
        let store = self.store();
        let is_large = users >= large && store.read(&permit).is_empty().await?;
        if is_large {
            store.set_indexes_aside().await?;
        }
        let seeded = self.seed_all(&permit, users, progress).await;
        // also when that stopped half way
        if is_large {
            store.build_indexes().await?;
        }
        seeded
    }

    async fn seed_all(
        &self,
        permit: &Permit,
        users: u64,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Seeded, ApiError> {
        self.seed_accounts(permit).await?;
        let groups = self.store().read(permit).groups().await?;
        let groups = groups.into_iter().map(|group| (group.key, group.id)).collect();
        let keys = Arc::new(Keys { groups, categories: self.seed_categories(permit).await? });

        let mut seeded = Seeded::default();
        let mut batches = (1..=users).step_by(BATCH).map(|first| first..=users.min(first + BATCH as u64 - 1));
        let mut begun = self.begin_batch(permit, batches.next(), &keys).await?;
        while let Some(Batch { numbers, missing, made }) = begun {
            let made = made.await.map_err(|_| ApiError::Internal)?.map_err(|problems| {
                tracing::error!(?problems, "a made-up user is refused");
                ApiError::Internal
            })?;
            // made while this one is written
            begun = self.begin_batch(permit, batches.next(), &keys).await?;
            self.write_batch(permit, &missing, made).await?;
            let (all, added) = (numbers.end() - numbers.start() + 1, missing.len() as u64);
            seeded.added += added;
            seeded.present += all - added;
            progress(*numbers.end());
        }
        Ok(seeded)
    }

    /// Fills the database with that many users, unless it has some already. The first made-up user alone is no reason to
    /// stop: where they are, a former filling may have been interrupted, and is finished.
    pub async fn seed_if_empty(&self, caller: &Arc<Caller>, users: u64) -> Result<(), ApiError> {
        let permit = self.permit(caller, Action::UserSeed).await?;
        let reader = self.store().read(&permit);
        if reader.is_empty().await? || !reader.known_users(&[people::id(1)]).await?.is_empty() {
            self.seed_users(caller, users, &|_| {}).await?;
        }
        Ok(())
    }

    /// Makes the accounts that are missing.
    async fn seed_accounts(&self, permit: &Permit) -> Result<(), ApiError> {
        let known = self.store().read(permit).accounts().await?;
        let missing: Vec<_> =
            ACCOUNTS.iter().filter(|(code, _)| known.iter().all(|account| account.code != *code)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let writer = self.store().write(permit.clone()).await?;
        let mut codes = Vec::new();
        for (code, name) in &missing {
            if writer.ensure_account(code, name).await? {
                codes.push(code);
            }
        }
        if codes.is_empty() {
            return Ok(writer.discard().await?);
        }
        Ok(writer.commit(seeded("accounts", json!(codes))).await?)
    }

    /// Makes the categories that are missing; all of them by key.
    async fn seed_categories(&self, permit: &Permit) -> Result<BTreeMap<String, Uuid>, ApiError> {
        let wanted = ties::CATEGORIES.map(|(key, name)| (key.to_owned(), name.to_owned()));
        let known = self.store().read(permit).categories().await?;
        let mut categories: BTreeMap<String, Uuid> = known.into_iter().map(|row| (row.key, row.id)).collect();
        if wanted.iter().any(|(key, _)| !categories.contains_key(key)) {
            let writer = self.store().write(permit.clone()).await?;
            let made = writer.ensure_categories(&wanted).await?;
            writer.commit(seeded("categories", json!(wanted.map(|(key, _)| key)))).await?;
            categories.extend(made.into_iter().map(|row| (row.key, row.id)));
        }
        Ok(categories)
    }

    /// Begins to make the users of these numbers who are missing.
    async fn begin_batch(
        &self,
        permit: &Permit,
        numbers: Option<RangeInclusive<u64>>,
        keys: &Arc<Keys>,
    ) -> Result<Option<Batch>, ApiError> {
        let Some(numbers) = numbers else { return Ok(None) };
        let ids: Vec<Uuid> = numbers.clone().map(people::id).collect();
        let known = self.store().read(permit).known_users(&ids).await?;
        let missing: Arc<BTreeSet<u64>> = Arc::new(
            numbers.clone().zip(&ids).filter(|(_, id)| !known.contains(id)).map(|(it, _)| it).collect(),
        );
        let (wanted, keys) = (Arc::clone(&missing), Arc::clone(keys));
        let made = tokio::task::spawn_blocking(move || make(&wanted, &keys));
        Ok(Some(Batch { numbers, missing, made }))
    }

    /// Adds these users, of these numbers.
    async fn write_batch(
        &self,
        permit: &Permit,
        missing: &BTreeSet<u64>,
        made: Made,
    ) -> Result<(), ApiError> {
        let (Some(first), Some(last)) = (missing.first(), missing.last()) else { return Ok(()) };
        let Made { mut files, activity, papers, reviews, others } = made;
        let writer = self.store().write(permit.clone()).await?;
        // held until the end: the currency does not change meanwhile
        let currency = writer.policies_that_stay().await?.currency;
        for fees in files.iter_mut().filter_map(|file| file.wide.fees.as_mut()) {
            count_in(currency, fees);
        }
        activity.count(&mut files);
        writer.insert_users(&files).await.map_err(conflict)?;
        activity.write(&writer, &others).await?;
        papers.write(&writer).await?;
        writer.insert_kyc_reviews(reviews).await?;
        let what = json!({"count": missing.len(), "first": first, "last": last});
        Ok(writer.commit(seeded("users", what)).await?)
    }
}

/// What users are tied to, by its keys.
#[derive(Default)]
struct Keys {
    groups: BTreeMap<String, Uuid>,
    categories: BTreeMap<String, Uuid>,
}

/// A batch that is being made: the missing ones of these numbers.
struct Batch {
    numbers: RangeInclusive<u64>,
    missing: Arc<BTreeSet<u64>>,
    made: JoinHandle<Result<Made, Vec<Problem>>>,
}

/// Users who are to be added, and what is known of them elsewhere.
#[derive(Default)]
struct Made {
    files: Vec<UserFile>,
    activity: Activity,
    papers: Papers,
    reviews: Vec<KycReview>,
    /// Whom they may have booked from who was there already.
    others: Vec<Offerer>,
}

/// Makes the users of these numbers. Those a little before each are made as well, and forgotten: they are booked from.
fn make(missing: &BTreeSet<u64>, Keys { groups, categories }: &Keys) -> Result<Made, Vec<Problem>> {
    let mut made = Made::default();
    let mut offerers = Vec::new();
    let (Some(first), Some(last)) = (missing.first(), missing.last()) else { return Ok(made) };
    for number in first.saturating_sub(WINDOW).max(1)..=*last {
        let mut file = people::user(number, groups)?;
        if missing.contains(&number) {
            ties::tie(number, &mut file, categories);
            offerers.extend(made.activity.add(number, &mut file, &offerers));
            made.papers.add(number, &file);
            made.reviews.extend(reviews::reviews(number, &file));
            made.files.push(file);
        } else if let Some(other) = Activity::default().add(number, &mut file, &[]) {
            made.others.push(other.clone());
            offerers.push(other);
        }
    }
    Ok(made)
}

/// Has fixed fees in the currency of the platform, as all are: so many of its smallest unit, whatever that is worth.
fn count_in(currency: Currency, fees: &mut user_fees::Model) {
    for code in [&mut fees.asker_fixed_currency, &mut fees.offerer_fixed_currency].into_iter().flatten() {
        currency.code().clone_into(code);
    }
}

fn seeded(what: &str, after: serde_json::Value) -> Change {
    Change { fields: vec![FieldChange::told(what, after)], ..Change::default() }
}

/// Somebody else has what a made-up user would get, or another program is seeding as well.
fn conflict(error: StoreError) -> ApiError {
    match error {
        StoreError::Taken(_) => ApiError::bad_input(
            "another user has the e-mail address, an external id or the reference of a made-up one: seed an empty database",
        ),
        error => error.into(),
    }
}

#[cfg(test)]
mod tests;
