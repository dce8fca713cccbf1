//! What is said about the ties of users, and about what they are reached by.

use async_graphql::{ID, InputObject, MaybeUndefined};
use backdesk_entity::enums::{
    CompanyRole, ControllingPersonType, EmployeeType, GuestRole, PartyKind, TieKind,
};

use super::input::{patch, patch_by};
use crate::{
    domain::{
        ties::{CompanyInput, GuestInput, ParentInput, PartyInput},
        user::ContactChange,
    },
    graphql::scalars::{Decimal, Email, LanguageTag, Phone, TimeZone},
};

/// The parent of a user, in place of the one before.
#[derive(Debug, InputObject)]
pub(super) struct UserParentInput {
    /// The parent: a user of the same account.
    parent_id: ID,
    /// How they are tied.
    kind: TieKind,
    /// What the user holds of the parent, in percent from 0 to 100 with two decimals at most. The shares of one parent add up
    /// to 100 at most.
    share_percent: Option<Decimal>,
    /// In which way the user controls the parent.
    controlling_person_type: Option<ControllingPersonType>,
    /// What the user is at the parent.
    employee_type: Option<EmployeeType>,
}

impl From<UserParentInput> for ParentInput {
    fn from(input: UserParentInput) -> Self {
        let UserParentInput { parent_id, kind, share_percent, controlling_person_type, employee_type } =
            input;
        let share = share_percent.map(|share| share.0);
        Self { parent: parent_id.0, kind, share, controlling_person_type, employee_type }
    }
}

/// The company of a user, in place of the one before.
#[derive(Debug, InputObject)]
pub(super) struct UserCompanyInput {
    /// The company: a legal entity of the same account.
    company_id: ID,
    /// What the user is there.
    role: CompanyRole,
}

impl From<UserCompanyInput> for CompanyInput {
    fn from(input: UserCompanyInput) -> Self {
        let UserCompanyInput { company_id, role } = input;
        Self { company: company_id.0, role }
    }
}

/// A partner or adviser of a user.
#[derive(Debug, InputObject)]
pub(super) struct UserPartyInput {
    /// Who: a user of the same account.
    party_id: ID,
    /// Partner or adviser.
    kind: PartyKind,
}

impl From<UserPartyInput> for PartyInput {
    fn from(input: UserPartyInput) -> Self {
        let UserPartyInput { party_id, kind } = input;
        Self { party: party_id.0, kind }
    }
}

/// Changes to an invitation: what is absent stays.
#[derive(Debug, InputObject)]
pub(super) struct GuestUpdateInput {
    /// The invitation.
    guest_id: ID,
    /// Where it goes; cannot become empty.
    email: MaybeUndefined<Email>,
    /// All that the guest may do, in place of what there was: one role at least.
    roles: MaybeUndefined<Vec<GuestRole>>,
}

impl From<GuestUpdateInput> for GuestInput {
    fn from(input: GuestUpdateInput) -> Self {
        let GuestUpdateInput { guest_id, email, roles } = input;
        Self { guest: guest_id.0, email: patch_by(email, |email| email.0), roles: patch(roles) }
    }
}

/// Changes to what a user is reached by: what is absent stays, what is null becomes empty.
#[derive(Debug, InputObject)]
pub(super) struct UserContactInput {
    /// The e-mail address, unique within the account. A new one is not verified yet.
    email: MaybeUndefined<Email>,
    /// The phone number. A new one is not verified yet.
    phone: MaybeUndefined<Phone>,
    /// The mobile phone number.
    mobile: MaybeUndefined<Phone>,
    /// The language of the interface.
    preferred_language: MaybeUndefined<LanguageTag>,
    /// The language of letters and calls.
    communication_language: MaybeUndefined<LanguageTag>,
    /// Where the user's clock stands.
    time_zone: MaybeUndefined<TimeZone>,
    /// Whether the user wants letters about the platform's offers.
    opt_in_mailing: MaybeUndefined<bool>,
}

impl From<UserContactInput> for ContactChange {
    fn from(input: UserContactInput) -> Self {
        let UserContactInput {
            email,
            phone,
            mobile,
            preferred_language,
            communication_language,
            time_zone,
            opt_in_mailing,
        } = input;
        Self {
            email: patch_by(email, |email| email.0),
            phone: patch_by(phone, |phone| phone.0),
            mobile: patch_by(mobile, |phone| phone.0),
            preferred_language: patch_by(preferred_language, |tag| tag.0),
            communication_language: patch_by(communication_language, |tag| tag.0),
            time_zone: patch_by(time_zone, |zone| zone.0),
            opt_in_mailing: patch(opt_in_mailing),
        }
    }
}
