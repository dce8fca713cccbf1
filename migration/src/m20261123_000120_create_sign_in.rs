//! `staff_credentials`, `staff_recovery_codes`, `staff_sessions`, `refresh_tokens`, `sign_in_attempts`, `guesses` and
//! `access_changes`: what staff sign in with, what they are signed in to, and how that ends.

use sea_orm_migration::prelude::*;

use crate::columns::{bytewise, instant};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_credentials(manager).await?;
        create_sessions(manager).await?;
        create_attempts(manager).await?;
        create_access_changes(manager).await
    }
}

async fn create_credentials(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("staff_credentials")
                .col(ColumnDef::new("staff_id").uuid().not_null().primary_key())
                .col(ColumnDef::new("password_hash").text().not_null())
                .col(instant("password_set_at").not_null())
                .col(ColumnDef::new("totp_secret").binary())
                .col(ColumnDef::new("totp_last_step").big_integer())
                .col(instant("totp_set_up_at"))
                .foreign_key(&mut of_staff("staff_credentials"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("staff_recovery_codes")
                .col(ColumnDef::new("hash").binary().not_null().primary_key())
                .col(ColumnDef::new("staff_id").uuid().not_null())
                .col(instant("used_at"))
                .foreign_key(&mut of_staff("staff_recovery_codes"))
                .to_owned(),
        )
        .await?;
    index(manager, "staff_recovery_codes_by_staff", "staff_recovery_codes", &["staff_id"]).await
}

async fn create_sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("staff_sessions")
                .col(ColumnDef::new("id").uuid().not_null().primary_key())
                .col(ColumnDef::new("staff_id").uuid().not_null())
                .col(instant("created_at").not_null())
                .col(instant("last_used_at").not_null())
                .col(instant("expires_at").not_null())
                .col(instant("ended_at"))
                .col(ColumnDef::new("ip").text())
                .col(ColumnDef::new("device_type").small_integer().not_null())
                .col(ColumnDef::new("device").text().not_null())
                .col(ColumnDef::new("place").text())
                .foreign_key(&mut of_staff("staff_sessions"))
                .to_owned(),
        )
        .await?;
    index(manager, "staff_sessions_by_staff", "staff_sessions", &["staff_id", "created_at"]).await?;
    // what has outlived its time is swept
    index(manager, "staff_sessions_by_end", "staff_sessions", &["expires_at"]).await?;
    manager
        .create_table(
            Table::create()
                .table("refresh_tokens")
                .col(ColumnDef::new("hash").binary().not_null().primary_key())
                .col(ColumnDef::new("session_id").uuid().not_null())
                .col(instant("created_at").not_null())
                .col(instant("used_at"))
                .foreign_key(
                    ForeignKey::create()
                        .from("refresh_tokens", "session_id")
                        .to("staff_sessions", "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .to_owned(),
        )
        .await?;
    index(manager, "refresh_tokens_by_session", "refresh_tokens", &["session_id"]).await
}

async fn create_attempts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sign_in_attempts")
                .col(ColumnDef::new("id").uuid().not_null().primary_key())
                .col(instant("at").not_null())
                // none of a name that nobody has, of which a keyed hash is kept
                .col(ColumnDef::new("staff_id").uuid())
                .col(ColumnDef::new("name_hash").binary())
                .col(ColumnDef::new("result").small_integer().not_null())
                .col(bytewise(manager, "network"))
                .col(ColumnDef::new("ip").text())
                .col(ColumnDef::new("device_type").small_integer().not_null())
                .col(ColumnDef::new("device").text().not_null())
                .col(ColumnDef::new("place").text())
                .foreign_key(&mut of_staff("sign_in_attempts"))
                .to_owned(),
        )
        .await?;
    index(manager, "sign_in_attempts_by_staff", "sign_in_attempts", &["staff_id", "at", "id"]).await?;
    // who signed in from where last, however many tried since
    let places = ["staff_id", "network", "result", "at"];
    index(manager, "sign_in_attempts_by_network", "sign_in_attempts", &places).await?;
    index(manager, "sign_in_attempts_by_time", "sign_in_attempts", &["result", "at"]).await?;
    manager
        .create_table(
            Table::create()
                .table("guesses")
                .col(bytewise(manager, "at_what").not_null())
                .col(bytewise(manager, "network").not_null())
                .col(ColumnDef::new("failures").integer().not_null())
                .col(instant("last_at").not_null())
                .primary_key(Index::create().col("at_what").col("network"))
                .to_owned(),
        )
        .await?;
    index(manager, "guesses_by_last_at", "guesses", &["last_at"]).await
}

/// No tie to staff members or sessions: it is read far more often than it is written, and forgotten within the hour.
async fn create_access_changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("access_changes")
                .col(ColumnDef::new("id").uuid().not_null().primary_key())
                .col(instant("at").not_null())
                .col(ColumnDef::new("staff_id").uuid())
                .col(ColumnDef::new("rights_version").integer())
                .col(ColumnDef::new("session_id").uuid())
                .to_owned(),
        )
        .await?;
    index(manager, "access_changes_by_at", "access_changes", &["at"]).await
}

fn of_staff(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "staff_id").to("staff_members", "id").to_owned()
}

async fn index(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    manager.create_index(index).await
}
