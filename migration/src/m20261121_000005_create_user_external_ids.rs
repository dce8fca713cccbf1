//! `user_external_ids`: unique within an account, save for systems that call several users the same.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("user_external_ids")
                    .col(user_id())
                    .col(bytewise(manager, "system").not_null())
                    .col(bytewise(manager, "value").not_null())
                    .col(bytewise(manager, "account").not_null())
                    .col(ColumnDef::new("shared").boolean().not_null())
                    .primary_key(Index::create().col("user_id").col("system"))
                    .foreign_key(&mut belongs_to_user("user_external_ids"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("user_external_ids_unique")
                    .table("user_external_ids")
                    .col("account")
                    .col("system")
                    .col("value")
                    .unique()
                    .and_where(Expr::col("shared").not())
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("user_external_ids_lookup")
                    .table("user_external_ids")
                    .col("system")
                    .col("value")
                    .to_owned(),
            )
            .await
    }
}
