//! `psp_accounts`: what payment service providers know of users.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One user at one provider.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "psp_accounts")]
pub struct Model {
    /// `UUIDv7`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The account, that of its users.
    pub account: String,
    /// The code of the system that keeps it.
    pub system: String,
    /// What that system calls it: unique within the account, the system and this table.
    pub external_id: String,
    /// The instant of which that system says this: what is older never replaces it.
    pub as_of: DateTimeUtc,
    /// When it was first recorded here.
    pub recorded_at: DateTimeUtc,
    /// The user.
    pub user_id: Uuid,
    /// The payment service provider.
    pub provider: String,
    /// What the provider calls the user.
    pub provider_user_id: String,
    /// The platform can receive funds for the user.
    pub can_be_paid: bool,
    /// The provider knows enough to pay the user out.
    pub can_be_paid_out: bool,
    /// What else the provider says: a JSON object.
    pub details: Option<String>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
