//! `user_languages`: the languages that a user speaks besides the mother tongue.

use sea_orm::entity::prelude::*;

/// One spoken language.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_languages")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// A BCP 47 tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub language: String,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
