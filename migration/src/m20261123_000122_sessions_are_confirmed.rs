//! `staff_sessions` gets the instant at which its owner last showed who they are. Of those that there are it was at the beginning.

use sea_orm_migration::prelude::*;

use crate::columns::instant;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds no column that may not be null without a default
        let confirmed_at = instant("confirmed_at").not_null().default("1970-01-01 00:00:00+00:00").to_owned();
        manager
            .alter_table(Table::alter().table("staff_sessions").add_column(confirmed_at).to_owned())
            .await?;
        let db = manager.get_connection();
        db.execute_unprepared("UPDATE staff_sessions SET confirmed_at = created_at").await?;
        Ok(())
    }
}
