//! The wide parts of a user, judged as everything else that callers type.

use std::collections::BTreeMap;

use backdesk_entity::{
    enums::{AddressKind, PersonType},
    user_company, user_fees, user_finances, user_occupation, user_provider, user_sanctions, user_tax,
};
use chrono::NaiveDate;

use super::{LINE, NAME, choose, move_to, set};
use crate::{
    domain::{
        country, creditor_identifier, link,
        mistake::Mistake,
        past_day, percent,
        problem::{ProblemCode, Problems},
        text,
        user::{
            AmountGiven, CompanyChange, FeesChange, FinancesChange, OccupationChange, Patch, ProviderChange,
            SanctionsChange, TaxChange, UserChange,
        },
        vat_number,
    },
    store::user::{UserFile, WidePart},
};

/// Characters of a number that a register or an office gave at most.
const NUMBER: usize = 50;
/// Characters of the description of a company at most.
const DESCRIPTION: usize = 2000;
/// Nobody employs more: what is larger is a slip.
const EMPLOYEES: i32 = 10_000_000;

type Line = fn(&str) -> Result<String, Mistake>;

const NAMED: Line = |given| text::clean_line(given, NAME);
const LINED: Line = |given| text::clean_line(given, LINE);
const NUMBERED: Line = |given| text::clean_line(given, NUMBER);

/// Applies what is said of the parts; what was not read stays.
pub(super) fn apply(file: &mut UserFile, change: &UserChange, today: NaiveDate, problems: &mut Problems) {
    let id = file.user.id;
    incorporate(file, &change.company, today, problems);
    patch(&mut file.wide.occupation, id, &change.occupation, |part, change| occupy(part, change, problems));
    patch(&mut file.wide.finances, id, &change.finances, |part, change| fund(part, change, problems));
    patch(&mut file.wide.tax, id, &change.tax, |part, change| tax(part, change, problems));
    patch(&mut file.wide.sanctions, id, &change.sanctions, |part, change| {
        answer(part, change, today, problems);
    });
    judge_company(file, change, problems);
}

/// Changes a part; null makes it blank.
fn patch<P: WidePart, C>(
    slot: &mut Option<P>,
    user: uuid::Uuid,
    change: &Patch<C>,
    apply: impl FnOnce(&mut P, &C),
) {
    match change {
        Patch::Keep => {}
        Patch::Clear => *slot = Some(P::blank(user)),
        Patch::Set(change) => apply(slot.get_or_insert_with(|| P::blank(user)), change),
    }
}

/// A natural person has no company, and is no company's successor without saying so.
fn judge_company(file: &UserFile, change: &UserChange, problems: &mut Problems) {
    let has_address = file.addresses.as_ref().is_some_and(|all| all.contains_key(&AddressKind::Company));
    let has_company = has_address || file.wide.company.as_ref().is_some_and(|company| !company.is_blank());
    if file.user.person_type == PersonType::LegalEntity || !has_company {
        return;
    }
    match change.company {
        Patch::Set(_) => problems.add(
            ProblemCode::Invalid,
            "company",
            "Leave it out, or make the user a legal entity: a natural person has no company.",
        ),
        Patch::Keep | Patch::Clear if change.person_type != Patch::Keep => problems.add(
            ProblemCode::Invalid,
            "personType",
            "Remove the company with it, by `company: null`: a natural person has none.",
        ),
        Patch::Keep | Patch::Clear => {}
    }
}

fn incorporate(
    file: &mut UserFile,
    change: &Patch<CompanyChange>,
    today: NaiveDate,
    problems: &mut Problems,
) {
    if *change == Patch::Clear {
        file.addresses.get_or_insert_with(BTreeMap::new).remove(&AddressKind::Company);
    }
    if let Patch::Set(change) = change {
        move_to(&mut file.addresses, AddressKind::Company, "company.address", &change.address, problems);
    }
    patch(&mut file.wide.company, file.user.id, change, |company, change| {
        describe(company, change, today, problems);
    });
}

