//! `user_fees` and `user_providers`: fees of a user's own, and what the payment provider says of a user.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let fees = Table::create()
            .table("user_fees")
            .col(user_id().primary_key())
            .col(ColumnDef::new("asker_percent").integer())
            .col(ColumnDef::new("asker_fixed_minor").big_integer())
            .col(bytewise(manager, "asker_fixed_currency"))
            .col(ColumnDef::new("offerer_percent").integer())
            .col(ColumnDef::new("offerer_fixed_minor").big_integer())
            .col(bytewise(manager, "offerer_fixed_currency"))
            .foreign_key(&mut belongs_to_user("user_fees"))
            .to_owned();
        manager.create_table(fees).await?;
        let providers = Table::create()
            .table("user_providers")
            .col(user_id().primary_key())
            .col(bytewise(manager, "code_status"))
            .col(bytewise(manager, "information_status"))
            .col(ColumnDef::new("wallet_count").integer())
            .col(ColumnDef::new("payin_count").integer())
            .foreign_key(&mut belongs_to_user("user_providers"))
            .to_owned();
        manager.create_table(providers).await
    }
}
