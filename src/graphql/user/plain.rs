//! The fields of users that are values already: see `graphql/plain.rs`. Each is what its resolver in `object.rs`, `kyc.rs` or
//! `parts.rs` answers.

use async_graphql::{ID, InputType, Value};
use backdesk_entity::enums::AddressKind;

use super::{
    kyc::Kyc,
    parts::{Address, PersonName, Verified},
    view::User,
};
use crate::{
    domain::status,
    graphql::{
        nested,
        plain::{Plain, Selected},
    },
    service::user::{Address as AddressRow, Field, UserRow},
};

impl Plain for User {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        let row = self.row();
        match field.name() {
            "id" => Some(ID::from(self.key()).to_value()),
            "reference" => read(&row.reference),
            "tag" => read(&row.tag),
            "version" => read(&row.version),
            "createdAt" => read(&row.created_at),
            "updatedAt" => read(&row.updated_at),
            "lastSignInAt" => read(&row.last_sign_in_at),
            "personType" => read(&row.person_type),
            "clientType" => read(&row.client_type),
            "marketRole" => read(&row.market_role),
            "name" => field.object::<PersonName>(|field| name(row, field)),
            "nationality" => read(&row.nationality),
            "secondNationality" => read(&row.second_nationality),
            "countryOfResidence" => read(&row.country),
            "email" => read(&row.email),
            "phone" => read(&row.phone),
            "mobile" => read(&row.mobile),
            "motherTongue" => read(&row.mother_tongue),
            "preferredLanguage" => read(&row.preferred_language),
            "communicationLanguage" => read(&row.communication_language),
            "timeZone" => read(&row.time_zone),
            "postalAddress" => self.plain_address(AddressKind::Postal, field),
            "secondaryAddress" => self.plain_address(AddressKind::Secondary, field),
            "locationAddress" => self.plain_address(AddressKind::Location, field),
            "status" => read(&row.status),
            "active" => row.status.read().map(|status| status::is_active(*status).to_value()),
            "statusSince" => read(&row.status_since),
            "statusReason" => read(&row.status_reason),
            "frozen" => read(&row.frozen),
            "verified" => field.object::<Verified>(|field| verified(row, field)),
            "kyc" => field.object::<Kyc>(|field| kyc(self, field)),
            "taxPayer" => read(&row.tax_payer),
            "optInMailing" => read(&row.opt_in_mailing),
            "walletStatus" => read(&row.wallet_status),
            _ => nested::ready(self, field),
        }
    }
}

impl Plain for Kyc {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        kyc(&self.0, field)
    }
}

impl User {
    fn plain_address(&self, kind: AddressKind, field: &Selected<'_>) -> Option<Value> {
        match self.related().addresses.as_ref()?.get(&kind) {
            Some(row) => field.object::<Address>(|field| address(row, field)),
            None => Some(Value::Null),
        }
    }
}

fn name(row: &UserRow, field: &Selected<'_>) -> Option<Value> {
    match field.name() {
        "title" => read(&row.title),
        "first" => read(&row.first_name),
        "middle" => read(&row.middle_names),
        "last" => read(&row.last_name),
        _ => None,
    }
}

fn verified(row: &UserRow, field: &Selected<'_>) -> Option<Value> {
    match field.name() {
        "identity" => read(&row.identity_verified),
        "email" => read(&row.email_verified),
        "phone" => read(&row.phone_verified),
        _ => None,
    }
}

fn kyc(user: &User, field: &Selected<'_>) -> Option<Value> {
    match field.name() {
        "level" => read(&user.row().kyc_level),
        "status" => read(&user.row().kyc_status),
        _ => nested::ready(user, field),
    }
}

fn address(row: &AddressRow, field: &Selected<'_>) -> Option<Value> {
    match field.name() {
        "line1" => Some(row.line1.to_value()),
        "line2" => Some(row.line2.to_value()),
        "line3" => Some(row.line3.to_value()),
        "postcode" => Some(row.postcode.to_value()),
        "city" => Some(row.city.to_value()),
        "state" => Some(row.state.to_value()),
        "country" => Some(row.country.to_value()),
        _ => None,
    }
}

/// What a column holds.
fn read<T: InputType>(field: &Field<T>) -> Option<Value> {
    field.read().map(InputType::to_value)
}
