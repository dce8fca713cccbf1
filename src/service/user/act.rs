//! Acts on one user. Each says which permission it needs, what it reads and what it changes; the rest is the same for
//! all: permit, scope, idempotency, version, the finality of cancelling, audit.

use std::sync::Arc;

use backdesk_entity::enums::{CancelOrigin, UserStatus};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{UserKey, UserRecord, apply::apply_change};
use crate::{
    auth::{
        caller::{Caller, Permit},
        policy::Action,
    },
    domain::{
        mistake::Mistake,
        problem::{Problem, ProblemCode, Problems},
        status::{self, Standing},
        text,
        user::{Patch, UserChange},
    },
    service::{
        Services,
        error::{ApiError, Outcome},
        parse_id,
    },
    store::{
        Replay, Writer,
        error::{StoreError, Unique},
        user::{Parts, UserFile},
    },
};

/// Characters of a reason at most.
pub(in crate::service) const REASON: usize = 1000;
/// Groups of a user at most.
const GROUPS: usize = 100;

/// What every mutation takes besides its own input.
#[derive(Debug, Clone, Default)]
pub struct MutationOptions {
    /// The same key again within a day has no second effect.
    pub idempotency_key: Option<Uuid>,
    /// Refuse when the record is no longer of this version.
    pub if_version: Option<i32>,
    /// Why; kept in the audit trail.
    pub reason: Option<String>,
}

/// When an act happens and why.
#[derive(Debug)]
pub struct Moment {
    now: DateTime<Utc>,
    today: NaiveDate,
    reason: Option<String>,
}

/// One act on a user, with its input.
pub trait UserAct: Serialize + Send + Sync {
    /// What it is called at the door.
    const ACTION: Action;

    /// The argument that problems are reported under.
    const ARGUMENT: &'static str;

    /// The satellites that it may touch.
    fn parts(&self) -> Parts {
        Parts::default()
    }

    /// Changes the user, or says what is wrong.
    fn apply(
        &self,
        file: &mut UserFile,
        moment: &Moment,
        writer: &Writer,
        problems: &mut Problems,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Sets the status by hand.
#[derive(Debug, Serialize)]
pub struct SetStatus(pub UserStatus);

/// Switches the user active or inactive.
#[derive(Debug, Serialize)]
pub struct SetActive(pub bool);

/// Freezes or unfreezes the user.
#[derive(Debug, Serialize)]
pub struct FreezeUser(pub bool);

/// Cancels the user for good.
#[derive(Debug, Serialize)]
pub struct CancelUser(pub CancelOrigin);

/// Puts the user into exactly these assigned groups.
#[derive(Debug, Serialize)]
pub struct SetGroups(pub Vec<String>);

/// Changes the record.
#[derive(Debug, Serialize)]
pub struct UpdateUser(pub UserChange);

impl UserAct for SetStatus {
    const ACTION: Action = Action::UserSetStatus;
    const ARGUMENT: &'static str = "status";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        _: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        stand(file, at, Self::ARGUMENT, p, |standing| standing.step(self.0));
        Ok(())
    }
}

impl UserAct for SetActive {
    const ACTION: Action = Action::UserSetActive;
    const ARGUMENT: &'static str = "active";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        _: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        stand(file, at, Self::ARGUMENT, p, |standing| standing.switch(self.0));
        Ok(())
    }
}

impl UserAct for FreezeUser {
    const ACTION: Action = Action::UserFreeze;
    const ARGUMENT: &'static str = "frozen";

    async fn apply(
        &self,
        file: &mut UserFile,
        _: &Moment,
        _: &Writer,
        _: &mut Problems,
    ) -> Result<(), StoreError> {
        file.user.frozen = self.0;
        Ok(())
    }
}

impl UserAct for CancelUser {
    const ACTION: Action = Action::UserCancel;
    const ARGUMENT: &'static str = "origin";

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        _: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        stand(file, at, Self::ARGUMENT, p, Standing::cancel);
        file.user.cancel_origin = Some(self.0);
        Ok(())
    }
}

