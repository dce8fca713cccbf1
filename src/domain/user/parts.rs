//! Changes to the wide parts of a user. A cleared attribute is empty, a cleared part is gone.

use serde::Serialize;

use super::{AddressChange, Patch};
use crate::domain::{
    money::{Currency, Money},
    problem::Problems,
};

/// An amount of money as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AmountGiven {
    /// How much, in whole units with decimals.
    pub amount: String,
    /// The code of the currency.
    pub currency: String,
}

impl AmountGiven {
    /// The amount, which is not negative; what is wrong with it is a problem under `path`.
    pub fn judge(&self, path: &str, problems: &mut Problems) -> Option<Money> {
        let currency = problems.check(&format!("{path}.currency"), Currency::parse(&self.currency))?;
        let amount = Money::parse(&self.amount, currency).and_then(Money::not_negative);
        problems.check(&format!("{path}.amount"), amount)
    }
}

/// Changes to the company that a user is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct CompanyChange {
    pub legal_name: Patch<String>,
    pub embossed_name: Patch<String>,
    pub business_name: Patch<String>,
    pub registration_number: Patch<String>,
    pub vat_number: Patch<String>,
    pub registered_on: Patch<String>,
    pub legal_form: Patch<String>,
    pub share_capital: Patch<AmountGiven>,
    pub entity_type: Patch<String>,
    pub sector: Patch<String>,
    pub sector_type: Patch<String>,
    pub annual_turnover: Patch<String>,
    pub net_income_range: Patch<String>,
    pub employee_range: Patch<String>,
    pub employee_count: Patch<i32>,
    pub on_stock_exchange: Patch<bool>,
    pub country_of_incorporation: Patch<String>,
    pub site: Patch<String>,
    pub business_type: Patch<String>,
    pub description: Patch<String>,
    pub operations_area: Patch<String>,
    pub other_contact: Patch<String>,
    pub address: Patch<AddressChange>,
}

/// Changes to what a user does for a living.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct OccupationChange {
    pub title: Patch<String>,
    pub kind: Patch<String>,
    pub position: Patch<String>,
}

/// Changes to how a user stands financially.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct FinancesChange {
    pub income_range: Patch<String>,
    pub personal_assets: Patch<String>,
    pub source_of_funds: Patch<String>,
    pub sepa_creditor_identifier: Patch<String>,
}

/// Changes to how a user is taxed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct TaxChange {
    pub tax_number: Patch<String>,
    pub tax_residence: Patch<String>,
    pub specified_us_person: Patch<bool>,
}

/// Changes to what a user answered about sanctions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct SanctionsChange {
    pub activity_outside_eu: Patch<bool>,
    pub economic: Patch<bool>,
    pub resident_countries: Patch<bool>,
    pub involved: Patch<bool>,
    pub questionnaire_on: Patch<String>,
}

/// Changes to a user's own fees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct FeesChange {
    pub asker_percent: Patch<String>,
    pub asker_fixed: Patch<AmountGiven>,
    pub offerer_percent: Patch<String>,
    pub offerer_fixed: Patch<AmountGiven>,
}

/// Changes to what the payment provider says of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct ProviderChange {
    pub code_status: Patch<String>,
    pub information_status: Patch<String>,
    pub wallet_count: Patch<i32>,
    pub payin_count: Patch<i32>,
}
