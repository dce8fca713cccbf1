//! From what a caller typed to what is stored: every text is judged by a library that knows its format, and all problems
//! are found at once. A new attribute has one line here.

use std::collections::{BTreeMap, BTreeSet};

use backdesk_entity::enums::{AddressKind, VerificationKind};
use chrono::NaiveDate;

use super::{Address, UserRecord};
use crate::{
    domain::{
        birth_date, code, country, email, language, link,
        mistake::Mistake,
        phone,
        problem::{ProblemCode, Problems},
        text, time_zone,
        user::{AddressChange, ExternalId, Patch, UserChange},
    },
    store::user::UserFile,
};

mod parts;

pub(in crate::service) use parts::{apply_fees, apply_provider};

/// Characters of a name at most.
pub(in crate::service) const NAME: usize = 100;
/// Characters of an address line at most.
const LINE: usize = 200;
/// Spoken languages and external ids at most.
const MANY: usize = 50;

/// Applies a change to a user whose external ids and company were read; `today` judges days of the past.
pub(in crate::service) fn apply_change(
    file: &mut UserFile,
    change: &UserChange,
    today: NaiveDate,
    problems: &mut Problems,
) {
    let UserChange {
        tag,
        person_type,
        client_type,
        market_role,
        title,
        first_name,
        last_name,
        middle_names,
        birth_date,
        birth_place,
        birth_country,
        nationality,
        second_nationality,
        country: residence,
        email: address,
        phone: number,
        mobile,
        picture,
        mother_tongue,
        preferred_language,
        communication_language,
        time_zone: zone,
        spoken_languages,
        external_ids,
        postal_address,
        secondary_address,
        location_address,
        opt_in_mailing,
        tax_payer,
        // see `parts`
        company: _,
        occupation: _,
        finances: _,
        tax: _,
        sanctions: _,
    } = change;
    let user = &mut file.user;
    let name = |given: &str| text::clean_line(given, NAME);
    let before = (user.email.clone(), user.phone.clone());

    match person_type {
        Patch::Keep => {}
        Patch::Clear => {
            problems.add(
                ProblemCode::Required,
                "personType",
                "A user is a natural person or a legal entity.",
            );
        }
        Patch::Set(person_type) => user.person_type = *person_type,
    }
    choose(&mut user.client_type, client_type);
    choose(&mut user.market_role, market_role);
    choose(&mut user.opt_in_mailing, opt_in_mailing);
    choose(&mut user.tax_payer, tax_payer);
    set(&mut user.tag, tag, "tag", problems, name);
    set(&mut user.title, title, "title", problems, name);
    set(&mut user.first_name, first_name, "firstName", problems, name);
    set(&mut user.last_name, last_name, "lastName", problems, name);
    set(&mut user.middle_names, middle_names, "middleNames", problems, name);
    set(&mut user.birth_date, birth_date, "birthDate", problems, |given| birth_date::parse(given, today));
    set(&mut user.birth_place, birth_place, "birthPlace", problems, name);
    set(&mut user.birth_country, birth_country, "birthCountry", problems, country::parse);
    set(&mut user.nationality, nationality, "nationality", problems, country::parse);
    set(&mut user.second_nationality, second_nationality, "secondNationality", problems, country::parse);
    set(&mut user.country, residence, "countryOfResidence", problems, country::parse);
    set(&mut user.email, address, "email", problems, email::parse);
    set(&mut user.phone, number, "phone", problems, phone::parse);
    set(&mut user.mobile, mobile, "mobile", problems, phone::parse);
    set(&mut user.picture, picture, "picture", problems, link::parse);
    set(&mut user.mother_tongue, mother_tongue, "motherTongue", problems, language::parse);
    set(&mut user.preferred_language, preferred_language, "preferredLanguage", problems, language::parse);
    set(
        &mut user.communication_language,
        communication_language,
        "communicationLanguage",
        problems,
        language::parse,
    );
    set(&mut user.time_zone, zone, "timeZone", problems, time_zone::parse);

    // what was verified is the value that was there
    if user.email != before.0 {
        user.email_verified = false;
    }
    if user.phone != before.1 {
        user.phone_verified = false;
    }
    drop_marks(file);

    speak(&mut file.spoken_languages, spoken_languages, problems);
    call(&mut file.external_ids, external_ids, problems);
    for (kind, field, change) in [
        (AddressKind::Postal, "postalAddress", postal_address),
        (AddressKind::Secondary, "secondaryAddress", secondary_address),
        (AddressKind::Location, "locationAddress", location_address),
    ] {
        move_to(&mut file.addresses, kind, field, change, problems);
    }
    parts::apply(file, change, today, problems);
    derive(file);
}

