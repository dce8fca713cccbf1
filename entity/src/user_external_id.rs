//! `user_external_ids`: how other systems call a user.

use sea_orm::entity::prelude::*;

/// One reference of another system.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_external_ids")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The other system.
    #[sea_orm(primary_key, auto_increment = false)]
    pub system: String,
    /// Its name for the user.
    pub value: String,
    /// The user's account, repeated here because uniqueness is per account.
    pub account: String,
    /// The system calls several users the same, as with the number of the platform itself: not unique then.
    pub shared: bool,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
