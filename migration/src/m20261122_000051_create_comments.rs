//! `comments` and `comment_versions`: what staff wrote about users, and what it said before it was corrected.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, instant, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("comments")
                    .col(ColumnDef::new("id").uuid().not_null().primary_key())
                    .col(user_id())
                    .col(bytewise(manager, "account").not_null())
                    .col(instant("created_at").not_null())
                    .col(bytewise(manager, "author_issuer").not_null())
                    .col(bytewise(manager, "author_subject").not_null())
                    .col(ColumnDef::new("author_name").text())
                    .col(ColumnDef::new("body").text().not_null())
                    .col(ColumnDef::new("visible_to_user").boolean().not_null())
                    .col(instant("edited_at"))
                    .foreign_key(&mut belongs_to_user("comments"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("comments_by_user")
                    .table("comments")
                    .col("user_id")
                    .col("created_at")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("comment_versions")
                    .col(ColumnDef::new("comment_id").uuid().not_null())
                    .col(ColumnDef::new("version").integer().not_null())
                    .col(ColumnDef::new("body").text().not_null())
                    .col(instant("written_at").not_null())
                    .primary_key(Index::create().col("comment_id").col("version"))
                    .foreign_key(
                        ForeignKey::create().from("comment_versions", "comment_id").to("comments", "id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
