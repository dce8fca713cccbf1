//! `signing_keys` gets the instant from which a key signs. Those that are there have signed since they were made.

use sea_orm_migration::prelude::*;

use crate::columns::instant;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds no column that may not be null without a default
        let signs_from = instant("signs_from").not_null().default("1970-01-01 00:00:00+00:00").to_owned();
        manager.alter_table(Table::alter().table("signing_keys").add_column(signs_from).to_owned()).await?;
        let db = manager.get_connection();
        db.execute_unprepared("UPDATE signing_keys SET signs_from = created_at").await?;
        Ok(())
    }
}
