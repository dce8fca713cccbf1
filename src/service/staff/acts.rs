//! The acts on staff members.

use backdesk_entity::enums::{StaffState, TokenPurpose};
use chrono::SubsecRound;

use serde::Serialize;

use super::{
    Link,
    act::{Acting, StaffAct},
    notices::{Notice, notify},
    reach::newly,
};
use crate::{
    auth::policy::Action,
    domain::{
        email, language,
        problem::{Problem, ProblemCode, Problems},
        staff::{self, GRANTS, GrantGiven, GrantsGiven, NAME, StaffChange, Step},
        text,
        user::Patch,
    },
    service::error::ApiError,
    store::staff::{ALL_ACCOUNTS, Grant, Grants, StaffFile, StaffMember},
};

/// Ends all sessions of somebody.
#[derive(Debug, Serialize)]
pub struct EndSessions;

/// Takes the second factor of somebody away, whose telephone is gone: they set up another when they sign in next.
#[derive(Debug, Serialize)]
pub struct ResetSecondFactor;

/// Changes who somebody is.
#[derive(Debug, Serialize)]
pub struct UpdateStaff(pub StaffChange);

/// Decides what somebody holds.
#[derive(Debug, Serialize)]
pub struct SetGrants(pub GrantsGiven);

/// Sends the invitation again.
#[derive(Debug, Serialize)]
pub struct ResendInvitation;

/// Sends a link to set a new password.
#[derive(Debug, Serialize)]
pub struct SendPasswordReset;

/// Ends somebody's access.
#[derive(Debug, Serialize)]
pub struct DeactivateStaff;

/// Gives somebody access again.
#[derive(Debug, Serialize)]
pub struct ReactivateStaff;

/// Bytes of roles and accounts that a token has room for, with quotes and commas: it has 8 KB as base64, and holds a name and ids
/// as well.
const IN_A_TOKEN: usize = 4_500;

impl StaffAct for UpdateStaff {
    const ACTION: Action = Action::StaffUpdate;

    async fn apply(&self, file: &mut StaffFile, _: &Acting<'_>, p: &mut Problems) -> Result<(), ApiError> {
        describe(&mut file.member, &self.0, p);
        Ok(())
    }

    /// A link that went to a former address must not be the way to a password, and whoever reads there learns of the change.
    async fn follow(
        &self,
        before: &StaffFile,
        after: &StaffFile,
        at: &Acting<'_>,
    ) -> Result<Option<Link>, ApiError> {
        if before.member.email != after.member.email {
            at.end_links(after.member.id, None).await?;
            // who reads there now cannot be told from the owner; of one that nobody ever showed to be theirs nothing is known
            if before.member.email_verified_at.is_some() {
                let by = at.writer.permit().caller().called();
                notify(at.writer, &before.member, Notice::AddressChanged { by }).await?;
            }
        }
        Ok(None)
    }
}

/// Says of a staff member what the change does, or what is wrong with that.
pub(in crate::service) fn describe(member: &mut StaffMember, change: &StaffChange, p: &mut Problems) {
    let StaffChange { user_name, email: address, first_name, last_name, language: tongue } = change;
    if let Some(name) = user_name.as_deref().and_then(|name| p.check("userName", staff::user_name(name))) {
        member.user_name = name;
    }
    if let Some(address) = address.as_deref().and_then(|address| p.check("email", email::parse(address)))
        && address != member.email
    {
        member.email = address;
        member.email_verified_at = None;
    }
    for (path, slot, given) in
        [("firstName", &mut member.first_name, first_name), ("lastName", &mut member.last_name, last_name)]
    {
        match given {
            Patch::Keep => {}
            Patch::Clear => *slot = None,
            Patch::Set(name) => *slot = p.check(path, text::clean_line(name, NAME)).or(slot.take()),
        }
    }
    if let Some(tag) = tongue.as_deref().and_then(|tag| p.check("language", language::parse(tag))) {
        member.language = tag;
    }
}

impl StaffAct for SetGrants {
    const ACTION: Action = Action::StaffSetGrants;
    const NEVER_ONESELF: bool = true;

    async fn apply(&self, file: &mut StaffFile, at: &Acting<'_>, p: &mut Problems) -> Result<(), ApiError> {
        file.grants = at.granted(&file.grants, &self.0, p).await?;
        Ok(())
    }
}

