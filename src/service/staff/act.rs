//! How every act on a staff member is performed: permit, scope, the turn of such acts, idempotency, version, how far the actor
//! reaches, whether an administrator remains, audit. What the acts are stands in `acts.rs`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Link, reach::Actor};
use crate::{
    auth::{
        caller::Caller,
        policy::{Action, Permission},
        roles::DefinedRoles,
    },
    domain::problem::{Problem, ProblemCode, Problems},
    service::{
        Miss, Services,
        error::{ApiError, Outcome},
        parse_id,
        user::{Moment, MutationOptions, changed_meanwhile, finish, moment, replay},
    },
    store::{
        Writer,
        audit::{Aim, Change, FieldChange},
        error::StoreError,
        staff::{StaffFile, StaffUnique},
    },
};

/// One act on a staff member, with its input.
pub trait StaffAct: Serialize + Send + Sync {
    /// What it is called at the door.
    const ACTION: Action;

    /// The argument that problems are reported under.
    const ARGUMENT: &'static str = "input";

    /// Whether nobody does it to themselves.
    const NEVER_ONESELF: bool = false;

    /// What the trail tells of it that is no value of the staff member: a field and what became of it.
    const TELLS: Option<(&'static str, &'static str)> = None;

    /// Changes the staff member, or says what is wrong.
    fn apply(
        &self,
        file: &mut StaffFile,
        acting: &Acting<'_>,
        problems: &mut Problems,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// What happens once the change is written: the link that was sent, if one was.
    fn follow(
        &self,
        _: &StaffFile,
        _: &StaffFile,
        _: &Acting<'_>,
    ) -> impl Future<Output = Result<Option<Link>, ApiError>> + Send {
        async { Ok(None) }
    }
}

/// What an act has at hand.
pub struct Acting<'a> {
    pub(super) services: &'a Services,
    pub(super) writer: &'a Writer,
    pub(super) actor: &'a Actor,
    pub(super) defined: &'a DefinedRoles,
    pub(super) moment: &'a Moment,
}

/// What came of an act.
#[derive(Debug, Clone)]
pub struct StaffActed {
    /// The staff member as they are now; of a preview, as they still are. None where the creation of one was only previewed.
    pub file: Option<StaffFile>,
    /// The link that was sent.
    pub link: Option<Link>,
    /// The roles that a duplicate did not get, by key.
    pub dropped_roles: Vec<String>,
    /// The accounts that a duplicate did not get, by code.
    pub dropped_accounts: Vec<String>,
    /// What would change, by the names and values of the audit trail; of a preview alone.
    pub preview: Option<Vec<FieldChange>>,
}

/// What is kept of an act under its idempotency key.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) file: StaffFile,
    pub(super) link: Option<Link>,
    pub(super) dropped_roles: Vec<String>,
    pub(super) dropped_accounts: Vec<String>,
}

impl Kept {
    pub(super) fn of(file: &StaffFile, link: Option<&Link>) -> Self {
        let (dropped_roles, dropped_accounts) = (Vec::new(), Vec::new());
        Self { file: file.clone(), link: link.cloned(), dropped_roles, dropped_accounts }
    }
}

