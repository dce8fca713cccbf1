//! Our own words, which jsonl and csv share: the names of the API's inputs, and those of what the API computes or sets
//! by acts of their own.

use serde_json::{Map, Value};

use super::{
    fields::{Fields, is_blank},
    record::{
        CompanyRow, ExternalIdChange, GuestRow, MarkRow, MarksRecord, Named, ParentRow, PartyRow, Record,
        Row, TiesRecord,
    },
    report::{Left, Why},
};
use crate::domain::user::{AddressChange, ExternalId, Patch, UserChange};

mod parts;

/// The objects in a row that are addresses.
const ADDRESSES: [&str; 3] = ["postalAddress", "secondaryAddress", "locationAddress"];

/// All objects in a row; in csv, the first part of a dotted name. Some have objects within.
pub(super) const OBJECTS: [&str; 11] = [
    "postalAddress",
    "secondaryAddress",
    "locationAddress",
    "company",
    "occupation",
    "finances",
    "tax",
    "sanctions",
    "fees",
    "provider",
    "verifications",
];

/// The objects in a row that name another user; in csv, the first part of a dotted name as well.
pub(super) const TIES: [&str; 2] = ["parent", "companyMembership"];

/// The lists of texts in a row; in csv, texts separated by semicolons.
pub(super) const LISTS: [&str; 4] = ["spokenLanguages", "groups", "categories", "extraPermissions"];

/// The list of external ids.
pub(super) const EXTERNAL_IDS: &str = "externalIds";

/// Reads a row.
pub(super) fn read(number: u64, row: Map<String, Value>) -> Row {
    let mut fields = Fields::of(row, Value::is_null);
    let f = &mut fields;
    let record = Record {
        account: f.text("account").into_value(),
        reference: f.text("reference").into_value(),
        external_ids: f.objects(EXTERNAL_IDS, external_id).map(|ids| ids.into_iter().flatten().collect()),
        profile: profile(f),
        country_if_none: None,
        status: f.word("status").into_value(),
        status_since: f.instant("statusSince").into_value(),
        status_reason: f.text("statusReason"),
        status_before_inactive: f.word("statusBeforeInactive"),
        cancel_origin: f.word("cancelOrigin").into_value(),
        assumed_origin: None,
        frozen: f.flag("frozen").into_value(),
        identity_verified: f.flag("identityVerified").into_value(),
        email_verified: f.flag("emailVerified").into_value(),
        phone_verified: f.flag("phoneVerified").into_value(),
        marks: match f.object("verifications", marks) {
            Patch::Keep => MarksRecord::default(),
            Patch::Clear => MarksRecord::UNKNOWN,
            Patch::Set(marks) => marks,
        },
        kyc_level: f.word("kycLevel").into_value(),
        kyc_status: f.word("kycStatus").into_value(),
        kyc_comment: f.text("kycComment"),
        fees: f.object("fees", parts::fees),
        provider: f.object("provider", parts::provider),
        version: f.number("version").into_value(),
        created_at: f.instant("createdAt").into_value(),
        updated_at: f.instant("updatedAt").into_value(),
        last_sign_in_at: f.instant("lastSignInAt"),
        groups: f.list("groups"),
        ties: ties(f),
    };
    let (left, reasons) = fields.finish();
    Row {
        number,
        record: Some(record),
        reasons,
        left: left.into_iter().map(unknown).collect(),
        ..Row::default()
    }
}

