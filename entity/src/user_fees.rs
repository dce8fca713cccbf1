//! `user_fees`: fees of a user's own; one row a user at most. What is empty is the platform's standard, zero is none.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// The own fees of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "user_fees")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Of what is asked for, in hundredths of a percent.
    pub asker_percent: Option<i32>,
    /// In minor units of its currency.
    pub asker_fixed_minor: Option<i64>,
    /// ISO 4217.
    pub asker_fixed_currency: Option<String>,
    /// Of what is offered, in hundredths of a percent.
    pub offerer_percent: Option<i32>,
    /// In minor units of its currency.
    pub offerer_fixed_minor: Option<i64>,
    /// ISO 4217.
    pub offerer_fixed_currency: Option<String>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
