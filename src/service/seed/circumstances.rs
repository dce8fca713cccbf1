//! What a made-up user does, has and owes: the company that they are, their occupation, finances and taxes, what they
//! answered about sanctions, fees of their own. As it would be typed in, like the rest of the profile.

use backdesk_entity::enums::{PersonType, TaxPayer};
use chrono::TimeDelta;

use super::{
    countries::{
        Country,
        trade::{self, Trade},
    },
    draw::Draw,
    life::{self, END},
    numbers,
    profile::{address, name},
    shown::is_shown,
};
use crate::domain::{
    money::Currency,
    text,
    user::{
        AmountGiven, CompanyChange, FeesChange, FinancesChange, OccupationChange, Patch, SanctionsChange,
        TaxChange, UserChange,
    },
};

/// Ranges of a payment provider, in thousands of a year.
const INCOMES: &str = "0-18, 19-23, 24-27, 28-35, 36-56, 57-*";
const ASSETS: &str = "0-2, 3-22, 23-128, 129-319, 320-464, 465-*";
const TURNOVERS: &str = "0-39, 40-99, 100-249, 250-999, 1000-4999";
const NET_INCOMES: &str = "0-4, 5-9, 10-49, 50-*";
/// Ranges of people who work somewhere, with their ends.
const STAFF: [(&str, u64, u64); 4] = [("0", 0, 0), ("1-9", 1, 9), ("10-99", 10, 99), ("100-249", 100, 249)];
const OCCUPATIONS: &str =
    "Teacher, Nurse, Electrician, Accountant, Translator, Joiner, Photographer, Baker, Engineer";
const KINDS: &str = "EMPLOYEE, SELF_EMPLOYED, STUDENT, RETIRED";
const POSITIONS: &str = "Assistant, Specialist, Head of department, Managing director";
const FUNDS: &str = "Salary, Savings, Business income, Sale of property, Inheritance";
const BUSINESSES: &str = "Retail, Crafts, Logistics, Hospitality, Software, Consulting";
/// NACE, the European classification of economic activities.
const SECTORS: &str = "47.91, 62.01, 10.71, 43.32, 49.41, 55.20, 56.10, 74.20";
const ENTITIES: &str = "LIMITED_LIABILITY, PARTNERSHIP, PUBLIC_LIMITED";
const CAPITALS: &str = "1000, 5000, 10000, 25000, 50000, 100000";

/// How many of a hundred have something, unless a demo shows them.
fn often(number: u64, percent: u64) -> u64 {
    if is_shown(number) { 100 } else { percent }
}

/// Says all of it.
pub(super) fn tell(
    number: u64,
    person_type: PersonType,
    home: &Country,
    origin: &Country,
    change: &mut UserChange,
) {
    let draw = &mut Draw::of(number, "mailing");
    let wants = draw.percent(55);
    change.opt_in_mailing = Patch::of(draw.maybe(60, wants));
    let payer = draw.weighted(&[(TaxPayer::User, 30), (TaxPayer::Platform, 70)]);
    change.tax_payer = Patch::of(draw.maybe(30, payer));

    let trade = trade::of(home.code);
    match person_type {
        PersonType::LegalEntity => change.company = Patch::Set(company(number, trade, home, origin)),
        PersonType::NaturalPerson => {
            let draw = &mut Draw::of(number, "occupation");
            let occupation = OccupationChange {
                title: word(draw, OCCUPATIONS),
                kind: word(draw, KINDS),
                position: Patch::of(draw.maybe(40, POSITIONS).map(|list| draw.common(list).to_owned())),
            };
            change.occupation = Patch::of(draw.maybe(often(number, 65), occupation));
        }
    }
    change.finances = finances(number, person_type, trade);
    let draw = &mut Draw::of(number, "tax");
    let tax = TaxChange {
        tax_number: Patch::Set(draw.digits("00 ### ### ###")),
        tax_residence: Patch::Set(home.code.to_owned()),
        specified_us_person: Patch::Set(draw.percent(1)),
    };
    change.tax = Patch::of(draw.maybe(often(number, 55), tax));
    change.sanctions = sanctions(number);
}

