//! `psp_accounts`: what payment service providers know of users.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, index_recorded, recorded, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut accounts = recorded(manager, "psp_accounts");
        accounts
            .col(user_id())
            .col(bytewise(manager, "provider").not_null())
            .col(bytewise(manager, "provider_user_id").not_null())
            .col(ColumnDef::new("can_be_paid").boolean().not_null())
            .col(ColumnDef::new("can_be_paid_out").boolean().not_null())
            .col(ColumnDef::new("details").text())
            .foreign_key(&mut belongs_to_user("psp_accounts"));
        manager.create_table(accounts).await?;
        index_recorded(manager, "psp_accounts", &["user_id"], "recorded_at").await
    }
}
