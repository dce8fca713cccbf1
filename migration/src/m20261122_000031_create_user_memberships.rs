//! `user_memberships`: which company a user belongs to.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, instant, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("user_memberships")
            .col(user_id().primary_key())
            .col(ColumnDef::new("company_id").uuid().not_null())
            .col(ColumnDef::new("role").small_integer().not_null())
            .col(instant("since").not_null())
            .foreign_key(&mut belongs_to_user("user_memberships"))
            .foreign_key(ForeignKey::create().from("user_memberships", "company_id").to("users", "id"));
        manager.create_table(table).await?;
        // the members of a company as they are shown, owners first
        manager
            .create_index(
                Index::create()
                    .name("user_memberships_by_company")
                    .table("user_memberships")
                    .col("company_id")
                    .col("role")
                    .col("since")
                    .col("user_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("user_memberships_by_role")
                    .table("user_memberships")
                    .col("role")
                    .col("user_id")
                    .to_owned(),
            )
            .await
    }
}
