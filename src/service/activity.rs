//! What other systems recorded of users.

pub use crate::store::activity::{ListingAttribute, ListingFacet, ListingOrderField, Listings};
