//! `platform_policies`: what the platform decided, one row.

use sea_orm_migration::prelude::*;

use crate::columns::instant;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("platform_policies")
            .col(ColumnDef::new("id").small_integer().not_null().primary_key())
            .col(ColumnDef::new("version").integer().not_null())
            .col(instant("updated_at").not_null())
            .col(ColumnDef::new("policies").text().not_null())
            // there is one platform
            .check(Expr::col("id").eq(1))
            .to_owned();
        manager.create_table(table).await?;
        // nothing is decided yet; and whoever changes it has a row to lock
        let first = Query::insert()
            .into_table("platform_policies")
            .columns(["id", "version", "updated_at", "policies"])
            .values_panic([1.into(), 0.into(), Expr::current_timestamp(), "{}".into()])
            .to_owned();
        manager.execute(first).await
    }
}
