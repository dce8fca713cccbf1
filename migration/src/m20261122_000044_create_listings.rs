//! `listings`: what users offer on the platform.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, index_recorded, instant, recorded, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut listings = recorded(manager, "listings");
        listings
            .col(user_id())
            .col(bytewise(manager, "title").not_null())
            .col(ColumnDef::new("state").small_integer().not_null())
            .col(bytewise(manager, "url"))
            .col(instant("published_at").not_null())
            .foreign_key(&mut belongs_to_user("listings"));
        manager.create_table(listings).await?;
        index_recorded(manager, "listings", &["user_id"], "published_at").await
    }
}
