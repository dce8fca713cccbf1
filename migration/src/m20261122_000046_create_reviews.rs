//! `reviews`: what users say of each other.

use sea_orm_migration::prelude::*;

use crate::columns::{bytewise, index_recorded, instant, recorded};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut reviews = recorded(manager, "reviews");
        reviews
            .col(ColumnDef::new("author_id").uuid().not_null())
            .col(ColumnDef::new("subject_id").uuid().not_null())
            .col(ColumnDef::new("rating").small_integer().not_null())
            .col(bytewise(manager, "text"))
            .col(instant("at").not_null())
            .foreign_key(ForeignKey::create().from("reviews", "author_id").to("users", "id"))
            .foreign_key(ForeignKey::create().from("reviews", "subject_id").to("users", "id"));
        manager.create_table(reviews).await?;
        index_recorded(manager, "reviews", &["author_id", "subject_id"], "at").await
    }
}
