//! What the platform's policies allow of acts on users. An act that one of them does not allow is answered with its name.

use backdesk_entity::enums::MarketRole;

use crate::{
    auth::policy::Action,
    domain::{
        mistake::Mistake,
        policy::{Policies, Registration},
        problem::{Problem, Problems},
        user::editable_fields,
    },
    store::{Writer, error::StoreError, user::UserFile},
};

/// The fields of contact data, as the audit trail names them.
const CONTACT: [&str; 7] =
    ["communicationLanguage", "email", "mobile", "optInMailing", "phone", "preferredLanguage", "timeZone"];

/// What staff may not verify: the policy, and a sentence that says so.
pub(super) const VERIFY: (&str, &str) =
    ("operatorVerifies", "Staff do not verify this: the policy `operatorVerifies` names what they do.");

/// What a policy may keep staff from, whatever the input is.
struct Limit {
    /// The policy, and a sentence that says so.
    policy: (&'static str, &'static str),
    allows: fn(&Policies) -> bool,
}

/// The limit of an act; none where no policy forbids it whole.
fn limit_of(action: Action) -> Option<Limit> {
    const EDIT: (&str, &str) = (
        "directEditFields",
        "Users change this themselves: the policy `directEditFields` keeps staff from it.",
    );
    let (policy, allows): (_, fn(&Policies) -> bool) = match action {
        Action::UserUpdate => {
            (EDIT, |policies| editable_fields().iter().any(|field| policies.may_edit(field)))
        }
        Action::UserUpdateContact => (EDIT, |policies| CONTACT.iter().any(|field| policies.may_edit(field))),
        Action::PictureUpload | Action::PictureConfirm => (EDIT, |policies| policies.may_edit("picture")),
        Action::UserSetVerification => (VERIFY, |policies| !policies.operator_verifies.is_empty()),
        _ => return None,
    };
    Some(Limit { policy, allows })
}

/// The policy that does not allow the act, whatever its input is, and a sentence that says so.
pub(super) fn forbidden(policies: &Policies, action: Action) -> Option<(&'static str, Mistake)> {
    let Limit { policy: (policy, message), allows } = limit_of(action)?;
    (!allows(policies)).then(|| (policy, Mistake::new(message)))
}

/// The same of an act that is under way: what policies allow stays allowed until it is done.
pub(super) async fn judge_act(
    writer: &Writer,
    action: Action,
    argument: &str,
) -> Result<Option<Problem>, StoreError> {
    if limit_of(action).is_none() {
        return Ok(None);
    }
    let forbidden = forbidden(writer.policies_that_stay().await?, action);
    Ok(forbidden.map(|(policy, mistake)| Problem::of_policy(policy, argument, mistake.into_message())))
}

/// Whether staff may open an account for a user, on these sides of the market.
pub(super) fn judge_creation(policies: &Policies, file: &UserFile, problems: &mut Problems) {
    if policies.registration == Registration::FrontOffice {
        let message =
            "On this platform users register themselves: the policy `registration` keeps staff from it.";
        problems.extend([Problem::of_policy("registration", "input", message)]);
    }
    let argument = "input.profile";
    if !policies.switch_platform && file.user.market_role == Some(MarketRole::Both) {
        problems.extend([one_side(argument)]);
    }
}

/// Whether staff may change what they changed. Every act is asked, whatever it is meant to do.
pub(super) async fn judge_edit(
    writer: &Writer,
    (before, after): (&UserFile, &UserFile),
    argument: &str,
    problems: &mut Problems,
) -> Result<(), StoreError> {
    let mut edited: Vec<String> =
        after.changes_since(Some(before)).into_iter().map(|change| change.field).collect();
    edited.retain(|field| editable_fields().contains(field));
    if edited.is_empty() {
        return Ok(());
    }
    let policies = writer.policies_that_stay().await?;
    for field in edited.iter().filter(|field| !policies.may_edit(field)) {
        let message =
            "Users change this themselves: the policy `directEditFields` names what staff may edit.";
        problems.extend([Problem::of_policy("directEditFields", &format!("{argument}.{field}"), message)]);
    }
    let (was, is) = (before.user.market_role, after.user.market_role);
    if !policies.switch_platform && was != is && (was.is_some() || is == Some(MarketRole::Both)) {
        problems.extend([one_side(argument)]);
    }
    Ok(())
}

fn one_side(argument: &str) -> Problem {
    let message = "Users are on one side of the market, for good: the policy `switchPlatform` is off.";
    Problem::of_policy("switchPlatform", &format!("{argument}.marketRole"), message)
}
