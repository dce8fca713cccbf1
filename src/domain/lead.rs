//! Leads: users who are not verified yet. Who works with leads alone sees nobody else.

use backdesk_entity::enums::KycStatus;

/// Whether somebody is a lead: neither was the identity verified, nor KYC validated.
pub fn is_lead(identity_verified: bool, kyc_status: KycStatus) -> bool {
    !identity_verified && kyc_status != KycStatus::Validated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_verified_in_no_way() {
        assert!(is_lead(false, KycStatus::None));
        assert!(is_lead(false, KycStatus::Refused));
        assert!(!is_lead(true, KycStatus::None));
        assert!(!is_lead(false, KycStatus::Validated));
    }
}
