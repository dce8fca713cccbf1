//! Whom filters ought to find, in plain Rust: the filters of the API over a population in memory, to compare the product
//! with. Written from the schema's words, not from the code that makes SQL of them.

use async_graphql::Name;
use backdesk::domain::{
    self,
    text::{fold, squeeze},
};
use backdesk_entity::{
    enums::CompanyRole, user_company::Model as Company, user_sanctions::Model as Sanctions,
};
use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::population::{Population, Somebody};

/// A value that is tested or sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell {
    Text(String),
    At(DateTime<Utc>),
    Day(NaiveDate),
    /// A word of a vocabulary: its number and its name.
    Word(i16, String),
    Id(Uuid),
    Flag(bool),
    Number(i32),
}

impl Cell {
    /// As the API writes it.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::At(instant) => json!(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Self::Day(day) => json!(day.to_string()),
            Self::Word(_, name) => json!(name),
            Self::Id(id) => json!(id),
            Self::Flag(flag) => json!(flag),
            Self::Number(number) => json!(number),
        }
    }
}

/// What is tested of an attribute.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Eq(Cell),
    Ne(Cell),
    In(Vec<Cell>),
    NotIn(Vec<Cell>),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    Gt(Cell),
    Gte(Cell),
    Lt(Cell),
    Lte(Cell),
    Between(Cell, Cell),
    /// The last so many hours, counted from this instant.
    Within(i64, DateTime<Utc>),
    IsNull(bool),
    /// Attributes that are true or false are given plainly.
    Is(bool),
}

/// Which operators an attribute has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Code,
    Word,
    At,
    Day,
    Id,
    /// True or false, given plainly.
    Flag,
    /// True, false or missing.
    Answer,
    Number,
}

/// An attribute that users are filtered by.
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// How a text is written before it is compared.
    form: fn(&str) -> String,
    /// What a user has there: nothing, a value, or several.
    pub(crate) read: fn(&Somebody) -> Vec<Cell>,
}

/// A filter on users.
#[derive(Debug, Clone)]
pub(crate) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    /// A test of the attribute at this place of [`ATTRIBUTES`].
    On(usize, Test),
}

impl Filter {
    /// A test of an attribute by its name.
    pub(crate) fn on(name: &str, test: Test) -> Self {
        let place = ATTRIBUTES.iter().position(|attribute| attribute.name == name);
        Self::On(place.unwrap_or_else(|| panic!("no attribute {name}")), test)
    }

    /// The complement.
    pub(crate) fn negated(&self) -> Self {
        Self::Not(Box::new(self.clone()))
    }

    /// As the API writes it.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::And(parts) => json!({ "and": parts.iter().map(Self::json).collect::<Vec<_>>() }),
            Self::Or(parts) => json!({ "or": parts.iter().map(Self::json).collect::<Vec<_>>() }),
            Self::Not(inner) => json!({ "not": inner.json() }),
            Self::On(place, test) => json!({ ATTRIBUTES[*place].name: test.json() }),
        }
    }

    /// Whether it finds somebody.
    pub(crate) fn finds(&self, somebody: &Somebody) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.finds(somebody)),
            Self::Or(parts) => parts.iter().any(|part| part.finds(somebody)),
            Self::Not(inner) => !inner.finds(somebody),
            Self::On(place, test) => {
                let attribute = &ATTRIBUTES[*place];
                test.holds(&(attribute.read)(somebody), attribute.form)
            }
        }
    }
}

