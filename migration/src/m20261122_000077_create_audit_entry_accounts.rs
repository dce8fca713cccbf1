//! `audit_entry_accounts`: accounts that an entry concerns without naming anybody, append-only as the entries themselves.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::bytewise;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("audit_entry_accounts")
            .col(ColumnDef::new("entry_id").uuid().not_null())
            .col(bytewise(manager, "account").not_null())
            .primary_key(Index::create().col("entry_id").col("account"))
            .foreign_key(
                ForeignKey::create().from("audit_entry_accounts", "entry_id").to("audit_entries", "id"),
            )
            .foreign_key(ForeignKey::create().from("audit_entry_accounts", "account").to("accounts", "code"));
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("audit_entry_accounts_by_account")
                    .table("audit_entry_accounts")
                    .col("account")
                    .col("entry_id")
                    .to_owned(),
            )
            .await?;
        let triggers: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &[
                "CREATE TRIGGER audit_entry_accounts_append_only BEFORE UPDATE OR DELETE ON audit_entry_accounts
                 FOR EACH ROW EXECUTE FUNCTION audit_entries_are_append_only()",
                "CREATE TRIGGER audit_entry_accounts_no_truncate BEFORE TRUNCATE ON audit_entry_accounts
                 FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_are_append_only()",
            ],
            _ => &[
                "CREATE TRIGGER audit_entry_accounts_no_update BEFORE UPDATE ON audit_entry_accounts
                 BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
                "CREATE TRIGGER audit_entry_accounts_no_delete BEFORE DELETE ON audit_entry_accounts
                 BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
                // INSERT OR REPLACE removes the row in its way without asking the trigger on DELETE
                "CREATE TRIGGER audit_entry_accounts_no_replace BEFORE INSERT ON audit_entry_accounts
                 WHEN EXISTS (SELECT 1 FROM audit_entry_accounts
                              WHERE entry_id = NEW.entry_id AND account = NEW.account)
                 BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
            ],
        };
        for trigger in triggers {
            manager.get_connection().execute_unprepared(trigger).await?;
        }
        Ok(())
    }
}
