//! Staff members: what may be said of them, and which of their states allow what.

use backdesk_entity::enums::StaffState;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{mistake::Mistake, user::Patch};

/// Characters of a user name.
const USER_NAME: std::ops::RangeInclusive<usize> = 3..=64;
/// Characters of a first or last name at most.
pub const NAME: usize = 100;
/// Roles, or accounts, of one staff member at most.
pub const GRANTS: usize = 200;

/// What is to be said of a staff member anew. What is not mentioned stays as it is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StaffChange {
    /// What they sign in with.
    pub user_name: Option<String>,
    /// Where links and notices are sent.
    pub email: Option<String>,
    /// First name.
    pub first_name: Patch<String>,
    /// Last name.
    pub last_name: Patch<String>,
    /// The language that letters are written in.
    pub language: Option<String>,
}

/// Something that a staff member is to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrantGiven {
    /// The key of the role, or the code of the account.
    pub key: String,
    /// From when on it holds no longer; none for good.
    pub until: Option<DateTime<Utc>>,
}

/// Everything that a staff member is to hold; what is not mentioned of a list stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct GrantsGiven {
    /// Roles.
    pub roles: Option<Vec<GrantGiven>>,
    /// Accounts.
    pub accounts: Option<Vec<GrantGiven>>,
}

/// The user name that `text` is, as it is written: whether two are the same, [`fold`](super::text::fold) decides.
///
/// # Errors
/// When it has fewer than 3 or more than 64 characters, or others than A to Z, a to z, 0 to 9 and `. _ - @ +`: nobody is to
/// mistake one for another, and an e-mail address is one.
pub fn user_name(text: &str) -> Result<String, Mistake> {
    let text = text.trim();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@+".contains(&byte);
    if USER_NAME.contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(text.to_owned());
    }
    let (least, most) = (USER_NAME.start(), USER_NAME.end());
    Err(Mistake::new(format!("Use {least} to {most} of the characters A to Z, a to z, 0 to 9 and . _ - @ +")))
}

/// What a state has to be for something to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Sending the invitation again.
    Invite,
    /// Sending a link to set a new password.
    ResetPassword,
    /// Ending the access.
    Deactivate,
    /// Giving access again.
    Reactivate,
}

/// Whether the state allows the step.
///
/// # Errors
/// When it does not: what would.
pub fn allows(state: StaffState, step: Step) -> Result<(), Mistake> {
    use StaffState::{Active, Deactivated, Invited};
    let message = match (step, state) {
        (Step::Invite, Invited)
        | (Step::ResetPassword, Active)
        | (Step::Deactivate, Invited | Active)
        | (Step::Reactivate, Deactivated) => return Ok(()),
        (Step::Invite, Active) => {
            "They accepted the invitation already: send a link to set a new password instead."
        }
        (Step::ResetPassword, Invited) => "They have no password yet: send the invitation again instead.",
        (Step::Invite | Step::ResetPassword, Deactivated) => "They are deactivated: reactivate them first.",
        (Step::Deactivate, Deactivated) => "They are deactivated already.",
        (Step::Reactivate, Invited | Active) => "They are not deactivated.",
    };
    Err(Mistake::new(message))
}

/// The state that somebody comes back to: who never accepted an invitation is invited still.
pub fn reactivated(has_verified_email: bool) -> StaffState {
    if has_verified_email { StaffState::Active } else { StaffState::Invited }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_is_plain_and_an_e_mail_address_is_one() {
        for name in ["ada", "Ada.Lovelace", "ada+test@example.com", &"x".repeat(64)] {
            assert_eq!(user_name(name).ok().as_deref(), Some(name));
        }
        for name in ["", "ad", "ada lovelace", "adä", "ada/", &"x".repeat(65), "ada\n.b"] {
            assert!(user_name(name).is_err(), "{name}");
        }
        assert_eq!(user_name(" ada ").ok().as_deref(), Some("ada"));
    }

    #[test]
    fn each_step_has_its_states() {
        use StaffState::{Active, Deactivated, Invited};
        for (step, from) in [
            (Step::Invite, &[Invited][..]),
            (Step::ResetPassword, &[Active]),
            (Step::Deactivate, &[Invited, Active]),
            (Step::Reactivate, &[Deactivated]),
        ] {
            for state in [Invited, Active, Deactivated] {
                assert_eq!(allows(state, step).is_ok(), from.contains(&state), "{step:?} {state:?}");
            }
        }
    }
}
