//! `user_languages`: spoken languages.

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
                    .table("user_languages")
                    .col(user_id())
                    .col(bytewise(manager, "language").not_null())
                    .primary_key(Index::create().col("user_id").col("language"))
                    .foreign_key(&mut belongs_to_user("user_languages"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("user_languages_by_language")
                    .table("user_languages")
                    .col("language")
                    .col("user_id")
                    .to_owned(),
            )
            .await
    }
}
