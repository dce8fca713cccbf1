//! What other systems recorded of users: what each kind is listed, filtered, sorted and counted by. One file a kind.

use super::{
    filter::{Target, TextForm},
    page::{Kind, SortColumn},
};

mod listings;

pub use listings::{ListingAttribute, ListingFacet, ListingOrderField, Listings};

/// The users whom rows of most kinds belong to.
const USER: &str = "user_id";

/// A column that is never empty.
fn filled(column: (&'static str, &'static str)) -> Target {
    Target::Column { column, nullable: false, text: TextForm::Exact }
}

/// An instant to sort by that is never empty.
const fn instant(name: &'static str) -> SortColumn {
    SortColumn { name, kind: Kind::Instant, nullable: false }
}
