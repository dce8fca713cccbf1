//! What somebody may do to a staff member, asked without acting: a front end shows the buttons that would work. No refusal is
//! recorded: nobody tried anything.

use std::sync::Arc;

use crate::{
    auth::{
        caller::{Caller, NoPermit},
        policy::{Action, Permission},
        roles::DefinedRoles,
    },
    domain::{
        mistake::Mistake,
        problem::ProblemCode,
        staff::{Step, allows},
    },
    store::staff::{Grants, StaffMember},
};

use super::reach::{covers, may_hand_on};

/// An act on a staff member, and what speaks against it.
#[derive(Debug, Clone)]
pub struct StaffAction {
    /// The act.
    pub action: Action,
    /// Why it would be refused whatever its input; none when it would be allowed with some input.
    pub denial: Option<StaffDenial>,
    /// Whether the caller shows again who they are first.
    pub is_to_confirm: bool,
}

/// Why an act would be refused, as the act itself would answer.
#[derive(Debug, Clone)]
pub enum StaffDenial {
    /// The caller lacks a permission.
    Forbidden {
        /// Which; none when no permission would do.
        missing: Option<Permission>,
    },
    /// Anything else, by its code.
    Problem(ProblemCode, Mistake),
}

/// Every act on such a staff member, whom the caller sees.
pub fn staff_actions<'a>(
    caller: &'a Arc<Caller>,
    issuer: &'a str,
    member: &'a StaffMember,
    grants: &'a Grants,
    defined: &'a DefinedRoles,
) -> impl Iterator<Item = StaffAction> + 'a {
    let is_oneself = caller.issuer() == issuer && caller.subject() == member.id.to_string();
    let beyond = |grants: &Grants| {
        let roles = grants.roles.iter().filter_map(|grant| defined.role(&grant.key));
        if !roles.into_iter().all(|role| may_hand_on(caller, &role)) {
            let message = "They hold roles that you do not: ask somebody who holds these.";
            return Some((ProblemCode::OutOfScopePermission, Mistake::new(message)));
        }
        let message = "They see accounts that you do not: ask somebody who sees these.";
        let all_seen = grants.accounts.iter().all(|grant| covers(caller.accounts(), &grant.key));
        (!all_seen).then(|| (ProblemCode::OutOfScopeAccount, Mistake::new(message)))
    };
    let denial = move |action: Action| {
        if let Err(refused) = caller.may(action) {
            return Some(StaffDenial::Forbidden { missing: refused.missing });
        }
        let step = match action {
            Action::StaffResendInvitation => Some(Step::Invite),
            Action::StaffSendPasswordReset | Action::StaffResetSecondFactor => Some(Step::ResetPassword),
            Action::StaffDeactivate => Some(Step::Deactivate),
            Action::StaffReactivate => Some(Step::Reactivate),
            _ => None,
        };
        let never_oneself = matches!(
            action,
            Action::StaffSetGrants | Action::StaffDeactivate | Action::StaffResetSecondFactor
        );
        let problem = match action {
            // what is beyond the caller is dropped
            Action::StaffDuplicate => None,
            _ if never_oneself && is_oneself => {
                let message = "Nobody does this to themselves: ask another one who manages staff.";
                Some((ProblemCode::SelfActionForbidden, Mistake::new(message)))
            }
            _ => beyond(grants).or_else(|| {
                let judged = step.map_or(Ok(()), |step| allows(member.state, step));
                judged.err().map(|mistake| (ProblemCode::IllegalTransition, mistake))
            }),
        };
        problem.map(|(code, mistake)| StaffDenial::Problem(code, mistake))
    };
    let acts = Action::ALL.iter().copied().filter(|action| action.is_staff_act());
    acts.map(move |action| StaffAction {
        action,
        denial: denial(action),
        is_to_confirm: matches!(caller.permit(action), Err(NoPermit::Unconfirmed)),
    })
}
