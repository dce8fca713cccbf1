//! What users offer on the platform.

use backdesk_entity::{
    enums::ListingState,
    listing::{Column, Entity},
};
use sea_orm::IdenStatic;

use super::{USER, filled, instant};
use crate::store::{facet::Buckets, filter, nested::Owned};

kind! {
    /// The list of listings.
    Listings in "listings";
    /// What listings are filtered by.
    filter ListingAttribute {
        State => filled(TABLE, Column::State),
        PublishedAt => filled(TABLE, Column::PublishedAt),
    }
    /// What listings are sorted by.
    order ListingOrderField {
        /// The instant of publication.
        PublishedAt => instant("published_at"),
    }
    /// What listings are counted by.
    facet ListingFacet {
        /// Where they stand.
        State => Buckets::words::<ListingState>((TABLE, Column::State.as_str()), None),
    }
    scoped |reader| reader.select(Entity, (TABLE, Column::Account.as_str()));
    search |_| filter::constant(false);
}

impl Owned for Listings {
    type Entity = Entity;
    type Owner = ();

    fn owner((): ()) -> &'static str {
        USER
    }
}
