//! Our own words: a line with everything that an import of jsonl reads. What is empty is null, so that an import brings
//! a user back to it.

use std::collections::HashMap;

use backdesk_entity::enums::{
    AddressKind, CancelOrigin, ClientType, KycLevel, KycStatus, MarketRole, PersonType, TaxPayer, UserStatus,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    service::document::stored_picture,
    store::user::{Address, Aside, UserFile, UserRecord},
};

mod parts;
mod ties;

/// A user by the names of the API's inputs, and those of what only acts and imports set.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "as in the record")]
struct Line<'a> {
    account: &'a str,
    reference: &'a str,
    external_ids: Vec<ExternalId<'a>>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    last_sign_in_at: Option<DateTime<Utc>>,
    status: UserStatus,
    status_since: DateTime<Utc>,
    status_reason: &'a Option<String>,
    status_before_inactive: Option<UserStatus>,
    cancel_origin: Option<CancelOrigin>,
    frozen: bool,
    identity_verified: bool,
    email_verified: bool,
    phone_verified: bool,
    kyc_level: KycLevel,
    kyc_status: KycStatus,
    kyc_comment: &'a Option<String>,
    groups: Vec<&'a String>,
    tag: &'a Option<String>,
    person_type: PersonType,
    client_type: Option<ClientType>,
    market_role: Option<MarketRole>,
    title: &'a Option<String>,
    first_name: &'a Option<String>,
    last_name: &'a Option<String>,
    middle_names: &'a Option<String>,
    birth_date: Option<NaiveDate>,
    birth_place: &'a Option<String>,
    birth_country: &'a Option<String>,
    nationality: &'a Option<String>,
    second_nationality: &'a Option<String>,
    country_of_residence: &'a Option<String>,
    email: &'a Option<String>,
    phone: &'a Option<String>,
    mobile: &'a Option<String>,
    // where the picture is kept here, nothing is said: an import leaves it as it is
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<&'a Option<String>>,
    mother_tongue: &'a Option<String>,
    preferred_language: &'a Option<String>,
    communication_language: &'a Option<String>,
    time_zone: &'a Option<String>,
    spoken_languages: Vec<&'a String>,
    postal_address: Option<&'a Address>,
    secondary_address: Option<&'a Address>,
    location_address: Option<&'a Address>,
    opt_in_mailing: Option<bool>,
    tax_payer: Option<TaxPayer>,
    #[serde(flatten)]
    parts: parts::Parts<'a>,
    #[serde(flatten)]
    ties: ties::Ties<'a>,
}

#[derive(Serialize)]
struct ExternalId<'a> {
    system: &'a str,
    value: &'a str,
}

/// Writes a user as one object; `names` has the references of those whom ties name.
pub(super) fn write(
    out: impl std::io::Write,
    file: &UserFile,
    names: &HashMap<Uuid, String>,
) -> serde_json::Result<()> {
    serde_json::to_writer(out, &line(file, names))
}

#[expect(clippy::too_many_lines, reason = "a list of attributes")]
fn line<'a>(file: &'a UserFile, names: &'a HashMap<Uuid, String>) -> Line<'a> {
    // nothing was changed that would stand aside
    let UserFile { user, addresses, external_ids, spoken_languages, groups, wide, ties, aside: Aside { .. } } =
        file;
    let UserRecord {
        // an import makes its own
        id: _,
        account,
        reference,
        tag,
        version,
        created_at,
        updated_at,
        last_sign_in_at,
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
        country,
        email,
        phone,
        mobile,
        picture,
        mother_tongue,
        preferred_language,
        communication_language,
        time_zone,
        status,
        status_since,
        status_reason,
        status_before_inactive,
        frozen,
        cancel_origin,
        identity_verified,
        email_verified,
        phone_verified,
        kyc_level,
        kyc_status,
        kyc_comment,
        opt_in_mailing,
        tax_payer,
        // whether there are any
        own_fees: _,
        // counted and computed from what other systems record, which they record again
        wallet_status: _,
        wallet_count: _,
        payin_count: _,
        listing_count: _,
        asker_booking_count: _,
        offerer_booking_count: _,
        review_received_count: _,
        review_made_count: _,
        // computed from what is here
        email_folded: _,
        first_name_folded: _,
        last_name_folded: _,
        tag_folded: _,
        search_text: _,
    } = user;
    let address = |kind| addresses.as_ref().and_then(|all| all.get(&kind));
    let external_ids = external_ids.iter().flatten();
    let mut groups: Vec<&String> = groups.iter().flatten().map(|(_, key)| key).collect();
    groups.sort_unstable();
    Line {
        account,
        reference,
        external_ids: external_ids.map(|(system, value)| ExternalId { system, value }).collect(),
        version: *version,
        created_at: *created_at,
        updated_at: *updated_at,
        last_sign_in_at: *last_sign_in_at,
        status: *status,
        status_since: *status_since,
        status_reason,
        status_before_inactive: *status_before_inactive,
        cancel_origin: *cancel_origin,
        frozen: *frozen,
        identity_verified: *identity_verified,
        email_verified: *email_verified,
        phone_verified: *phone_verified,
        kyc_level: *kyc_level,
        kyc_status: *kyc_status,
        kyc_comment,
        groups,
        tag,
        person_type: *person_type,
        client_type: *client_type,
        market_role: *market_role,
        title,
        first_name,
        last_name,
        middle_names,
        birth_date: *birth_date,
        birth_place,
        birth_country,
        nationality,
        second_nationality,
        country_of_residence: country,
        email,
        phone,
        mobile,
        picture: Some(picture).filter(|picture| picture.as_deref().and_then(stored_picture).is_none()),
        mother_tongue,
        preferred_language,
        communication_language,
        time_zone,
        spoken_languages: spoken_languages.iter().flatten().collect(),
        postal_address: address(AddressKind::Postal),
        secondary_address: address(AddressKind::Secondary),
        location_address: address(AddressKind::Location),
        opt_in_mailing: *opt_in_mailing,
        tax_payer: *tax_payer,
        parts: parts::parts(wide, address(AddressKind::Company)),
        ties: ties::ties(ties, names),
    }
}