impl Test {
    fn json(&self) -> Value {
        let all = |cells: &[Cell]| cells.iter().map(Cell::json).collect::<Vec<_>>();
        match self {
            Self::Eq(cell) => json!({ "eq": cell.json() }),
            Self::Ne(cell) => json!({ "ne": cell.json() }),
            Self::In(cells) => json!({ "in": all(cells) }),
            Self::NotIn(cells) => json!({ "notIn": all(cells) }),
            Self::Contains(text) => json!({ "contains": text }),
            Self::StartsWith(text) => json!({ "startsWith": text }),
            Self::EndsWith(text) => json!({ "endsWith": text }),
            Self::Gt(cell) => json!({ "gt": cell.json() }),
            Self::Gte(cell) => json!({ "gte": cell.json() }),
            Self::Lt(cell) => json!({ "lt": cell.json() }),
            Self::Lte(cell) => json!({ "lte": cell.json() }),
            Self::Between(from, to) => json!({ "between": { "from": from.json(), "to": to.json() } }),
            Self::Within(hours, _) => json!({ "within": { "last": hours, "unit": "HOURS" } }),
            Self::IsNull(missing) => json!({ "isNull": missing }),
            Self::Is(flag) => json!(flag),
        }
    }

    /// Whether one of the values meets it; the negative tests, whether none does.
    fn holds(&self, values: &[Cell], form: fn(&str) -> String) -> bool {
        let written = |cell: &Cell| match cell {
            Cell::Text(text) => Cell::Text(form(text)),
            other => other.clone(),
        };
        let equals = |cell: &Cell| values.contains(&written(cell));
        let text = |meets: &dyn Fn(&str, &str) -> bool, part: &str| {
            // of what is no text of this form, nothing is left to look for
            let (given, part) = (part, form(part));
            let is_none = part.is_empty() && !given.is_empty();
            !is_none && values.iter().any(|value| matches!(value, Cell::Text(text) if meets(text, &part)))
        };
        match self {
            Self::Eq(cell) => equals(cell),
            Self::Ne(cell) => !equals(cell),
            Self::In(cells) => cells.iter().any(equals),
            Self::NotIn(cells) => !cells.iter().any(equals),
            Self::Contains(part) => text(&|text, part| text.contains(part), part),
            Self::StartsWith(part) => text(&|text, part| text.starts_with(part), part),
            Self::EndsWith(part) => text(&|text, part| text.ends_with(part), part),
            Self::Gt(cell) => values.iter().any(|value| value > cell),
            Self::Gte(cell) => values.iter().any(|value| value >= cell),
            Self::Lt(cell) => values.iter().any(|value| value < cell),
            Self::Lte(cell) => values.iter().any(|value| value <= cell),
            Self::Between(from, to) => values.iter().any(|value| (from..=to).contains(&value)),
            Self::Within(hours, now) => {
                let stretch = Cell::At(*now - Duration::hours(*hours))..=Cell::At(*now);
                values.iter().any(|value| stretch.contains(value))
            }
            Self::IsNull(missing) => values.is_empty() == *missing,
            Self::Is(flag) => values.contains(&Cell::Flag(*flag)),
        }
    }
}

fn exact(text: &str) -> String {
    text.to_owned()
}

fn language(text: &str) -> String {
    domain::language::parse(text).unwrap_or_else(|_| text.to_owned())
}

fn time_zone(text: &str) -> String {
    domain::time_zone::parse(text).unwrap_or_else(|_| text.to_owned())
}

fn upper(text: &str) -> String {
    text.trim().to_uppercase()
}

fn digits(text: &str) -> String {
    text.chars().filter(|c| *c == '+' || c.is_ascii_digit()).collect()
}

fn text(value: Option<&String>) -> Vec<Cell> {
    value.map(|text| Cell::Text(text.clone())).into_iter().collect()
}

fn answer(value: Option<bool>) -> Vec<Cell> {
    value.map(Cell::Flag).into_iter().collect()
}

fn answered(one: &Somebody, question: fn(&Sanctions) -> Option<bool>) -> Vec<Cell> {
    answer(one.sanctions.as_ref().and_then(question))
}

fn company(one: &Somebody, read: fn(&Company) -> Vec<Cell>) -> Vec<Cell> {
    one.company.as_ref().map(read).unwrap_or_default()
}