impl Services {
    /// Performs an act on a staff member: one transaction, one audit entry, or nothing at all.
    pub async fn act_on_staff<A: StaffAct>(
        &self,
        caller: &Arc<Caller>,
        id: &str,
        act: &A,
        options: &MutationOptions,
    ) -> Result<Outcome<StaffActed>, ApiError> {
        const { assert!(A::ACTION.is_staff_act(), "the policy does not know the action as an act on staff") };
        let id = parse_id(id);
        let permit = self.permit_aimed(caller, A::ACTION, id.map(Aim::Staff)).await?;
        let id = id.ok_or(ApiError::NotFound)?;
        let writer = options.open(self.store(), &permit).await?;
        if let Some(kept) = replay(&writer, options, &(id, act, options.if_version, &options.reason)).await? {
            return self.kept_staff(&writer, kept, options).await;
        }
        writer.staff_turn().await?;
        let Some(before) = writer.staff_file(id).await? else {
            self.record_out_of_scope(&permit, Miss::Staff(id));
            return Err(ApiError::NotFound);
        };
        let defined = writer.defined_roles().await?;
        let actor = Actor::of(&writer, self.tokens().issuer(), &defined).await?;
        let writer =
            self.still_may(writer, &actor, (Permission::StaffManage, false), Some(Aim::Staff(id))).await?;
        if !actor.sees(&before.grants) {
            return Err(ApiError::NotFound);
        }
        let refused = match A::NEVER_ONESELF && actor.is(id) {
            true => Some(Problem::new(ProblemCode::SelfActionForbidden, "id", NOT_ONESELF)),
            false => actor.refusal(&before.grants, &defined),
        };
        if let Some(problem) = refused {
            return self.not_done(writer, options, Some(Aim::Staff(id)), vec![problem]).await;
        }
        let mut problems = Problems::under(A::ARGUMENT);
        let row = (id, before.member.version);
        problems.extend(changed_meanwhile(&writer, options, ("The staff member", "them"), row).await?);
        let moment = moment(&writer, options, &mut problems);
        let acting =
            Acting { services: self, writer: &writer, actor: &actor, defined: &defined, moment: &moment };
        let mut after = before.clone();
        act.apply(&mut after, &acting, &mut problems).await?;
        crate::store::staff::derive(&mut after.member);
        problems.extend(taken(&writer, &after, A::ARGUMENT).await?);
        if before.is_lasting_admin()
            && !after.is_lasting_admin()
            && !writer.has_another_lasting_admin(id).await?
        {
            problems.add_at(ProblemCode::LastAdmin, "id", LAST_ADMIN);
        }
        let found = problems.into_found();
        if !found.is_empty() {
            return self.not_done(writer, options, Some(Aim::Staff(id)), found).await;
        }
        let (after, mut change) = writer.update_staff(&before, after).await?;
        if let (Some(change), Some((field, after))) = (&mut change, A::TELLS) {
            change.fields.push(FieldChange::told(field, after));
        }
        let link = act.follow(&before, &after, &acting).await?;
        // a link that was sent is told of, whatever else changed
        let change = match (change, &link) {
            (None, Some(link)) => Some(link.change(&after)),
            (Some(mut change), Some(link)) => {
                change.fields.extend(link.told());
                Some(change)
            }
            (change, None) => change,
        };
        self.end_staff_act(writer, options, moment, change, Kept::of(&after, link.as_ref()), Some(before))
            .await
    }

    /// Ends an act: keeps the answer, writes the entry and commits.
    pub(super) async fn end_staff_act(
        &self,
        writer: Writer,
        options: &MutationOptions,
        moment: Moment,
        change: Option<Change>,
        kept: Kept,
        before: Option<StaffFile>,
    ) -> Result<Outcome<StaffActed>, ApiError> {
        if let Some(key) = options.idempotency_key {
            writer.remember(key, &serde_json::to_vec(&kept).map_err(|_| ApiError::Internal)?).await?;
        }
        let preview = finish(writer, options, moment, change).await?;
        let Kept { file, link, dropped_roles, dropped_accounts } = kept;
        let (file, link) = match options.validate_only {
            true => (before, None),
            false => (Some(file), link),
        };
        Ok(Outcome::Done(StaffActed { file, link, dropped_roles, dropped_accounts, preview }))
    }

    /// A kept answer, unless the staff member is out of the caller's reach since it was given.
    pub(super) async fn kept_staff(
        &self,
        writer: &Writer,
        kept: Outcome<Kept>,
        options: &MutationOptions,
    ) -> Result<Outcome<StaffActed>, ApiError> {
        let Kept { file, link, dropped_roles, dropped_accounts } = match kept {
            Outcome::Problems(problems) => return Ok(Outcome::Problems(problems)),
            Outcome::Done(kept) => kept,
        };
        // what is shown beside the kept answer is read as it is now
        if writer.staff_file(file.member.id).await?.is_none() {
            self.record_out_of_scope(writer.permit(), Miss::Staff(file.member.id));
            return Err(ApiError::NotFound);
        }
        let preview = options.preview(&[]);
        Ok(Outcome::Done(StaffActed { file: Some(file), link, dropped_roles, dropped_accounts, preview }))
    }
}

const NOT_ONESELF: &str = "Nobody does this to themselves: ask another one who manages staff.";
const LAST_ADMIN: &str = "They are the last active administrator of all accounts whose rights have no end: give these to \
                          somebody else first.";

/// The problems of values that other staff members have, wherever these belong: whoever signs in needs a name that is one's
/// own.
pub(in crate::service) async fn taken(
    writer: &Writer,
    file: &StaffFile,
    argument: &str,
) -> Result<Vec<Problem>, StoreError> {
    let problem = |unique| {
        let (field, message) = match unique {
            StaffUnique::UserName => {
                ("userName", "Somebody else signs in with this user name: choose another.")
            }
            StaffUnique::Email => ("email", "This e-mail address is that of somebody else on the staff."),
        };
        Problem::new(ProblemCode::Unique, &format!("{argument}.{field}"), message)
    };
    Ok(writer.staff_taken(&file.member).await?.into_iter().map(problem).collect())
}
