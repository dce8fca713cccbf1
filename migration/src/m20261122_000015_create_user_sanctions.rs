//! `user_sanctions`: what a user answered about sanctions.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table.table("user_sanctions").col(user_id().primary_key());
        for answer in ["activity_outside_eu", "economic", "resident_countries", "involved"] {
            table.col(ColumnDef::new(answer).boolean());
        }
        table
            .col(ColumnDef::new("questionnaire_on").date())
            .foreign_key(&mut belongs_to_user("user_sanctions"));
        manager.create_table(table).await
    }
}