fn word(value: impl async_graphql::resolver_utils::EnumType, number: i16) -> Vec<Cell> {
    let name = match async_graphql::resolver_utils::enum_value(value) {
        async_graphql::Value::Enum(name) => Name::as_str(&name).to_owned(),
        other => panic!("{other} is no word"),
    };
    vec![Cell::Word(number, name)]
}

/// A word that may be missing.
macro_rules! word {
    ($value:expr) => {
        $value.map_or_else(Vec::new, |value| word(value, value as i16))
    };
}

/// The groups that somebody is shown in: assigned ones, and those that are states.
pub(crate) fn groups(somebody: &Somebody) -> Vec<Cell> {
    use backdesk_entity::enums::KycStatus;
    let user = &somebody.user;
    let states = [
        (!user.email_verified, "EMAIL_NOT_VERIFIED"),
        (!user.phone_verified, "PHONE_NOT_VERIFIED"),
        (user.kyc_status != KycStatus::Validated, "KYC_NOT_VERIFIED"),
    ];
    let states = states.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| key);
    let keys = somebody.groups.iter().copied().chain(states);
    keys.map(|key| Cell::Text(key.to_owned())).collect()
}

macro_rules! attributes {
    ($($name:literal $shape:ident $form:ident |$somebody:ident| $read:expr;)+) => {
        /// Every attribute that `UserWhere` has.
        pub(crate) const ATTRIBUTES: &[Attribute] = &[$(Attribute {
            name: $name,
            shape: Shape::$shape,
            form: $form,
            read: |$somebody| $read,
        }),+];
    };
}