fn profile(f: &mut Fields) -> UserChange {
    UserChange {
        tag: f.text("tag"),
        // nobody is without one: null says nothing
        person_type: Patch::of(f.word("personType").into_value()),
        client_type: f.word("clientType"),
        market_role: f.word("marketRole"),
        title: f.text("title"),
        first_name: f.text("firstName"),
        last_name: f.text("lastName"),
        middle_names: f.text("middleNames"),
        birth_date: f.text("birthDate"),
        birth_place: f.text("birthPlace"),
        birth_country: f.text("birthCountry"),
        nationality: f.text("nationality"),
        second_nationality: f.text("secondNationality"),
        country: f.text("countryOfResidence"),
        email: f.text("email"),
        phone: f.text("phone"),
        mobile: f.text("mobile"),
        picture: f.text("picture"),
        mother_tongue: f.text("motherTongue"),
        preferred_language: f.text("preferredLanguage"),
        communication_language: f.text("communicationLanguage"),
        time_zone: f.text("timeZone"),
        spoken_languages: f.list("spokenLanguages"),
        // see `Record::external_ids`
        external_ids: Patch::Keep,
        postal_address: f.object(ADDRESSES[0], address),
        secondary_address: f.object(ADDRESSES[1], address),
        location_address: f.object(ADDRESSES[2], address),
        opt_in_mailing: f.flag("optInMailing"),
        tax_payer: f.word("taxPayer"),
        company: f.object("company", parts::company),
        occupation: f.object("occupation", parts::occupation),
        finances: f.object("finances", parts::finances),
        tax: f.object("tax", parts::tax),
        sanctions: f.object("sanctions", parts::sanctions),
    }
}

fn marks(f: &mut Fields) -> MarksRecord {
    let mut mark = |name| {
        let row = f.object(name, |f| MarkRow {
            source: f.word("source").into_value(),
            by: f.text("by"),
            at: f.instant("at").into_value(),
        });
        // empty cells of csv say nothing
        match row {
            Patch::Set(MarkRow { source: None, by: Patch::Keep | Patch::Clear, at: None }) => Patch::Clear,
            row => row,
        }
    };
    MarksRecord { identity: mark("identity"), email: mark("email"), phone: mark("phone") }
}

fn ties(f: &mut Fields) -> TiesRecord {
    TiesRecord {
        parent: f.object(TIES[0], |f| ParentRow {
            named: named(f),
            among: None,
            kind: f.word("kind").into_value(),
            share: f.percent("sharePercent").into_value(),
            controlling_person_type: f.word("controllingPersonType").into_value(),
            employee_type: f.word("employeeType").into_value(),
        }),
        company: f.object(TIES[1], |f| CompanyRow {
            named: named(f),
            role: f.word("role").into_value(),
            since: f.instant("since").into_value(),
        }),
        guests: f.objects("guests", |f| GuestRow {
            email: f.text("email").into_value(),
            roles: f.words("roles").into_value().unwrap_or_default(),
            invited_at: f.instant("invitedAt").into_value(),
            accepted_at: f.instant("acceptedAt").into_value(),
            named: named(f),
        }),
        parties: f.objects("parties", |f| PartyRow {
            named: named(f),
            kind: f.word("kind").into_value(),
            since: f.instant("since").into_value(),
        }),
        categories: f.list("categories"),
        extra_permissions: f.words("extraPermissions"),
    }
}

/// Another user: by `reference`, or by `system` and `value` of an external id.
fn named(f: &mut Fields) -> Named {
    let reference = f.text("reference").into_value();
    let system = f.text("system").into_value();
    let value = f.text("value").into_value();
    Named { reference, external_id: system.zip(value).map(|(system, value)| ExternalId { system, value }) }
}

fn address(f: &mut Fields) -> AddressChange {
    AddressChange {
        line1: f.text("line1"),
        line2: f.text("line2"),
        line3: f.text("line3"),
        postcode: f.text("postcode"),
        city: f.text("city"),
        state: f.text("state"),
        country: f.text("country"),
    }
}

fn external_id(f: &mut Fields) -> Option<ExternalIdChange> {
    let system = f.text("system").into_value();
    let value = f.text("value");
    let Some(system) = system else {
        f.refuse("system", "Name the system that the id belongs to.");
        return None;
    };
    Some(ExternalIdChange { system, value: value.into_value() })
}

fn unknown((name, value): (String, Value)) -> Left {
    Left { says: !is_blank(&value), name, why: Why::Unknown }
}
