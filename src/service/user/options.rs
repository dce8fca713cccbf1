//! What every mutation takes besides its own input: the safety of retries and of lost updates, and the reason.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{UserRecord, UserSelection, UserView, WrittenUser};
use crate::{
    auth::caller::Permit,
    domain::{
        problem::{Problem, ProblemCode, Problems},
        text,
    },
    service::error::{ApiError, Outcome},
    store::{
        Replay, Store, Writer,
        audit::{Change, FieldChange},
        error::{StoreError, Unique},
        user::{Aside, Reviewed, UserFile},
    },
};

/// Characters of a reason at most.
pub(in crate::service) const REASON: usize = 1000;

/// What every mutation takes besides its own input.
#[derive(Debug, Clone, Default)]
pub struct MutationOptions {
    /// The same key again within a day has no second effect.
    pub idempotency_key: Option<Uuid>,
    /// Refuse when the record is no longer of this version.
    pub if_version: Option<i32>,
    /// Why; kept in the audit trail.
    pub reason: Option<String>,
    /// Do everything but the change, and tell what it would be.
    pub validate_only: bool,
}

/// What came of an act.
#[derive(Debug, Clone)]
pub struct Acted {
    /// The user as it is now. None where the creation of one was only previewed.
    pub user: Option<UserView>,
    /// What would change, by the names and values of the audit trail; of a preview alone.
    pub preview: Option<Vec<FieldChange>>,
    /// The id of what the act made besides; of a preview, one that names nothing.
    pub made: Option<Uuid>,
    /// The id of the upload that the act announced.
    pub upload: Option<Uuid>,
    /// The KYC review that the act opened or added to, or would.
    pub review: Option<Reviewed>,
}

impl MutationOptions {
    /// The transaction of an act: a preview's is rolled back, however it ends.
    pub(in crate::service) async fn open(
        &self,
        store: &Store,
        permit: &Permit,
    ) -> Result<Writer, StoreError> {
        let permit = permit.clone();
        if self.validate_only { store.rehearse(permit).await } else { store.write(permit).await }
    }

    /// What a preview tells of these changes.
    pub(in crate::service) fn preview(&self, changes: &[FieldChange]) -> Option<Vec<FieldChange>> {
        self.validate_only.then(|| changes.to_vec())
    }
}

/// When an act happens and why.
#[derive(Debug)]
pub struct Moment {
    now: DateTime<Utc>,
    today: NaiveDate,
    reason: Option<String>,
}

/// The instant and the reason of an act.
pub(in crate::service) fn moment(
    writer: &Writer,
    options: &MutationOptions,
    problems: &mut Problems,
) -> Moment {
    let reason = options.reason.as_deref().and_then(|given| match text::clean_line(given, REASON) {
        Ok(reason) => Some(reason),
        Err(mistake) => {
            problems.add_at(ProblemCode::Invalid, "options.reason", mistake.into_message());
            None
        }
    });
    let clock = writer.clock();
    Moment { now: clock.now(), today: clock.today(), reason }
}

impl Moment {
    pub(in crate::service) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(in crate::service) fn today(&self) -> NaiveDate {
        self.today
    }

