//! `bookings`: who booked what from whom. One side may be unknown here, not both.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::enums::BookingState;

/// One booking.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "bookings")]
pub struct Model {
    /// `UUIDv7`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The account, that of its users.
    pub account: String,
    /// The code of the system that keeps it.
    pub system: String,
    /// What that system calls it: unique within the account, the system and this table.
    pub external_id: String,
    /// The instant of which that system says this: what is older never replaces it.
    pub as_of: DateTimeUtc,
    /// When it was first recorded here.
    pub recorded_at: DateTimeUtc,
    /// Who booked, as a customer.
    pub asker_id: Option<Uuid>,
    /// Who provides it, as a vendor.
    pub offerer_id: Option<Uuid>,
    /// What was booked.
    pub listing_id: Option<Uuid>,
    /// How far it is.
    pub state: BookingState,
    /// The price, in the minor unit of the currency.
    pub amount_minor: Option<i64>,
    /// The code of its currency.
    pub currency: Option<String>,
    /// When what was booked begins.
    pub starts_at: Option<DateTimeUtc>,
    /// When it ends.
    pub ends_at: Option<DateTimeUtc>,
    /// When it was booked.
    pub at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
