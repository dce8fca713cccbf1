//! `user_parties`: partners and advisers of users. Nobody is their own.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, instant, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let not_oneself = Expr::col("party_id").not_equals("user_id");
        let mut table = Table::create();
        table
            .table("user_parties")
            .col(user_id())
            .col(ColumnDef::new("party_id").uuid().not_null().check(not_oneself))
            .col(ColumnDef::new("kind").small_integer().not_null())
            .col(instant("since").not_null())
            .primary_key(Index::create().col("user_id").col("party_id").col("kind"))
            .foreign_key(&mut belongs_to_user("user_parties"))
            .foreign_key(ForeignKey::create().from("user_parties", "party_id").to("users", "id"));
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("user_parties_by_party")
                    .table("user_parties")
                    .col("party_id")
                    .col("user_id")
                    .to_owned(),
            )
            .await
    }
}
