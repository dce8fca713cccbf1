//! How every act on a user is performed: permit, scope, idempotency, version, the finality of cancelling, audit. What the
//! acts are stands in `acts.rs`.

use std::sync::Arc;

use backdesk_entity::enums::UserStatus;
use serde::Serialize;

use super::{
    UserKey, UserRecord,
    options::{Moment, MutationOptions, moment, remember, replay, taken, version_conflict},
};
use crate::{
    auth::{
        caller::{Caller, Permit},
        policy::Action,
    },
    domain::{
        problem::{Problem, Problems},
        status,
    },
    service::{
        Services,
        error::{ApiError, Outcome},
        parse_id,
    },
    store::{
        Writer,
        audit::Change,
        error::StoreError,
        user::{Parts, UserFile},
    },
};

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
                writer.commit(Change { reason: moment.into_reason(), ..change }).await?;
                Ok(Outcome::Done(after.user))
            }
            Err(StoreError::Taken(unique)) => Ok(Outcome::Problems(vec![taken(unique, A::ARGUMENT)])),
            Err(error) => Err(error.into()),
        }
    }

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
