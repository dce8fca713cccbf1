//! `incidents`: what is wrong with the platform, and when its people were told.

use sea_orm_migration::prelude::*;

use crate::columns::instant;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("incidents")
            .col(ColumnDef::new("kind").small_integer().not_null().primary_key())
            .col(ColumnDef::new("what").text().not_null())
            .col(instant("since"))
            .col(instant("last_told_at"));
        manager.create_table(table).await
    }
}
