//! The policies of the platform: who sees them, how they are changed, and what a first start decides.

use std::{collections::BTreeSet, sync::Arc};

use backdesk_entity::enums::{UserStatus, VerificationKind};
use serde::Serialize;

use super::{
    Services,
    error::{ApiError, Outcome},
    user::{MutationOptions, changed_meanwhile, finish, moment, replay},
};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::{
        fees::{FeeRule, FeeRules},
        money::{Currency, Money},
        percent,
        policy::{Policies, Preset, Registration, field_name},
        problem::{ProblemCode, Problems},
        user::{AmountGiven, Patch},
    },
    store::audit::{Change, FieldChange, Target},
};

pub use crate::store::policy::PolicyRecord;

/// Names of fields in one list at most: more than there are.
const MOST: usize = 200;

/// What is to be decided anew. What is not mentioned stays as it is.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(missing_docs, reason = "`Policies` documents each policy")]
pub struct PolicyChange {
    /// The ways of a kind of platform, but for its currency and fees; what else is mentioned comes on top.
    pub preset: Option<Preset>,
    pub currency: Option<String>,
    pub asker_percent: Patch<String>,
    pub asker_fixed: Patch<AmountGiven>,
    pub offerer_percent: Patch<String>,
    pub offerer_fixed: Patch<AmountGiven>,
    pub registration: Option<Registration>,
    pub switch_platform: Option<bool>,
    pub initial_status: Option<UserStatus>,
    /// Null: all fields.
    pub direct_edit_fields: Patch<Vec<String>>,
    pub kyc_review_on_change: Option<bool>,
    pub kyc_exempt_fields: Option<Vec<String>>,
    pub operator_verifies: Option<Vec<VerificationKind>>,
    pub show_bank_accounts: Option<bool>,
    pub staff_invitation_hours: Option<u32>,
    pub staff_resend_hours: Option<u32>,
    pub password_reset_hours: Option<u32>,
    pub staff_second_factor: Option<bool>,
}

/// The policies after a change.
#[derive(Debug, Clone)]
pub struct PoliciesChanged {
    /// As they are now; of a preview, as they still are.
    pub record: PolicyRecord,
    /// What would change, by the names and values of the audit trail; of a preview alone.
    pub preview: Option<Vec<FieldChange>>,
}

impl Services {
    /// The policies as they are.
    pub async fn policies(&self, caller: &Arc<Caller>) -> Result<PolicyRecord, ApiError> {
        let permit = self.permit(caller, Action::Platform).await?;
        Ok(self.store().read(&permit).policies().await?)
    }

    /// Changes policies: from its commit on, every act follows them.
    pub async fn update_policies(
        &self,
        caller: &Arc<Caller>,
        change: &PolicyChange,
        options: &MutationOptions,
    ) -> Result<Outcome<PoliciesChanged>, ApiError> {
        let permit = self.permit(caller, Action::PlatformUpdatePolicy).await?;
        let writer = options.open(self.store(), &permit).await?;
        let input = (change, options.if_version, &options.reason);
        if let Some(kept) = replay::<PolicyRecord>(&writer, options, &input).await? {
            return Ok(match kept {
                Outcome::Problems(problems) => Outcome::Problems(problems),
                Outcome::Done(record) => {
                    Outcome::Done(PoliciesChanged { record, preview: options.preview(&[]) })
                }
            });
        }
        let before = writer.policies_to_change().await?;
        let mut problems = Problems::under("input");
        let row = (Target::platform(0).id, before.version);
        problems.extend(changed_meanwhile(&writer, options, ("The policies", "them"), row).await?);
        let moment = moment(&writer, options, &mut problems);
        let policies = change.applied_to(&before.policies, &mut problems);
        policies.judge(&mut problems);
        if policies.currency != before.policies.currency && writer.has_fees_but_in(policies.currency).await? {
            let message = "There are users with fixed fees of their own in another currency: find them by the filter \
                           `feesCustomized` and give these up first, null for the standard.";
            problems.add(ProblemCode::Conflict, "currency", message);
        }
        let found = problems.into_found();
        if !found.is_empty() {
            return Ok(Outcome::Problems(found));
        }
        let (after, change) = if policies == before.policies {
            (before.clone(), None)
        } else {
            let (after, fields) = writer.update_policies(&before, policies).await?;
            let target = Some(Target::platform(after.version));
            (after, Some(Change { fields, target, ..Change::default() }))
        };
        if let Some(key) = options.idempotency_key {
            writer.remember(key, &serde_json::to_vec(&after).map_err(|_| ApiError::Internal)?).await?;
        }
        let preview = finish(writer, options, moment, change).await?;
        let record = if options.validate_only { before } else { after };
        Ok(Outcome::Done(PoliciesChanged { record, preview }))
    }

