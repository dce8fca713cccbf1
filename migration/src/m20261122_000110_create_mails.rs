//! `mails`: letters that are written in the transaction of what they tell of, and sent behind it.

use sea_orm_migration::prelude::*;

use crate::columns::{bytewise, instant};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("mails")
                    .col(ColumnDef::new("id").uuid().not_null().primary_key())
                    .col(instant("created_at").not_null())
                    .col(ColumnDef::new("kind").small_integer().not_null())
                    .col(ColumnDef::new("recipient").binary().not_null())
                    .col(bytewise(manager, "language").not_null())
                    .col(ColumnDef::new("body").binary())
                    .col(ColumnDef::new("attempts").integer().not_null())
                    .col(instant("next_try_at").not_null())
                    .col(instant("claimed_until"))
                    .col(ColumnDef::new("claimed_by").uuid())
                    .col(instant("sent_at"))
                    .col(instant("failed_at"))
                    .col(ColumnDef::new("last_error").text())
                    // no tie to a token: a letter outlives what it brought
                    .col(ColumnDef::new("sent_token_id").uuid())
                    .to_owned(),
            )
            .await?;
        for statement in [
            // those that wait are few among those that were sent
            "CREATE INDEX mails_due ON mails (next_try_at, id) WHERE sent_at IS NULL AND failed_at IS NULL",
            "CREATE INDEX mails_by_token ON mails (sent_token_id) WHERE sent_token_id IS NOT NULL",
            "CREATE INDEX mails_by_sent_at ON mails (sent_at)",
            "CREATE INDEX mails_by_created_at ON mails (created_at, id)",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
