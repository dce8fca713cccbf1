//! What users offer on the platform.

use async_graphql::Enum;
use backdesk_entity::{
    enums::ListingState,
    listing::{Column, Entity},
};
use sea_orm::{
    IdenStatic,
    sea_query::{Condition, SelectStatement},
};
use serde::Serialize;

use super::{USER, filled, instant};
use crate::store::{
    facet::{Buckets, Facet},
    filter::{self, Attribute, Target},
    list::Listed,
    nested::Owned,
    page::SortColumn,
    session::Reader,
};

const TABLE: &str = "listings";

/// The list of listings.
#[derive(Debug)]
pub enum Listings {}

/// What listings are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub enum ListingAttribute {
    State,
    PublishedAt,
}

/// What listings are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
pub enum ListingOrderField {
    /// The instant of publication.
    PublishedAt,
}

/// What listings are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ListingFacet {
    /// Where they stand.
    State,
}

impl Attribute for ListingAttribute {
    const ID: (&'static str, &'static str) = (TABLE, "id");

    fn target(self) -> Target {
        match self {
            Self::State => filled((TABLE, Column::State.as_str())),
            Self::PublishedAt => filled((TABLE, Column::PublishedAt.as_str())),
        }
    }
}

impl Facet<ListingAttribute> for ListingFacet {
    fn buckets(self) -> Buckets<ListingAttribute> {
        match self {
            Self::State => Buckets::words::<ListingState>((TABLE, Column::State.as_str()), None),
        }
    }
}

impl Listed for Listings {
    type Attribute = ListingAttribute;
    type Order = ListingOrderField;
    type Facet = ListingFacet;
    const TABLE: &'static str = TABLE;

    fn columns(order: ListingOrderField) -> &'static [SortColumn] {
        match order {
            ListingOrderField::PublishedAt => const { &[instant("published_at")] },
        }
    }

    fn scoped(reader: &Reader) -> SelectStatement {
        reader.select(Entity, (TABLE, Column::Account.as_str()))
    }

    fn search(_: &str) -> Condition {
        filter::constant(false)
    }
}

impl Owned for Listings {
    type Entity = Entity;
    type Owner = ();

    fn owner((): ()) -> &'static str {
        USER
    }
}
