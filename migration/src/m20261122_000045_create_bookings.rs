//! `bookings`: who booked what from whom.

use sea_orm_migration::prelude::*;

use crate::columns::{bytewise, index_recorded, instant, recorded};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut bookings = recorded(manager, "bookings");
        bookings
            .col(ColumnDef::new("asker_id").uuid())
            .col(ColumnDef::new("offerer_id").uuid())
            .col(ColumnDef::new("listing_id").uuid())
            .col(ColumnDef::new("state").small_integer().not_null())
            .col(ColumnDef::new("amount_minor").big_integer())
            .col(bytewise(manager, "currency"))
            .col(instant("starts_at"))
            .col(instant("ends_at"))
            .col(instant("at").not_null())
            .foreign_key(ForeignKey::create().from("bookings", "asker_id").to("users", "id"))
            .foreign_key(ForeignKey::create().from("bookings", "offerer_id").to("users", "id"))
            .foreign_key(ForeignKey::create().from("bookings", "listing_id").to("listings", "id"))
            .check(Expr::col("asker_id").is_not_null().or(Expr::col("offerer_id").is_not_null()));
        manager.create_table(bookings).await?;
        index_recorded(manager, "bookings", &["asker_id", "offerer_id"], "at").await
    }
}
