//! `wallets`: wallets of users, as payment providers keep them.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::enums::WalletStatus;

/// One wallet.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "wallets")]
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
    /// How far it is ready.
    pub status: WalletStatus,
    /// The payment provider that keeps it.
    pub provider: String,
    /// What is in it, in the minor unit of the currency; none where the provider does not tell.
    pub balance_minor: Option<i64>,
    /// The code of its currency.
    pub currency: String,
    /// When it was opened.
    pub opened_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