    /// Decides the policies of a platform that nobody decided any of: the ways of a preset. Whether it did; of servers that
    /// start at once one does.
    pub async fn decide_preset(&self, caller: &Arc<Caller>, preset: Preset) -> Result<bool, ApiError> {
        let permit = self.permit(caller, Action::PlatformUpdatePolicy).await?;
        let writer = self.store().write(permit).await?;
        let before = writer.policies_to_change().await?;
        if before.version > 0 {
            writer.unchanged().await?;
            return Ok(false);
        }
        let (after, mut fields) = writer.update_policies(&before, preset.policies()).await?;
        // one that changes nothing was decided all the same
        fields.insert(0, FieldChange::told("preset", preset.name()));
        let target = Some(Target::platform(after.version));
        writer.commit(Change { fields, target, ..Change::default() }).await?;
        Ok(true)
    }
}

impl PolicyChange {
    /// The policies that are meant; what cannot be read of them is a problem.
    fn applied_to(&self, before: &Policies, problems: &mut Problems) -> Policies {
        let Self {
            preset,
            currency,
            asker_percent,
            asker_fixed,
            offerer_percent,
            offerer_fixed,
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
        } = self;
        let mut after = match preset {
            Some(preset) => Policies { currency: before.currency, fees: before.fees, ..preset.policies() },
            None => before.clone(),
        };
        if let Some(code) = currency
            && let Some(currency) = problems.check("currency", Currency::parse(code))
        {
            after.currency = currency;
            for rule in [&mut after.fees.asker, &mut after.fees.offerer] {
                // none is none in every currency
                rule.fixed =
                    rule.fixed.map(|fixed| if fixed.minor() == 0 { Money::of(0, currency) } else { fixed });
            }
        }
        let FeeRules { asker, offerer } = &mut after.fees;
        set_rule(asker, asker_percent, asker_fixed, "askerFee", problems);
        set_rule(offerer, offerer_percent, offerer_fixed, "offererFee", problems);
        set(&mut after.registration, *registration);
        set(&mut after.switch_platform, *switch_platform);
        set(&mut after.initial_status, *initial_status);
        set(&mut after.kyc_review_on_change, *kyc_review_on_change);
        set(&mut after.show_bank_accounts, *show_bank_accounts);
        set(&mut after.staff_invitation_hours, *staff_invitation_hours);
        set(&mut after.staff_resend_hours, *staff_resend_hours);
        set(&mut after.password_reset_hours, *password_reset_hours);
        set(&mut after.staff_second_factor, *staff_second_factor);
        set(
            &mut after.operator_verifies,
            operator_verifies.as_ref().map(|kinds| kinds.iter().copied().collect()),
        );
        match direct_edit_fields {
            Patch::Keep => {}
            Patch::Clear => after.direct_edit_fields = None,
            Patch::Set(names) => after.direct_edit_fields = Some(fields(names, "directEditFields", problems)),
        }
        if let Some(names) = kyc_exempt_fields {
            after.kyc_exempt_fields = fields(names, "kycExemptFields", problems);
        }
        after
    }
}

fn set<T>(slot: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *slot = given;
    }
}

fn fields(names: &[String], list: &str, problems: &mut Problems) -> BTreeSet<String> {
    if names.len() > MOST {
        problems.add(ProblemCode::Invalid, list, format!("Give at most {MOST} fields."));
        return BTreeSet::new();
    }
    let judged = names.iter().enumerate();
    judged.filter_map(|(i, name)| problems.check(&format!("{list}.{i}"), field_name(name))).collect()
}

fn set_rule(
    rule: &mut FeeRule,
    percent: &Patch<String>,
    fixed: &Patch<AmountGiven>,
    path: &str,
    problems: &mut Problems,
) {
    let none = "Write 0 for none: there is nothing behind the standard.";
    match percent {
        Patch::Keep => {}
        Patch::Clear => problems.add(ProblemCode::Required, &format!("{path}.percent"), none),
        Patch::Set(text) => {
            rule.percent = problems.check(&format!("{path}.percent"), percent::parse(text)).or(rule.percent);
        }
    }
    match fixed {
        Patch::Keep => {}
        Patch::Clear => problems.add(ProblemCode::Required, &format!("{path}.fixed"), none),
        Patch::Set(given) => rule.fixed = given.judge(&format!("{path}.fixed"), problems).or(rule.fixed),
    }
}
