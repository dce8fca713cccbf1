//! The user objects of a banking API, `{"users": [{…}]}`, read one by one however many there are.
//!
//! Its empty texts and its dates of zeros stand for "nothing". It does not say who wanted a user cancelled; OPERATOR is
//! assumed, because in such an API the operator cancels unless the user is known to have asked for it.

use std::{fmt, io::Read};

use backdesk_entity::enums::{
    CancelOrigin::Operator,
    ControllingPersonType, EmployeeType, KycLevel, KycStatus,
    PersonType::{LegalEntity, NaturalPerson},
    TieKind, UserStatus,
};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{
    Emit,
    fields::{Fields, is_blank},
    record::{ExternalIdChange, Named, ParentRow, Record, Row, TiesRecord},
};
use crate::domain::user::{AddressChange, ExternalId, Patch, UserChange};

mod attributes;
mod parts;

pub(super) use attributes::file_name;
pub(in crate::service) use parts::EURO;

/// The system that `userId` comes from: what a user of such a file is found again by.
pub(in crate::service) const SYSTEM: &str = "BANKING";

pub(in crate::service) const PERSON_TYPES: &[(&str, backdesk_entity::enums::PersonType)] = &[
    ("1", NaturalPerson),
    // business, non-governmental, governmental
    ("2", LegalEntity),
    ("3", LegalEntity),
    ("4", LegalEntity),
];
pub(in crate::service) const STATUSES: &[(&str, UserStatus)] = &[
    ("VALIDATED", UserStatus::Live),
    ("PENDING", UserStatus::InReview),
    ("CANCELED", UserStatus::Canceled),
    // none of theirs: dumps have it
    ("INVALIDATED", UserStatus::Invalidated),
];
pub(in crate::service) const KYC_LEVELS: &[(&str, KycLevel)] =
    &[("0", KycLevel::None), ("1", KycLevel::Light), ("2", KycLevel::Regular), ("3", KycLevel::Strong)];
pub(in crate::service) const KYC_REVIEWS: &[(&str, KycStatus)] = &[
    ("0", KycStatus::None),
    ("1", KycStatus::Pending),
    ("2", KycStatus::Validated),
    ("3", KycStatus::Refused),
];

pub(in crate::service) const PARENT_TYPES: &[(&str, TieKind)] = &[
    ("shareholder", TieKind::Shareholder),
    ("leader", TieKind::Director),
    ("director", TieKind::Director),
    ("employee", TieKind::Employee),
    ("other", TieKind::Other),
];
// a zero says nothing
pub(in crate::service) const CONTROLLING_PERSON_TYPES: &[(&str, Option<ControllingPersonType>)] = &[
    ("0", None),
    ("1", Some(ControllingPersonType::Shareholder)),
    ("2", Some(ControllingPersonType::OtherRelation)),
    ("3", Some(ControllingPersonType::Director)),
    ("4", Some(ControllingPersonType::None)),
];
pub(in crate::service) const EMPLOYEE_TYPES: &[(&str, Option<EmployeeType>)] = &[
    ("0", None),
    ("1", Some(EmployeeType::Leader)),
    ("2", Some(EmployeeType::Employee)),
    ("3", Some(EmployeeType::None)),
];

/// Reads user by user. An error says why it went no further.
pub(super) fn read(source: impl Read, emit: Emit<'_>) -> Result<(), String> {
    let mut stopped = false;
    let mut tell = |row| {
        let goes_on = emit(row);
        stopped |= !goes_on;
        goes_on
    };
    let mut json = serde_json::Deserializer::from_reader(source);
    let read = json.deserialize_map(File(&mut tell)).and_then(|()| json.end());
    match read {
        Err(error) if !stopped => Err(broken(&error)),
        _ => Ok(()),
    }
}

/// Why a file is not read further. What the library says of data may hold values, what it says of syntax does not.
fn broken(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Io => format!("the file cannot be read further: {error}"),
        Category::Syntax | Category::Eof => format!("the file is no JSON from here on: {error}"),
        Category::Data => format!(
            r#"the file is not of the form {{"users": [{{…}}]}}: see line {}, column {}"#,
            error.line(),
            error.column()
        ),
    }
}

/// The file as a whole.
struct File<'a>(Emit<'a>);

/// The list of users.
struct Users<'a>(Emit<'a>);

impl<'de> Visitor<'de> for File<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a list of users")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "users" && !found {
                found = true;
                map.next_value_seed(Users(&mut *self.0))?;
            } else {
                // what stands beside the list is said of an answer, not of a user
                map.next_value::<IgnoredAny>()?;
            }
        }
        if found { Ok(()) } else { Err(A::Error::custom("no list of users")) }
    }
}

impl<'de> DeserializeSeed<'de> for Users<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Users<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of users")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut users: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(user) = users.next_element::<Value>()? {
            let row = match user {
                Value::Object(user) => row(number, user),
                _ => Row::unreadable(number, "This is no object."),
            };
            if !(self.0)(row) {
                return Err(A::Error::custom("stopped"));
            }
            number += 1;
        }
        Ok(())
    }
}

/// Null, an empty text, or a date of zeros.
fn is_null(value: &Value) -> bool {
    match value {
        Value::String(text) => matches!(text.trim(), "" | "0000-00-00" | "0000-00-00 00:00:00"),
        value => value.is_null(),
    }
}

