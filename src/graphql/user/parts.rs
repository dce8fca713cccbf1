//! The parts of a user that are objects of their own.

use async_graphql::{Object, SimpleObject};
use backdesk_entity::enums::CancelOrigin;
use chrono::{DateTime, Utc};

use crate::{
    domain::country,
    graphql::scalars::{CountryCode, Date},
    service::user::Address as AddressRow,
};

/// How another system calls a user.
#[derive(SimpleObject)]
pub(super) struct ExternalId {
    /// The name of the other system, such as `CRM`.
    pub(super) system: String,
    /// Its name for the user.
    pub(super) value: String,
}

/// The account of a user.
#[derive(SimpleObject)]
pub(super) struct UserAccount {
    /// The code that tokens carry.
    pub(super) code: String,
    /// What people call it.
    pub(super) name: String,
}

/// The name of a person.
pub(super) struct PersonName {
    pub(super) title: Option<String>,
    pub(super) first: Option<String>,
    pub(super) middle: Option<String>,
    pub(super) last: Option<String>,
}

/// The name of a person.
#[Object]
impl PersonName {
    /// The form of address.
    async fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The first name.
    async fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }

    /// Middle names.
    async fn middle(&self) -> Option<&str> {
        self.middle.as_deref()
    }

    /// The last name.
    async fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// First and last name as one text; empty when neither is known.
    async fn display(&self) -> String {
        let parts: Vec<&str> =
            [&self.first, &self.last].into_iter().filter_map(|part| part.as_deref()).collect();
        parts.join(" ")
    }
}

/// Day and place of birth.
#[derive(SimpleObject)]
pub(super) struct Birth {
    /// The day.
    pub(super) date: Option<Date>,
    /// The town, as papers have it.
    pub(super) place: Option<String>,
    /// The country of that place.
    pub(super) country: Option<CountryCode>,
}

/// A postal address.
#[derive(SimpleObject)]
pub(super) struct Address {
    /// First line.
    pub(super) line1: Option<String>,
    /// Second line.
    pub(super) line2: Option<String>,
    /// Third line.
    pub(super) line3: Option<String>,
    /// Postal code.
    pub(super) postcode: Option<String>,
    /// City or town.
    pub(super) city: Option<String>,
    /// State, province or region.
    pub(super) state: Option<String>,
    /// The country of the address.
    pub(super) country: Option<CountryCode>,
    /// The country's name in English.
    pub(super) country_name: Option<&'static str>,
}

impl From<AddressRow> for Address {
    fn from(row: AddressRow) -> Self {
        let AddressRow { line1, line2, line3, postcode, city, state, country } = row;
        let country_name = country.as_deref().and_then(country::name);
        Self { line1, line2, line3, postcode, city, state, country: country.map(CountryCode), country_name }
    }
}

/// How a user was cancelled.
#[derive(SimpleObject)]
pub(super) struct Cancellation {
    /// Who wanted it.
    pub(super) origin: CancelOrigin,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// Why, as staff wrote.
    pub(super) reason: Option<String>,
}

/// What of a user was verified.
#[derive(SimpleObject)]
pub(super) struct Verified {
    /// Whether the identity was, by KYC.
    pub(super) identity: bool,
    /// The e-mail address.
    pub(super) email: bool,
    /// The phone number.
    pub(super) phone: bool,
}
