//! What somebody may do to a user: the policy's table and the rules of the acts, asked without acting. No statement is
//! sent, and no refusal recorded: nobody tried anything.

use std::sync::Arc;

use backdesk_entity::enums::UserStatus;

use crate::{
    auth::{
        caller::Caller,
        policy::{Action, Permission},
    },
    domain::{mistake::Mistake, problem::ProblemCode, status},
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
}

/// Every act on a user of that status, whom the caller sees.
pub fn viewer_actions(caller: &Arc<Caller>, status: UserStatus) -> impl Iterator<Item = ViewerAction> {
    Action::ALL.iter().filter(|action| action.is_user_act()).map(move |action| ViewerAction {
        action: *action,
        denial: match (caller.permit(*action), status::changeable(status)) {
            // somebody who may not is told nothing else
            (Err(refused), _) => Some(Denial::Forbidden { missing: refused.missing }),
            (Ok(_), Err((code, mistake))) => Some(Denial::State(code, mistake)),
            (Ok(_), Ok(())) => None,
        },
    })
}
