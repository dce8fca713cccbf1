//! `users`, with the indexes that the list is filtered, sorted and searched by.

use sea_orm_migration::prelude::*;

use sea_orm_migration::sea_orm::DbBackend;

use crate::columns::{bytewise, instant};

/// Optional texts, compared and sorted bytewise.
const TEXTS: [&str; 23] = [
    "tag",
    "title",
    "first_name",
    "last_name",
    "middle_names",
    "birth_place",
    "birth_country",
    "nationality",
    "second_nationality",
    "country",
    "email",
    "phone",
    "mobile",
    "picture",
    "mother_tongue",
    "preferred_language",
    "communication_language",
    "time_zone",
    "status_reason",
    "email_folded",
    "first_name_folded",
    "last_name_folded",
    "tag_folded",
];

/// What lists are filtered and sorted by; every index ends with the id, which makes each order total.
const INDEXES: &[&[&str]] = &[
    &["created_at"],
    &["updated_at"],
    &["last_sign_in_at"],
    &["email_folded"],
    &["last_name_folded", "first_name_folded"],
    &["first_name_folded"],
    &["phone"],
    &["tag_folded"],
    &["account", "created_at"],
    &["status", "created_at"],
    &["country", "created_at"],
    &["kyc_status", "created_at"],
    &["kyc_level"],
    &["status"],
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("users")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(bytewise(manager, "account").not_null())
            .col(bytewise(manager, "reference").not_null().unique_key())
            .col(ColumnDef::new("version").integer().not_null())
            .col(instant("created_at").not_null())
            .col(instant("updated_at").not_null())
            .col(instant("last_sign_in_at"))
            .col(ColumnDef::new("birth_date").date())
            .col(instant("status_since").not_null())
            .foreign_key(ForeignKey::create().from("users", "account").to("accounts", "code"));
        for name in ["person_type", "status", "kyc_level", "kyc_status"] {
            table.col(ColumnDef::new(name).small_integer().not_null());
        }
        for name in ["client_type", "market_role", "status_before_inactive", "cancel_origin"] {
            table.col(ColumnDef::new(name).small_integer());
        }
        for name in ["frozen", "identity_verified", "email_verified", "phone_verified"] {
            table.col(ColumnDef::new(name).boolean().not_null());
        }
        for name in TEXTS {
            table.col(bytewise(manager, name));
        }
        table.col(bytewise(manager, "search_text").not_null());
        manager.create_table(table).await?;

        for columns in INDEXES {
            let mut index = Index::create();
            index.name(format!("users_by_{}", columns.join("_"))).table("users");
            for column in *columns {
                index.col(*column);
            }
            manager.create_index(index.col("id").to_owned()).await?;
        }
        manager
            .create_index(
                Index::create()
                    .name("users_account_email_unique")
                    .table("users")
                    .col("account")
                    .col("email_folded")
                    .unique()
                    .to_owned(),
            )
            .await?;

        // Search matches inside words, which only trigrams can serve. The embedded database scans instead.
        if manager.get_database_backend() == DbBackend::Postgres {
            let db = manager.get_connection();
            db.execute_unprepared("CREATE EXTENSION IF NOT EXISTS pg_trgm").await?;
            db.execute_unprepared("CREATE INDEX users_search ON users USING gin (search_text gin_trgm_ops)")
                .await?;
            // NULLs come last in both directions: the descending walk needs indexes of its own.
            for column in ["last_sign_in_at", "email_folded", "first_name_folded"] {
                let name = format!("users_by_{column}_desc");
                db.execute_unprepared(&format!(
                    "CREATE INDEX {name} ON users ({column} DESC NULLS LAST, id DESC)"
                ))
                .await?;
            }
            db.execute_unprepared(
                "CREATE INDEX users_by_name_desc ON users
                 (last_name_folded DESC NULLS LAST, first_name_folded DESC NULLS LAST, id DESC)",
            )
            .await?;
        }
        Ok(())
    }
}