impl Acting<'_> {
    /// What somebody holds by these grants, or what is wrong with them.
    pub(super) async fn granted(
        &self,
        before: &Grants,
        given: &GrantsGiven,
        p: &mut Problems,
    ) -> Result<Grants, ApiError> {
        let (writer, defined) = (self.writer, self.defined);
        let roles = self.each("roles", &before.roles, given.roles.as_deref(), p);
        let accounts = self.each("accounts", &before.accounts, given.accounts.as_deref(), p);
        let unknown: Vec<&str> = newly(&before.roles, &roles)
            .map(|grant| grant.key.as_str())
            .filter(|key| defined.role(key).is_none())
            .collect();
        if !unknown.is_empty() {
            let message = "There are no such roles: see the query `roles`.";
            p.extend([Problem::new(ProblemCode::NotFound, "input.roles", message).of(unknown)]);
        }
        let new: Vec<&Grant> = newly(&before.accounts, &accounts).collect();
        let codes: Vec<&str> = new.iter().map(|grant| grant.key.as_str()).collect();
        let known = writer.known_accounts(&codes).await?;
        // an account that exists and one that does not are told alike to whoever does not see it
        let beyond = self.actor.accounts_beyond(new);
        let codes: Vec<&str> = codes.into_iter().filter(|code| !beyond.contains(code)).collect();
        if !beyond.is_empty() {
            let message =
                "You do not see these accounts, or not for so long: nobody hands on what they do not hold.";
            p.extend([Problem::new(ProblemCode::OutOfScopeAccount, "input.accounts", message).of(beyond)]);
        }
        let unknown: Vec<&str> =
            codes.into_iter().filter(|code| *code != ALL_ACCOUNTS && !known.contains(*code)).collect();
        if !unknown.is_empty() {
            let message = "There are no such accounts: see the query `accounts`.";
            p.extend([Problem::new(ProblemCode::NotFound, "input.accounts", message).of(unknown)]);
        }
        let beyond = self.actor.roles_beyond(newly(&before.roles, &roles), defined);
        if !beyond.is_empty() {
            let message =
                "These roles allow what yours do not, or for longer: nobody hands on what they do not hold.";
            p.extend([Problem::new(ProblemCode::OutOfScopePermission, "input.roles", message).of(beyond)]);
        }
        let written: usize = roles.iter().chain(&accounts).map(|grant| grant.key.len() + 3).sum();
        if written > IN_A_TOKEN {
            let message = "So many do not fit into a token: give fewer accounts, or all of them by \"*\".";
            p.add(ProblemCode::Invalid, "accounts", message);
        }
        for (path, grants) in [("roles", &roles), ("accounts", &accounts)] {
            if grants.is_empty() {
                let message = "Name one at least: whose access ends is deactivated.";
                p.add(ProblemCode::Required, path, message);
            }
        }
        Ok(Grants { roles, accounts })
    }

    /// A list of grants as it is meant: what is held already keeps since when and by whom.
    fn each(
        &self,
        path: &str,
        before: &[Grant],
        given: Option<&[GrantGiven]>,
        p: &mut Problems,
    ) -> Vec<Grant> {
        let Some(given) = given else { return before.to_vec() };
        if given.len() > GRANTS {
            p.add(ProblemCode::Invalid, path, format!("Give at most {GRANTS}."));
            return before.to_vec();
        }
        let now = self.moment.now();
        let mut grants: Vec<Grant> = Vec::with_capacity(given.len());
        for (i, GrantGiven { key, until }) in given.iter().enumerate() {
            // instants are kept by the microsecond
            let until = until.map(|until| until.trunc_subsecs(6));
            if grants.iter().any(|grant| grant.key == *key) {
                p.add(ProblemCode::Invalid, &format!("{path}.{i}"), "This one is named twice.");
            } else if until.is_some_and(|until| until <= now) {
                let message = "Give an instant that is still to come, or leave the grant out.";
                p.add(ProblemCode::Invalid, &format!("{path}.{i}.until"), message);
            } else if let Some(had) = before.iter().find(|had| had.key == *key && had.until == until) {
                grants.push(had.clone());
            } else {
                let granted_by = self.writer.permit().caller().called().to_owned();
                grants.push(Grant { key: key.clone(), until, granted_at: now, granted_by });
            }
        }
        grants.sort_by(|one, other| one.key.cmp(&other.key));
        grants
    }
}

