//! `platform_policies`: what the platform decided; one row, none before anybody decided anything.

use sea_orm::entity::prelude::*;

/// The policies.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_policies")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// Rises with every change.
    pub version: i32,
    /// When it changed last.
    pub updated_at: DateTimeUtc,
    /// All policies, as JSON by name.
    pub policies: String,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
