//! Acts on staff members. Each resolver names its act and hands it to the service.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::object::{SecurityLink, StaffMember};
use crate::{
    domain::staff::{GrantGiven, GrantsGiven, StaffChange},
    graphql::{
        guard::{caller, services},
        payload::{ChangePreview, MutationError, MutationOptions},
        scalars::{Email, LanguageTag},
        user::patch_by,
    },
    service::{
        error::{ApiError, Outcome},
        staff::{
            DeactivateStaff, DuplicateStaff, EndSessions, NewStaff, ReactivateStaff, ResendInvitation,
            ResetSecondFactor, SendPasswordReset, SetGrants, StaffAct, StaffActed, UpdateStaff,
        },
        user,
    },
};

/// A role that somebody is to hold.
#[derive(Debug, InputObject)]
struct RoleGrantInput {
    /// The key of the role, as the query `roles` names it.
    role: String,
    /// From when on it holds no longer; null for good.
    until: Option<DateTime<Utc>>,
}

/// An account that somebody is to see and act in.
#[derive(Debug, InputObject)]
struct AccountGrantInput {
    /// The code of the account; `*` for all, those to come included.
    account: String,
    /// From when on it holds no longer; null for good.
    until: Option<DateTime<Utc>>,
}

/// A staff member who is to be invited.
#[derive(Debug, InputObject)]
struct StaffCreateInput {
    /// What they sign in with: 3 to 64 letters, digits and `. _ - @ +`. Nobody else's.
    user_name: String,
    /// Where the invitation is sent. Nobody else's on the staff.
    email: Email,
    /// The given name.
    first_name: Option<String>,
    /// The family name.
    last_name: Option<String>,
    /// The language that letters to them are written in; English unless said otherwise.
    language: Option<LanguageTag>,
    /// The roles that they are to hold, one at least.
    roles: Vec<RoleGrantInput>,
    /// The accounts that they are to see and act in, one at least.
    accounts: Vec<AccountGrantInput>,
}

/// A staff member who is to hold what another one holds.
#[derive(Debug, InputObject)]
struct StaffDuplicateInput {
    /// What they sign in with.
    user_name: String,
    /// Where the invitation is sent.
    email: Email,
    /// The given name.
    first_name: Option<String>,
    /// The family name.
    last_name: Option<String>,
    /// The language that letters to them are written in; English unless said otherwise.
    language: Option<LanguageTag>,
}

/// What changes of a staff member: what is absent stays, what is null becomes empty.
#[derive(Debug, InputObject)]
struct StaffUpdateInput {
    /// What they sign in with.
    user_name: Option<String>,
    /// Where links and notices are sent. Links that were sent to the former address die.
    email: Option<Email>,
    /// The given name.
    first_name: MaybeUndefined<String>,
    /// The family name.
    last_name: MaybeUndefined<String>,
    /// The language that letters to them are written in.
    language: Option<LanguageTag>,
}

/// Everything that a staff member is to hold. A list that is absent stays as it is; one that is given replaces what they hold.
#[derive(Debug, InputObject)]
struct StaffGrantsInput {
    /// Roles, one at least.
    roles: Option<Vec<RoleGrantInput>>,
    /// Accounts, one at least.
    accounts: Option<Vec<AccountGrantInput>>,
}

fn roles(given: Vec<RoleGrantInput>) -> Vec<GrantGiven> {
    given.into_iter().map(|RoleGrantInput { role, until }| GrantGiven { key: role, until }).collect()
}

fn accounts(given: Vec<AccountGrantInput>) -> Vec<GrantGiven> {
    given.into_iter().map(|AccountGrantInput { account, until }| GrantGiven { key: account, until }).collect()
}

impl From<StaffCreateInput> for NewStaff {
    fn from(input: StaffCreateInput) -> Self {
        let StaffCreateInput {
            user_name,
            email,
            first_name,
            last_name,
            language,
            roles: held,
            accounts: seen,
        } = input;
        let person = StaffDuplicateInput { user_name, email, first_name, last_name, language };
        let grants = GrantsGiven { roles: Some(roles(held)), accounts: Some(accounts(seen)) };
        Self { change: person.into(), grants }
    }
}

impl From<StaffDuplicateInput> for StaffChange {
    fn from(input: StaffDuplicateInput) -> Self {
        let StaffDuplicateInput { user_name, email, first_name, last_name, language } = input;
        Self {
            user_name: Some(user_name),
            email: Some(email.0),
            first_name: crate::domain::user::Patch::of(first_name),
            last_name: crate::domain::user::Patch::of(last_name),
            language: language.map(|tag| tag.0),
        }
    }
}

impl From<StaffUpdateInput> for StaffChange {
    fn from(input: StaffUpdateInput) -> Self {
        let StaffUpdateInput { user_name, email, first_name, last_name, language } = input;
        Self {
            user_name,
            email: email.map(|email| email.0),
            first_name: patch_by(first_name, |name| name),
            last_name: patch_by(last_name, |name| name),
            language: language.map(|tag| tag.0),
        }
    }
}

/// What an act on a staff member answers.
#[derive(SimpleObject)]
struct StaffPayload {
    /// The staff member as they are now: with `validateOnly` untouched, and null for one who would be new. Null when there are
    /// errors.
    staff_member: Option<StaffMember>,
    /// The link that was sent to them; null where none was, and with `validateOnly`.
    link: Option<SecurityLink>,
    /// Keys of the roles that a duplicate did not get, because you do not hold what they allow.
    dropped_roles: Vec<String>,
    /// Codes of the accounts that a duplicate did not get, because you do not see them.
    dropped_accounts: Vec<String>,
    /// Everything that is wrong with the input; empty when the act took effect, or would.
    errors: Vec<MutationError>,
    /// Whether `validateOnly` was asked for: nothing changed.
    validated_only: bool,
    /// What would change; with `validateOnly`, unless there are errors.
    preview: Option<ChangePreview>,
}

