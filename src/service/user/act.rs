//! How every act on a user is performed: permit, scope, idempotency, version, the finality of cancelling, audit. What the
//! acts are stands in `acts.rs`.

use std::sync::Arc;

use backdesk_entity::enums::UserStatus;
use serde::Serialize;

use super::{
    UserKey, UserSelection, UserView, WrittenUser,
    options::{Moment, MutationOptions, answer, moment, replay, taken, version_conflict},
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
        Miss, Services,
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
        selection: &UserSelection,
    ) -> Result<Outcome<UserView>, ApiError> {
        let id = parse_id(id);
        let permit = self.permit_on(caller, A::ACTION, id).await?;
        let id = id.ok_or(ApiError::NotFound)?;
        let writer = self.store().write(permit.clone()).await?;
        if let Some(kept) = replay(&writer, options, &(id, act, options.if_version, &options.reason)).await? {
            return self.within_scope(&permit, kept);
        }
        let Some(before) = writer.user(id, act.parts()).await? else {
            self.record_out_of_scope(&permit, Miss::User(UserKey::Id(id)));
            return Err(ApiError::NotFound);
        };
        if before.user.status == UserStatus::Canceled {
            let (code, mistake) = status::canceled();
            return Ok(Outcome::Problems(vec![Problem::new(code, "id", mistake.into_message())]));
        }
        let mut problems = Problems::under(A::ARGUMENT);
        problems.extend(version_conflict(&writer, &before, options).await?);
        let moment = moment(&writer, options, &mut problems);
        let mut after = before.clone();
        act.apply(&mut after, &moment, &writer, &mut problems).await?;
        let found = problems.into_found();
        if !found.is_empty() {
            return Ok(Outcome::Problems(found));
        }
        match Box::pin(writer.update_user(&before, after)).await {
            Ok(None) => {
                let answer = Box::pin(answer(&writer, options, before.user, selection)).await?;
                writer.unchanged().await?;
                Ok(Outcome::Done(answer.into()))
            }
            Ok(Some((after, change))) => {
                let answer = Box::pin(answer(&writer, options, after.user, selection)).await?;
                writer.commit(Change { reason: moment.into_reason(), ..change }).await?;
                Ok(Outcome::Done(answer.into()))
            }
            Err(StoreError::Taken(unique)) => Ok(Outcome::Problems(vec![taken(unique, A::ARGUMENT)])),
            Err(error) => Err(error.into()),
        }
    }

    /// A kept answer, unless the caller's accounts were cut down since it was given.
    pub(super) fn within_scope(
        &self,
        permit: &Permit,
        kept: Outcome<WrittenUser>,
    ) -> Result<Outcome<UserView>, ApiError> {
        match kept {
            Outcome::Problems(problems) => Ok(Outcome::Problems(problems)),
            Outcome::Done(WrittenUser { record, .. }) if !permit.scope().covers(&record.account) => {
                self.record_out_of_scope(permit, Miss::User(UserKey::Id(record.id)));
                Err(ApiError::NotFound)
            }
            Outcome::Done(written) => Ok(Outcome::Done(written.into())),
        }
    }
}
