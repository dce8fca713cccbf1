//! `transactions`: money that users moved.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, index_recorded, instant, recorded, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut transactions = recorded(manager, "transactions");
        transactions
            .col(user_id())
            .col(ColumnDef::new("wallet_id").uuid())
            .col(ColumnDef::new("kind").small_integer().not_null())
            .col(ColumnDef::new("state").small_integer().not_null())
            .col(ColumnDef::new("amount_minor").big_integer().not_null())
            .col(bytewise(manager, "currency").not_null())
            .col(ColumnDef::new("counter_amount_minor").big_integer())
            .col(bytewise(manager, "counter_currency"))
            .col(instant("at").not_null())
            .col(bytewise(manager, "description"))
            .foreign_key(&mut belongs_to_user("transactions"))
            .foreign_key(ForeignKey::create().from("transactions", "wallet_id").to("wallets", "id"));
        manager.create_table(transactions).await?;
        index_recorded(manager, "transactions", &["user_id"], "at").await?;
        // what a user paid in is counted without looking at the rest
        manager
            .create_index(
                Index::create()
                    .name("transactions_by_kind")
                    .table("transactions")
                    .col("user_id")
                    .col("kind")
                    .col("state")
                    .to_owned(),
            )
            .await
    }
}
