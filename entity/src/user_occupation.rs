//! `user_occupations`: what a user does for a living; one row a user at most.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// The occupation of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "user_occupations")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// What the occupation is called.
    pub title: Option<String>,
    /// Which kind it is, as the payment provider has it.
    pub kind: Option<String>,
    /// The place in the organisation.
    pub position: Option<String>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
