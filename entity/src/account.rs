//! `accounts`: the business units that users belong to and that staff are given access to.

use sea_orm::entity::prelude::*;

/// One account. Its code is its key: tokens carry codes, so a code is never renamed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    /// The code that tokens and users carry, such as `FR`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
