//! What a caller may say about a user, before anybody judged it. Front end, import and demo data all speak this form.

use std::{collections::BTreeSet, sync::LazyLock};

use backdesk_entity::enums::{ClientType, MarketRole, PersonType, TaxPayer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text::camel_case;

mod parts;

pub use parts::{
    AmountGiven, CompanyChange, FeesChange, FinancesChange, OccupationChange, ProviderChange,
    SanctionsChange, TaxChange,
};

/// Absent, null or a value: unchanged, cleared or set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub enum Patch<T> {
    /// Not mentioned: stays as it is.
    #[default]
    Keep,
    /// Null: becomes empty.
    Clear,
    /// Becomes this.
    Set(T),
}

impl<T> Patch<T> {
    /// Set where there is a value, untouched where there is none.
    pub fn of(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }

    /// The value that it sets, if it does.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// The same with another form of the value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(convert(value)),
        }
    }
}

impl<T> Patch<Vec<T>> {
    /// The list that is wanted: none when it stays as it is, an empty one when it is cleared.
    pub fn as_list(&self) -> Option<&[T]> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(&[]),
            Self::Set(list) => Some(list),
        }
    }
}

/// Changes to the parts of a user that staff edit. Texts are as typed: the service judges them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct UserChange {
    pub tag: Patch<String>,
    pub person_type: Patch<PersonType>,
    pub client_type: Patch<ClientType>,
    pub market_role: Patch<MarketRole>,
    pub title: Patch<String>,
    pub first_name: Patch<String>,
    pub last_name: Patch<String>,
    pub middle_names: Patch<String>,
    pub birth_date: Patch<String>,
    pub birth_place: Patch<String>,
    pub birth_country: Patch<String>,
    pub nationality: Patch<String>,
    pub second_nationality: Patch<String>,
    pub country: Patch<String>,
    pub email: Patch<String>,
    pub phone: Patch<String>,
    pub mobile: Patch<String>,
    pub picture: Patch<String>,
    pub mother_tongue: Patch<String>,
    pub preferred_language: Patch<String>,
    pub communication_language: Patch<String>,
    pub time_zone: Patch<String>,
    pub spoken_languages: Patch<Vec<String>>,
    pub external_ids: Patch<Vec<ExternalId>>,
    pub postal_address: Patch<AddressChange>,
    pub secondary_address: Patch<AddressChange>,
    pub location_address: Patch<AddressChange>,
    pub opt_in_mailing: Patch<bool>,
    pub tax_payer: Patch<TaxPayer>,
    pub company: Patch<CompanyChange>,
    pub occupation: Patch<OccupationChange>,
    pub finances: Patch<FinancesChange>,
    pub tax: Patch<TaxChange>,
    pub sanctions: Patch<SanctionsChange>,
}

/// The names of all fields that [`UserChange`] can change, as the audit trail has them: `firstName`, `company.legalName`.
pub fn editable_fields() -> &'static BTreeSet<String> {
    static FIELDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let address = || Patch::Set(AddressChange::default());
        let company = CompanyChange { address: address(), ..CompanyChange::default() };
        let parts = UserChange {
            postal_address: address(),
            secondary_address: address(),
            location_address: address(),
            company: Patch::Set(company),
            occupation: Patch::Set(OccupationChange::default()),
            finances: Patch::Set(FinancesChange::default()),
            tax: Patch::Set(TaxChange::default()),
            sanctions: Patch::Set(SanctionsChange::default()),
            ..UserChange::default()
        };
        let mut names = BTreeSet::new();
        collect(&serde_json::to_value(parts).unwrap_or_default(), "", &mut names);
        names
    });
    &FIELDS
}

/// The names of the fields of a change, those of its parts under the part's.
fn collect(change: &Value, path: &str, names: &mut BTreeSet<String>) {
    for (name, patch) in change.as_object().into_iter().flatten() {
        let name = match name.as_str() {
            "country" if path.is_empty() => "countryOfResidence".to_owned(),
            name => format!("{path}{}", camel_case(name)),
        };
        match patch.get("Set") {
            Some(part) => collect(part, &format!("{name}."), names),
            None => _ = names.insert(name),
        }
    }
}

/// Changes to what users are reached by, and whether they want to be. Texts are as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct ContactChange {
    pub email: Patch<String>,
    pub phone: Patch<String>,
    pub mobile: Patch<String>,
    pub preferred_language: Patch<String>,
    pub communication_language: Patch<String>,
    pub time_zone: Patch<String>,
    pub opt_in_mailing: Patch<bool>,
}

impl From<ContactChange> for UserChange {
    /// All but the opt-in, which is no part of the record that staff edit.
    fn from(change: ContactChange) -> Self {
        let ContactChange {
            email,
            phone,
            mobile,
            preferred_language,
            communication_language,
            time_zone,
            opt_in_mailing: _,
        } = change;
        Self {
            email,
            phone,
            mobile,
            preferred_language,
            communication_language,
            time_zone,
            ..Self::default()
        }
    }
}

/// Changes to one address; a cleared line is empty, a cleared address is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct AddressChange {
    pub line1: Patch<String>,
    pub line2: Patch<String>,
    pub line3: Patch<String>,
    pub postcode: Patch<String>,
    pub city: Patch<String>,
    pub state: Patch<String>,
    pub country: Patch<String>,
}

/// How another system calls a user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExternalId {
    /// The system.
    pub system: String,
    /// Its name for the user.
    pub value: String,
}

impl ExternalId {
    /// The system that a banking API's `clientId` comes from: the number of the platform, the same for all its users.
    pub const CLIENT: &'static str = "CLIENT";

    /// Whether the system calls several users the same, so that its ids need not be unique.
    pub fn is_shared(system: &str) -> bool {
        system.eq_ignore_ascii_case(Self::CLIENT)
    }
}