impl StaffAct for ResendInvitation {
    const ACTION: Action = Action::StaffResendInvitation;

    async fn apply(&self, file: &mut StaffFile, _: &Acting<'_>, p: &mut Problems) -> Result<(), ApiError> {
        step(file, Step::Invite, p);
        Ok(())
    }

    async fn follow(
        &self,
        _: &StaffFile,
        after: &StaffFile,
        at: &Acting<'_>,
    ) -> Result<Option<Link>, ApiError> {
        let hours = at.writer.policies_that_stay().await?.staff_resend_hours;
        at.send_link(&after.member, TokenPurpose::StaffInvitation, hours).await.map(Some)
    }
}

impl StaffAct for SendPasswordReset {
    const ACTION: Action = Action::StaffSendPasswordReset;

    async fn apply(&self, file: &mut StaffFile, _: &Acting<'_>, p: &mut Problems) -> Result<(), ApiError> {
        step(file, Step::ResetPassword, p);
        Ok(())
    }

    async fn follow(
        &self,
        _: &StaffFile,
        after: &StaffFile,
        at: &Acting<'_>,
    ) -> Result<Option<Link>, ApiError> {
        let hours = at.writer.policies_that_stay().await?.password_reset_hours;
        at.send_link(&after.member, TokenPurpose::StaffPasswordReset, hours).await.map(Some)
    }
}

impl StaffAct for DeactivateStaff {
    const ACTION: Action = Action::StaffDeactivate;
    const NEVER_ONESELF: bool = true;

    async fn apply(&self, file: &mut StaffFile, _: &Acting<'_>, p: &mut Problems) -> Result<(), ApiError> {
        if step(file, Step::Deactivate, p) {
            file.member.state = StaffState::Deactivated;
        }
        Ok(())
    }

    async fn follow(
        &self,
        _: &StaffFile,
        after: &StaffFile,
        at: &Acting<'_>,
    ) -> Result<Option<Link>, ApiError> {
        at.end_links(after.member.id, None).await?;
        Ok(None)
    }
}

impl StaffAct for EndSessions {
    const ACTION: Action = Action::StaffEndSessions;
    const TELLS: Option<(&'static str, &'static str)> = Some(("sessions", "ENDED"));

    async fn apply(&self, file: &mut StaffFile, _: &Acting<'_>, _: &mut Problems) -> Result<(), ApiError> {
        file.member.rights_version += 1;
        Ok(())
    }

    async fn follow(
        &self,
        _: &StaffFile,
        after: &StaffFile,
        at: &Acting<'_>,
    ) -> Result<Option<Link>, ApiError> {
        at.writer.end_sessions(after.member.id, None).await?;
        Ok(None)
    }
}

impl StaffAct for ResetSecondFactor {
    const ACTION: Action = Action::StaffResetSecondFactor;
    const NEVER_ONESELF: bool = true;
    const TELLS: Option<(&'static str, &'static str)> = Some(("secondFactor", "REMOVED"));

    async fn apply(&self, file: &mut StaffFile, _: &Acting<'_>, p: &mut Problems) -> Result<(), ApiError> {
        if step(file, Step::ResetPassword, p) {
            file.member.rights_version += 1;
        }
        Ok(())
    }

    async fn follow(
        &self,
        _: &StaffFile,
        after: &StaffFile,
        at: &Acting<'_>,
    ) -> Result<Option<Link>, ApiError> {
        let member = &after.member;
        at.writer.remove_second_factor(member.id).await?;
        at.writer.end_sessions(member.id, None).await?;
        let by = at.writer.permit().caller().called();
        notify(at.writer, member, Notice::SecondFactorReset { by }).await?;
        Ok(None)
    }
}

impl StaffAct for ReactivateStaff {
    const ACTION: Action = Action::StaffReactivate;

    async fn apply(&self, file: &mut StaffFile, _: &Acting<'_>, p: &mut Problems) -> Result<(), ApiError> {
        if step(file, Step::Reactivate, p) {
            file.member.state = staff::reactivated(file.member.email_verified_at.is_some());
        }
        Ok(())
    }
}

/// Whether their state allows the step; if not, that is a problem.
fn step(file: &StaffFile, step: Step, p: &mut Problems) -> bool {
    let judged = staff::allows(file.member.state, step);
    if let Err(mistake) = judged {
        p.add_at(ProblemCode::IllegalTransition, "id", mistake.into_message());
        return false;
    }
    true
}
