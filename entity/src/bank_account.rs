//! `bank_accounts`: where users are paid out to.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One bank account.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "bank_accounts")]
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
    /// Whose it is.
    pub user_id: Uuid,
    /// The name on the account.
    pub holder: String,
    /// The whole number. Who may not see it gets the masked one.
    pub iban: String,
    /// Its country and its last four characters.
    pub masked_iban: String,
    /// The bank, ISO 9362.
    pub bic: Option<String>,
    /// The code of its currency.
    pub currency: String,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
