//! `user_groups`: memberships that were assigned; computed groups have no rows.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("user_groups")
                    .col(user_id())
                    .col(ColumnDef::new("group_id").uuid().not_null())
                    .primary_key(Index::create().col("user_id").col("group_id"))
                    .foreign_key(&mut belongs_to_user("user_groups"))
                    .foreign_key(ForeignKey::create().from("user_groups", "group_id").to("groups", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("user_groups_by_group")
                    .table("user_groups")
                    .col("group_id")
                    .col("user_id")
                    .to_owned(),
            )
            .await
    }
}
