//! `audit_entry_accounts`: accounts that an entry concerns without naming anybody, such as the look at a list that is
//! counted by what is sensitive. Rows are only ever added.

use sea_orm::entity::prelude::*;

/// An account that an entry concerns.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry_accounts")]
pub struct Model {
    /// The entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: Uuid,
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: String,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
