//! `idempotency_keys`: answers kept for a day.

use sea_orm_migration::prelude::*;

use crate::columns::{bytewise, instant};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("idempotency_keys")
                    .col(bytewise(manager, "caller").not_null())
                    .col(bytewise(manager, "operation").not_null())
                    .col(ColumnDef::new("key").uuid().not_null())
                    .col(ColumnDef::new("input_hash").binary().not_null())
                    .col(ColumnDef::new("answer").binary().not_null())
                    .col(instant("created_at").not_null())
                    .primary_key(Index::create().col("caller").col("operation").col("key"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("idempotency_keys_by_age")
                    .table("idempotency_keys")
                    .col("created_at")
                    .to_owned(),
            )
            .await
    }
}
