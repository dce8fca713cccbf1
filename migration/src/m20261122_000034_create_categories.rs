//! `categories`, and `user_categories`: who is in them.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("categories")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(bytewise(manager, "key").not_null().unique_key())
            .col(ColumnDef::new("name").text().not_null());
        manager.create_table(table).await?;
        let mut users = Table::create();
        users
            .table("user_categories")
            .col(user_id())
            .col(ColumnDef::new("category_id").uuid().not_null())
            .primary_key(Index::create().col("user_id").col("category_id"))
            .foreign_key(&mut belongs_to_user("user_categories"))
            .foreign_key(ForeignKey::create().from("user_categories", "category_id").to("categories", "id"));
        manager.create_table(users).await?;
        manager
            .create_index(
                Index::create()
                    .name("user_categories_by_category")
                    .table("user_categories")
                    .col("category_id")
                    .col("user_id")
                    .to_owned(),
            )
            .await
    }
}