fn company(number: u64, trade: &Trade, home: &Country, origin: &Country) -> CompanyChange {
    let draw = &mut Draw::of(number, "company");
    let family = name(draw.common(origin.family), false).written;
    let business = draw.word(trade.names).replace("{}", &family);
    let legal = format!("{business} {}", draw.common(trade.forms));
    let form = legal[business.len()..].trim().to_owned();
    let embossed = text::fold(&business).to_ascii_uppercase();
    let is_latin = embossed.is_ascii() && embossed.len() <= 27;
    let has_business_name = draw.percent(60);
    let register = draw.digits(trade.register);
    let vat = numbers::vat(trade, &draw.digits(trade.vat.0));
    let age = i64::try_from(1_900 + draw.below(16_000)).unwrap_or_default();
    let (range, from, to) = draw.weighted(&STAFF.map(|range| (range, 1)));
    let staff = from + draw.below(to - from + 1);
    let capital = draw.common(CAPITALS).to_owned();
    let address = address(draw, home);
    CompanyChange {
        legal_name: Patch::Set(legal),
        embossed_name: Patch::of(is_latin.then_some(embossed)),
        business_name: Patch::of(has_business_name.then_some(business)),
        registration_number: Patch::of(draw.maybe(95, register)),
        vat_number: Patch::of(draw.maybe(85, vat)),
        registered_on: Patch::Set((END - TimeDelta::days(age)).date_naive().to_string()),
        legal_form: Patch::Set(form),
        share_capital: Patch::of(
            draw.maybe(80, AmountGiven { amount: capital, currency: trade.currency.to_owned() }),
        ),
        entity_type: word(draw, ENTITIES),
        sector: word(draw, SECTORS),
        sector_type: Patch::Set("NACE".to_owned()),
        annual_turnover: word(draw, TURNOVERS),
        net_income_range: word(draw, NET_INCOMES),
        employee_range: Patch::Set(range.to_owned()),
        employee_count: Patch::of(i32::try_from(staff).ok()),
        on_stock_exchange: Patch::Set(draw.percent(2)),
        country_of_incorporation: Patch::Set(home.code.to_owned()),
        site: Patch::of(draw.maybe(50, format!("https://company-{number}.example/"))),
        business_type: word(draw, BUSINESSES),
        description: Patch::of(
            draw.maybe(25, format!("Made-up company number {number}.\nIt exists for demonstrations.")),
        ),
        operations_area: Patch::of(draw.maybe(40, "Europe".to_owned())),
        other_contact: Patch::of(draw.maybe(20, format!("desk{number}@example.com"))),
        address: Patch::Set(address),
    }
}

fn finances(number: u64, person_type: PersonType, trade: &Trade) -> Patch<FinancesChange> {
    let draw = &mut Draw::of(number, "finances");
    let is_legal = person_type == PersonType::LegalEntity;
    let creditor = numbers::creditor_identifier(trade.code, &draw.digits("000########"));
    // who has no IBAN collects no direct debits
    let collects = is_legal && !trade.account.is_empty() && draw.percent(25);
    let finances = FinancesChange {
        income_range: word(draw, INCOMES),
        personal_assets: word(draw, ASSETS),
        source_of_funds: word(draw, FUNDS),
        sepa_creditor_identifier: Patch::of(collects.then_some(creditor)),
    };
    Patch::of(draw.maybe(often(number, 50), finances))
}

fn sanctions(number: u64) -> Patch<SanctionsChange> {
    let draw = &mut Draw::of(number, "sanctions");
    let answered = draw.instant(life::created_at(number), END).date_naive().to_string();
    let sanctions = SanctionsChange {
        activity_outside_eu: Patch::Set(draw.percent(10)),
        economic: Patch::Set(draw.percent(1)),
        resident_countries: Patch::Set(draw.percent(2)),
        involved: Patch::Set(draw.percent(1)),
        questionnaire_on: Patch::Set(answered),
    };
    Patch::of(draw.maybe(often(number, 40), sanctions))
}

/// Fees of their own, of a few: in percent, with something fixed beside it, or none at all. In euros, until the platform says
/// what it counts in.
pub(super) fn fees(number: u64) -> Patch<FeesChange> {
    let draw = &mut Draw::of(number, "fees");
    let currency = Currency::EUR.code().to_owned();
    let fixed = AmountGiven { amount: draw.word("1, 2, 5").to_owned(), currency };
    let fees = FeesChange {
        asker_percent: word(draw, "0, 5, 7.5"),
        asker_fixed: Patch::Keep,
        offerer_percent: word(draw, "0, 10, 12.25"),
        offerer_fixed: Patch::of(draw.maybe(50, fixed)),
    };
    Patch::of(draw.maybe(often(number, 3), fees))
}

fn word(draw: &mut Draw, list: &'static str) -> Patch<String> {
    Patch::Set(draw.common(list).to_owned())
}
