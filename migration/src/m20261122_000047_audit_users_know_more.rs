//! `audit_entry_users` gets what changed of each user, where an act concerns many.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let details = ColumnDef::new("details").binary().to_owned();
        manager.alter_table(Table::alter().table("audit_entry_users").add_column(details).to_owned()).await
    }
}
