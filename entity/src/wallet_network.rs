//! `wallet_networks`: how wallets are connected to their networks; one row a wallet at most.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::enums::NetworkStatus;

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "wallet_networks")]
pub struct Model {
    /// The wallet.
    #[sea_orm(primary_key, auto_increment = false)]
    pub wallet_id: Uuid,
    /// The network, such as `bitcoin` or `SEPA`.
    pub network: String,
    /// The wallet's address there.
    pub address: Option<String>,
    /// How the connection stands.
    pub status: NetworkStatus,
    /// After how many confirmations what comes in counts.
    pub confirmations_required: Option<i32>,
    /// The last block that was seen.
    pub last_block: Option<i64>,
    /// When the network was last heard of.
    pub last_seen_at: Option<DateTimeUtc>,
    /// What support wrote about it; other systems never write it.
    pub note: Option<String>,
    /// The instant of which this is so, said by the system that keeps the wallet or by who changed it here.
    pub as_of: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
