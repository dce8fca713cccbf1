//! `guest_roles`: what guests may do for their hosts.

use sea_orm::entity::prelude::*;

use crate::enums::GuestRole;

/// One role of one guest.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guest_roles")]
pub struct Model {
    /// The guest.
    #[sea_orm(primary_key, auto_increment = false)]
    pub guest_id: Uuid,
    /// The role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: GuestRole,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
