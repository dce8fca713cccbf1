//! `audit_entry_users`: users whom an entry concerns beside its target, append-only as the entries themselves.

use sea_orm_migration::prelude::*;

use sea_orm_migration::sea_orm::DbBackend;

use crate::columns::{belongs_to_user, bytewise, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("audit_entry_users")
                    .col(ColumnDef::new("entry_id").uuid().not_null())
                    .col(user_id())
                    .col(bytewise(manager, "account").not_null())
                    .col(ColumnDef::new("fields").text().not_null())
                    .primary_key(Index::create().col("entry_id").col("user_id"))
                    .foreign_key(
                        ForeignKey::create().from("audit_entry_users", "entry_id").to("audit_entries", "id"),
                    )
                    .foreign_key(&mut belongs_to_user("audit_entry_users"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("audit_entry_users_by_user")
                    .table("audit_entry_users")
                    .col("user_id")
                    .col("entry_id")
                    .to_owned(),
            )
            .await?;

        let triggers: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &[
                "CREATE TRIGGER audit_entry_users_append_only BEFORE UPDATE OR DELETE ON audit_entry_users
                 FOR EACH ROW EXECUTE FUNCTION audit_entries_are_append_only()",
                "CREATE TRIGGER audit_entry_users_no_truncate BEFORE TRUNCATE ON audit_entry_users
                 FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_are_append_only()",
            ],
            _ => &[
                "CREATE TRIGGER audit_entry_users_no_update BEFORE UPDATE ON audit_entry_users
                 BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
                "CREATE TRIGGER audit_entry_users_no_delete BEFORE DELETE ON audit_entry_users
                 BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
                // INSERT OR REPLACE removes the row in its way without asking the trigger on DELETE
                "CREATE TRIGGER audit_entry_users_no_replace BEFORE INSERT ON audit_entry_users
                 WHEN EXISTS (SELECT 1 FROM audit_entry_users
                              WHERE entry_id = NEW.entry_id AND user_id = NEW.user_id)
                 BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
            ],
        };
        for trigger in triggers {
            manager.get_connection().execute_unprepared(trigger).await?;
        }
        Ok(())
    }
}
