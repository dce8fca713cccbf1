//! Policies: what a platform decided where back offices differ. They are data: an administrator changes them while the
//! platform runs, and every change is in the audit trail. Presets are the ways that back offices of some kinds have.

use std::collections::BTreeSet;

use async_graphql::{Enum, resolver_utils::EnumType};
use backdesk_entity::enums::{UserStatus, VerificationKind};
use serde::{Deserialize, Serialize};

use super::{
    fees::{FeeRule, FeeRules},
    mistake::Mistake,
    money::{Currency, Money},
    problem::{ProblemCode, Problems},
    user::editable_fields,
};

/// Fields of a user that a change may not be reviewed for, unless a platform says otherwise: those that a banking API
/// exempts.
pub const EXEMPT: [&str; 8] = [
    "mobile",
    "phone",
    "postalAddress.line3",
    "sanctions.activityOutsideEu",
    "sanctions.economic",
    "sanctions.involved",
    "sanctions.residentCountries",
    "timeZone",
];

/// Who may open an account for a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Registration {
    /// The platform's staff and the users themselves.
    Both,
    /// The users themselves, never staff.
    FrontOffice,
    /// The platform's staff alone.
    BackOffice,
}

/// The ways of a kind of platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
pub enum Preset {
    /// What Backdesk does unless told otherwise.
    Default,
    /// A payment API's: staff create and edit freely.
    Payments,
    /// A marketplace's: users register themselves, and staff change little of what is theirs.
    Marketplace,
    /// A balance platform's.
    BalancePlatform,
    /// A crypto-payment processor's: KYC levels give groups, and staff edit freely.
    CryptoProcessor,
    /// A banking API's: a change of a validated user is reviewed.
    Banking,
}

/// All policies of a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is decided by itself")]
pub struct Policies {
    /// The currency of prices and fees.
    pub currency: Currency,
    /// What a user pays who has no fees of their own.
    pub fees: FeeRules,
    /// Who may open an account for a user.
    pub registration: Registration,
    /// Whether a user may be customer and vendor at once.
    pub switch_platform: bool,
    /// Where new users stand.
    pub initial_status: UserStatus,
    /// The fields of a user that staff may edit, by the acts that edit the record; none is all of them. What has an act of
    /// its own (the status, fees, groups, ties, documents …) is no such field.
    pub direct_edit_fields: Option<BTreeSet<String>>,
    /// Whether a change of a user whose KYC is validated is reviewed.
    pub kyc_review_on_change: bool,
    /// The fields that may change without a review.
    pub kyc_exempt_fields: BTreeSet<String>,
    /// What staff may mark as verified by hand.
    pub operator_verifies: BTreeSet<VerificationKind>,
    /// Whether bank accounts are shown.
    pub show_bank_accounts: bool,
    /// How long the link of an invitation to the staff is good, in hours.
    pub staff_invitation_hours: u32,
    /// The same of one that is sent again.
    pub staff_resend_hours: u32,
    /// How long a link to set a new password is good, in hours.
    pub password_reset_hours: u32,
    /// Whether staff must have a second factor. Who has one is asked for it in any case.
    pub staff_second_factor: bool,
}

/// How long links may be good, in hours: from one to a month.
const LINK_HOURS: std::ops::RangeInclusive<u32> = 1..=31 * 24;

impl Default for Policies {
    fn default() -> Self {
        let none = FeeRule { percent: Some(0), fixed: Some(Money::of(0, Currency::EUR)) };
        Self {
            currency: Currency::EUR,
            fees: FeeRules { asker: none, offerer: none },
            registration: Registration::Both,
            switch_platform: true,
            initial_status: UserStatus::Live,
            direct_edit_fields: None,
            kyc_review_on_change: true,
            kyc_exempt_fields: EXEMPT.map(str::to_owned).into(),
            operator_verifies: VerificationKind::items().iter().map(|item| item.value).collect(),
            show_bank_accounts: true,
            staff_invitation_hours: 14 * 24,
            staff_resend_hours: 24,
            password_reset_hours: 24,
            staff_second_factor: true,
        }
    }
}

impl Preset {
    /// Its name on the command line, such as `crypto-processor`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Payments => "payments",
            Self::Marketplace => "marketplace",
            Self::BalancePlatform => "balance-platform",
            Self::CryptoProcessor => "crypto-processor",
            Self::Banking => "banking",
        }
    }

    /// Its policies. The currency and the standard fees are no matter of kind.
    pub fn policies(self) -> Policies {
        let default = Policies::default();
        match self {
            Self::Default | Self::BalancePlatform => default,
            // there the payment provider verifies, nobody by hand
            Self::Banking => Policies { operator_verifies: BTreeSet::new(), ..default },
            Self::Payments | Self::CryptoProcessor => Policies { kyc_review_on_change: false, ..default },
            Self::Marketplace => Policies {
                registration: Registration::FrontOffice,
                direct_edit_fields: Some(BTreeSet::new()),
                kyc_review_on_change: false,
                ..default
            },
        }
    }
}

