//! `slow_queries`: which queries took long, by their shape, for whoever decides on indexes.

use sea_orm_migration::prelude::*;

use crate::columns::{bytewise, instant};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        // some hundreds of rows at most: no index but the key
        table
            .table("slow_queries")
            .col(bytewise(manager, "key").not_null().primary_key())
            .col(ColumnDef::new("list").text().not_null())
            .col(ColumnDef::new("query").text().not_null())
            .col(ColumnDef::new("shape").text().not_null())
            .col(ColumnDef::new("times").big_integer().not_null())
            .col(ColumnDef::new("ended").big_integer().not_null())
            .col(ColumnDef::new("worst_milliseconds").big_integer().not_null())
            .col(instant("last_seen_at").not_null());
        manager.create_table(table).await
    }
}