impl UserAct for SetGroups {
    const ACTION: Action = Action::UserSetGroups;
    const ARGUMENT: &'static str = "groupIds";

    fn parts(&self) -> Parts {
        Parts { groups: true, ..Parts::default() }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        _: &Moment,
        writer: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        use crate::domain::group::ComputedGroup;
        if self.0.len() > GROUPS {
            p.add_at(ProblemCode::Invalid, Self::ARGUMENT, format!("Give at most {GROUPS} groups."));
            return Ok(());
        }
        let ids: Vec<Uuid> = self.0.iter().filter_map(|id| parse_id(id)).collect();
        let groups = writer.groups(&ids).await?;
        for (i, id) in self.0.iter().enumerate() {
            let path = format!("groupIds.{i}");
            let group = parse_id(id).and_then(|id| groups.iter().find(|group| group.id == id));
            match group {
                None => {
                    p.add_at(ProblemCode::NotFound, &path, "There is no such group: see the query `groups`.");
                }
                Some(group) if ComputedGroup::from_key(&group.key).is_some() => {
                    let message =
                        format!("{} is computed from the user's state and cannot be assigned.", group.key);
                    p.add_at(ProblemCode::Invalid, &path, message);
                }
                Some(_) => {}
            }
        }
        file.groups = Some(groups.into_iter().map(|group| (group.id, group.key)).collect());
        Ok(())
    }
}

impl UserAct for UpdateUser {
    const ACTION: Action = Action::UserUpdate;
    const ARGUMENT: &'static str = "input";

    fn parts(&self) -> Parts {
        let UserChange { spoken_languages, postal_address, secondary_address, location_address, .. } =
            &self.0;
        Parts {
            addresses: [postal_address, secondary_address, location_address]
                .into_iter()
                .any(|part| *part != Patch::Keep),
            // the search text holds them, whatever else changes
            external_ids: true,
            spoken_languages: *spoken_languages != Patch::Keep,
            groups: false,
        }
    }

    async fn apply(
        &self,
        file: &mut UserFile,
        at: &Moment,
        _: &Writer,
        p: &mut Problems,
    ) -> Result<(), StoreError> {
        apply_change(file, &self.0, at.today, p);
        Ok(())
    }
}

/// Takes a step of the life cycle, or notes why there is none.
fn stand(
    file: &mut UserFile,
    moment: &Moment,
    argument: &str,
    problems: &mut Problems,
    step: impl Fn(Standing) -> Result<Standing, (ProblemCode, Mistake)>,
) {
    let user = &mut file.user;
    let standing = Standing { status: user.status, before_inactive: user.status_before_inactive };
    match step(standing) {
        Ok(next) => {
            if next.status != user.status {
                user.status_since = moment.now;
                user.status_reason.clone_from(&moment.reason);
            }
            user.status = next.status;
            user.status_before_inactive = next.before_inactive;
        }
        Err((code, mistake)) => problems.add_at(code, argument, mistake.into_message()),
    }
}