    pub(in crate::service) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// The problem of a record that is no longer of the version that the caller gave; `what` names it, `it` stands for it.
pub(in crate::service) async fn changed_meanwhile(
    writer: &Writer,
    options: &MutationOptions,
    (what, it): (&str, &str),
    (id, current): (Uuid, i32),
) -> Result<Option<Problem>, StoreError> {
    let Some(yours) = options.if_version.filter(|yours| *yours != current) else {
        return Ok(None);
    };
    let message = if yours < current {
        format!("{what} changed meanwhile: read {it} again, then decide whether your change still holds.")
    } else {
        format!("There is no such version of {it} yet: give the one that you read.")
    };
    let mut problem = Problem::new(ProblemCode::VersionConflict, "options.ifVersion", message);
    problem.conflict = Some(writer.conflict(id, yours, current).await?);
    Ok(Some(problem))
}

pub(super) async fn version_conflict(
    writer: &Writer,
    before: &UserFile,
    options: &MutationOptions,
) -> Result<Option<Problem>, StoreError> {
    let row = (before.user.id, before.user.version);
    let Some(mut problem) = changed_meanwhile(writer, options, ("The user", "it"), row).await? else {
        return Ok(None);
    };
    // that somebody answered about sanctions, say, is not for whoever does not see the answers
    let caller = writer.permit().caller();
    if let Some(conflict) = &mut problem.conflict {
        conflict.changed_fields.retain(|field| caller.sees_all_of(field));
    }
    Ok(Some(problem))
}

/// The answer that was given to this idempotency key before, if it was.
pub(in crate::service) async fn replay<T: DeserializeOwned>(
    writer: &Writer,
    options: &MutationOptions,
    input: &impl Serialize,
) -> Result<Option<Outcome<T>>, ApiError> {
    let Some(key) = options.idempotency_key else {
        return Ok(None);
    };
    match writer.claim(key, input).await? {
        Replay::Fresh => Ok(None),
        Replay::Answered(answer) => {
            let answer = serde_json::from_slice(&answer).map_err(|_| ApiError::Internal)?;
            Ok(Some(Outcome::Done(answer)))
        }
        Replay::Mismatch => {
            let message =
                "This key was used with another input within the last 24 hours: make a new one for each act.";
            let problem = Problem::new(ProblemCode::IdempotencyMismatch, "options.idempotencyKey", message);
            Ok(Some(Outcome::Problems(vec![problem])))
        }
    }
}

/// Ends an act: commits its change with the entry, or ends without one where nothing changed. What a preview tells.
pub(in crate::service) async fn finish(
    writer: Writer,
    options: &MutationOptions,
    moment: Moment,
    change: Option<Change>,
) -> Result<Option<Vec<FieldChange>>, StoreError> {
    let preview = options.preview(change.as_ref().map_or(&[], |change| &change.fields));
    match change {
        Some(change) => writer.commit(Change { reason: moment.reason, ..change }).await?,
        None => writer.unchanged().await?,
    }
    Ok(preview)
}

/// The answer of an act, read in its transaction; with an idempotency key it is whole, and kept.
pub(super) async fn answer(
    writer: &Writer,
    options: &MutationOptions,
    record: UserRecord,
    selection: &UserSelection,
    aside: &Aside,
) -> Result<WrittenUser, ApiError> {
    let Aside { made, upload, .. } = *aside;
    let Some(key) = options.idempotency_key else {
        return Ok(WrittenUser { made, upload, ..writer.written(record, selection).await? });
    };
    // a retry may select more than the first request did
    let written =
        WrittenUser { made, upload, ..writer.written(record, &selection.with_all_related()).await? };
    writer.remember(key, &serde_json::to_vec(&written).map_err(|_| ApiError::Internal)?).await?;
    Ok(written)
}

/// The problems of values that other users of the account have.
pub(in crate::service) async fn all_taken(
    writer: &Writer,
    before: Option<&UserFile>,
    after: &UserFile,
    argument: &str,
) -> Result<Vec<Problem>, StoreError> {
    let found = writer.taken(before, after).await?;
    Ok(found.into_iter().map(|unique| taken(unique, argument)).collect())
}

/// The problem of a value that another user of the account has.
pub(in crate::service) fn taken(unique: Unique, argument: &str) -> Problem {
    let (field, message) = match unique {
        Unique::Email => ("email", "Another user of this account has this e-mail address."),
        Unique::ExternalId => ("externalIds", "Another user of this account has one of these external ids."),
        Unique::Reference => ("reference", "Another user has this reference."),
    };
    Problem::new(ProblemCode::Unique, &format!("{argument}.{field}"), message)
}
