//! What a user does, owns, owes and answered, with the inputs that change it.

use async_graphql::{InputObject, MaybeUndefined, SimpleObject};

use super::input::{patch, patch_by};
use crate::{
    domain::user::{FinancesChange, OccupationChange, SanctionsChange, TaxChange},
    graphql::scalars::{CountryCode, Date},
    service::user::{
        Finances as FinancesRow, Occupation as OccupationRow, Sanctions as SanctionsRow, Tax as TaxRow,
    },
};

/// What a user does for a living.
#[derive(SimpleObject)]
pub(super) struct Occupation {
    /// What the occupation is called.
    pub(super) title: Option<String>,
    /// Which kind it is, in the words of the payment provider.
    pub(super) kind: Option<String>,
    /// The place in the organisation.
    pub(super) position: Option<String>,
}

impl From<OccupationRow> for Occupation {
    fn from(row: OccupationRow) -> Self {
        let OccupationRow { user_id: _, title, kind, position } = row;
        Self { title, kind, position }
    }
}

/// How a user stands financially.
#[derive(SimpleObject)]
pub(super) struct Finances {
    /// The income, as a range of the payment provider's.
    pub(super) income_range: Option<String>,
    /// What the user owns, as a range of the payment provider's.
    pub(super) personal_assets: Option<String>,
    /// Where the money comes from.
    pub(super) source_of_funds: Option<String>,
    /// By what the user collects direct debits.
    pub(super) sepa_creditor_identifier: Option<String>,
}

impl From<FinancesRow> for Finances {
    fn from(row: FinancesRow) -> Self {
        let FinancesRow {
            user_id: _,
            income_range,
            personal_assets,
            source_of_funds,
            sepa_creditor_identifier,
        } = row;
        Self { income_range, personal_assets, source_of_funds, sepa_creditor_identifier }
    }
}

/// Where and how a user is taxed.
#[expect(clippy::struct_field_names, reason = "the number of a tax is called so")]
#[derive(SimpleObject)]
pub(super) struct Tax {
    /// The number that the tax office gave.
    pub(super) tax_number: Option<String>,
    /// The country where the user is taxed.
    pub(super) tax_residence: Option<CountryCode>,
    /// Whether the user is a specified US person (FATCA); null where that was not asked.
    pub(super) specified_us_person: Option<bool>,
}

impl From<TaxRow> for Tax {
    fn from(row: TaxRow) -> Self {
        let TaxRow { user_id: _, tax_number, tax_residence, specified_us_person } = row;
        Self { tax_number, tax_residence: tax_residence.map(CountryCode), specified_us_person }
    }
}

/// What a user answered about sanctions; null where a question was not answered.
#[derive(SimpleObject)]
pub(super) struct Sanctions {
    /// Whether the user is active outside the European Union.
    pub(super) activity_outside_eu: Option<bool>,
    /// Whether the user is under economic sanctions.
    pub(super) economic: Option<bool>,
    /// Whether the user lives in a country under sanctions.
    pub(super) resident_countries: Option<bool>,
    /// Whether the user is involved with somebody under sanctions.
    pub(super) involved: Option<bool>,
    /// The day on which the questionnaire was answered.
    pub(super) questionnaire_on: Option<Date>,
}

impl From<SanctionsRow> for Sanctions {
    fn from(row: SanctionsRow) -> Self {
        let SanctionsRow {
            user_id: _,
            activity_outside_eu,
            economic,
            resident_countries,
            involved,
            questionnaire_on,
        } = row;
        Self {
            activity_outside_eu,
            economic,
            resident_countries,
            involved,
            questionnaire_on: questionnaire_on.map(|day| Date(day.to_string())),
        }
    }
}

/// Changes to what a user does for a living: what is absent stays, what is null becomes empty.
#[derive(Debug, InputObject)]
pub(super) struct OccupationInput {
    /// What the occupation is called.
    title: MaybeUndefined<String>,
    /// Which kind it is, in the words of the payment provider.
    kind: MaybeUndefined<String>,
    /// The place in the organisation.
    position: MaybeUndefined<String>,
}

impl From<OccupationInput> for OccupationChange {
    fn from(input: OccupationInput) -> Self {
        let OccupationInput { title, kind, position } = input;
        Self { title: patch(title), kind: patch(kind), position: patch(position) }
    }
}

/// Changes to how a user stands financially: what is absent stays, what is null becomes empty.
#[derive(Debug, InputObject)]
pub(super) struct FinancesInput {
    /// The income, as a range of the payment provider's.
    income_range: MaybeUndefined<String>,
    /// What the user owns, as a range of the payment provider's.
    personal_assets: MaybeUndefined<String>,
    /// Where the money comes from.
    source_of_funds: MaybeUndefined<String>,
    /// By what the user collects direct debits, such as `DE98ZZZ09999999999`.
    sepa_creditor_identifier: MaybeUndefined<String>,
}

impl From<FinancesInput> for FinancesChange {
    fn from(input: FinancesInput) -> Self {
        let FinancesInput { income_range, personal_assets, source_of_funds, sepa_creditor_identifier } =
            input;
        Self {
            income_range: patch(income_range),
            personal_assets: patch(personal_assets),
            source_of_funds: patch(source_of_funds),
            sepa_creditor_identifier: patch(sepa_creditor_identifier),
        }
    }
}

/// Changes to where and how a user is taxed: what is absent stays, what is null becomes empty.
#[derive(Debug, InputObject)]
pub(super) struct TaxInput {
    /// The number that the tax office gave.
    tax_number: MaybeUndefined<String>,
    /// The country where the user is taxed.
    tax_residence: MaybeUndefined<CountryCode>,
    /// Whether the user is a specified US person (FATCA).
    specified_us_person: MaybeUndefined<bool>,
}

impl From<TaxInput> for TaxChange {
    fn from(input: TaxInput) -> Self {
        let TaxInput { tax_number, tax_residence, specified_us_person } = input;
        Self {
            tax_number: patch(tax_number),
            tax_residence: patch_by(tax_residence, |code| code.0),
            specified_us_person: patch(specified_us_person),
        }
    }
}

/// Changes to what a user answered about sanctions: what is absent stays, what is null becomes empty.
#[derive(Debug, InputObject)]
pub(super) struct SanctionsInput {
    /// Whether the user is active outside the European Union.
    activity_outside_eu: MaybeUndefined<bool>,
    /// Whether the user is under economic sanctions.
    economic: MaybeUndefined<bool>,
    /// Whether the user lives in a country under sanctions.
    resident_countries: MaybeUndefined<bool>,
    /// Whether the user is involved with somebody under sanctions.
    involved: MaybeUndefined<bool>,
    /// The day on which the questionnaire was answered, not in the future.
    questionnaire_on: MaybeUndefined<Date>,
}

impl From<SanctionsInput> for SanctionsChange {
    fn from(input: SanctionsInput) -> Self {
        let SanctionsInput { activity_outside_eu, economic, resident_countries, involved, questionnaire_on } =
            input;
        Self {
            activity_outside_eu: patch(activity_outside_eu),
            economic: patch(economic),
            resident_countries: patch(resident_countries),
            involved: patch(involved),
            questionnaire_on: patch_by(questionnaire_on, |day| day.0),
        }
    }
}
