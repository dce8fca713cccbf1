//! `roles`, `staff_members`, `staff_roles`, `staff_accounts` and `sent_tokens`: who signs in to the back office, what they
//! hold, and the links that they were sent.

use sea_orm_migration::prelude::*;

use crate::columns::{bytewise, instant};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_roles(manager).await?;
        create_staff_members(manager).await?;
        create_grants(manager, "staff_roles", "role").await?;
        create_grants(manager, "staff_accounts", "account").await?;
        create_sent_tokens(manager).await
    }
}

async fn create_roles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("roles")
                .col(ColumnDef::new("id").uuid().not_null().primary_key())
                .col(bytewise(manager, "key").not_null())
                .col(ColumnDef::new("name").text().not_null())
                .col(ColumnDef::new("description").text().not_null())
                .col(ColumnDef::new("permissions").text().not_null())
                .col(ColumnDef::new("leads_only").boolean().not_null())
                .col(ColumnDef::new("version").integer().not_null())
                .col(instant("created_at").not_null())
                .col(instant("updated_at").not_null())
                .to_owned(),
        )
        .await?;
    unique(manager, "roles_key_unique", "roles", "key").await
}

async fn create_staff_members(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("staff_members")
                .col(ColumnDef::new("id").uuid().not_null().primary_key())
                .col(ColumnDef::new("user_name").text().not_null())
                .col(bytewise(manager, "user_name_folded").not_null())
                .col(ColumnDef::new("email").text().not_null())
                .col(bytewise(manager, "email_folded").not_null())
                .col(ColumnDef::new("first_name").text())
                .col(bytewise(manager, "first_name_folded"))
                .col(ColumnDef::new("last_name").text())
                .col(bytewise(manager, "last_name_folded"))
                .col(bytewise(manager, "language").not_null())
                .col(ColumnDef::new("state").small_integer().not_null())
                .col(ColumnDef::new("version").integer().not_null())
                .col(ColumnDef::new("rights_version").integer().not_null())
                .col(instant("created_at").not_null())
                .col(instant("updated_at").not_null())
                .col(instant("email_verified_at"))
                .col(instant("last_sign_in_at"))
                .col(bytewise(manager, "search_text").not_null())
                .to_owned(),
        )
        .await?;
    unique(manager, "staff_members_user_name_unique", "staff_members", "user_name_folded").await?;
    unique(manager, "staff_members_email_unique", "staff_members", "email_folded").await?;
    // thousands of rows at most: the order that the list has by itself is enough
    let mut newest = Index::create();
    newest.name("staff_members_by_created_at").table("staff_members").col("created_at").col("id");
    manager.create_index(newest).await
}

/// What staff members hold. Neither roles, of which most are code, nor accounts, of which `*` is all, are rows that a key
/// could point to.
async fn create_grants(
    manager: &SchemaManager<'_>,
    table: &'static str,
    what: &'static str,
) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(table)
                .col(ColumnDef::new("staff_id").uuid().not_null())
                .col(bytewise(manager, what).not_null())
                .col(instant("until"))
                .col(instant("granted_at").not_null())
                .col(ColumnDef::new("granted_by").text().not_null())
                .primary_key(Index::create().col("staff_id").col(what))
                .foreign_key(ForeignKey::create().from(table, "staff_id").to("staff_members", "id"))
                .to_owned(),
        )
        .await?;
    let mut holders = Index::create();
    holders.name(format!("{table}_by_{what}")).table(table).col(what).col("staff_id");
    manager.create_index(holders).await?;
    // what ends by itself
    let mut ending = Index::create();
    ending.name(format!("{table}_until")).table(table).col("until");
    ending.cond_where(Expr::col("until").is_not_null());
    manager.create_index(ending).await
}

async fn create_sent_tokens(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sent_tokens")
                .col(ColumnDef::new("id").uuid().not_null().primary_key())
                .col(ColumnDef::new("purpose").small_integer().not_null())
                .col(ColumnDef::new("staff_id").uuid())
                .col(ColumnDef::new("destination").text().not_null())
                .col(ColumnDef::new("hash").binary().not_null())
                .col(ColumnDef::new("prefix").text().not_null())
                .col(instant("sent_at").not_null())
                .col(instant("expires_at").not_null())
                .col(instant("used_at"))
                .col(instant("ended_at"))
                .foreign_key(ForeignKey::create().from("sent_tokens", "staff_id").to("staff_members", "id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "sent_tokens_hash_unique", "sent_tokens", "hash").await?;
    let mut sent = Index::create();
    sent.name("sent_tokens_by_staff").table("sent_tokens").col("staff_id").col("sent_at").col("id");
    manager.create_index(sent).await?;
    // a new one ends the former, and this has the last word
    let mut open = Index::create();
    open.name("sent_tokens_open").table("sent_tokens").col("staff_id").col("purpose").unique();
    open.cond_where(Expr::col("used_at").is_null());
    open.cond_where(Expr::col("ended_at").is_null());
    manager.create_index(open).await
}

async fn unique(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    column: &'static str,
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table(table).col(column).unique();
    manager.create_index(index).await
}