fn describe(
    company: &mut user_company::Model,
    change: &CompanyChange,
    today: NaiveDate,
    problems: &mut Problems,
) {
    let CompanyChange {
        legal_name,
        embossed_name,
        business_name,
        registration_number,
        vat_number: vat,
        registered_on,
        legal_form,
        share_capital,
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
        address: _,
    } = change;
    for (slot, given, field, parse) in [
        (&mut company.legal_name, legal_name, "company.legalName", LINED),
        (&mut company.embossed_name, embossed_name, "company.embossedName", NAMED),
        (&mut company.business_name, business_name, "company.businessName", LINED),
        (&mut company.registration_number, registration_number, "company.registrationNumber", NUMBERED),
        (&mut company.vat_number, vat, "company.vatNumber", vat_number::parse),
        (&mut company.legal_form, legal_form, "company.legalForm", NAMED),
        (&mut company.entity_type, entity_type, "company.entityType", NAMED),
        (&mut company.sector, sector, "company.sector", NAMED),
        (&mut company.sector_type, sector_type, "company.sectorType", NAMED),
        (&mut company.annual_turnover, annual_turnover, "company.annualTurnover", NAMED),
        (&mut company.net_income_range, net_income_range, "company.netIncomeRange", NAMED),
        (&mut company.employee_range, employee_range, "company.employeeRange", NAMED),
        (
            &mut company.country_of_incorporation,
            country_of_incorporation,
            "company.countryOfIncorporation",
            country::parse,
        ),
        (&mut company.site, site, "company.site", link::parse),
        (&mut company.business_type, business_type, "company.businessType", NAMED),
        (&mut company.description, description, "company.description", |given| {
            text::clean_text(given, DESCRIPTION)
        }),
        (&mut company.operations_area, operations_area, "company.operationsArea", LINED),
        (&mut company.other_contact, other_contact, "company.otherContact", LINED),
    ] as [(&mut Option<String>, &Patch<String>, &str, Line); 18]
    {
        set(slot, given, field, problems, parse);
    }
    let day = |given: &str| past_day::parse(given, today);
    set(&mut company.registered_on, registered_on, "company.registeredOn", problems, day);
    let capital = (&mut company.share_capital_minor, &mut company.share_capital_currency);
    pay(capital, share_capital, "company.shareCapital", problems);
    count(&mut company.employee_count, *employee_count, EMPLOYEES, "company.employeeCount", problems);
    choose(&mut company.on_stock_exchange, on_stock_exchange);

    company.legal_name_folded = company.legal_name.as_deref().map(text::fold);
    company.business_name_folded = company.business_name.as_deref().map(text::fold);
    company.registration_number_squeezed = company.registration_number.as_deref().map(text::squeeze);
}

fn occupy(part: &mut user_occupation::Model, change: &OccupationChange, problems: &mut Problems) {
    let OccupationChange { title, kind, position } = change;
    set(&mut part.title, title, "occupation.title", problems, NAMED);
    set(&mut part.kind, kind, "occupation.kind", problems, NAMED);
    set(&mut part.position, position, "occupation.position", problems, NAMED);
}

fn fund(part: &mut user_finances::Model, change: &FinancesChange, problems: &mut Problems) {
    let FinancesChange { income_range, personal_assets, source_of_funds, sepa_creditor_identifier } = change;
    set(&mut part.income_range, income_range, "finances.incomeRange", problems, NAMED);
    set(&mut part.personal_assets, personal_assets, "finances.personalAssets", problems, NAMED);
    set(&mut part.source_of_funds, source_of_funds, "finances.sourceOfFunds", problems, LINED);
    set(
        &mut part.sepa_creditor_identifier,
        sepa_creditor_identifier,
        "finances.sepaCreditorIdentifier",
        problems,
        creditor_identifier::parse,
    );
}

