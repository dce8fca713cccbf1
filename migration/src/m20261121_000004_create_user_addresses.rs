//! `user_addresses`: at most one of each kind for a user.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table.table("user_addresses").col(user_id()).col(ColumnDef::new("kind").small_integer().not_null());
        for name in ["line1", "line2", "line3", "postcode", "city", "state", "country"] {
            table.col(ColumnDef::new(name).text());
        }
        table
            .primary_key(Index::create().col("user_id").col("kind"))
            .foreign_key(&mut belongs_to_user("user_addresses"));
        manager.create_table(table).await
    }
}
