//! Groups that are states: computed from the verified marks and KYC, shown and filtered as groups, never assigned.

use backdesk_entity::enums::KycStatus;

use super::mistake::Mistake;

/// What the computed groups are computed from.
#[derive(Debug, Clone, Copy)]
pub struct Onboarding {
    /// The e-mail address was verified.
    pub email_verified: bool,
    /// The phone number was verified.
    pub phone_verified: bool,
    /// Where KYC stands.
    pub kyc_status: KycStatus,
}

/// The computed groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComputedGroup {
    /// The e-mail address is not verified yet.
    EmailNotVerified,
    /// The phone number is not verified yet.
    PhoneNotVerified,
    /// KYC is not validated yet.
    KycNotVerified,
}

impl ComputedGroup {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::EmailNotVerified, Self::PhoneNotVerified, Self::KycNotVerified];

    /// The key of the group.
    pub const fn key(self) -> &'static str {
        match self {
            Self::EmailNotVerified => "EMAIL_NOT_VERIFIED",
            Self::PhoneNotVerified => "PHONE_NOT_VERIFIED",
            Self::KycNotVerified => "KYC_NOT_VERIFIED",
        }
    }

    /// The computed group of that key; an assigned one has none.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.key() == key)
    }

    /// Whether a group may be assigned: those that are states may not.
    pub fn judge_assigned(key: &str) -> Result<(), Mistake> {
        match Self::from_key(key) {
            Some(_) => {
                Err(Mistake::new(format!("{key} is computed from the user's state and cannot be assigned.")))
            }
            None => Ok(()),
        }
    }

    /// Whether a user is in it.
    pub fn holds(self, state: Onboarding) -> bool {
        match self {
            Self::EmailNotVerified => !state.email_verified,
            Self::PhoneNotVerified => !state.phone_verified,
            Self::KycNotVerified => state.kyc_status != KycStatus::Validated,
        }
    }
}

/// The key of the group of those who use the platform through its API.
pub const API: &str = "API";

/// What decides whether somebody may be in the group [`API`].
#[derive(Debug, Clone, Copy)]
pub struct ApiClient {
    /// Whether they are in it.
    pub is_in: bool,
    /// Whether they are a company themselves.
    pub is_legal_entity: bool,
    /// Whether they belong to a company.
    pub has_company: bool,
}

impl ApiClient {
    /// Whether nothing speaks against it: API clients are linked to a company.
    pub const fn is_fine(self) -> bool {
        !self.is_in || self.is_legal_entity || self.has_company
    }
}

#[cfg(test)]
mod tests {
    use super::ApiClient;

    #[test]
    fn an_api_client_is_a_company_or_belongs_to_one() {
        for (is_in, is_legal_entity, has_company, is_fine) in [
            (false, false, false, true),
            (true, false, false, false),
            (true, true, false, true),
            (true, false, true, true),
        ] {
            let client = ApiClient { is_in, is_legal_entity, has_company };
            assert_eq!(client.is_fine(), is_fine, "{client:?}");
        }
    }
}
