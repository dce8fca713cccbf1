//! `discarded_pictures`: pictures that no user has any more, until their bytes are gone.

use sea_orm_migration::prelude::*;

use crate::columns::{bytewise, instant};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("discarded_pictures")
            .col(bytewise(manager, "picture").not_null().primary_key())
            .col(instant("discarded_at").not_null());
        manager.create_table(table).await
    }
}
