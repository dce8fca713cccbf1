//! The wide parts of a user object.

use backdesk_entity::enums::PersonType;

use crate::{
    domain::user::{
        AmountGiven, CompanyChange, FinancesChange, OccupationChange, Patch, ProviderChange, SanctionsChange,
        TaxChange,
    },
    service::import::fields::Fields,
};

/// The currency of a share capital: the API names none, and is one of the euro area.
pub(in crate::service) const EURO: &str = "EUR";

/// The company. Of a natural person the API says that it is not on the stock exchange as well, which makes no company.
pub(super) fn company(f: &mut Fields, person_type: Patch<PersonType>) -> CompanyChange {
    let on_stock_exchange = match (f.flag("isOnStockExchange"), person_type) {
        (Patch::Set(false), Patch::Set(PersonType::NaturalPerson) | Patch::Keep | Patch::Clear) => {
            Patch::Keep
        }
        (given, _) => given,
    };
    CompanyChange {
        legal_name: f.text("legalName"),
        embossed_name: f.text("legalNameEmbossed"),
        registration_number: f.text("legalRegistrationNumber"),
        vat_number: f.text("legalTvaNumber"),
        registered_on: day(f, "legalRegistrationDate"),
        legal_form: f.text("legalForm"),
        share_capital: share_capital(f),
        entity_type: f.text("entityType"),
        sector: f.text("legalSector"),
        sector_type: f.text("legalSectorType"),
        annual_turnover: f.text("legalAnnualTurnOver"),
        net_income_range: f.text("legalNetIncomeRange"),
        employee_range: f.text("legalNumberOfEmployeeRange"),
        on_stock_exchange,
        ..CompanyChange::default()
    }
}

/// Whole units. A zero says as little as null: there is no company without capital that would have to say so. Dumps name
/// the currency where it is another one.
fn share_capital(f: &mut Fields) -> Patch<AmountGiven> {
    match f.text("legalShareCapital") {
        Patch::Set(amount) if amount.trim().parse() == Ok(0.0) => Patch::Clear,
        given => given.map(|given| {
            let (amount, currency) = given.trim().split_once(' ').unwrap_or((&given, EURO));
            AmountGiven { amount: amount.to_owned(), currency: currency.to_owned() }
        }),
    }
}

pub(super) fn occupation(f: &mut Fields) -> OccupationChange {
    OccupationChange {
        title: f.text("occupation"),
        kind: f.text("occupationType"),
        position: f.text("position"),
    }
}

pub(super) fn finances(f: &mut Fields) -> FinancesChange {
    FinancesChange {
        income_range: f.text("incomeRange"),
        personal_assets: f.text("personalAssets"),
        source_of_funds: f.text("sourceOfFunds"),
        sepa_creditor_identifier: f.text("sepaCreditorIdentifier"),
    }
}

pub(super) fn tax(f: &mut Fields) -> TaxChange {
    TaxChange {
        tax_number: f.text("taxNumber"),
        tax_residence: f.text("taxResidence"),
        specified_us_person: f.flag("specifiedUSPerson"),
    }
}

pub(super) fn sanctions(f: &mut Fields) -> SanctionsChange {
    SanctionsChange {
        activity_outside_eu: f.flag("activityOutsideEu"),
        economic: f.flag("economicSanctions"),
        resident_countries: f.flag("residentCountriesSanctions"),
        involved: f.flag("involvedSanctions"),
        questionnaire_on: day(f, "sanctionsQuestionnaireDate"),
    }
}

pub(super) fn provider(f: &mut Fields) -> ProviderChange {
    ProviderChange {
        code_status: f.text("codeStatus"),
        information_status: f.text("informationStatus"),
        wallet_count: f.number("walletCount"),
        payin_count: f.number("payinCount"),
    }
}

/// A day, which may have a time behind it.
fn day(f: &mut Fields, name: &str) -> Patch<String> {
    f.text(name).map(|text| text.split_whitespace().next().unwrap_or_default().to_owned())
}
