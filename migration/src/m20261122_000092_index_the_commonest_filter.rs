//! The embedded database's index for the commonest filter, as PostgreSQL has it: with the account at its end, a count reads
//! nothing else.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            manager
                .get_connection()
                .execute_unprepared(
                    "CREATE INDEX users_by_country_status_created_at
                     ON users (country, status, created_at, id, account)",
                )
                .await?;
        }
        Ok(())
    }
}
