//! `groups`: what a user can belong to. Tells nothing about staff.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::enums::GroupKind;

/// One group. The built-in ones are made by the migration, with fixed ids.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "groups")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name for machines, such as `MERCHANT_OWNER`.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What membership means.
    pub description: String,
    /// Assigned by hand, or computed.
    pub kind: GroupKind,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
