//! The wide parts of a row.

use super::address;
use crate::{
    domain::user::{
        AmountGiven, CompanyChange, FeesChange, FinancesChange, OccupationChange, Patch, ProviderChange,
        SanctionsChange, TaxChange,
    },
    service::import::fields::Fields,
};

pub(super) fn company(f: &mut Fields) -> CompanyChange {
    CompanyChange {
        legal_name: f.text("legalName"),
        embossed_name: f.text("embossedName"),
        business_name: f.text("businessName"),
        registration_number: f.text("registrationNumber"),
        vat_number: f.text("vatNumber"),
        registered_on: f.text("registeredOn"),
        legal_form: f.text("legalForm"),
        share_capital: amount(f, "shareCapital"),
        entity_type: f.text("entityType"),
        sector: f.text("sector"),
        sector_type: f.text("sectorType"),
        annual_turnover: f.text("annualTurnover"),
        net_income_range: f.text("netIncomeRange"),
        employee_range: f.text("employeeRange"),
        employee_count: f.number("employeeCount"),
        on_stock_exchange: f.flag("onStockExchange"),
        country_of_incorporation: f.text("countryOfIncorporation"),
        site: f.text("site"),
        business_type: f.text("businessType"),
        description: f.text("description"),
        operations_area: f.text("operationsArea"),
        other_contact: f.text("otherContact"),
        address: f.object("address", address),
    }
}

pub(super) fn occupation(f: &mut Fields) -> OccupationChange {
    OccupationChange { title: f.text("title"), kind: f.text("kind"), position: f.text("position") }
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
        specified_us_person: f.flag("specifiedUsPerson"),
    }
}

pub(super) fn sanctions(f: &mut Fields) -> SanctionsChange {
    SanctionsChange {
        activity_outside_eu: f.flag("activityOutsideEu"),
        economic: f.flag("economic"),
        resident_countries: f.flag("residentCountries"),
        involved: f.flag("involved"),
        questionnaire_on: f.text("questionnaireOn"),
    }
}

pub(super) fn fees(f: &mut Fields) -> FeesChange {
    let mut side = |name| {
        let side = f.object(name, |f| (f.text("percent"), amount(f, "fixed")));
        match side {
            Patch::Keep => (Patch::Keep, Patch::Keep),
            Patch::Clear => (Patch::Clear, Patch::Clear),
            Patch::Set(side) => side,
        }
    };
    let (asker, offerer) = (side("asker"), side("offerer"));
    FeesChange {
        asker_percent: asker.0,
        asker_fixed: asker.1,
        offerer_percent: offerer.0,
        offerer_fixed: offerer.1,
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

/// An amount with its currency. Two cells of csv that are empty are no amount.
fn amount(f: &mut Fields, name: &str) -> Patch<AmountGiven> {
    let given = f.object(name, |f| match (f.text("amount"), f.text("currency")) {
        (Patch::Set(amount), Patch::Set(currency)) => Some(AmountGiven { amount, currency }),
        (Patch::Clear, Patch::Clear) => None,
        _ => {
            f.refuse("amount", "Write an amount with its currency.");
            None
        }
    });
    match given {
        Patch::Keep => Patch::Keep,
        Patch::Clear | Patch::Set(None) => Patch::Clear,
        Patch::Set(Some(amount)) => Patch::Set(amount),
    }
}
