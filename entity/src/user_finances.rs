//! `user_finances`: how a user stands financially; one row a user at most. Sensitive.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// The finances of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "user_finances")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// A range, as the payment provider has it.
    pub income_range: Option<String>,
    /// A range, as the payment provider has it.
    pub personal_assets: Option<String>,
    /// Where the money comes from.
    pub source_of_funds: Option<String>,
    /// SEPA creditor identifier, without spaces.
    pub sepa_creditor_identifier: Option<String>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
