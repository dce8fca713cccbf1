//! `reviews`: what users say of each other.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One review.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "reviews")]
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
    /// Who wrote it.
    pub author_id: Uuid,
    /// About whom.
    pub subject_id: Uuid,
    /// From 1, the worst, to 5.
    pub rating: i16,
    /// What was written.
    pub text: Option<String>,
    /// When it was written.
    pub at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