/// Takes away the marks of what is not verified any more.
pub(in crate::service) fn drop_marks(file: &mut UserFile) {
    let UserFile { user, ties, .. } = file;
    ties.marks.retain(|kind, _| match kind {
        VerificationKind::Identity => user.identity_verified,
        VerificationKind::Email => user.email_verified,
        VerificationKind::Phone => user.phone_verified,
    });
}

/// Brings the columns that are computed from others up to date.
fn derive(file: &mut UserFile) {
    let external_ids = file.external_ids.iter().flatten().map(|(_, value)| value.as_str());
    let company = file.wide.company.iter().flat_map(|company| [&company.legal_name, &company.business_name]);
    let company = company.flatten().map(String::as_str);
    let UserRecord { reference, tag, first_name, last_name, middle_names, email, phone, mobile, .. } =
        &file.user;
    let texts = [first_name, middle_names, last_name, email, phone, mobile, tag].into_iter().flatten();
    let texts = texts.map(String::as_str).chain([reference.as_str()]).chain(external_ids).chain(company);
    let search_text = text::fold(&texts.collect::<Vec<_>>().join(" "));

    let user = &mut file.user;
    let folded = |text: &Option<String>| text.as_deref().map(text::fold);
    user.email_folded = folded(&user.email);
    user.first_name_folded = folded(&user.first_name);
    user.last_name_folded = folded(&user.last_name);
    user.tag_folded = folded(&user.tag);
    user.search_text = search_text;
}

fn choose<T: Copy>(slot: &mut Option<T>, patch: &Patch<T>) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *slot = None,
        Patch::Set(value) => *slot = Some(*value),
    }
}

fn set<T>(
    slot: &mut Option<T>,
    patch: &Patch<String>,
    field: &str,
    problems: &mut Problems,
    parse: impl Fn(&str) -> Result<T, Mistake>,
) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *slot = None,
        Patch::Set(given) => {
            if let Some(value) = problems.check(field, parse(given)) {
                *slot = Some(value);
            }
        }
    }
}

fn speak(slot: &mut Option<BTreeSet<String>>, patch: &Patch<Vec<String>>, problems: &mut Problems) {
    let Some(given) = patch.as_list() else { return };
    if given.len() > MANY {
        return problems.add(
            ProblemCode::Invalid,
            "spokenLanguages",
            format!("Give at most {MANY} languages."),
        );
    }
    let judged = given.iter().enumerate();
    *slot = Some(
        judged
            .filter_map(|(i, tag)| problems.check(&format!("spokenLanguages.{i}"), language::parse(tag)))
            .collect(),
    );
}

fn call(
    slot: &mut Option<BTreeMap<String, String>>,
    patch: &Patch<Vec<ExternalId>>,
    problems: &mut Problems,
) {
    let Some(given) = patch.as_list() else { return };
    if given.len() > MANY {
        return problems.add(
            ProblemCode::Invalid,
            "externalIds",
            format!("Give at most {MANY} external ids."),
        );
    }
    let mut ids = BTreeMap::new();
    for (i, ExternalId { system, value }) in given.iter().enumerate() {
        let system = problems.check(&format!("externalIds.{i}.system"), code::parse(system));
        let value = problems.check(&format!("externalIds.{i}.value"), text::clean_line(value, NAME));
        if let (Some(system), Some(value)) = (system, value)
            && ids.insert(system, value).is_some()
        {
            let message = "Each system has one id for a user: give it once.";
            problems.add(ProblemCode::Invalid, &format!("externalIds.{i}.system"), message);
        }
    }
    *slot = Some(ids);
}

fn move_to(
    addresses: &mut Option<BTreeMap<AddressKind, Address>>,
    kind: AddressKind,
    field: &str,
    patch: &Patch<AddressChange>,
    problems: &mut Problems,
) {
    let all = match patch {
        Patch::Keep => return,
        _ => addresses.get_or_insert_default(),
    };
    let Patch::Set(AddressChange { line1, line2, line3, postcode, city, state, country: land }) = patch
    else {
        all.remove(&kind);
        return;
    };
    let mut address = all.remove(&kind).unwrap_or_default();
    let line = |given: &str| text::clean_line(given, LINE);
    let path = |name: &str| format!("{field}.{name}");
    set(&mut address.line1, line1, &path("line1"), problems, line);
    set(&mut address.line2, line2, &path("line2"), problems, line);
    set(&mut address.line3, line3, &path("line3"), problems, line);
    set(&mut address.postcode, postcode, &path("postcode"), problems, line);
    set(&mut address.city, city, &path("city"), problems, line);
    set(&mut address.state, state, &path("state"), problems, line);
    set(&mut address.country, land, &path("country"), problems, country::parse);
    if address != Address::default() {
        all.insert(kind, address);
    }
}
