//! `guests` and `guest_roles`: people whom users invited, and what they may do. An address is invited once.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, instant, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("guests")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(user_id())
            .col(ColumnDef::new("email").text().not_null())
            .col(bytewise(manager, "email_folded").not_null())
            .col(instant("invited_at").not_null())
            .col(instant("accepted_at"))
            .col(ColumnDef::new("guest_user_id").uuid())
            .foreign_key(&mut belongs_to_user("guests"))
            .foreign_key(ForeignKey::create().from("guests", "guest_user_id").to("users", "id"));
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .unique()
                    .name("guests_unique")
                    .table("guests")
                    .col("user_id")
                    .col("email_folded")
                    .to_owned(),
            )
            .await?;
        let mut roles = Table::create();
        roles
            .table("guest_roles")
            .col(ColumnDef::new("guest_id").uuid().not_null())
            .col(ColumnDef::new("role").small_integer().not_null())
            .primary_key(Index::create().col("guest_id").col("role"))
            .foreign_key(ForeignKey::create().from("guest_roles", "guest_id").to("guests", "id"));
        manager.create_table(roles).await
    }
}
