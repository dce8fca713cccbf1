//! `platform_facts`: what the database knows about itself.

use sea_orm_migration::prelude::*;

use crate::columns::bytewise;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("platform_facts")
                    .col(bytewise(manager, "name").not_null().primary_key())
                    .col(ColumnDef::new("value").text().not_null())
                    .to_owned(),
            )
            .await
    }
}
