//! `access_changes`: access that ended while tokens still say otherwise. Every instance reads it over and over, and it is
//! forgotten once no such token can be good any more.

use sea_orm::entity::prelude::*;

/// One end.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_changes")]
pub struct Model {
    /// The order of writing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When it was.
    pub at: DateTimeUtc,
    /// The staff member whose tokens of less than `rights_version` hold no longer.
    pub staff_id: Option<Uuid>,
    /// See `staff_id`.
    pub rights_version: Option<i32>,
    /// The session whose tokens hold no longer.
    pub session_id: Option<Uuid>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
