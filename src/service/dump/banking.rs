//! The user objects of a banking API: all 81 attributes, in its words and its order, an import of which makes the same
//! object again.
//!
//! It has no place for what only our own words say: account and reference, ids of other systems, version, why and since
//! when a status holds and who wanted a user cancelled, groups, categories and permissions, ties other than the parent,
//! client type, market role, mother tongue, spoken languages and that of letters, picture, the public address, what was
//! verified and how, the last sign-in, who pays taxes, own fees, what else is known of a company, and a residence elsewhere
//! than at the postal address. Nor for a parent without an id there.
//!
//! INVALIDATED is a word of ours: whoever does not know it refuses the row, and nobody takes a suspended user for one who may
//! sign in. So is a share capital in another currency than the euro: `1000.00 GBP`.

#![expect(clippy::ref_option, reason = "columns are asked for as the record has them")]

use std::collections::HashMap;

use backdesk_entity::{
    enums::{AddressKind, PersonType},
    user_company,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Number;
use uuid::Uuid;

use crate::{
    domain::{country, money::Money, percent, user::ExternalId},
    service::import::banking::{
        CONTROLLING_PERSON_TYPES, EMPLOYEE_TYPES, EURO, KYC_LEVELS, KYC_REVIEWS, PARENT_TYPES, PERSON_TYPES,
        STATUSES, SYSTEM,
    },
    store::user::{Address, Ties, UserFile, UserRecord, Wide},
};

/// All attributes in their order. What the API calls empty differs from one to the next: see its own example in the
/// tests.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are theirs")]
struct User<'a> {
    user_id: Id<'a>,
    user_type_id: u8,
    user_status: &'static str,
    user_tag: &'a str,
    parent_user_id: Id<'a>,
    parent_type: &'static str,
    controlling_person_type: u8,
    employee_type: u8,
    #[serde(rename = "specifiedUSPerson")]
    specified_us_person: Option<u8>,
    title: &'a str,
    firstname: &'a str,
    lastname: &'a str,
    middle_names: &'a str,
    birthday: String,
    email: &'a str,
    address1: &'a str,
    address2: &'a str,
    postcode: &'a str,
    city: &'a str,
    state: &'a str,
    country: &'a str,
    country_name: &'static str,
    phone: &'a str,
    mobile: &'a str,
    nationality: &'a str,
    nationality_other: &'a str,
    place_of_birth: &'a str,
    birth_country: &'a str,
    occupation: &'a str,
    income_range: &'a str,
    legal_name: &'a str,
    legal_name_embossed: &'a str,
    legal_registration_number: &'a str,
    legal_tva_number: &'a str,
    legal_registration_date: String,
    legal_form: &'a str,
    legal_share_capital: Capital,
    entity_type: Option<&'a str>,
    legal_sector: &'a str,
    legal_annual_turn_over: &'a str,
    legal_net_income_range: &'a str,
    legal_number_of_employee_range: &'a str,
    effective_beneficiary: Number,
    kyc_level: u8,
    kyc_review: u8,
    kyc_review_comment: &'a str,
    is_freezed: u8,
    is_frozen: u8,
    language: &'a str,
    opt_in_mailing: Option<u8>,
    sepa_creditor_identifier: &'a str,
    tax_number: &'a str,
    tax_residence: &'a str,
    position: &'a str,
    personal_assets: &'a str,
    created_date: String,
    modified_date: String,
    wallet_count: Option<i32>,
    payin_count: Option<i32>,
    total_rows: String,
    activity_outside_eu: Option<u8>,
    economic_sanctions: Option<u8>,
    resident_countries_sanctions: Option<u8>,
    involved_sanctions: Option<u8>,
    address3: Option<&'a str>,
    timezone: Option<&'a str>,
    occupation_type: &'a str,
    is_on_stock_exchange: Option<u8>,
    secondary_address1: &'a str,
    secondary_address2: &'a str,
    secondary_address3: &'a str,
    secondary_postcode: &'a str,
    secondary_city: &'a str,
    secondary_state: &'a str,
    secondary_country: &'a str,
    client_id: &'a str,
    sanctions_questionnaire_date: Option<String>,
    code_status: &'a str,
    information_status: &'a str,
    legal_sector_type: &'a str,
    source_of_funds: &'a str,
}

/// An address of which nothing is known.
static NOWHERE: Address =
    Address { line1: None, line2: None, line3: None, postcode: None, city: None, state: None, country: None };

/// An id is a number there. One that is none goes out as it came in.
#[derive(Serialize)]
#[serde(untagged)]
enum Id<'a> {
    Number(u64),
    Text(&'a str),
}

/// Writes a user as one object; `names` has the ids there of the parents, and `total` is the number of users in the list.
pub(super) fn write(
    out: impl std::io::Write,
    file: &UserFile,
    names: &HashMap<Uuid, String>,
    total: u64,
) -> serde_json::Result<()> {
    serde_json::to_writer(out, &user(file, names, total))
}

