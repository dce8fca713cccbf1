//! One user with its satellites, as a change sees it: what was read under lock, what it becomes, and the difference of
//! the two, which is what the audit trail keeps.

use std::collections::{BTreeMap, BTreeSet};

use backdesk_entity::{
    enums::{AddressKind, DocumentState},
    user, user_address,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    ties::{TieParts, Ties},
    wide::{Wide, WideParts},
};
use crate::{domain::text, store::audit::FieldChange};

/// An address without its owner.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the entity documents each column")]
pub struct Address {
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub line3: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
}

impl From<user_address::Model> for Address {
    fn from(row: user_address::Model) -> Self {
        let user_address::Model { user_id: _, kind: _, line1, line2, line3, postcode, city, state, country } =
            row;
        Self { line1, line2, line3, postcode, city, state, country }
    }
}

#[expect(clippy::struct_excessive_bools, reason = "one for each satellite, independent of one another")]
/// Which satellites a change may touch, so that no others are read.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "named as what they are")]
pub struct Parts {
    pub addresses: bool,
    pub external_ids: bool,
    pub spoken_languages: bool,
    pub groups: bool,
    pub wide: WideParts,
    pub ties: TieParts,
}

impl Parts {
    /// Everything.
    pub const ALL: Self = Self {
        addresses: true,
        external_ids: true,
        spoken_languages: true,
        groups: true,
        wide: WideParts::ALL,
        ties: TieParts::ALL,
    };
}

/// A user and the satellites that were read; the others are none, and stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as what they are")]
pub struct UserFile {
    pub user: user::Model,
    pub addresses: Option<BTreeMap<AddressKind, Address>>,
    pub external_ids: Option<BTreeMap<String, String>>,
    pub spoken_languages: Option<BTreeSet<String>>,
    /// Assigned groups: ids with their keys.
    pub groups: Option<BTreeMap<Uuid, String>>,
    pub wide: Wide,
    pub ties: Ties,
    pub aside: Aside,
}

/// What an act wrote itself: rows of which a user may have very many, so that they are not read whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aside {
    /// The id of what it made.
    pub made: Option<Uuid>,
    /// The id of the upload that it announced.
    pub upload: Option<Uuid>,
    /// The document that it is about, and where that stands now.
    pub document: Option<(Uuid, DocumentState)>,
    /// What the trail tells of it.
    pub changes: Vec<FieldChange>,
    /// The KYC review that the act opened or added to.
    pub review: Option<Reviewed>,
}

/// What an act means for a KYC review of its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// The review.
    pub id: Uuid,
    /// Whether the act opens it.
    pub is_new: bool,
    /// The fields that change and that the review is to look at.
    pub fields: Vec<String>,
}

/// Columns that follow from others, or that say only that something changed.
const DERIVED: [&str; 17] = [
    "version",
    "updated_at",
    "status_before_inactive",
    "email_folded",
    "first_name_folded",
    "last_name_folded",
    "tag_folded",
    "search_text",
    "own_fees",
    "wallet_status",
    "wallet_count",
    "payin_count",
    "listing_count",
    "asker_booking_count",
    "offerer_booking_count",
    "review_received_count",
    "review_made_count",
];

impl UserFile {
    /// What changed from `before` to `self`, by the API's names of the fields.
    pub fn changes_since(&self, before: Option<&Self>) -> Vec<FieldChange> {
        let of_row = differences(before.map(Self::columns).unwrap_or_default(), self.columns());
        let facts_before = before.map(|before| before.facts_but(Some(self))).unwrap_or_default();
        // the row has very many columns, of which few change: only these are given the names of the API
        let mut changes: Vec<FieldChange> = of_row
            .filter(|change| !DERIVED.contains(&change.field.as_str()))
            .map(|change| FieldChange { field: api_name(&change.field), ..change })
            .chain(differences(facts_before, self.facts_but(before)))
            .collect();
        changes.sort_by(|one, other| one.field.cmp(&other.field));
        changes.extend(self.aside.changes.iter().cloned());
        changes
    }

    /// The row, by the names of its columns.
    fn columns(&self) -> Map<String, Value> {
        match serde_json::to_value(&self.user) {
            Ok(Value::Object(columns)) => columns,
            _ => Map::new(),
        }
    }

    /// Everything about the user beside the row that a change can touch, flat: `postalAddress.line1`, … Nothing of
    /// addresses, wide parts and ties that another file of the user has as they are here: to tell these only to find no
    /// difference costs more than to compare them.
    fn facts_but(&self, other: Option<&Self>) -> Map<String, Value> {
        let mut facts = Map::new();
        let addresses =
            self.addresses.iter().filter(|_| other.is_none_or(|other| other.addresses != self.addresses));
        for (kind, address) in addresses.flatten() {
            if let Ok(Value::Object(lines)) = serde_json::to_value(address) {
                for (name, value) in lines {
                    facts.insert(format!("{}.{name}", address_name(*kind)), value);
                }
            }
        }
        if let Some(external_ids) = &self.external_ids {
            facts.insert("externalIds".into(), serde_json::json!(external_ids));
        }
        if let Some(languages) = &self.spoken_languages {
            facts.insert("spokenLanguages".into(), serde_json::json!(languages));
        }
        if let Some(groups) = &self.groups {
            let keys: BTreeSet<&String> = groups.values().collect();
            facts.insert("groups".into(), serde_json::json!(keys));
        }
        self.wide.tell_but(other.map(|other| &other.wide), &mut facts);
        if other.is_none_or(|other| other.ties != self.ties) {
            self.ties.facts(&mut facts);
        }
        facts
    }
}

/// What differs; what is not there is null.
fn differences(
    mut before: Map<String, Value>,
    after: Map<String, Value>,
) -> impl Iterator<Item = FieldChange> {
    let mut changes = Vec::new();
    for (field, after) in after {
        let before = before.remove(&field).unwrap_or_default();
        if before != after {
            changes.push(FieldChange { field, before, after });
        }
    }
    let gone = before.into_iter().filter(|(_, before)| !before.is_null());
    changes.extend(gone.map(|(field, before)| FieldChange { field, before, after: Value::Null }));
    changes.into_iter()
}

/// What the trail tells of one row among many, under its path. Columns that say whose it is are left out, as are `silent` ones.
pub(in crate::store) fn row_changes<T: Serialize>(
    path: &str,
    before: Option<&T>,
    after: &T,
    silent: &[&str],
) -> Vec<FieldChange> {
    let facts = |row: &T| match serde_json::to_value(row) {
        Ok(Value::Object(columns)) => columns,
        _ => Map::new(),
    };
    let mut before = before.map(facts).unwrap_or_default();
    let spoken = |name: &str| !["id", "user_id", "account"].contains(&name) && !silent.contains(&name);
    let changes = facts(after).into_iter().filter(|(name, _)| spoken(name)).filter_map(|(name, after)| {
        let before = before.remove(&name).unwrap_or_default();
        let field = format!("{path}.{}", text::camel_case(&name));
        (before != after).then_some(FieldChange { field, before, after })
    });
    changes.collect()
}

fn address_name(kind: AddressKind) -> &'static str {
    match kind {
        AddressKind::Postal => "postalAddress",
        AddressKind::Secondary => "secondaryAddress",
        AddressKind::Location => "locationAddress",
        AddressKind::Company => "company.address",
    }
}

/// The name of a column in the API.
fn api_name(column: &str) -> String {
    match column {
        "country" => "countryOfResidence".to_owned(),
        "kyc_comment" => "kyc.comment".to_owned(),
        column => text::camel_case(column),
    }
}
