//! Comparing the counts that users carry with what is recorded, and putting them right. They move with the rows in one
//! transaction; this finds what a restored backup or a hand in the database left behind.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;
use uuid::Uuid;

use super::{Services, error::ApiError};
use crate::{
    auth::{
        caller::{Caller, Permit},
        policy::Action,
    },
    store::{
        audit::{Change, Concerned, FieldChange},
        recording::{COUNTERS, Counts},
    },
};

/// Users that are compared at once, and put right in one transaction: short enough to keep nobody waiting.
const SLICE: u64 = 1_000;

/// A count that is not what the rows have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The user.
    pub user: Uuid,
    /// The count, by its name in the API.
    pub field: &'static str,
    /// What the user carries.
    pub carried: i64,
    /// What the rows have.
    pub actual: i64,
}

impl Services {
    /// Compares the counts of everybody, and puts them right when `fixes` says so: a transaction and an audit entry for those
    /// of each account among a thousand users. `tell` is told every difference. How many users were compared.
    pub async fn compare_counters(
        &self,
        caller: &Arc<Caller>,
        fixes: bool,
        tell: &mut (dyn FnMut(Difference) + Send),
    ) -> Result<u64, ApiError> {
        let permit = self.permit(caller, Action::CountersFix).await?;
        let (mut compared, mut last) = (0, None);
        loop {
            let slice = self.store().read(&permit).counts_after(last, SLICE).await?;
            let Some(end) = slice.last() else { return Ok(compared) };
            (compared, last) = (compared + slice.len() as u64, Some(end.user));
            let wrong: Vec<Counts> = slice.into_iter().filter(|counts| !counts.is_right()).collect();
            if !fixes {
                wrong.iter().flat_map(differences).for_each(&mut *tell);
                continue;
            }
            let mut accounts: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
            for counts in &wrong {
                accounts.entry(&counts.account).or_default().push(counts.user);
            }
            for (account, users) in accounts {
                let fixed = self.fix_counters(&permit, account, users).await?;
                fixed.iter().flat_map(differences).for_each(&mut *tell);
            }
        }
    }

    /// Puts the counts of these users of an account right, as far as they are still wrong; those that were.
    async fn fix_counters(
        &self,
        permit: &Permit,
        account: &str,
        users: Vec<Uuid>,
    ) -> Result<Vec<Counts>, ApiError> {
        let writer = self.store().write(permit.clone()).await?;
        // the account before its users, as batches and acts on ties lock them: whoever locks several users without its turn
        // may wait for somebody who waits for them
        writer.take_turn_in(account).await?;
        writer.lock_users(account, users.clone()).await?;
        // somebody may have recorded something since they were compared
        let wrong = writer.wrong_counts(&users).await?;
        if wrong.is_empty() {
            writer.unchanged().await?;
            return Ok(wrong);
        }
        let ids: Vec<Uuid> = wrong.iter().map(|counts| counts.user).collect();
        writer.recount(&ids).await?;
        let users = wrong.iter().map(|counts| Concerned {
            id: counts.user,
            account: counts.account.clone(),
            fields: differences(counts).map(change).collect(),
        });
        let summary = FieldChange::told("counters", json!({ "users": wrong.len() }));
        let change = Change {
            fields: vec![summary],
            account: Some(account.to_owned()),
            users: users.collect(),
            ..Change::default()
        };
        writer.commit(change).await?;
        Ok(wrong)
    }
}

fn differences(counts: &Counts) -> impl Iterator<Item = Difference> {
    let pairs = counts.carried.iter().zip(&counts.actual);
    COUNTERS.iter().zip(pairs).filter(|(_, (carried, actual))| carried != actual).map(
        |(counter, (carried, actual))| Difference {
            user: counts.user,
            field: counter.field,
            carried: *carried,
            actual: *actual,
        },
    )
}

fn change(Difference { user: _, field, carried, actual }: Difference) -> FieldChange {
    FieldChange { field: field.to_owned(), before: json!(carried), after: json!(actual) }
}
