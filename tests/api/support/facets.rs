//! How facets ought to count, in plain Rust, to compare the product with. Written from the schema's words.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    population::{CATEGORIES, Somebody},
    reference::{ATTRIBUTES, Cell},
};

/// The list with every facet of it.
pub(crate) const FACETS: &str =
    "query ($where: UserWhere, $search: String, $by: [UserFacet!]!, $after: String) {
    users(where: $where, search: $search, after: $after) {
        totalCount facets(by: $by) { by buckets { key count } }
    }
}";

/// Something that users are counted by.
pub(crate) struct Facet {
    /// Its name in the API.
    pub(crate) name: &'static str,
    /// The attribute of `UserWhere` that it counts.
    pub(crate) attribute: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Every one of these, in this order.
    Words(&'static [&'static str]),
    /// The same, and those who have none.
    WordsOrNone(&'static [&'static str]),
    /// What occurs, the most frequent first.
    Codes,
}

const GROUPS: &[&str] = &[
    "API",
    "EMAIL_NOT_VERIFIED",
    "ENTERPRISE_OWNER",
    "ENTERPRISE_STAFF",
    "KYC_NOT_VERIFIED",
    "LEGAL_MERCHANT_OWNER",
    "LEGAL_MERCHANT_STAFF",
    "MERCHANT_OWNER",
    "MERCHANT_STAFF",
    "PHONE_NOT_VERIFIED",
];

macro_rules! facets {
    ($($name:literal $attribute:literal $kind:expr;)+) => {
        /// Every facet that `UserFacet` has.
        pub(crate) const ALL: &[Facet] = &[$(Facet { name: $name, attribute: $attribute, kind: $kind }),+];
    };
}

facets! {
    "STATUS" "status" Kind::Words(&["IN_REVIEW", "LIVE", "INVALIDATED", "CANCELED"]);
    "ACTIVE" "active" Kind::Words(&["true", "false"]);
    "FROZEN" "frozen" Kind::Words(&["true", "false"]);
    "PERSON_TYPE" "personType" Kind::Words(&["NATURAL_PERSON", "LEGAL_ENTITY"]);
    "CLIENT_TYPE" "clientType" Kind::WordsOrNone(&["ENTERPRISE", "MERCHANT"]);
    "MARKET_ROLE" "marketRole" Kind::WordsOrNone(&["VENDOR", "CUSTOMER", "BOTH"]);
    "GROUP" "group" Kind::WordsOrNone(GROUPS);
    "CATEGORY" "category" Kind::WordsOrNone(&CATEGORIES);
    "KYC_STATUS" "kycStatus" Kind::Words(&["NONE", "PENDING", "VALIDATED", "REFUSED"]);
    "KYC_LEVEL" "kycLevel" Kind::Words(&["NONE", "LIGHT", "REGULAR", "STRONG"]);
    "COUNTRY" "country" Kind::Codes;
    "ACCOUNT" "account" Kind::Codes;
    "TAX_PAYER" "taxPayer" Kind::WordsOrNone(&["USER", "PLATFORM"]);
    "WALLET_STATUS" "walletStatus" Kind::Words(&["NOT_CONNECTED", "PENDING", "BLOCKED", "ACTIVATED"]);
    "FEES_CUSTOMIZED" "feesCustomized" Kind::Words(&["true", "false"]);
    "HAS_LISTING" "hasListing" Kind::Words(&["true", "false"]);
    "SANCTIONED" "sanctioned" Kind::Words(&["true", "false"]);
}

/// The names of all facets.
pub(crate) fn names() -> Vec<&'static str> {
    ALL.iter().map(|facet| facet.name).collect()
}

impl Facet {
    /// Whether a user counts in one bucket exactly.
    pub(crate) fn is_single_valued(&self) -> bool {
        !["GROUP", "CATEGORY"].contains(&self.name)
    }

    /// The facet of these people, as the API answers it.
    pub(crate) fn of<'a>(&self, people: impl Iterator<Item = &'a Somebody>) -> Value {
        let attribute = ATTRIBUTES.iter().find(|attribute| attribute.name == self.attribute);
        let read = attribute.expect("an attribute").read;
        let mut counts: BTreeMap<Option<String>, usize> = BTreeMap::new();
        for somebody in people {
            let cells = read(somebody);
            for cell in &cells {
                *counts.entry(Some(key(cell))).or_default() += 1;
            }
            if cells.is_empty() {
                *counts.entry(None).or_default() += 1;
            }
        }
        let nobody = counts.remove(&None);
        let word = |word: &&str| {
            let key = Some((*word).to_owned());
            let count = counts.get(&key).copied().unwrap_or_default();
            (key, count)
        };
        let mut buckets: Vec<(Option<String>, usize)> = match self.kind {
            Kind::Words(words) | Kind::WordsOrNone(words) => words.iter().map(word).collect(),
            Kind::Codes => counts.into_iter().collect(),
        };
        match self.kind {
            Kind::Words(_) => assert_eq!(nobody, None, "{}", self.name),
            Kind::WordsOrNone(_) => buckets.push((None, nobody.unwrap_or_default())),
            Kind::Codes => {
                // they come by key, and those that are as frequent stay so
                buckets.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
                buckets.extend(nobody.map(|count| (None, count)));
            }
        }
        let buckets = buckets.into_iter().map(|(key, count)| json!({ "key": key, "count": count }));
        json!({ "by": self.name, "buckets": buckets.collect::<Vec<_>>() })
    }
}

fn key(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Word(_, text) => text.clone(),
        Cell::Flag(flag) => flag.to_string(),
        other => panic!("{other:?} is no key"),
    }
}