impl Policies {
    /// Why these policies cannot be, by the names of the fields.
    pub fn judge(&self, problems: &mut Problems) {
        for (side, rule) in [("askerFee", self.fees.asker), ("offererFee", self.fees.offerer)] {
            if rule.fixed.is_some_and(|fixed| fixed.currency() != self.currency) {
                let code = self.currency.code();
                let message = format!("Give the standard fee in {code}, the currency of the platform.");
                problems.add(ProblemCode::Invalid, &format!("{side}.fixed.currency"), message);
            }
        }
        if !matches!(self.initial_status, UserStatus::Live | UserStatus::InReview) {
            let message = "New users are LIVE or IN_REVIEW: nobody starts suspended or cancelled.";
            problems.add(ProblemCode::Invalid, "initialStatus", message);
        }
        for (name, hours) in [
            ("staffInvitationHours", self.staff_invitation_hours),
            ("staffResendHours", self.staff_resend_hours),
            ("passwordResetHours", self.password_reset_hours),
        ] {
            if !LINK_HOURS.contains(&hours) {
                let (least, most) = (LINK_HOURS.start(), LINK_HOURS.end());
                let message = format!("A link is good for {least} to {most} hours.");
                problems.add(ProblemCode::Invalid, name, message);
            }
        }
    }

    /// The policy that hides the field of users at that path from everybody.
    pub fn that_hides(&self, path: &str) -> Option<&'static str> {
        (may_be_hidden(path) && !self.show_bank_accounts).then_some("showBankAccounts")
    }

    /// Whether staff may edit that field of a user.
    pub fn may_edit(&self, field: &str) -> bool {
        self.direct_edit_fields.as_ref().is_none_or(|names| names.iter().any(|name| covers(name, field)))
    }

    /// Whether a change of that field of a validated user is reviewed.
    pub fn is_reviewed(&self, field: &str) -> bool {
        self.kyc_review_on_change && !self.kyc_exempt_fields.iter().any(|name| covers(name, field))
    }
}

/// Whether some policy may hide the field of users at that path.
pub fn may_be_hidden(path: &str) -> bool {
    covers("bankAccounts", path)
}

/// The name of a field of users that staff edit, or of a part with such fields.
///
/// # Errors
/// When there is none of that name.
pub fn field_name(text: &str) -> Result<String, Mistake> {
    if editable_fields().iter().any(|field| covers(text, field)) {
        return Ok(text.to_owned());
    }
    Err(Mistake::new(
        "Name a field that staff edit as the audit trail does, such as postalAddress.line3, or a part, such as sanctions.",
    ))
}

/// Whether a name stands for a field: it is the field's own, or that of a part that the field is in.
fn covers(name: &str, field: &str) -> bool {
    field.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(policies: &Policies) -> Vec<String> {
        let mut problems = Problems::under("");
        policies.judge(&mut problems);
        problems.into_found().into_iter().map(|problem| problem.field.join(".")).collect()
    }

    #[test]
    fn presets_do_not_contradict_themselves() {
        for item in Preset::items() {
            assert_eq!(problems(&item.value.policies()), [""; 0], "{}", item.name);
        }
        assert!(EXEMPT.iter().all(|name| field_name(name).is_ok()));
    }

    #[test]
    fn bank_accounts_and_what_is_below_are_hidden_when_the_platform_hides_them() {
        let hidden = Policies { show_bank_accounts: false, ..Policies::default() };
        assert_eq!(hidden.that_hides("bankAccounts"), Some("showBankAccounts"));
        assert_eq!(hidden.that_hides("bankAccounts.iban"), Some("showBankAccounts"));
        assert!(["wallets", "bankAccountsX", "tax"].iter().all(|path| hidden.that_hides(path).is_none()));
        assert_eq!(Policies::default().that_hides("bankAccounts"), None);
    }

    #[test]
    fn policies_that_contradict_each_other_are_named() {
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(
            problems(&Policies {
                currency: yen,
                initial_status: UserStatus::Canceled,
                ..Policies::default()
            }),
            ["askerFee.fixed.currency", "offererFee.fixed.currency", "initialStatus"]
        );
    }

    #[test]
    fn a_name_stands_for_a_field_or_for_all_fields_of_a_part() {
        assert!(
            ["firstName", "countryOfResidence", "company.address.line1", "company", "postalAddress"]
                .iter()
                .all(|name| field_name(name).is_ok())
        );
        for none in ["", "postal", "postalAddress.", "postalAddress.line4", "status", "fees", "first_name"] {
            assert!(field_name(none).is_err(), "{none}");
        }
        let some = Policies {
            direct_edit_fields: Some(["postalAddress".to_owned(), "tag".to_owned()].into()),
            ..Policies::default()
        };
        assert!(some.may_edit("postalAddress.city") && some.may_edit("tag"));
        assert!(!some.may_edit("secondaryAddress.city") && !some.may_edit("firstName"));
        assert!(Policies::default().may_edit("firstName"));
        assert!(!Preset::Marketplace.policies().may_edit("tag"));
    }

    #[test]
    fn a_change_is_reviewed_unless_its_field_is_exempt() {
        let banking = Preset::Banking.policies();
        assert!(
            ["lastName", "postalAddress.line1", "sanctions.questionnaireOn", "email"]
                .iter()
                .all(|field| banking.is_reviewed(field))
        );
        assert!(!EXEMPT.iter().any(|field| banking.is_reviewed(field)));
        assert!(!Preset::Payments.policies().is_reviewed("lastName"));
    }

    #[test]
    fn what_was_kept_before_a_policy_was_known_has_its_default() {
        let kept: Policies = serde_json::from_str(r#"{"switchPlatform":false,"currency":"CHF"}"#).unwrap();
        assert!(!kept.switch_platform && kept.kyc_review_on_change);
        let policies = Preset::Marketplace.policies();
        let text = serde_json::to_string(&policies).unwrap();
        assert_eq!(serde_json::from_str::<Policies>(&text).unwrap(), policies);
    }
}
