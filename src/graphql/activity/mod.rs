//! What other systems recorded of users, in the API. One file a kind.

mod listing;

pub(super) use listing::{Listing, ListingWhere};
