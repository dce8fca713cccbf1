//! What somebody may do to a user: the table of permissions, the platform's policies and the rules of the acts, asked
//! without acting. No refusal is recorded: nobody tried anything.

use std::sync::Arc;

use backdesk_entity::enums::UserStatus;

use super::allowed::forbidden;
use crate::{
    auth::{
        caller::Caller,
        policy::{Action, Permission},
    },
    domain::{mistake::Mistake, policy::Policies, problem::ProblemCode, status},
};

/// An act on a user, and what speaks against it.
#[derive(Debug, Clone)]
pub struct ViewerAction {
    /// The act.
    pub action: Action,
    /// Why it would be refused whatever its input; none when it would be allowed with some input.
    pub denial: Option<Denial>,
}

/// Why an act would be refused, as the act itself would answer.
#[derive(Debug, Clone)]
pub enum Denial {
    /// The caller lacks a permission.
    Forbidden {
        /// Which; none when no permission would do.
        missing: Option<Permission>,
    },
    /// The state of the user does not allow it.
    State(ProblemCode, Mistake),
    /// The act reaches leads alone, and this user is none.
    OutOfReach,
    /// The policy of that name does not allow it.
    Policy(&'static str, Mistake),
}

/// A field of users that somebody may not see.
#[derive(Debug, Clone, Copy)]
pub struct Withheld {
    /// Its path, from the user on.
    pub path: &'static str,
    /// A permission that would show it.
    pub permission: Option<Permission>,
    /// The policy that hides it from everybody: then no permission shows it.
    pub policy: Option<&'static str>,
}

/// The fields of users that the caller may not see.
pub fn withheld_fields(caller: &Arc<Caller>, policies: &Policies) -> impl Iterator<Item = Withheld> {
    Action::ALL.iter().filter_map(move |action| {
        let path = action.user_part()?;
        if let Some(policy) = policies.that_hides(path) {
            return Some(Withheld { path, permission: None, policy: Some(policy) });
        }
        let refused = caller.may(*action).err()?;
        Some(Withheld { path, permission: refused.missing, policy: None })
    })
}

/// What of a user decides which acts there are.
#[derive(Debug, Clone, Copy)]
pub struct Actionable {
    /// Where the user stands.
    pub status: UserStatus,
    /// Whether the user is a lead.
    pub is_lead: bool,
}

/// Every act on such a user, whom the caller sees.
pub fn viewer_actions(
    caller: &Arc<Caller>,
    user: Actionable,
    policies: &Policies,
) -> impl Iterator<Item = ViewerAction> {
    Action::ALL.iter().filter(|action| action.is_user_act()).map(move |action| ViewerAction {
        action: *action,
        denial: match (caller.may(*action), status::changeable(user.status)) {
            // somebody who may not is told nothing else
            (Err(refused), _) => Some(Denial::Forbidden { missing: refused.missing }),
            (Ok(()), _) if caller.scope_of(*action).leads_only && !user.is_lead => Some(Denial::OutOfReach),
            (Ok(()), Err((code, mistake))) => Some(Denial::State(code, mistake)),
            (Ok(()), Ok(())) => {
                forbidden(policies, *action).map(|(policy, mistake)| Denial::Policy(policy, mistake))
            }
        },
    })
}
