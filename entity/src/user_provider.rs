//! `user_providers`: what the payment provider says of a user, in its own codes; one row a user at most.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// What the provider says of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "user_providers")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Its code for where the user stands.
    pub code_status: Option<String>,
    /// Its code for how complete the information is.
    pub information_status: Option<String>,
    /// Wallets that it reports.
    pub wallet_count: Option<i32>,
    /// Payments in that it reports.
    pub payin_count: Option<i32>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
