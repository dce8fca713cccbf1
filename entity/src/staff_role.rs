//! `staff_roles`: the roles that staff members hold.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One grant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "staff_roles")]
pub struct Model {
    /// Whose it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub staff_id: Uuid,
    /// The key of the role, built in or defined.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    /// From when on it holds no longer; none for good.
    pub until: Option<DateTimeUtc>,
    /// Since when.
    pub granted_at: DateTimeUtc,
    /// By whom: the name of their token, or its subject.
    pub granted_by: String,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
