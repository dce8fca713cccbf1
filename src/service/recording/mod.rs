//! Recording what other systems know of users: batches of rows, each judged by itself, written together in one transaction
//! with one audit entry. However many rows there are, a batch takes the same number of statements.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    Miss, Services,
    error::{ApiError, Outcome},
    user::{MutationOptions, finish, moment, replay},
};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::{
        activity::{ErrorPolicy, Kind, Row, RowOutcome},
        code,
        problem::{Problem, ProblemCode, Problems},
    },
    store::{
        Writer,
        audit::{Change, Concerned, FieldChange},
        error::StoreError,
    },
};

mod facts;
mod judge;
mod measure;
mod people;
mod settle;

use judge::Drafts;
use people::People;
use settle::{Ledger, Rows};

/// Rows of a batch at most.
pub const ROWS: usize = 500;

/// What a system says at once.
#[derive(Debug, Serialize)]
pub struct Batch {
    /// The account of all its users.
    pub account: String,
    /// The code of the system.
    pub system: String,
    /// The code of the system by whose ids users are named; none where it is the same.
    pub user_system: Option<String>,
    /// The rows.
    pub rows: Vec<Row>,
    /// What becomes of them when some are refused.
    pub policy: ErrorPolicy,
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowResult {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// What the system calls the thing.
    pub external_id: String,
    /// What became of it.
    pub outcome: RowOutcome,
    /// Why it was refused.
    pub problems: Vec<Problem>,
}

/// What became of a batch.
#[derive(Debug)]
pub struct RecordedBatch {
    /// What became of each row, in their order.
    pub results: Vec<RowResult>,
    /// What would change, by the names and values of the audit trail; of a preview alone.
    pub preview: Option<Vec<FieldChange>>,
}

impl Services {
    /// Records a batch in an account that the caller sees.
    pub async fn record_activity(
        &self,
        caller: &Arc<Caller>,
        batch: &Batch,
        options: &MutationOptions,
    ) -> Result<Outcome<RecordedBatch>, ApiError> {
        let permit = self.permit(caller, Action::ActivityRecord).await?;
        let writer = options.open(self.store(), &permit).await?;
        // before a kept answer is given: the caller's accounts may have been cut down since
        let account = code::parse(&batch.account).ok();
        let in_account = match &account {
            Some(account) => writer.take_turn_in(account).await?,
            None => false,
        };
        let mut problems = Problems::under("input");
        if !in_account {
            if let Some(code) = account {
                self.record_out_of_scope(&permit, Miss::Account(code));
            }
            let message = "There is no such account among yours: see the query `accounts`.";
            problems.add(ProblemCode::NotFound, "account", message);
        } else if let Some(kept) = replay(&writer, options, &(batch, &options.reason)).await? {
            return Ok(match kept {
                Outcome::Problems(problems) => Outcome::Problems(problems),
                Outcome::Done(results) => {
                    Outcome::Done(RecordedBatch { results, preview: options.preview(&[]) })
                }
            });
        }
        judge_frame(batch, options, &mut problems);
        let moment = moment(&writer, options, &mut problems);
        let found = problems.into_found();
        if !found.is_empty() {
            return Ok(Outcome::Problems(found));
        }
        let (drafts, mut results) = judge::rows(&batch.rows, &batch.account, &batch.system, writer.clock());
        let people = People::of(&writer, batch, &drafts).await?;
        for miss in people.misses() {
            self.record_out_of_scope(&permit, Miss::User(miss));
        }
        let ledger = Box::pin(settle::settle(&writer, batch, drafts, &people, &mut results)).await?;
        let ledger = match batch.policy {
            ErrorPolicy::RejectEverything if skip_all(&mut results) => Ledger::default(),
            ErrorPolicy::RejectEverything | ErrorPolicy::RejectFailedRows => ledger,
        };
        judge::repeat(&batch.rows, &mut results);
        let change = write(&writer, batch, ledger).await?;
        if let Some(key) = options.idempotency_key {
            let answer = serde_json::to_vec(&results).map_err(|_| ApiError::Internal)?;
            writer.remember(key, &answer).await?;
        }
        let preview = finish(writer, options, moment, change).await?;
        Ok(Outcome::Done(RecordedBatch { results, preview }))
    }
}

/// Judges what a batch says beside its rows.
fn judge_frame(batch: &Batch, options: &MutationOptions, problems: &mut Problems) {
    if options.if_version.is_some() {
        let message = "Rows have no version: each says by `asOf` of when it is. Leave ifVersion out.";
        problems.add_at(ProblemCode::Invalid, "options.ifVersion", message);
    }
    problems.check("system", code::parse(&batch.system));
    if let Some(system) = &batch.user_system {
        problems.check("userSystem", code::parse(system));
    }
    if batch.rows.is_empty() || batch.rows.len() > ROWS {
        let message = format!("Give 1 to {ROWS} rows at once.");
        problems.add(ProblemCode::Invalid, "rows", message);
    }
}

/// Whether some row is refused, and then nothing goes in: those that would have gone in are skipped.
fn skip_all(results: &mut [RowResult]) -> bool {
    let is_refused = results.iter().any(|result| result.outcome == RowOutcome::Refused);
    if is_refused {
        for result in results {
            if matches!(result.outcome, RowOutcome::Created | RowOutcome::Updated) {
                result.outcome = RowOutcome::Skipped;
            }
        }
    }
    is_refused
}

/// Writes what changes, and the counts that follow from it. None where nothing does.
async fn write(writer: &Writer, batch: &Batch, ledger: Ledger) -> Result<Option<Change>, StoreError> {
    if ledger.is_empty() {
        return Ok(None);
    }
    let Rows { wallets, networks, transactions, psp_accounts, bank_accounts, listings, bookings, reviews } =
        ledger.rows;
    // what others belong to comes first
    writer.record(wallets).await?;
    writer.record_networks(networks).await?;
    writer.record(listings).await?;
    writer.record(transactions).await?;
    writer.record(psp_accounts).await?;
    writer.record(bank_accounts).await?;
    writer.record(bookings).await?;
    writer.record(reviews).await?;

    let touched: Vec<Uuid> = ledger.changes.keys().copied().collect();
    let wrong = writer.wrong_counts(&touched).await?;
    writer.recount(&wrong.iter().map(|counts| counts.user).collect::<Vec<_>>()).await?;

    let account = batch.account.clone();
    let concerned = ledger.changes.into_iter();
    Ok(Some(Change {
        fields: summary(&batch.system, &ledger.written),
        account: Some(account.clone()),
        users: concerned.map(|(id, fields)| Concerned { id, account: account.clone(), fields }).collect(),
        ..Change::default()
    }))
}

/// What the entry says of the batch as a whole: how many rows of what. What they say is kept with each user.
fn summary(system: &str, written: &BTreeMap<Kind, (u32, u32)>) -> Vec<FieldChange> {
    let of_kind = |(kind, (created, updated)): (&Kind, &(u32, u32))| {
        FieldChange::told(kind.many(), json!({ "system": system, "created": created, "updated": updated }))
    };
    written.iter().map(of_kind).collect()
}
