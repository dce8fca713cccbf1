//! How far somebody reaches who decides about staff: nobody hands on what they do not hold, or acts on somebody who holds
//! more.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    auth::{
        caller::{Accounts, Caller, Refused, Scope},
        policy::Permission,
        roles::{DefinedRoles, HeldRole, beyond},
    },
    domain::problem::{Problem, ProblemCode},
    service::{
        Services,
        error::{ApiError, Outcome},
        parse_id,
        user::MutationOptions,
    },
    store::{
        Writer,
        audit::{Aim, Refusal},
        error::StoreError,
        staff::{ALL_ACCOUNTS, Grant, Grants},
    },
};

/// Whoever acts, as of the transaction: what their token says and, of a staff member, what they hold still.
#[derive(Debug)]
pub(in crate::service) struct Actor {
    /// The staff member whom the token speaks for; none of another issuer or a program.
    staff: Option<Uuid>,
    roles: Vec<HeldRole>,
    accounts: Accounts,
    /// What is recorded of them: how long they hold what their token says. None of another issuer.
    own: Option<Grants>,
    everything: bool,
}

impl Actor {
    /// Who acts, by the token and by what is recorded. Holds to the end of a turn.
    pub(in crate::service) async fn of(
        writer: &Writer,
        issuer: &str,
        defined: &DefinedRoles,
    ) -> Result<Self, StoreError> {
        let caller = writer.permit().caller();
        let of_token = || Self {
            staff: None,
            roles: caller.roles().iter().filter_map(|role| defined.role(role.key())).collect(),
            accounts: caller.accounts().clone(),
            own: None,
            everything: caller.is_system(),
        };
        let ours =
            (caller.issuer() == issuer && !caller.is_system()).then(|| parse_id(caller.subject())).flatten();
        let Some(id) = ours else { return Ok(of_token()) };
        let Some(file) = writer.any_staff_file(id).await? else { return Ok(of_token()) };
        let now = writer.clock().now();
        let Self { mut roles, accounts, .. } = of_token();
        let is_held = |role: &HeldRole| {
            file.grants.roles.iter().any(|grant| grant.key == role.key() && grant.holds_at(now))
        };
        let is_active = file.member.state == backdesk_entity::enums::StaffState::Active;
        roles.retain(|role| is_active && is_held(role));
        let accounts = match is_active {
            true => both(accounts, file.grants.accounts_at(now)),
            false => Accounts::Codes(BTreeSet::new()),
        };
        Ok(Self { staff: Some(id), roles, accounts, own: Some(file.grants), everything: false })
    }

    /// Whether what they hold now still allows the act, everywhere or somewhere: a token is as old as its session.
    fn may(&self, permission: Permission, everywhere: bool) -> Result<(), Refused> {
        let holds = self.roles.iter().any(|role| role.allows(permission) && !role.is_for_leads());
        match self.everything || holds && (!everywhere || self.accounts == Accounts::All) {
            true => Ok(()),
            false => Err(Refused { missing: (!holds).then_some(permission) }),
        }
    }

    /// Whether they see whoever holds these.
    pub(super) fn sees(&self, grants: &Grants) -> bool {
        let scope = Scope { accounts: self.accounts.clone(), leads_only: false };
        self.everything || grants.is_within(&scope)
    }

    /// What a role allows that they may not hand on for good.
    pub(in crate::service) fn lacks(&self, role: &HeldRole) -> Vec<Permission> {
        self.lacks_until(role, None)
    }

    /// The same until a time: nobody hands on for longer than they hold.
    fn lacks_until(&self, role: &HeldRole, until: Option<DateTime<Utc>>) -> Vec<Permission> {
        if self.everything {
            return Vec::new();
        }
        let lasts = |held: &&HeldRole| {
            self.own.as_ref().is_none_or(|own| lasts(&own.roles, until, |key| key == held.key()))
        };
        let held: Vec<HeldRole> = self.roles.iter().filter(lasts).cloned().collect();
        beyond(&held, role).collect()
    }

    /// Whether they are that staff member.
    pub(super) fn is(&self, staff: Uuid) -> bool {
        self.staff == Some(staff)
    }

    /// Whether they may hand the account on, for so long.
    fn hands_on_account(&self, account: &Grant) -> bool {
        let reaches = |key: &str| key == account.key || key == ALL_ACCOUNTS;
        covers(&self.accounts, &account.key)
            && self.own.as_ref().is_none_or(|own| lasts(&own.accounts, account.until, reaches))
    }

