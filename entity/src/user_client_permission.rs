//! `user_client_permissions`: what users may do at the platform beyond what their groups allow.

use sea_orm::entity::prelude::*;

use crate::enums::ClientPermission;

/// One permission of one user.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_client_permissions")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The permission: one of clients, never one of staff.
    #[sea_orm(primary_key, auto_increment = false)]
    pub permission: ClientPermission,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
