//! How lists ought to be sorted, in plain Rust: the orders of the API over a population in memory, to compare the product
//! with.

use std::cmp::Ordering;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    population::{Population, Somebody},
    reference::Cell,
};

/// One key of an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) field: &'static str,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}

/// Every field of `UserOrderField`.
pub(crate) const ORDER_FIELDS: [&str; 17] = [
    "ID",
    "REFERENCE",
    "NAME",
    "FIRST_NAME",
    "LAST_NAME",
    "EMAIL",
    "CREATED_AT",
    "UPDATED_AT",
    "LAST_SIGN_IN_AT",
    "STATUS",
    "PERSON_TYPE",
    "COUNTRY",
    "KYC_LEVEL",
    "WALLET_STATUS",
    "LISTING_COUNT",
    "ASKER_BOOKING_COUNT",
    "OFFERER_BOOKING_COUNT",
];

impl Key {
    /// As the API writes it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "field": self.field,
            "direction": if self.descending { "DESC" } else { "ASC" },
            "nulls": if self.nulls_first { "FIRST" } else { "LAST" },
        })
    }

    fn compare(&self, one: &Somebody, other: &Somebody) -> Ordering {
        let (one, other) = (sorted_by(self.field, one), sorted_by(self.field, other));
        let part = |(one, other): (&Option<Cell>, &Option<Cell>)| match (one, other) {
            (Some(one), Some(other)) if self.descending => other.cmp(one),
            (Some(one), Some(other)) => one.cmp(other),
            (None, None) => Ordering::Equal,
            (None, Some(_)) if self.nulls_first => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) if self.nulls_first => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
        };
        one.iter().zip(&other).map(part).fold(Ordering::Equal, Ordering::then)
    }
}

fn sorted_by(field: &str, somebody: &Somebody) -> Vec<Option<Cell>> {
    let user = &somebody.user;
    let text = |text: &Option<String>| text.clone().map(Cell::Text);
    let word = |number: i16| Some(Cell::Word(number, String::new()));
    match field {
        "ID" => vec![Some(Cell::Id(user.id))],
        "REFERENCE" => vec![Some(Cell::Text(user.reference.clone()))],
        "NAME" => vec![text(&user.last_name_folded), text(&user.first_name_folded)],
        "FIRST_NAME" => vec![text(&user.first_name_folded)],
        "LAST_NAME" => vec![text(&user.last_name_folded)],
        "EMAIL" => vec![text(&user.email_folded)],
        "CREATED_AT" => vec![Some(Cell::At(user.created_at))],
        "UPDATED_AT" => vec![Some(Cell::At(user.updated_at))],
        "LAST_SIGN_IN_AT" => vec![user.last_sign_in_at.map(Cell::At)],
        "STATUS" => vec![word(user.status as i16)],
        "PERSON_TYPE" => vec![word(user.person_type as i16)],
        "COUNTRY" => vec![text(&user.country)],
        "KYC_LEVEL" => vec![word(user.kyc_level as i16)],
        "WALLET_STATUS" => vec![word(user.wallet_status as i16)],
        "LISTING_COUNT" => vec![Some(Cell::Number(user.listing_count))],
        "ASKER_BOOKING_COUNT" => vec![Some(Cell::Number(user.asker_booking_count))],
        "OFFERER_BOOKING_COUNT" => vec![Some(Cell::Number(user.offerer_booking_count))],
        other => panic!("nothing is sorted by {other}"),
    }
}

impl Population {
    /// The ids of all, sorted. Ties are settled by the id, in the direction of the last key.
    pub(crate) fn sorted_by(&self, order: &[Key]) -> Vec<Uuid> {
        let mut people: Vec<&Somebody> = self.people.iter().collect();
        let descending = order.last().is_some_and(|key| key.descending);
        let id = Key { field: "ID", descending, nulls_first: false };
        people.sort_by(|one, other| {
            let keys = order.iter().chain([&id]);
            keys.map(|key| key.compare(one, other)).fold(Ordering::Equal, Ordering::then)
        });
        people.iter().map(|somebody| somebody.user.id).collect()
    }
}
