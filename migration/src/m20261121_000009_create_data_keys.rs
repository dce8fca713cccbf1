//! `data_keys`: one sealed key for each subject of audit values.

use sea_orm_migration::prelude::*;

use crate::columns::instant;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("data_keys")
                    .col(ColumnDef::new("subject_id").uuid().not_null().primary_key())
                    .col(ColumnDef::new("sealed_key").binary().not_null())
                    .col(instant("created_at").not_null())
                    .to_owned(),
            )
            .await
    }
}
