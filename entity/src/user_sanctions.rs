//! `user_sanctions`: what a user answered about sanctions; one row a user at most.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// The answers of one user; none where the question was not answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "user_sanctions")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Whether the user is active outside the European Union.
    pub activity_outside_eu: Option<bool>,
    /// Whether the user is under economic sanctions.
    pub economic: Option<bool>,
    /// Whether the user lives in a country under sanctions.
    pub resident_countries: Option<bool>,
    /// Whether the user is involved with somebody under sanctions.
    pub involved: Option<bool>,
    /// The day on which the questionnaire was answered.
    pub questionnaire_on: Option<Date>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
