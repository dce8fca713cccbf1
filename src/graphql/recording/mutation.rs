//! The mutation that records what other systems know.

use async_graphql::{Context, Object, SimpleObject};

use super::input::ActivityRecordInput;
use crate::{
    domain::activity::RowOutcome,
    graphql::{
        guard::{caller, services},
        payload::{ChangePreview, MutationError, MutationOptions},
    },
    service::{
        error::{ApiError, Outcome},
        recording::{RecordedBatch, RowResult},
        user,
    },
};

/// What the recording of a batch answers.
#[derive(SimpleObject)]
pub(super) struct ActivityRecordPayload {
    /// What became of each row, in their order; empty when there are errors.
    results: Vec<ActivityResult>,
    /// What is wrong with the batch as a whole; nothing of it was recorded then.
    errors: Vec<MutationError>,
    /// Whether `validateOnly` was asked for: nothing changed.
    validated_only: bool,
    /// What would change; with `validateOnly`, unless there are errors.
    preview: Option<ChangePreview>,
}

/// What became of one row.
#[derive(SimpleObject)]
struct ActivityResult {
    /// Its place in the batch, from 0.
    index: usize,
    /// What the system calls the thing.
    external_id: String,
    /// Whether it went in.
    outcome: RowOutcome,
    /// Why it was refused.
    errors: Vec<MutationError>,
}

impl From<RowResult> for ActivityResult {
    fn from(result: RowResult) -> Self {
        let RowResult { index, external_id, outcome, problems } = result;
        Self { index, external_id, outcome, errors: problems.into_iter().map(MutationError::from).collect() }
    }
}

/// What other systems record.
#[derive(Debug, Default)]
pub(in crate::graphql) struct ActivityMutations;

/// What other systems record.
#[Object]
impl ActivityMutations {
    /// Records what another system knows of users: wallets, transactions, listings and the like, up to 500 rows at once. A row
    /// is found again by its external id: the same row again changes nothing, one of a later instant takes the place of what
    /// was known, and one of an earlier instant is left aside. Rows that are not acceptable are refused one by one, and the
    /// others go in, unless `errorPolicy` says otherwise. Batches of one account take turns.
    async fn activity_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the system says.")] input: ActivityRecordInput,
        #[graphql(desc = "Preview, retry safety and the reason.")] options: Option<MutationOptions>,
    ) -> Result<ActivityRecordPayload, ApiError> {
        let options: user::MutationOptions = options.into();
        let batch = input.into();
        let outcome = services(ctx)?.record_activity(caller(ctx)?, &batch, &options);
        Ok(ActivityRecordPayload::of(Box::pin(outcome).await?, options.validate_only))
    }
}

impl ActivityRecordPayload {
    fn of(outcome: Outcome<RecordedBatch>, validated_only: bool) -> Self {
        match outcome {
            Outcome::Done(RecordedBatch { results, preview }) => Self {
                results: results.into_iter().map(ActivityResult::from).collect(),
                errors: Vec::new(),
                validated_only,
                preview: preview.map(|changes| ChangePreview::of(None, changes)),
            },
            Outcome::Problems(problems) => Self {
                results: Vec::new(),
                errors: problems.into_iter().map(MutationError::from).collect(),
                validated_only,
                preview: None,
            },
        }
    }
}
