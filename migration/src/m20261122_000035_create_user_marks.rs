//! `user_marks`: by what, by whom and when something of a user was verified. Of what was verified before, nobody knows.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, instant, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("user_marks")
            .col(user_id())
            .col(ColumnDef::new("kind").small_integer().not_null())
            .col(ColumnDef::new("source").small_integer().not_null())
            .col(ColumnDef::new("by").text())
            .col(instant("at").not_null())
            .primary_key(Index::create().col("user_id").col("kind"))
            .foreign_key(&mut belongs_to_user("user_marks"));
        manager.create_table(table).await
    }
}
