//! `audit_entry_users`: users whom an entry concerns beside its target, such as those whose sensitive fields were read.

use sea_orm::entity::prelude::*;

/// One user of an entry.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry_users")]
pub struct Model {
    /// The entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: Uuid,
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The user's account, which decides who sees this.
    pub account: String,
    /// Names of the fields concerned, a JSON list.
    pub fields: String,
    /// Old and new values, where the entry changed something of this user: JSON, sealed with the user's key.
    pub details: Option<Vec<u8>>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
