//! The platform in the API: what it decided, and how that is changed.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, SimpleObject};
use backdesk_entity::enums::{UserStatus, VerificationKind};
use chrono::{DateTime, Utc};

use super::{
    fees::FeeTerms,
    guard::{caller, policies_changed, services},
    money::MoneyInput,
    payload::{ChangePreview, MutationError, MutationOptions},
    scalars::{CurrencyCode, Decimal},
    user::patch_by,
};
use crate::{
    domain::{
        policy::{self, Preset, Registration},
        user::{AmountGiven, Patch},
    },
    service::{
        error::{ApiError, Outcome},
        policy::{PoliciesChanged, PolicyChange, PolicyRecord},
        user,
    },
};

/// The platform whose users these are.
#[derive(SimpleObject)]
struct Platform {
    /// The currency of prices and fees.
    currency: CurrencyCode,
    /// What a user pays who has no fees of their own.
    standard_fees: StandardFees,
    /// What the platform decided where back offices differ.
    policies: Policies,
    /// Rises with every change of these; 0 as long as nobody decided anything.
    version: i32,
    /// When they changed last.
    updated_at: Option<DateTime<Utc>>,
}

/// What a user pays who has no fees of their own.
#[derive(SimpleObject)]
struct StandardFees {
    /// What is added to a price when the user books.
    asker: FeeTerms,
    /// What is taken from a price when the user provides.
    offerer: FeeTerms,
}

/// What the platform decided where back offices differ. Acts that a policy does not allow answer `POLICY_FORBIDS` with its
/// name.
#[expect(clippy::struct_excessive_bools, reason = "each is decided by itself")]
#[derive(SimpleObject)]
struct Policies {
    /// Who may open an account for a user.
    registration: Registration,
    /// Whether a user may be customer and vendor at once. Switched off, those who are stay so, and the side of a user is
    /// chosen once.
    switch_platform: bool,
    /// Where new users stand.
    initial_status: UserStatus,
    /// The fields of a user that staff may edit, or parts with all of theirs, as the audit trail names them; null: all. It
    /// holds for `userUpdate`, `userUpdateContact` and the picture. What has a mutation of its own besides (status, fees,
    /// groups, ties, guests, documents …) it leaves to whoever has the permission.
    direct_edit_fields: Option<Vec<String>>,
    /// Whether a change of a user whose KYC is validated is reviewed.
    kyc_review_on_change: bool,
    /// The fields that may change without a review, or parts with all of theirs.
    kyc_exempt_fields: Vec<String>,
    /// What staff may mark as verified by hand.
    operator_verifies: Vec<VerificationKind>,
    /// Whether bank accounts are shown to those who may see them. Switched off, nobody sees them, filters by them or finds
    /// their values in the audit trail, administrators included; other systems go on recording them.
    show_bank_accounts: bool,
    /// How long the link of an invitation to the staff is good, in hours.
    staff_invitation_hours: u32,
    /// The same of one that is sent again.
    staff_resend_hours: u32,
    /// How long a link to set a new password is good, in hours.
    password_reset_hours: u32,
    /// Whether staff must have a second factor. Who has one is asked for it in any case.
    staff_second_factor: bool,
}

impl From<PolicyRecord> for Platform {
    fn from(record: PolicyRecord) -> Self {
        let PolicyRecord { policies, version, updated_at } = record;
        let policy::Policies {
            currency,
            fees,
            registration,
            switch_platform,
            initial_status,
            direct_edit_fields,
            kyc_review_on_change,
            kyc_exempt_fields,
            operator_verifies,
            show_bank_accounts,
            staff_invitation_hours,
            staff_resend_hours,
            password_reset_hours,
            staff_second_factor,
        } = policies;
        Self {
            currency: CurrencyCode(currency.code().to_owned()),
            standard_fees: StandardFees {
                asker: FeeTerms::of(fees.asker, currency),
                offerer: FeeTerms::of(fees.offerer, currency),
            },
            policies: Policies {
                registration,
                switch_platform,
                initial_status,
                direct_edit_fields: direct_edit_fields.map(|names| names.into_iter().collect()),
                kyc_review_on_change,
                kyc_exempt_fields: kyc_exempt_fields.into_iter().collect(),
                operator_verifies: operator_verifies.into_iter().collect(),
                show_bank_accounts,
                staff_invitation_hours,
                staff_resend_hours,
                password_reset_hours,
                staff_second_factor,
            },
            version,
            updated_at,
        }
    }
}

/// Standard fees on one side of a booking, decided anew. What is not mentioned stays as it is. There is nothing behind the
/// standard that null could stand for: 0 is none.
#[derive(Debug, InputObject)]
struct StandardFeeInput {
    /// The part of the price, in percent from 0 to 100 with two decimals at most.
    percent: MaybeUndefined<Decimal>,
    /// What is added to that, in the platform's currency; not negative.
    fixed: MaybeUndefined<MoneyInput>,
}