    /// What these hold that they do not, or not for so long: roles, by key. A role that is no more gives nothing.
    pub(super) fn roles_beyond<'a>(
        &self,
        grants: impl IntoIterator<Item = &'a Grant>,
        defined: &DefinedRoles,
    ) -> Vec<&'a str> {
        let beyond = |grant: &&Grant| {
            defined.role(&grant.key).is_some_and(|role| !self.lacks_until(&role, grant.until).is_empty())
        };
        grants.into_iter().filter(beyond).map(|grant| grant.key.as_str()).collect()
    }

    /// The same of accounts, by code.
    pub(super) fn accounts_beyond<'a>(&self, grants: impl IntoIterator<Item = &'a Grant>) -> Vec<&'a str> {
        let beyond = |grant: &&Grant| !self.hands_on_account(grant);
        grants.into_iter().filter(beyond).map(|grant| grant.key.as_str()).collect()
    }

    /// Why they may not act on somebody who holds these.
    pub(super) fn refusal(&self, grants: &Grants, defined: &DefinedRoles) -> Option<Problem> {
        let roles = self.roles_beyond(&grants.roles, defined);
        if !roles.is_empty() {
            let message = "They hold roles that you do not: ask somebody who holds these.";
            return Some(Problem::new(ProblemCode::OutOfScopePermission, "id", message).of(roles));
        }
        let accounts = self.accounts_beyond(&grants.accounts);
        if !accounts.is_empty() {
            let message = "They see accounts that you do not: ask somebody who sees these.";
            return Some(Problem::new(ProblemCode::OutOfScopeAccount, "id", message).of(accounts));
        }
        None
    }
}

impl Services {
    /// The transaction of an act, as long as what the actor holds now still allows it. A refusal is recorded.
    pub(in crate::service) async fn still_may(
        &self,
        writer: Writer,
        actor: &Actor,
        (permission, everywhere): (Permission, bool),
        on: Option<Aim>,
    ) -> Result<Writer, ApiError> {
        let Err(refused) = actor.may(permission, everywhere) else { return Ok(writer) };
        let permit = writer.permit().clone();
        // the entry has a transaction of its own, and the embedded database one at a time
        writer.discard().await?;
        Err(self.refuse(permit.caller(), permit.action(), refused, on).await?)
    }

    /// The problems of an act, as its answer. Whoever tried to hand on or to reach what is not theirs stands in the trail, like
    /// whoever lacks a permission; a preview tries nothing.
    pub(in crate::service) async fn not_done<T>(
        &self,
        writer: Writer,
        options: &MutationOptions,
        on: Option<Aim>,
        found: Vec<Problem>,
    ) -> Result<Outcome<T>, ApiError> {
        use ProblemCode::{OutOfScopeAccount, OutOfScopePermission, SelfActionForbidden};
        let is_beyond = |code: ProblemCode| {
            matches!(code, OutOfScopeAccount | OutOfScopePermission | SelfActionForbidden)
        };
        let beyond = found.iter().map(|problem| problem.code).find(|code| is_beyond(*code));
        if let Some(code) = beyond.filter(|_| !options.validate_only) {
            let permit = writer.permit().clone();
            writer.discard().await?;
            let (at, action) = (self.now(), permit.action());
            let refusal = Refusal { at, action, code: code.name(), missing: None, on, account: None };
            self.record_refusal(permit.caller(), refusal).await?;
        }
        Ok(Outcome::Problems(found))
    }
}

/// Whether one of these grants lasts until a time; none is for good.
fn lasts(grants: &[Grant], until: Option<DateTime<Utc>>, is_meant: impl Fn(&str) -> bool) -> bool {
    let end = |until: Option<DateTime<Utc>>| until.unwrap_or(DateTime::<Utc>::MAX_UTC);
    grants.iter().any(|grant| is_meant(&grant.key) && end(grant.until) >= end(until))
}

/// Whether somebody may hand a role on, as far as their token tells: the answer that a front end is given beforehand.
pub fn may_hand_on(caller: &Caller, role: &HeldRole) -> bool {
    beyond(caller.roles(), role).next().is_none()
}

/// Whether somebody who sees these accounts sees this one, which may stand for all.
pub(super) fn covers(accounts: &Accounts, code: &str) -> bool {
    match accounts {
        Accounts::All => true,
        Accounts::Codes(codes) => code != ALL_ACCOUNTS && codes.contains(code),
    }
}

fn both(one: Accounts, other: Accounts) -> Accounts {
    match (one, other) {
        (Accounts::All, accounts) | (accounts, Accounts::All) => accounts,
        (Accounts::Codes(one), Accounts::Codes(other)) => {
            Accounts::Codes(one.intersection(&other).cloned().collect::<BTreeSet<_>>())
        }
    }
}