fn tax(part: &mut user_tax::Model, change: &TaxChange, problems: &mut Problems) {
    let TaxChange { tax_number, tax_residence, specified_us_person } = change;
    set(&mut part.tax_number, tax_number, "tax.taxNumber", problems, NUMBERED);
    set(&mut part.tax_residence, tax_residence, "tax.taxResidence", problems, country::parse);
    choose(&mut part.specified_us_person, specified_us_person);
}

fn answer(
    part: &mut user_sanctions::Model,
    change: &SanctionsChange,
    today: NaiveDate,
    problems: &mut Problems,
) {
    let SanctionsChange { activity_outside_eu, economic, resident_countries, involved, questionnaire_on } =
        change;
    choose(&mut part.activity_outside_eu, activity_outside_eu);
    choose(&mut part.economic, economic);
    choose(&mut part.resident_countries, resident_countries);
    choose(&mut part.involved, involved);
    let day = |given: &str| past_day::parse(given, today);
    set(&mut part.questionnaire_on, questionnaire_on, "sanctions.questionnaireOn", problems, day);
}

/// Applies own fees, which keep the mark on the user in step. Problems are reported under `path`.
pub(in crate::service) fn apply_fees(
    file: &mut UserFile,
    change: &Patch<FeesChange>,
    path: &str,
    problems: &mut Problems,
) {
    patch(&mut file.wide.fees, file.user.id, change, |fees: &mut user_fees::Model, change| {
        let FeesChange { asker_percent, asker_fixed, offerer_percent, offerer_fixed } = change;
        let field = |name: &str| format!("{path}{name}");
        set(&mut fees.asker_percent, asker_percent, &field("asker.percent"), problems, percent::parse);
        let fixed = (&mut fees.asker_fixed_minor, &mut fees.asker_fixed_currency);
        pay(fixed, asker_fixed, &field("asker.fixed"), problems);
        set(&mut fees.offerer_percent, offerer_percent, &field("offerer.percent"), problems, percent::parse);
        let fixed = (&mut fees.offerer_fixed_minor, &mut fees.offerer_fixed_currency);
        pay(fixed, offerer_fixed, &field("offerer.fixed"), problems);
    });
    if let Some(fees) = &file.wide.fees {
        file.user.own_fees = !fees.is_blank();
    }
}

/// Applies what the payment provider says. The store counts anew, from this and from what is recorded here.
pub(in crate::service) fn apply_provider(
    file: &mut UserFile,
    change: &Patch<ProviderChange>,
    problems: &mut Problems,
) {
    patch(&mut file.wide.provider, file.user.id, change, |part: &mut user_provider::Model, change| {
        let ProviderChange { code_status, information_status, wallet_count, payin_count } = change;
        set(&mut part.code_status, code_status, "provider.codeStatus", problems, NAMED);
        set(&mut part.information_status, information_status, "provider.informationStatus", problems, NAMED);
        count(&mut part.wallet_count, *wallet_count, i32::MAX, "provider.walletCount", problems);
        count(&mut part.payin_count, *payin_count, i32::MAX, "provider.payinCount", problems);
    });
}

fn count(slot: &mut Option<i32>, given: Patch<i32>, most: i32, field: &str, problems: &mut Problems) {
    match given {
        Patch::Set(number) if !(0..=most).contains(&number) => {
            problems.add(ProblemCode::Invalid, field, format!("Write a number from 0 to {most}."));
        }
        given => choose(slot, &given),
    }
}

/// An amount in minor units, with its currency.
fn pay(
    (minor, currency): (&mut Option<i64>, &mut Option<String>),
    given: &Patch<AmountGiven>,
    field: &str,
    problems: &mut Problems,
) {
    match given {
        Patch::Keep => {}
        Patch::Clear => (*minor, *currency) = (None, None),
        Patch::Set(given) => {
            if let Some(money) = given.judge(field, problems) {
                (*minor, *currency) = (Some(money.minor()), Some(money.currency().code().to_owned()));
            }
        }
    }
}