#[expect(clippy::too_many_lines, reason = "a list of 81 attributes")]
fn user<'a>(file: &'a UserFile, names: &'a HashMap<Uuid, String>, total: u64) -> User<'a> {
    // `spoken_languages` and `groups` have no place
    let UserFile { user, addresses, external_ids, spoken_languages: _, groups: _, wide, ties, aside: _ } =
        file;
    // nor have other ties
    let Ties { parent, membership: _, guests: _, parties: _, categories: _, marks: _, client_permissions: _ } =
        ties;
    let parent = parent.clone().unwrap_or_default();
    let parent_id = parent.id.and_then(|id| names.get(&id)).map(String::as_str);
    let UserRecord {
        id: _,
        account: _,
        reference: _,
        tag,
        version: _,
        created_at,
        updated_at,
        last_sign_in_at: _,
        person_type,
        client_type: _,
        market_role: _,
        title,
        first_name,
        last_name,
        middle_names,
        birth_date,
        birth_place,
        birth_country,
        nationality,
        second_nationality,
        country: _,
        email,
        phone,
        mobile,
        picture: _,
        mother_tongue: _,
        preferred_language,
        communication_language: _,
        time_zone,
        status,
        status_since: _,
        status_reason: _,
        status_before_inactive: _,
        frozen,
        cancel_origin: _,
        identity_verified: _,
        email_verified: _,
        phone_verified: _,
        kyc_level,
        kyc_status,
        kyc_comment,
        opt_in_mailing,
        tax_payer: _,
        own_fees: _,
        wallet_status: _,
        wallet_count: _,
        payin_count: _,
        listing_count: _,
        asker_booking_count: _,
        offerer_booking_count: _,
        review_received_count: _,
        review_made_count: _,
        email_folded: _,
        first_name_folded: _,
        last_name_folded: _,
        tag_folded: _,
        search_text: _,
    } = user;
    let id = |system: &str| external_ids.iter().flatten().find(|(known, _)| *known == system);
    let id = |system: &str| id(system).map(|(_, value)| value.as_str()).unwrap_or_default();
    let address = |kind| addresses.as_ref().and_then(|all| all.get(&kind)).unwrap_or(&NOWHERE);
    // the fees have no place
    let Wide { company, occupation, finances, tax, sanctions, fees: _, provider } = wide;
    let (company, tax) = (company.as_ref(), tax.as_ref());
    let (sanctions, provider) = (sanctions.as_ref(), provider.as_ref());
    let (occupation, finances) = (occupation.as_ref(), finances.as_ref());
    let postal = address(AddressKind::Postal);
    let secondary = address(AddressKind::Secondary);
    User {
        user_id: Id::of(id(SYSTEM)),
        user_type_id: number(PERSON_TYPES, *person_type),
        user_status: word(STATUSES, *status),
        user_tag: text(tag),
        parent_user_id: parent_id.map_or(Id::Number(0), Id::of),
        parent_type: parent.kind.map(|kind| word(PARENT_TYPES, kind)).unwrap_or_default(),
        controlling_person_type: number(CONTROLLING_PERSON_TYPES, parent.controlling_person_type),
        employee_type: number(EMPLOYEE_TYPES, parent.employee_type),
        specified_us_person: flag(tax.and_then(|tax| tax.specified_us_person)),
        title: text(title),
        firstname: text(first_name),
        lastname: text(last_name),
        middle_names: text(middle_names),
        birthday: day(*birth_date),
        email: text(email),
        address1: text(&postal.line1),
        address2: text(&postal.line2),
        postcode: text(&postal.postcode),
        city: text(&postal.city),
        state: text(&postal.state),
        country: text(&postal.country),
        country_name: country::name(text(&postal.country)).unwrap_or_default(),
        phone: text(phone),
        mobile: text(mobile),
        nationality: text(nationality),
        nationality_other: text(second_nationality),
        place_of_birth: text(birth_place),
        birth_country: text(birth_country),
        occupation: part(occupation, |part| &part.title),
        income_range: part(finances, |part| &part.income_range),
        legal_name: part(company, |part| &part.legal_name),
        legal_name_embossed: part(company, |part| &part.embossed_name),
        legal_registration_number: part(company, |part| &part.registration_number),
        legal_tva_number: part(company, |part| &part.vat_number),
        legal_registration_date: day(company.and_then(|company| company.registered_on)),
        legal_form: part(company, |part| &part.legal_form),
        legal_share_capital: Capital::of(company),
        entity_type: company.and_then(|company| company.entity_type.as_deref()),
        legal_sector: part(company, |part| &part.sector),
        legal_annual_turn_over: part(company, |part| &part.annual_turnover),
        legal_net_income_range: part(company, |part| &part.net_income_range),
        legal_number_of_employee_range: part(company, |part| &part.employee_range),
        effective_beneficiary: share(parent.share),
        kyc_level: number(KYC_LEVELS, *kyc_level),
        kyc_review: number(KYC_REVIEWS, *kyc_status),
        kyc_review_comment: text(kyc_comment),
        is_freezed: u8::from(*frozen),
        is_frozen: u8::from(*frozen),
        language: text(preferred_language),
        opt_in_mailing: flag(*opt_in_mailing),
        sepa_creditor_identifier: part(finances, |part| &part.sepa_creditor_identifier),
        tax_number: part(tax, |part| &part.tax_number),
        tax_residence: part(tax, |part| &part.tax_residence),
        position: part(occupation, |part| &part.position),
        personal_assets: part(finances, |part| &part.personal_assets),
        created_date: instant(*created_at),
        modified_date: instant(*updated_at),
        wallet_count: provider.and_then(|provider| provider.wallet_count),
        payin_count: provider.and_then(|provider| provider.payin_count),
        total_rows: total.to_string(),
        activity_outside_eu: flag(sanctions.and_then(|part| part.activity_outside_eu)),
        economic_sanctions: flag(sanctions.and_then(|part| part.economic)),
        resident_countries_sanctions: flag(sanctions.and_then(|part| part.resident_countries)),
        involved_sanctions: flag(sanctions.and_then(|part| part.involved)),
        address3: postal.line3.as_deref(),
        timezone: time_zone.as_deref(),
        occupation_type: part(occupation, |part| &part.kind),
        is_on_stock_exchange: match person_type {
            // as the API says of them
            PersonType::NaturalPerson => Some(0),
            PersonType::LegalEntity => flag(company.and_then(|company| company.on_stock_exchange)),
        },
        secondary_address1: text(&secondary.line1),
        secondary_address2: text(&secondary.line2),
        secondary_address3: text(&secondary.line3),
        secondary_postcode: text(&secondary.postcode),
        secondary_city: text(&secondary.city),
        secondary_state: text(&secondary.state),
        secondary_country: text(&secondary.country),
        client_id: id(ExternalId::CLIENT),
        sanctions_questionnaire_date: sanctions
            .and_then(|part| part.questionnaire_on)
            .map(|day| day.to_string()),
        code_status: part(provider, |part| &part.code_status),
        information_status: part(provider, |part| &part.information_status),
        legal_sector_type: part(company, |part| &part.sector_type),
        source_of_funds: part(finances, |part| &part.source_of_funds),
    }
}

