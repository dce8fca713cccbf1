//! `user_taxes`: where and how a user is taxed; one row a user at most. Sensitive.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// The taxes of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "user_taxes")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The number that the tax office gave.
    pub tax_number: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub tax_residence: Option<String>,
    /// Specified US person (FATCA).
    pub specified_us_person: Option<bool>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