impl Services {
    /// Performs an act on a user: one transaction, one audit entry, or nothing at all.
    pub async fn act<A: UserAct>(
        &self,
        caller: &Arc<Caller>,
        id: &str,
        act: &A,
        options: &MutationOptions,
    ) -> Result<Outcome<UserRecord>, ApiError> {
        let id = parse_id(id);
        let permit = self.permit_on(caller, A::ACTION, id).await?;
        let id = id.ok_or(ApiError::NotFound)?;
        let writer = self.store().write(permit.clone()).await?;
        if let Some(kept) = replay(&writer, options, &(id, act, options.if_version, &options.reason)).await? {
            return self.within_scope(&permit, kept);
        }
        let Some(before) = writer.user(id, act.parts()).await? else {
            self.record_out_of_scope(&permit, UserKey::Id(id));
            return Err(ApiError::NotFound);
        };
        if before.user.status == UserStatus::Canceled {
            let (code, mistake) = status::canceled();
            return Ok(Outcome::Problems(vec![Problem::new(code, "id", mistake.into_message())]));
        }
        if let Some(conflict) = version_conflict(&writer, &before, options).await? {
            return Ok(Outcome::Problems(vec![conflict]));
        }
        let mut problems = Problems::under(A::ARGUMENT);
        let moment = moment(&writer, options, &mut problems);
        let mut after = before.clone();
        act.apply(&mut after, &moment, &writer, &mut problems).await?;
        let found = problems.into_found();
        if !found.is_empty() {
            return Ok(Outcome::Problems(found));
        }
        match Box::pin(writer.update_user(&before, after)).await {
            Ok(None) => {
                remember(&writer, options, &before.user).await?;
                writer.unchanged().await?;
                Ok(Outcome::Done(before.user))
            }
            Ok(Some((after, change))) => {
                remember(&writer, options, &after.user).await?;
                writer.commit(crate::store::audit::Change { reason: moment.reason, ..change }).await?;
                Ok(Outcome::Done(after.user))
            }
            Err(StoreError::Taken(unique)) => Ok(Outcome::Problems(vec![taken(unique, A::ARGUMENT)])),
            Err(error) => Err(error.into()),
        }
    }
}

impl Services {
    /// A kept answer, unless the caller's accounts were cut down since it was given.
    pub(super) fn within_scope(
        &self,
        permit: &Permit,
        kept: Outcome<UserRecord>,
    ) -> Result<Outcome<UserRecord>, ApiError> {
        match kept {
            Outcome::Done(record) if !permit.scope().covers(&record.account) => {
                self.record_out_of_scope(permit, UserKey::Id(record.id));
                Err(ApiError::NotFound)
            }
            kept => Ok(kept),
        }
    }
}

/// The instant and the reason of an act.
pub(super) fn moment(writer: &Writer, options: &MutationOptions, problems: &mut Problems) -> Moment {
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
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.today
    }

    pub(super) fn into_reason(self) -> Option<String> {
        self.reason
    }
}

async fn version_conflict(
    writer: &Writer,
    before: &UserFile,
    options: &MutationOptions,
) -> Result<Option<Problem>, StoreError> {
    let current = before.user.version;
    let Some(yours) = options.if_version.filter(|yours| *yours != current) else {
        return Ok(None);
    };
    let message = "The user changed meanwhile: read it again, then decide whether your change still holds.";
    let mut problem = Problem::new(ProblemCode::VersionConflict, "options.ifVersion", message);
    problem.conflict = Some(writer.conflict(before.user.id, yours, current).await?);
    Ok(Some(problem))
}

/// The answer that was given to this idempotency key before, if it was.
pub(super) async fn replay(
    writer: &Writer,
    options: &MutationOptions,
    input: &impl Serialize,
) -> Result<Option<Outcome<UserRecord>>, ApiError> {
    let Some(key) = options.idempotency_key else {
        return Ok(None);
    };
    match writer.claim(key, input).await? {
        Replay::Fresh => Ok(None),
        Replay::Answered(answer) => {
            let record: UserRecord = serde_json::from_slice(&answer).map_err(|_| ApiError::Internal)?;
            Ok(Some(Outcome::Done(record)))
        }
        Replay::Mismatch => {
            let message =
                "This key was used with another input within the last 24 hours: make a new one for each act.";
            let problem = Problem::new(ProblemCode::IdempotencyMismatch, "options.idempotencyKey", message);
            Ok(Some(Outcome::Problems(vec![problem])))
        }
    }
}

/// Keeps the answer for the idempotency key, if there is one.
pub(super) async fn remember(
    writer: &Writer,
    options: &MutationOptions,
    record: &UserRecord,
) -> Result<(), ApiError> {
    if let Some(key) = options.idempotency_key {
        let answer = serde_json::to_vec(record).map_err(|_| ApiError::Internal)?;
        writer.remember(key, &answer).await?;
    }
    Ok(())
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