attributes! {
    "id" Id exact |one| vec![Cell::Id(one.user.id)];
    "account" Code exact |one| text(Some(&one.user.account));
    "reference" Text upper |one| text(Some(&one.user.reference));
    "externalId" Code exact |one| one.external_ids.iter().map(|id| Cell::Text(id.value.clone())).collect();
    "tag" Text fold |one| text(one.user.tag_folded.as_ref());
    "createdAt" At exact |one| vec![Cell::At(one.user.created_at)];
    "updatedAt" At exact |one| vec![Cell::At(one.user.updated_at)];
    "lastSignInAt" At exact |one| one.user.last_sign_in_at.map(Cell::At).into_iter().collect();
    "personType" Word exact |one| word!(Some(one.user.person_type));
    "clientType" Word exact |one| word!(one.user.client_type);
    "marketRole" Word exact |one| word!(one.user.market_role);
    "firstName" Text fold |one| text(one.user.first_name_folded.as_ref());
    "lastName" Text fold |one| text(one.user.last_name_folded.as_ref());
    "birthDate" Day exact |one| one.user.birth_date.map(Cell::Day).into_iter().collect();
    "nationality" Code upper |one| text(one.user.nationality.as_ref());
    "country" Code upper |one| text(one.user.country.as_ref());
    "email" Text fold |one| text(one.user.email_folded.as_ref());
    "phone" Text digits |one| text(one.user.phone.as_ref());
    "mobile" Text digits |one| text(one.user.mobile.as_ref());
    "motherTongue" Code language |one| text(one.user.mother_tongue.as_ref());
    "spokenLanguage" Code language |one| one.languages.iter().map(|tag| Cell::Text((*tag).to_owned())).collect();
    "preferredLanguage" Code language |one| text(one.user.preferred_language.as_ref());
    "communicationLanguage" Code language |one| text(one.user.communication_language.as_ref());
    "timeZone" Code time_zone |one| text(one.user.time_zone.as_ref());
    "status" Word exact |one| word!(Some(one.user.status));
    "active" Flag exact |one| {
        use backdesk_entity::enums::UserStatus::{InReview, Live};
        vec![Cell::Flag([InReview, Live].contains(&one.user.status))]
    };
    "frozen" Flag exact |one| vec![Cell::Flag(one.user.frozen)];
    "cancelOrigin" Word exact |one| word!(one.user.cancel_origin);
    "group" Code upper |one| groups(one);
    "category" Code upper |one| one.categories.iter().map(|key| Cell::Text((*key).to_owned())).collect();
    "extraPermission" Word exact |one| {
        one.extra_permissions.iter().flat_map(|permission| word(*permission, *permission as i16)).collect()
    };
    "parent" Id exact |one| one.parent.map(Cell::Id).into_iter().collect();
    "company" Id exact |one| one.membership.map(|(company, _)| Cell::Id(company)).into_iter().collect();
    "companyUser" Flag exact |one| vec![Cell::Flag(one.membership.is_some())];
    "companyOwner" Flag exact |one| vec![Cell::Flag(one.is_in_company_as(CompanyRole::Owner))];
    "companyStaff" Flag exact |one| vec![Cell::Flag(one.is_in_company_as(CompanyRole::Staff))];
    "partner" Id exact |one| one.parties.iter().copied().map(Cell::Id).collect();
    "identityVerified" Flag exact |one| vec![Cell::Flag(one.user.identity_verified)];
    "emailVerified" Flag exact |one| vec![Cell::Flag(one.user.email_verified)];
    "phoneVerified" Flag exact |one| vec![Cell::Flag(one.user.phone_verified)];
    "kycLevel" Word exact |one| word!(Some(one.user.kyc_level));
    "kycStatus" Word exact |one| word!(Some(one.user.kyc_status));
    "companyName" Text fold |one| company(one, |company| {
        [&company.legal_name_folded, &company.business_name_folded].into_iter().flat_map(|name| text(name.as_ref())).collect()
    });
    "registrationNumber" Text squeeze |one| company(one, |company| text(company.registration_number_squeezed.as_ref()));
    "vatNumber" Text squeeze |one| company(one, |company| text(company.vat_number.as_ref()));
    "legalForm" Code exact |one| company(one, |company| text(company.legal_form.as_ref()));
    "countryOfIncorporation" Code upper |one| company(one, |company| text(company.country_of_incorporation.as_ref()));
    "taxPayer" Word exact |one| word!(one.user.tax_payer);
    "optInMailing" Answer exact |one| answer(one.user.opt_in_mailing);
    "feesCustomized" Flag exact |one| vec![Cell::Flag(one.user.own_fees)];
    "walletStatus" Word exact |one| word!(Some(one.user.wallet_status));
    "hasListing" Flag exact |one| vec![Cell::Flag(one.user.listing_count > 0)];
    "listingCount" Number exact |one| vec![Cell::Number(one.user.listing_count)];
    "askerBookingCount" Number exact |one| vec![Cell::Number(one.user.asker_booking_count)];
    "offererBookingCount" Number exact |one| vec![Cell::Number(one.user.offerer_booking_count)];
    "taxResidence" Code upper |one| one.tax.iter().flat_map(|tax| text(tax.tax_residence.as_ref())).collect();
    "specifiedUsPerson" Answer exact |one| answer(one.tax.as_ref().and_then(|tax| tax.specified_us_person));
    "sanctioned" Flag exact |one| {
        let is_yes = |all: &Sanctions| [all.economic, all.resident_countries, all.involved].contains(&Some(true));
        vec![Cell::Flag(one.sanctions.as_ref().is_some_and(is_yes))]
    };
    "activityOutsideEu" Answer exact |one| answered(one, |all| all.activity_outside_eu);
    "economicSanctions" Answer exact |one| answered(one, |all| all.economic);
    "residentCountriesSanctions" Answer exact |one| answered(one, |all| all.resident_countries);
    "involvedSanctions" Answer exact |one| answered(one, |all| all.involved);
}

impl Population {
    /// The ids of those whom a filter finds, in the order of the population.
    pub(crate) fn found_by(&self, filter: &Filter) -> Vec<Uuid> {
        let found = self.people.iter().filter(|somebody| filter.finds(somebody));
        found.map(|somebody| somebody.user.id).collect()
    }
}