impl StaffPayload {
    fn of(outcome: Outcome<StaffActed>, validated_only: bool) -> Self {
        let empty = Self {
            staff_member: None,
            link: None,
            dropped_roles: Vec::new(),
            dropped_accounts: Vec::new(),
            errors: Vec::new(),
            validated_only,
            preview: None,
        };
        match outcome {
            Outcome::Problems(problems) => {
                Self { errors: problems.into_iter().map(MutationError::from).collect(), ..empty }
            }
            Outcome::Done(StaffActed { file, link, dropped_roles, dropped_accounts, preview }) => Self {
                staff_member: file.map(|file| StaffMember::alone(file.member)),
                link: link.map(SecurityLink::from),
                dropped_roles,
                dropped_accounts,
                preview: preview.map(|changes| ChangePreview::of(None, changes)),
                ..empty
            },
        }
    }
}

async fn act<A: StaffAct>(
    ctx: &Context<'_>,
    id: &ID,
    act: A,
    options: Option<MutationOptions>,
) -> Result<StaffPayload, ApiError> {
    let options: user::MutationOptions = options.into();
    let outcome = services(ctx)?.act_on_staff(caller(ctx)?, id, &act, &options);
    Ok(StaffPayload::of(Box::pin(outcome).await?, options.validate_only))
}

/// Acts on staff members.
#[derive(Debug, Default)]
pub(in crate::graphql) struct StaffMutations;

/// Acts on staff members.
#[Object]
impl StaffMutations {
    /// Invites a staff member: they are sent a link, good for two weeks unless the platform decided otherwise, by which they
    /// set a password. Nobody hands on a role or an account that they do not hold.
    async fn staff_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new staff member.")] input: StaffCreateInput,
        #[graphql(desc = "Preview, retry safety and the reason.")] options: Option<MutationOptions>,
    ) -> Result<StaffPayload, ApiError> {
        let options: user::MutationOptions = options.into();
        let new = input.into();
        let outcome = services(ctx)?.create_staff(caller(ctx)?, &new, &options);
        Ok(StaffPayload::of(Box::pin(outcome).await?, options.validate_only))
    }

    /// Invites a staff member who holds the roles and accounts of another one, cut down to what you hold: `droppedRoles` and
    /// `droppedAccounts` say what was left out.
    async fn staff_duplicate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose roles and accounts.")] id: ID,
        #[graphql(desc = "The new staff member.")] input: StaffDuplicateInput,
        #[graphql(desc = "Preview, retry safety and the reason.")] options: Option<MutationOptions>,
    ) -> Result<StaffPayload, ApiError> {
        let options: user::MutationOptions = options.into();
        let new = DuplicateStaff { change: input.into() };
        let outcome = services(ctx)?.duplicate_staff(caller(ctx)?, &id, &new, &options);
        Ok(StaffPayload::of(Box::pin(outcome).await?, options.validate_only))
    }

    /// Changes who a staff member is.
    async fn staff_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The staff member.")] id: ID,
        #[graphql(desc = "What changes.")] input: StaffUpdateInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<StaffPayload, ApiError> {
        act(ctx, &id, UpdateStaff(input.into()), options).await
    }

    /// Decides what a staff member holds: roles and accounts, each for good or until a time. What is taken away is gone from
    /// their next request on. Never one's own, and one administrator of everything stays.
    async fn staff_set_grants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The staff member.")] id: ID,
        #[graphql(desc = "What they are to hold.")] input: StaffGrantsInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<StaffPayload, ApiError> {
        let StaffGrantsInput { roles: held, accounts: seen } = input;
        let given = GrantsGiven { roles: held.map(roles), accounts: seen.map(accounts) };
        act(ctx, &id, SetGrants(given), options).await
    }

    /// Sends the invitation of a staff member again: the former link dies, the new one is good for 24 hours unless the platform
    /// decided otherwise.
    async fn staff_resend_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The staff member.")] id: ID,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<StaffPayload, ApiError> {
        act(ctx, &id, ResendInvitation, options).await
    }

    /// Sends a staff member a link to set a new password, good for 24 hours unless the platform decided otherwise. The password
    /// that they have holds until then.
    async fn staff_send_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The staff member.")] id: ID,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<StaffPayload, ApiError> {
        act(ctx, &id, SendPasswordReset, options).await
    }

    /// Ends the access of a staff member, with all sessions and links. Never one's own, and one administrator of everything
    /// stays. What they hold is kept for when they are reactivated.
    async fn staff_deactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The staff member.")] id: ID,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<StaffPayload, ApiError> {
        act(ctx, &id, DeactivateStaff, options).await
    }

    /// Gives a staff member access again, with what they held. Who never accepted an invitation is invited still.
    async fn staff_reactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The staff member.")] id: ID,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<StaffPayload, ApiError> {
        act(ctx, &id, ReactivateStaff, options).await
    }

    /// Ends all sessions of a staff member: their tokens hold no longer, at once. They may sign in again.
    async fn staff_end_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The staff member.")] id: ID,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<StaffPayload, ApiError> {
        act(ctx, &id, EndSessions, options).await
    }

    /// Takes the second factor of a staff member away, with recovery codes and sessions: for whoever lost their telephone. They
    /// set up another when they sign in next, and are told by a letter. Never one's own.
    async fn staff_reset_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The staff member.")] id: ID,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<StaffPayload, ApiError> {
        act(ctx, &id, ResetSecondFactor, options).await
    }
}