impl<'a> Id<'a> {
    fn of(id: &'a str) -> Self {
        match id.parse::<u64>() {
            Ok(number) if number.to_string() == id => Self::Number(number),
            _ => Self::Text(id),
        }
    }
}

/// A share capital: whole euros where it is some.
#[derive(Serialize)]
#[serde(untagged)]
enum Capital {
    Whole(i64),
    Text(String),
}

impl Capital {
    fn of(company: Option<&user_company::Model>) -> Self {
        let kept = company.and_then(|company| {
            let currency = company.share_capital_currency.as_deref()?;
            Some((Money::kept(company.share_capital_minor?, currency)?.amount(), currency))
        });
        match kept {
            None => Self::Whole(0),
            Some((amount, EURO)) => match amount.trim_end_matches(".00").parse() {
                // a zero would say that nothing is known
                Ok(whole) if whole != 0 && amount.ends_with(".00") => Self::Whole(whole),
                _ => Self::Text(format!("{amount} {EURO}")),
            },
            Some((amount, currency)) => Self::Text(format!("{amount} {currency}")),
        }
    }
}

/// A share in percent, as a number.
fn share(share: Option<i32>) -> Number {
    share.and_then(|share| percent::print(share).parse().ok()).unwrap_or_else(|| 0.into())
}

fn flag(flag: Option<bool>) -> Option<u8> {
    flag.map(u8::from)
}

/// A text of a part.
fn part<P>(part: Option<&P>, text: impl Fn(&P) -> &Option<String>) -> &str {
    part.and_then(|part| text(part).as_deref()).unwrap_or_default()
}

fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

/// The word that an import would take for it.
fn word<T: PartialEq + Copy>(words: &[(&'static str, T)], meaning: T) -> &'static str {
    words.iter().find(|(_, known)| *known == meaning).map(|(word, _)| *word).unwrap_or_default()
}

/// The same where words are numbers.
fn number<T: PartialEq + Copy>(words: &[(&'static str, T)], meaning: T) -> u8 {
    word(words, meaning).parse().unwrap_or_default()
}

fn day(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| "0000-00-00".to_owned(), |day| day.to_string())
}

/// In UTC, with the fraction of a second where there is one.
fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S%.f").to_string()
}
