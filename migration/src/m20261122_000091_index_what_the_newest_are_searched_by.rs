//! What the first page of a search and the count of the commonest filter read, in the indexes themselves.
//!
//! `search_head` is the search text where it is short enough for an index, which nearly all are: an index takes no more than
//! 2,704 bytes of a row, and one row too long would refuse a user. PostgreSQL alone: the embedded database scans.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            for statement in [
                "ALTER TABLE users ADD COLUMN search_head text COLLATE \"C\"
                 GENERATED ALWAYS AS (CASE WHEN octet_length(search_text) <= 1000 THEN search_text END) STORED",
                "DROP INDEX IF EXISTS users_by_created_at",
                "CREATE INDEX users_by_created_at ON users (created_at, id) INCLUDE (account, search_head)",
                "CREATE INDEX users_by_country_status_created_at ON users (country, status, created_at, id)
                 INCLUDE (account)",
            ] {
                manager.get_connection().execute_unprepared(statement).await?;
            }
        }
        Ok(())
    }
}
