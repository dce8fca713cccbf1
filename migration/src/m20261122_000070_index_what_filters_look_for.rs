//! Indexes for filters that would read whole tables: external ids whatever the system, and parts of names of companies,
//! which only PostgreSQL can index.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("user_external_ids_by_value")
            .table("user_external_ids")
            .col("value")
            .col("user_id")
            .to_owned();
        manager.create_index(index).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            for name in ["legal_name_folded", "business_name_folded"] {
                let index = format!(
                    "CREATE INDEX user_companies_{name}_parts ON user_companies USING gin ({name} gin_trgm_ops)"
                );
                manager.get_connection().execute_unprepared(&index).await?;
            }
        }
        Ok(())
    }
}
