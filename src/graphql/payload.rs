//! What every mutation takes and answers: options, everything that is wrong with the input, and previews. Problems of
//! access are errors of the whole operation instead.

use async_graphql::{ComplexObject, Context, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::audit::FieldChange;
use crate::{
    domain::problem::{Problem, ProblemCode, VersionConflict as Conflict},
    service::{
        audit::FieldChange as Change,
        error::ApiError,
        user::{MutationOptions as Options, Reviewed},
    },
};

/// What every mutation takes besides its own input.
#[derive(Debug, Default, InputObject)]
pub(super) struct MutationOptions {
    /// Makes a retry safe: within 24 hours the same key with the same input has one effect and one answer; with another
    /// input it is refused. Make a new one for each act.
    idempotency_key: Option<Uuid>,
    /// Refuse with `VERSION_CONFLICT` when the record is no longer of this version.
    if_version: Option<i32>,
    /// Why this is done. Kept in the audit trail.
    reason: Option<String>,
    /// Change nothing: go all the way of the act, and answer its errors, all of them, or in `preview` what it would change.
    /// An idempotency key is checked and not used up.
    #[graphql(default)]
    validate_only: bool,
}

/// What an act would change: exactly what its audit event would then tell.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct ChangePreview {
    #[graphql(skip)]
    user: Option<Uuid>,
    #[graphql(skip)]
    values: Vec<Change>,
    /// Whether a KYC review of the user would be opened, and their KYC be `PENDING`.
    opens_kyc_review: bool,
    /// The fields that would change and that a KYC review would look at, a new one or the one that is open.
    material_fields: Vec<String>,
}

impl ChangePreview {
    /// The changes of an act on `user`.
    pub(super) fn of(user: Option<Uuid>, values: Vec<Change>) -> Self {
        Self { user, values, opens_kyc_review: false, material_fields: Vec::new() }
    }

    /// The same with what it means for a KYC review.
    pub(super) fn reviewed(self, review: Option<Reviewed>) -> Self {
        let Some(Reviewed { id: _, is_new, fields }) = review else { return self };
        Self { opens_kyc_review: is_new, material_fields: fields, ..self }
    }
}

/// What an act would change: exactly what its audit event would then tell.
#[ComplexObject]
impl ChangePreview {
    /// Every field that would change, with its value now and then; empty when nothing would. Instants are those of the
    /// preview; of a new user, `id` and `reference` are examples: the act makes its own.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Vec<FieldChange>, ApiError> {
        FieldChange::shown(ctx, self.user, &self.values).await
    }
}

impl From<Option<MutationOptions>> for Options {
    fn from(options: Option<MutationOptions>) -> Self {
        let MutationOptions { idempotency_key, if_version, reason, validate_only } =
            options.unwrap_or_default();
        Self { idempotency_key, if_version, reason, validate_only }
    }
}

/// One problem of a mutation's input.
#[derive(Debug, SimpleObject)]
pub(super) struct MutationError {
    /// The kind of problem.
    code: ProblemCode,
    /// The way to the field, from the mutation's arguments on.
    field: Vec<String>,
    /// What to do.
    message: String,
    /// What happened meanwhile; with `VERSION_CONFLICT`.
    conflict: Option<VersionConflict>,
    /// The policy that does not allow it, as the query `platform` names it; with `POLICY_FORBIDS`.
    policy: Option<String>,
    /// The values at fault, where the field has several: keys of roles, codes of accounts.
    values: Vec<String>,
}

/// What happened to a record since the version that you gave.
#[derive(Debug, SimpleObject)]
pub(super) struct VersionConflict {
    /// The version that you gave.
    yours: i32,
    /// The version now.
    current: i32,
    /// The fields that changed in between, but for those that are withheld from you.
    changed_fields: Vec<String>,
    /// Who changed the record last.
    by: Option<String>,
    /// When it changed last.
    at: Option<DateTime<Utc>>,
}

impl From<Problem> for MutationError {
    fn from(problem: Problem) -> Self {
        let Problem { code, field, message, conflict, policy, values } = problem;
        Self { code, field, message, conflict: conflict.map(VersionConflict::from), policy, values }
    }
}

impl From<Conflict> for VersionConflict {
    fn from(conflict: Conflict) -> Self {
        let Conflict { yours, current, changed_fields, by, at } = conflict;
        Self { yours, current, changed_fields, by, at }
    }
}
