//! `listings`: what users offer on the platform.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::enums::ListingState;

/// One listing.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "listings")]
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
    /// Whose it is.
    pub user_id: Uuid,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: ListingState,
    /// An https address of its page.
    pub url: Option<String>,
    /// When its user published it.
    pub published_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
