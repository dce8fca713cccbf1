//! `roles`: those that administrators defined. The built-in ones are code.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One role.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "roles")]
pub struct Model {
    /// What the API calls it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name in tokens and grants; never changed.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The names of its permissions, as a JSON list.
    pub permissions: String,
    /// Whether it reaches leads alone.
    pub leads_only: bool,
    /// Rises with every change.
    pub version: i32,
    /// When it was defined.
    pub created_at: DateTimeUtc,
    /// When it changed last.
    pub updated_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
