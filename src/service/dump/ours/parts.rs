//! The wide parts of a user, as the API's inputs have them; what nothing is known of is null.

#![expect(clippy::ref_option, reason = "columns are asked for as the record has them")]

use backdesk_entity::{
    user_company, user_fees, user_finances, user_occupation, user_provider, user_sanctions, user_tax,
};
use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    domain::{money::Money, percent},
    store::user::{Address, Wide, WidePart},
};

/// All of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parts<'a> {
    company: Option<Company<'a>>,
    occupation: Option<Occupation<'a>>,
    finances: Option<Finances<'a>>,
    tax: Option<Tax<'a>>,
    sanctions: Option<Sanctions>,
    fees: Option<Fees<'a>>,
    provider: Option<Provider<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Company<'a> {
    legal_name: &'a Option<String>,
    embossed_name: &'a Option<String>,
    business_name: &'a Option<String>,
    registration_number: &'a Option<String>,
    vat_number: &'a Option<String>,
    registered_on: Option<NaiveDate>,
    legal_form: &'a Option<String>,
    share_capital: Option<Amount<'a>>,
    entity_type: &'a Option<String>,
    sector: &'a Option<String>,
    sector_type: &'a Option<String>,
    annual_turnover: &'a Option<String>,
    net_income_range: &'a Option<String>,
    employee_range: &'a Option<String>,
    employee_count: Option<i32>,
    on_stock_exchange: Option<bool>,
    country_of_incorporation: &'a Option<String>,
    site: &'a Option<String>,
    business_type: &'a Option<String>,
    description: &'a Option<String>,
    operations_area: &'a Option<String>,
    other_contact: &'a Option<String>,
    address: Option<&'a Address>,
}

#[derive(Serialize)]
struct Amount<'a> {
    amount: String,
    currency: &'a str,
}

#[derive(Serialize)]
struct Occupation<'a> {
    title: &'a Option<String>,
    kind: &'a Option<String>,
    position: &'a Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finances<'a> {
    income_range: &'a Option<String>,
    personal_assets: &'a Option<String>,
    source_of_funds: &'a Option<String>,
    sepa_creditor_identifier: &'a Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the API's")]
struct Tax<'a> {
    tax_number: &'a Option<String>,
    tax_residence: &'a Option<String>,
    specified_us_person: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sanctions {
    activity_outside_eu: Option<bool>,
    economic: Option<bool>,
    resident_countries: Option<bool>,
    involved: Option<bool>,
    questionnaire_on: Option<NaiveDate>,
}

#[derive(Serialize)]
struct Fees<'a> {
    asker: Fee<'a>,
    offerer: Fee<'a>,
}

#[derive(Serialize)]
struct Fee<'a> {
    percent: Option<String>,
    fixed: Option<Amount<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Provider<'a> {
    code_status: &'a Option<String>,
    information_status: &'a Option<String>,
    wallet_count: Option<i32>,
    payin_count: Option<i32>,
}

/// Those of one user; `address` is that of the company.
pub(super) fn parts<'a>(wide: &'a Wide, address: Option<&'a Address>) -> Parts<'a> {
    let Wide { company, occupation, finances, tax, sanctions, fees, provider } = wide;
    Parts {
        // where it sits is known of it as well
        company: company
            .as_ref()
            .filter(|part| address.is_some() || !part.is_blank())
            .map(|part| self::company(part, address)),
        occupation: known(occupation).map(self::occupation),
        finances: known(finances).map(self::finances),
        tax: known(tax).map(self::tax),
        sanctions: known(sanctions).map(self::sanctions),
        fees: known(fees).map(self::fees),
        provider: known(provider).map(self::provider),
    }
}

/// A part that says something.
fn known<P: WidePart>(part: &Option<P>) -> Option<&P> {
    part.as_ref().filter(|part| !part.is_blank())
}

fn company<'a>(part: &'a user_company::Model, address: Option<&'a Address>) -> Company<'a> {
    let user_company::Model {
        user_id: _,
        legal_name,
        embossed_name,
        business_name,
        registration_number,
        vat_number,
        registered_on,
        legal_form,
        share_capital_minor,
        share_capital_currency,
        entity_type,
        sector,
        sector_type,
        annual_turnover,
        net_income_range,
        employee_range,
        employee_count,
        on_stock_exchange,
        country_of_incorporation,
        site,
        business_type,
        description,
        operations_area,
        other_contact,
        legal_name_folded: _,
        business_name_folded: _,
        registration_number_squeezed: _,
    } = part;
    Company {
        legal_name,
        embossed_name,
        business_name,
        registration_number,
        vat_number,
        registered_on: *registered_on,
        legal_form,
        share_capital: amount(*share_capital_minor, share_capital_currency),
        entity_type,
        sector,
        sector_type,
        annual_turnover,
        net_income_range,
        employee_range,
        employee_count: *employee_count,
        on_stock_exchange: *on_stock_exchange,
        country_of_incorporation,
        site,
        business_type,
        description,
        operations_area,
        other_contact,
        address,
    }
}

fn amount(minor: Option<i64>, currency: &Option<String>) -> Option<Amount<'_>> {
    let currency = currency.as_deref()?;
    Some(Amount { amount: Money::kept(minor?, currency)?.amount(), currency })
}

fn occupation(part: &user_occupation::Model) -> Occupation<'_> {
    let user_occupation::Model { user_id: _, title, kind, position } = part;
    Occupation { title, kind, position }
}

fn finances(part: &user_finances::Model) -> Finances<'_> {
    let user_finances::Model {
        user_id: _,
        income_range,
        personal_assets,
        source_of_funds,
        sepa_creditor_identifier,
    } = part;
    Finances { income_range, personal_assets, source_of_funds, sepa_creditor_identifier }
}

fn tax(part: &user_tax::Model) -> Tax<'_> {
    let user_tax::Model { user_id: _, tax_number, tax_residence, specified_us_person } = part;
    Tax { tax_number, tax_residence, specified_us_person: *specified_us_person }
}

fn sanctions(part: &user_sanctions::Model) -> Sanctions {
    let user_sanctions::Model {
        user_id: _,
        activity_outside_eu,
        economic,
        resident_countries,
        involved,
        questionnaire_on,
    } = *part;
    Sanctions { activity_outside_eu, economic, resident_countries, involved, questionnaire_on }
}

fn fees(part: &user_fees::Model) -> Fees<'_> {
    let user_fees::Model {
        user_id: _,
        asker_percent,
        asker_fixed_minor,
        asker_fixed_currency,
        offerer_percent,
        offerer_fixed_minor,
        offerer_fixed_currency,
    } = part;
    let percent = |number: &Option<i32>| number.map(percent::print);
    Fees {
        asker: Fee {
            percent: percent(asker_percent),
            fixed: amount(*asker_fixed_minor, asker_fixed_currency),
        },
        offerer: Fee {
            percent: percent(offerer_percent),
            fixed: amount(*offerer_fixed_minor, offerer_fixed_currency),
        },
    }
}

fn provider(part: &user_provider::Model) -> Provider<'_> {
    let user_provider::Model { user_id: _, code_status, information_status, wallet_count, payin_count } =
        part;
    Provider { code_status, information_status, wallet_count: *wallet_count, payin_count: *payin_count }
}
