//! `signing_keys`: private halves sealed by the master key.

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
                    .table("signing_keys")
                    .col(bytewise(manager, "kid").not_null().primary_key())
                    .col(ColumnDef::new("sealed_private_key").binary().not_null())
                    .col(instant("created_at").not_null())
                    .to_owned(),
            )
            .await
    }
}
