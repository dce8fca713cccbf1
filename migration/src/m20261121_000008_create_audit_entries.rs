//! `audit_entries`: append-only. Triggers refuse to change or remove an entry, whoever asks.

use sea_orm_migration::prelude::*;

use sea_orm_migration::sea_orm::DbBackend;

use crate::columns::{bytewise, instant};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("audit_entries")
                    .col(ColumnDef::new("id").uuid().not_null().primary_key())
                    .col(instant("at").not_null())
                    .col(bytewise(manager, "actor_issuer").not_null())
                    .col(bytewise(manager, "actor_subject").not_null())
                    .col(ColumnDef::new("actor_name").text())
                    .col(ColumnDef::new("actor_roles").text().not_null())
                    .col(ColumnDef::new("staff_id").uuid())
                    .col(bytewise(manager, "action").not_null())
                    .col(ColumnDef::new("outcome").small_integer().not_null())
                    .col(bytewise(manager, "refusal"))
                    .col(bytewise(manager, "account"))
                    .col(bytewise(manager, "target_type"))
                    .col(ColumnDef::new("target_id").uuid())
                    .col(ColumnDef::new("target_version").integer())
                    .col(ColumnDef::new("changed_fields").text().not_null())
                    .col(ColumnDef::new("details").binary())
                    .col(bytewise(manager, "request_id"))
                    .col(ColumnDef::new("ip").text())
                    .col(ColumnDef::new("user_agent").text())
                    .to_owned(),
            )
            .await?;
        for columns in [
            &["at"][..],
            &["account", "at"],
            &["target_id", "at"],
            &["actor_subject", "at"],
            &["action", "at"],
        ] {
            let mut index = Index::create();
            index.name(format!("audit_entries_by_{}", columns.join("_"))).table("audit_entries");
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index.col("id").to_owned()).await?;
        }

        let triggers: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &[
                "CREATE FUNCTION audit_entries_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN RAISE EXCEPTION 'audit entries are append-only'; END $$",
                "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
                 FOR EACH ROW EXECUTE FUNCTION audit_entries_are_append_only()",
                "CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
                 FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_are_append_only()",
            ],
            _ => &[
                "CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
                 BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
                "CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
                 BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
                // INSERT OR REPLACE removes the row in its way without asking the trigger on DELETE
                "CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
                 WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id)
                 BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
            ],
        };
        for trigger in triggers {
            manager.get_connection().execute_unprepared(trigger).await?;
        }
        Ok(())
    }
}
