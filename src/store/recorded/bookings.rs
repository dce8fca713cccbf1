//! Who booked what from whom.

use async_graphql::Enum;
use backdesk_entity::{
    booking::{Column, Entity},
    enums::BookingState,
};
use sea_orm::IdenStatic;

use super::{filled, instant, open};
use crate::store::{
    facet::Buckets,
    filter,
    nested::Owned,
    page::{Kind, SortColumn},
};

/// Which side of bookings a user is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum BookingSide {
    /// Booked, as a customer.
    Asker,
    /// Provides it, as a vendor.
    Offerer,
}

kind! {
    /// The list of bookings.
    Bookings in "bookings";
    /// What bookings are filtered by.
    filter BookingAttribute {
        State => filled(TABLE, Column::State),
        Currency => open(TABLE, Column::Currency),
        At => filled(TABLE, Column::At),
        StartsAt => open(TABLE, Column::StartsAt),
        EndsAt => open(TABLE, Column::EndsAt),
    }
    /// What bookings are sorted by.
    order BookingOrderField {
        /// When it was booked.
        At => instant("at"),
        /// When what was booked begins.
        StartsAt => SortColumn { name: "starts_at", kind: Kind::Instant, nullable: true },
    }
    /// What bookings are counted by.
    facet BookingFacet {
        /// How far they are.
        State => Buckets::words::<BookingState>((TABLE, Column::State.as_str()), None),
    }
    scoped |reader| reader.select(Entity, (TABLE, Column::Account.as_str()));
    search |_| filter::constant(false);
}

impl Owned for Bookings {
    type Entity = Entity;
    type Owner = BookingSide;

    fn owner(side: BookingSide) -> &'static str {
        match side {
            BookingSide::Asker => Column::AskerId.as_str(),
            BookingSide::Offerer => Column::OffererId.as_str(),
        }
    }
}
