//! `data_keys`: the key that one subject's audit values are sealed with, itself sealed by the master key.

use sea_orm::entity::prelude::*;

/// One key. Its id is the user's, or the nil UUID for what concerns no user.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_keys")]
pub struct Model {
    /// Whose values it seals.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    /// The key, sealed.
    pub sealed_key: Vec<u8>,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