/// What is decided anew. What is not mentioned stays as it is.
#[derive(Debug, InputObject)]
struct PolicyInput {
    /// The ways of a kind of platform, but for its currency and fees; what else is mentioned comes on top.
    preset: Option<Preset>,
    /// The currency of prices and fees. Fixed fees that are not zero are to be given with it.
    currency: Option<CurrencyCode>,
    /// What is added to a price when users book.
    asker_fee: Option<StandardFeeInput>,
    /// What is taken from a price when users provide.
    offerer_fee: Option<StandardFeeInput>,
    /// Who may open an account for a user.
    registration: Option<Registration>,
    /// Whether a user may be customer and vendor at once.
    switch_platform: Option<bool>,
    /// Where new users stand: `LIVE` or `IN_REVIEW`.
    initial_status: Option<UserStatus>,
    /// The fields of a user that staff may edit, as the audit trail names them, or parts with all of theirs; null: all.
    direct_edit_fields: MaybeUndefined<Vec<String>>,
    /// Whether a change of a user whose KYC is validated is reviewed.
    kyc_review_on_change: Option<bool>,
    /// The fields that may change without a review, or parts with all of theirs.
    kyc_exempt_fields: Option<Vec<String>>,
    /// What staff may mark as verified by hand.
    operator_verifies: Option<Vec<VerificationKind>>,
    /// Whether bank accounts are shown.
    show_bank_accounts: Option<bool>,
    /// How long the link of an invitation to the staff is good, in hours: 1 to 744.
    staff_invitation_hours: Option<u32>,
    /// The same of one that is sent again.
    staff_resend_hours: Option<u32>,
    /// How long a link to set a new password is good, in hours: 1 to 744.
    password_reset_hours: Option<u32>,
    /// Whether staff must have a second factor. Who has one is asked for it in any case.
    staff_second_factor: Option<bool>,
}

impl From<PolicyInput> for PolicyChange {
    fn from(input: PolicyInput) -> Self {
        let PolicyInput {
            preset,
            currency,
            asker_fee,
            offerer_fee,
            registration,
            switch_platform,
            initial_status,
            direct_edit_fields,
            kyc_review_on_change,
            kyc_exempt_fields,
            operator_verifies,
            show_bank_accounts,
            staff_invitation_hours,
            staff_resend_hours,
            password_reset_hours,
            staff_second_factor,
        } = input;
        let rule = |fee: Option<StandardFeeInput>| match fee {
            Some(StandardFeeInput { percent, fixed }) => {
                (patch_by(percent, |percent| percent.0), patch_by(fixed, AmountGiven::from))
            }
            None => (Patch::Keep, Patch::Keep),
        };
        let ((asker_percent, asker_fixed), (offerer_percent, offerer_fixed)) =
            (rule(asker_fee), rule(offerer_fee));
        Self {
            preset,
            currency: currency.map(|code| code.0),
            asker_percent,
            asker_fixed,
            offerer_percent,
            offerer_fixed,
            registration,
            switch_platform,
            initial_status,
            direct_edit_fields: patch_by(direct_edit_fields, |names| names),
            kyc_review_on_change,
            kyc_exempt_fields,
            operator_verifies,
            show_bank_accounts,
            staff_invitation_hours,
            staff_resend_hours,
            password_reset_hours,
            staff_second_factor,
        }
    }
}

/// What a change of policies answers.
#[derive(SimpleObject)]
struct PlatformPayload {
    /// The platform as it is now; null when there are errors. With `validateOnly`, as it still is.
    platform: Option<Platform>,
    /// Everything that is wrong with the input.
    errors: Vec<MutationError>,
    /// Whether `validateOnly` was asked for: nothing changed.
    validated_only: bool,
    /// What would change; with `validateOnly`, unless there are errors.
    preview: Option<ChangePreview>,
}

/// The query for the platform.
#[derive(Debug, Default)]
pub(super) struct PlatformQuery;

/// The query for the platform.
#[Object]
impl PlatformQuery {
    /// What the platform decided: its policies, currency and standard fees.
    async fn platform(&self, ctx: &Context<'_>) -> Result<Platform, ApiError> {
        Ok(services(ctx)?.policies(caller(ctx)?).await?.into())
    }
}

/// The act on the platform.
#[derive(Debug, Default)]
pub(super) struct PlatformMutation;

/// The act on the platform.
#[Object]
impl PlatformMutation {
    /// Decides policies anew: every act follows them from then on. What users have already is left as it is.
    async fn platform_update_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided.")] input: PolicyInput,
        #[graphql(desc = "Preview, retry safety, lost-update safety and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<PlatformPayload, ApiError> {
        let options: user::MutationOptions = options.into();
        let validated_only = options.validate_only;
        let change = input.into();
        let outcome = services(ctx)?.update_policies(caller(ctx)?, &change, &options);
        let outcome = Box::pin(outcome).await?;
        // what comes next in the request follows what was decided
        policies_changed(ctx)?;
        Ok(match outcome {
            Outcome::Done(PoliciesChanged { record, preview }) => PlatformPayload {
                platform: Some(record.into()),
                errors: Vec::new(),
                validated_only,
                preview: preview.map(|changes| ChangePreview::of(None, changes)),
            },
            Outcome::Problems(problems) => PlatformPayload {
                platform: None,
                errors: problems.into_iter().map(MutationError::from).collect(),
                validated_only,
                preview: None,
            },
        })
    }
}
