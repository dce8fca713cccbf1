//! `bank_accounts`: where users are paid out to. The masked number stands beside the whole one: reading it takes less.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, index_recorded, recorded, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut accounts = recorded(manager, "bank_accounts");
        accounts
            .col(user_id())
            .col(bytewise(manager, "holder").not_null())
            .col(bytewise(manager, "iban").not_null())
            .col(bytewise(manager, "masked_iban").not_null())
            .col(bytewise(manager, "bic"))
            .col(bytewise(manager, "currency").not_null())
            .foreign_key(&mut belongs_to_user("bank_accounts"));
        manager.create_table(accounts).await?;
        index_recorded(manager, "bank_accounts", &["user_id"], "recorded_at").await
    }
}
