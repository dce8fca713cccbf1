//! How every act on a user is performed: permit, scope, idempotency, version, the finality of cancelling, what the platform's
//! policies allow, what it means for KYC, audit. What the acts are stands in `acts.rs`.

use std::sync::Arc;

use serde::Serialize;

use super::{
    UserKey, UserSelection, WrittenUser,
    allowed::{judge_act, judge_edit},
    options::{Acted, Moment, MutationOptions, answer, finish, moment, replay, taken, version_conflict},
};
use crate::{
    auth::{
        caller::{Caller, Permit},
        policy::Action,
    },
    domain::{
        problem::{Problem, ProblemCode, Problems},
        status,
    },
    service::{
        Miss, Services,
        error::{ApiError, Outcome},
        kyc, parse_id,
    },
    store::{
        Writer,
        error::{StoreError, Unique},
        user::{Aside, Parts, UserFile},
    },
};

/// One act on a user, with its input.
pub trait UserAct: Serialize + Send + Sync {
    /// What it is called at the door.
    const ACTION: Action;

    /// The argument that problems are reported under.
    const ARGUMENT: &'static str;

    /// Whether it ties users to each other, by rules that look at more than the one: such acts take turns.
    const TIES: bool = false;

    /// The id of another user whom its input names.
    fn other(&self) -> Option<&str> {
        None
    }

    /// The satellites that it may touch.
    fn parts(&self) -> Parts {
        Parts::default()
    }

    /// What of the user its input says that not everybody sees. Nobody changes what they may not see: they could not
    /// tell what they replaced, and would learn of it by what is refused.
    fn shown_parts(&self) -> Vec<Action> {
        Vec::new()
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

/// The address of a user, and the account within which it is one's own.
#[derive(Clone)]
struct Address {
    account: String,
    email: String,
}

impl Address {
    fn of(file: &UserFile) -> Self {
        Self { account: file.user.account.clone(), email: file.user.email.clone().unwrap_or_default() }
    }
}

impl Services {
    /// Performs an act on a user: one transaction, one audit entry, or nothing at all. A preview goes the same way, in a
    /// transaction that cannot be committed.
    pub async fn act<A: UserAct>(
        &self,
        caller: &Arc<Caller>,
        id: &str,
        act: &A,
        options: &MutationOptions,
        selection: &UserSelection,
    ) -> Result<Outcome<Acted>, ApiError> {
        const { assert!(A::ACTION.is_user_act(), "the policy does not know the action as an act on a user") };
        let id = parse_id(id);
        let permit = self.permit_on(caller, A::ACTION, id).await?;
        self.permit_parts(&permit, &act.shown_parts(), id).await?;
        let id = id.ok_or(ApiError::NotFound)?;
        let writer = options.open(self.store(), &permit).await?;
        if let Some(kept) = replay(&writer, options, &(id, act, options.if_version, &options.reason)).await? {
            return Box::pin(self.within_scope(&writer, kept, options)).await;
        }
        if A::TIES {
            writer.ties_turn_of(id).await?;
        }
        let Some(before) = writer.user(id, act.parts()).await? else {
            self.record_out_of_scope(&permit, Miss::User(UserKey::Id(id)));
            return Err(ApiError::NotFound);
        };
        if let Err((code, mistake)) = status::changeable(before.user.status) {
            return Ok(Outcome::Problems(vec![Problem::new(code, "id", mistake.into_message())]));
        }
        if let Some(problem) = judge_act(&writer, A::ACTION, A::ARGUMENT).await? {
            return Ok(Outcome::Problems(vec![problem]));
        }
        let mut problems = Problems::under(A::ARGUMENT);
        problems.extend(version_conflict(&writer, &before, options).await?);
        let moment = moment(&writer, options, &mut problems);
        let mut after = before.clone();
        act.apply(&mut after, &moment, &writer, &mut problems).await?;
        judge_edit(&writer, (&before, &after), A::ARGUMENT, &mut problems).await?;
        let address = Address::of(&after);
        for unique in writer.taken(Some(&before), &after).await? {
            problems.extend([self.taken(&permit, unique, &address, A::ARGUMENT)]);
        }
        let found = problems.into_found();
        if !found.is_empty() {
            let unknown = found.iter().any(|problem| problem.code == ProblemCode::NotFound);
            if let Some(other) = act.other().and_then(parse_id).filter(|_| unknown) {
                self.record_out_of_scope(&permit, Miss::User(UserKey::Id(other)));
            }
            return Ok(Outcome::Problems(found));
        }
        Box::pin(kyc::follow(&writer, &before, &mut after, &moment)).await?;
        let aside = Aside { changes: Vec::new(), ..after.aside.clone() };
        // a preview shows the user untouched: read before anything is written
        let untouched = match options.validate_only {
            true => Some(Box::pin(writer.written(before.user.clone(), selection)).await?),
            false => None,
        };
        let (record, change) = match Box::pin(writer.update_user(&before, after)).await {
            Ok(Some((after, change))) => (after.user, Some(change)),
            Ok(None) => (before.user, None),
            Err(StoreError::Taken(unique)) => {
                return Ok(Outcome::Problems(vec![self.taken(&permit, unique, &address, A::ARGUMENT)]));
            }
            Err(error) => return Err(error.into()),
        };
        let user = match untouched {
            Some(user) => user,
            None => Box::pin(answer(&writer, options, record, selection, &aside)).await?,
        };
        let preview = Box::pin(finish(writer, options, moment, change)).await?;
        let Aside { made, upload, review, document: _, changes: _ } = aside;
        Ok(Outcome::Done(Acted { user: Some(user.into()), preview, made, upload, review }))
    }

    /// The problem of a value that another user of the account has. Whoever reaches leads alone is told neither whose an
    /// address is nor that it is somebody's: they would learn who is verified here. That they tried one of somebody out of
    /// their reach is recorded.
    fn taken(&self, permit: &Permit, unique: Unique, address: &Address, argument: &str) -> Problem {
        if unique != Unique::Email || !permit.scope().leads_only {
            return taken(unique, argument);
        }
        let Address { account, email } = address.clone();
        self.record_out_of_scope(permit, Miss::Holder { account, email });
        let message = "This e-mail address cannot be given to this user: ask somebody who sees all users.";
        Problem::new(ProblemCode::Invalid, &format!("{argument}.email"), message)
    }

    /// A kept answer, unless the user is out of the caller's reach since it was given: whatever the answer shows beyond the
    /// record is read as it is now. The preview of an act that was done already is the same answer: nothing more would
    /// happen.
    pub(super) async fn within_scope(
        &self,
        writer: &Writer,
        kept: Outcome<WrittenUser>,
        options: &MutationOptions,
    ) -> Result<Outcome<Acted>, ApiError> {
        let written = match kept {
            Outcome::Problems(problems) => return Ok(Outcome::Problems(problems)),
            Outcome::Done(written) => written,
        };
        let id = written.record.id;
        if writer.user(id, Parts::default()).await?.is_none() {
            self.record_out_of_scope(writer.permit(), Miss::User(UserKey::Id(id)));
            return Err(ApiError::NotFound);
        }
        let (made, upload, preview) = (written.made, written.upload, options.preview(&[]));
        Ok(Outcome::Done(Acted { user: Some(written.into()), preview, made, upload, review: None }))
    }
}
