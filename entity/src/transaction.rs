//! `transactions`: money that users moved.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::enums::{TransactionKind, TransactionState};

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "transactions")]
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
    /// Who moved it.
    pub user_id: Uuid,
    /// The wallet that it went into or out of.
    pub wallet_id: Option<Uuid>,
    /// What it does.
    pub kind: TransactionKind,
    /// How far it is.
    pub state: TransactionState,
    /// How much, in the minor unit of the currency.
    pub amount_minor: i64,
    /// The code of its currency.
    pub currency: String,
    /// What an exchange or an order gives for it, in the minor unit of that currency.
    pub counter_amount_minor: Option<i64>,
    /// The code of that currency.
    pub counter_currency: Option<String>,
    /// When it was begun.
    pub at: DateTimeUtc,
    /// What its system says about it.
    pub description: Option<String>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
