//! `wallets`, and `wallet_networks`: how a wallet is connected to its network, apart because fewer may see it.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, index_recorded, instant, recorded, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut wallets = recorded(manager, "wallets");
        wallets
            .col(user_id())
            .col(ColumnDef::new("status").small_integer().not_null())
            .col(bytewise(manager, "provider").not_null())
            .col(ColumnDef::new("balance_minor").big_integer())
            .col(bytewise(manager, "currency").not_null())
            .col(instant("opened_at").not_null())
            .foreign_key(&mut belongs_to_user("wallets"));
        manager.create_table(wallets).await?;
        index_recorded(manager, "wallets", &["user_id"], "opened_at").await?;

        manager
            .create_table(
                Table::create()
                    .table("wallet_networks")
                    .col(ColumnDef::new("wallet_id").uuid().not_null().primary_key())
                    .col(bytewise(manager, "network").not_null())
                    .col(bytewise(manager, "address"))
                    .col(ColumnDef::new("status").small_integer().not_null())
                    .col(ColumnDef::new("confirmations_required").integer())
                    .col(ColumnDef::new("last_block").big_integer())
                    .col(instant("last_seen_at"))
                    .col(bytewise(manager, "note"))
                    .col(instant("as_of").not_null())
                    .foreign_key(
                        ForeignKey::create().from("wallet_networks", "wallet_id").to("wallets", "id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