fn row(number: u64, user: Map<String, Value>) -> Row {
    let mut notes = Vec::new();
    let mut fields = Fields::of(user, is_null);
    let f = &mut fields;
    let created_at = f.instant("createdDate").into_value();
    let country = f.text("country");
    let status = f.choice("userStatus", STATUSES).into_value();
    if status == Some(UserStatus::Canceled) {
        notes.push("cancelled without an origin in the file: OPERATOR is assumed");
    }
    let record = Record {
        external_ids: external_ids(f),
        country_if_none: country.clone().into_value(),
        profile: profile(f, country),
        status,
        assumed_origin: Some(Operator),
        frozen: frozen(f, &mut notes),
        kyc_level: f.choice("kycLevel", KYC_LEVELS).into_value(),
        kyc_status: f.choice("kycReview", KYC_REVIEWS).into_value(),
        kyc_comment: f.text("kycReviewComment"),
        provider: Patch::Set(parts::provider(f)),
        created_at,
        updated_at: f.instant("modifiedDate").into_value(),
        ties: TiesRecord { parent: parent(f), ..TiesRecord::default() },
        ..Record::default()
    };
    let (left, reasons) = fields.finish();
    let left =
        left.into_iter().map(|(name, value)| attributes::left(name, is_null(&value) || is_blank(&value)));
    Row { number, record: Some(record), reasons, left: left.collect(), notes, ..Row::default() }
}

/// The parent, of whom the file may know the tie alone; nothing where it knows neither.
fn parent(f: &mut Fields) -> Patch<ParentRow> {
    let id = f.text("parentUserId");
    let kind = f.choice("parentType", PARENT_TYPES);
    let controlling = f.choice("controllingPersonType", CONTROLLING_PERSON_TYPES);
    let employee = f.choice("employeeType", EMPLOYEE_TYPES);
    let share = f.percent("effectiveBeneficiary");
    if id == Patch::Keep
        && kind == Patch::Keep
        && controlling == Patch::Keep
        && employee == Patch::Keep
        && share == Patch::Keep
    {
        return Patch::Keep;
    }
    let id = id.into_value().filter(|id| id.trim() != "0");
    let external_id = id.map(|value| ExternalId { system: SYSTEM.to_owned(), value });
    Patch::Set(ParentRow {
        named: Named { reference: None, external_id },
        among: Some(SYSTEM),
        kind: kind.into_value(),
        share: share.into_value().filter(|share| *share > 0),
        controlling_person_type: controlling.into_value().flatten(),
        employee_type: employee.into_value().flatten(),
    })
}

fn external_ids(f: &mut Fields) -> Patch<Vec<ExternalIdChange>> {
    let mut ids = Vec::new();
    match f.text("userId").into_value().filter(|id| id.trim() != "0") {
        Some(id) => ids.push(ExternalIdChange { system: SYSTEM.to_owned(), value: Some(id) }),
        None => f.refuse("userId", "It is missing: the user could not be found again."),
    }
    match f.text("clientId") {
        Patch::Keep => {}
        given => {
            ids.push(ExternalIdChange { system: ExternalId::CLIENT.to_owned(), value: given.into_value() });
        }
    }
    Patch::Set(ids)
}

fn profile(f: &mut Fields, country: Patch<String>) -> UserChange {
    let person_type = Patch::of(f.choice("userTypeId", PERSON_TYPES).into_value());
    UserChange {
        tag: f.text("userTag"),
        person_type,
        title: f.text("title"),
        first_name: f.text("firstname"),
        last_name: f.text("lastname"),
        middle_names: f.text("middleNames"),
        birth_date: f.text("birthday"),
        birth_place: f.text("placeOfBirth"),
        birth_country: f.text("birthCountry"),
        nationality: f.text("nationality"),
        second_nationality: f.text("nationalityOther"),
        email: f.text("email"),
        phone: f.text("phone"),
        mobile: f.text("mobile"),
        preferred_language: f.text("language"),
        time_zone: f.text("timezone"),
        postal_address: Patch::Set(AddressChange {
            line1: f.text("address1"),
            line2: f.text("address2"),
            line3: f.text("address3"),
            postcode: f.text("postcode"),
            city: f.text("city"),
            state: f.text("state"),
            country,
        }),
        secondary_address: Patch::Set(AddressChange {
            line1: f.text("secondaryAddress1"),
            line2: f.text("secondaryAddress2"),
            line3: f.text("secondaryAddress3"),
            postcode: f.text("secondaryPostcode"),
            city: f.text("secondaryCity"),
            state: f.text("secondaryState"),
            country: f.text("secondaryCountry"),
        }),
        opt_in_mailing: f.flag("optInMailing"),
        company: Patch::Set(parts::company(f, person_type)),
        occupation: Patch::Set(parts::occupation(f)),
        finances: Patch::Set(parts::finances(f)),
        tax: Patch::Set(parts::tax(f)),
        sanctions: Patch::Set(parts::sanctions(f)),
        ..UserChange::default()
    }
}

/// The API renamed the attribute and sends both. Where they disagree, frozen is the state that does no harm.
fn frozen(f: &mut Fields, notes: &mut Vec<&'static str>) -> Option<bool> {
    let former = f.flag("isFreezed").into_value();
    let present = f.flag("isFrozen").into_value();
    match (former, present) {
        (Some(former), Some(present)) => {
            if former != present {
                notes.push("isFreezed and isFrozen disagree: frozen is assumed");
            }
            Some(former || present)
        }
        (former, present) => present.or(former),
    }
}

#[cfg(test)]
mod tests;
