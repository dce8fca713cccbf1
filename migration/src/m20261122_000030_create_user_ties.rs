//! `user_ties`: parents, and how users are tied to them. No user is their own parent, nor holds more than the whole.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let share = Expr::col("share").between(0, 10_000);
        let not_oneself = Expr::col("parent_id").not_equals("user_id");
        let mut table = Table::create();
        table
            .table("user_ties")
            .col(user_id().primary_key())
            .col(ColumnDef::new("parent_id").uuid().check(not_oneself))
            .col(ColumnDef::new("kind").small_integer())
            .col(ColumnDef::new("share").integer().check(share))
            .col(ColumnDef::new("controlling_person_type").small_integer())
            .col(ColumnDef::new("employee_type").small_integer())
            .foreign_key(&mut belongs_to_user("user_ties"))
            .foreign_key(ForeignKey::create().from("user_ties", "parent_id").to("users", "id"));
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("user_ties_by_parent")
                    .table("user_ties")
                    .col("parent_id")
                    .col("user_id")
                    .to_owned(),
            )
            .await
    }
}