/// What is granted that was not, or for longer than it was.
pub(super) fn newly<'a>(before: &'a [Grant], after: &'a [Grant]) -> impl Iterator<Item = &'a Grant> {
    let lasts = |grant: &Grant| grant.until.unwrap_or(DateTime::<Utc>::MAX_UTC);
    after.iter().filter(move |grant| {
        let had = before.iter().find(|had| had.key == grant.key);
        had.is_none_or(|had| lasts(had) < lasts(grant))
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::auth::policy::Role;

    fn actor(roles: &[Role], accounts: &[&str]) -> Actor {
        Actor {
            staff: None,
            roles: roles.iter().copied().map(HeldRole::BuiltIn).collect(),
            accounts: match accounts {
                [ALL_ACCOUNTS] => Accounts::All,
                codes => Accounts::Codes(codes.iter().map(|code| (*code).to_owned()).collect()),
            },
            own: None,
            everything: false,
        }
    }

    fn grant(key: &str, until: Option<DateTime<Utc>>) -> Grant {
        let granted_at = DateTime::UNIX_EPOCH;
        Grant { key: key.to_owned(), until, granted_at, granted_by: "test".to_owned() }
    }

    #[test]
    fn who_holds_less_may_not_act_and_learns_by_what() {
        let holds = |roles: &[&str], accounts: &[&str]| Grants {
            roles: roles.iter().map(|key| grant(key, None)).collect(),
            accounts: accounts.iter().map(|code| grant(code, None)).collect(),
        };
        let defined = DefinedRoles::default();
        let lead = actor(&[Role::Compliance], &["FR", "DE"]);
        assert_eq!(lead.refusal(&holds(&["support-read-only"], &["FR"]), &defined), None);
        let refused = lead.refusal(&holds(&["support-read-only", "admin"], &["FR"]), &defined).unwrap();
        assert_eq!(
            (refused.code, refused.values),
            (ProblemCode::OutOfScopePermission, vec!["admin".to_owned()])
        );
        for beyond in ["IT", "*"] {
            let refused = lead.refusal(&holds(&["support-read-only"], &["DE", beyond]), &defined).unwrap();
            assert_eq!(
                (refused.code, refused.values),
                (ProblemCode::OutOfScopeAccount, vec![beyond.to_owned()])
            );
        }
        let admin = actor(&[Role::Admin], &["*"]);
        assert_eq!(admin.refusal(&holds(&["admin", "machine"], &["*"]), &defined), None);
        // a role that was deleted gives nobody anything
        assert_eq!(lead.refusal(&holds(&["no-more"], &["FR"]), &defined), None);
    }

    #[test]
    fn nobody_hands_on_for_longer_than_they_hold() {
        let (soon, later) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(1));
        let own = Grants {
            roles: vec![grant("support", Some(soon)), grant("finance", None)],
            accounts: vec![grant("FR", Some(soon)), grant("DE", None)],
        };
        let lead = Actor { own: Some(own), ..actor(&[Role::Support, Role::Finance], &["FR", "DE"]) };
        let defined = DefinedRoles::default();
        let roles = |until| {
            let wanted = [grant("support", until), grant("finance", until)];
            lead.roles_beyond(&wanted, &defined).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let accounts = |until| {
            let wanted = [grant("FR", until), grant("DE", until)];
            lead.accounts_beyond(&wanted).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!((roles(Some(soon)), accounts(Some(soon))), (vec![], vec![]));
        for longer in [Some(later), None] {
            assert_eq!(
                (roles(longer), accounts(longer)),
                (vec!["support".to_owned()], vec!["FR".to_owned()])
            );
        }
        assert!(!lead.lacks(&HeldRole::BuiltIn(Role::Support)).is_empty(), "a role is defined for good");
    }

    #[test]
    fn what_lasts_longer_is_new() {
        let (soon, later) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(1));
        let keys = |before: &[Grant], after: &[Grant]| {
            newly(before, after).map(|grant| grant.key.clone()).collect::<Vec<_>>()
        };
        assert_eq!(keys(&[], &[grant("a", None)]), ["a"]);
        assert_eq!(keys(&[grant("a", Some(soon))], &[grant("a", Some(later))]), ["a"]);
        assert_eq!(keys(&[grant("a", Some(soon))], &[grant("a", None)]), ["a"]);
        assert_eq!(keys(&[grant("a", None)], &[grant("a", Some(later))]), [""; 0]);
        assert_eq!(keys(&[grant("a", None)], &[grant("a", None)]), [""; 0]);
    }
}
