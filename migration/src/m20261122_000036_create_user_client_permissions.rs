//! `user_client_permissions`: what users may do at the platform beyond what their groups allow.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("user_client_permissions")
            .col(user_id())
            .col(ColumnDef::new("permission").small_integer().not_null())
            .primary_key(Index::create().col("user_id").col("permission"))
            .foreign_key(&mut belongs_to_user("user_client_permissions"));
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("user_client_permissions_by_permission")
                    .table("user_client_permissions")
                    .col("permission")
                    .col("user_id")
                    .to_owned(),
            )
            .await
    }
}
