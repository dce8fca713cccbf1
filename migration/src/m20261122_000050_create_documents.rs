//! `documents` and `document_uploads`: what users share, and what of it is on its way.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, instant, user_id};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("documents")
                    .col(ColumnDef::new("id").uuid().not_null().primary_key())
                    .col(user_id())
                    .col(bytewise(manager, "account").not_null())
                    .col(ColumnDef::new("kind").small_integer().not_null())
                    .col(ColumnDef::new("state").small_integer().not_null())
                    .col(instant("created_at").not_null())
                    .col(ColumnDef::new("note").text())
                    .col(ColumnDef::new("expires_on").date())
                    .col(instant("requested_at"))
                    .col(ColumnDef::new("requested_by").text())
                    .col(instant("shared_at"))
                    .col(ColumnDef::new("shared_by").text())
                    .col(ColumnDef::new("name").text())
                    .col(ColumnDef::new("content_type").small_integer())
                    .col(ColumnDef::new("size").big_integer())
                    .col(bytewise(manager, "sha256"))
                    .col(ColumnDef::new("file_id").uuid())
                    .col(instant("decided_at"))
                    .col(ColumnDef::new("decided_by").text())
                    .col(ColumnDef::new("reason").text())
                    .foreign_key(&mut belongs_to_user("documents"))
                    .to_owned(),
            )
            .await?;
        for (name, columns) in [
            ("documents_by_user", ["user_id", "created_at", "id"]),
            // whose documents wait: a filter of users
            ("documents_by_state", ["state", "kind", "user_id"]),
        ] {
            let mut index = Index::create();
            index.name(name).table("documents");
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }

        // no tie to a document: it need not be there yet
        manager
            .create_table(
                Table::create()
                    .table("document_uploads")
                    .col(ColumnDef::new("id").uuid().not_null().primary_key())
                    .col(ColumnDef::new("document_id").uuid().not_null())
                    .col(user_id())
                    .col(bytewise(manager, "account").not_null())
                    .col(ColumnDef::new("kind").small_integer())
                    .col(ColumnDef::new("name").text().not_null())
                    .col(ColumnDef::new("content_type").small_integer().not_null())
                    .col(ColumnDef::new("size").big_integer().not_null())
                    .col(bytewise(manager, "sha256"))
                    .col(ColumnDef::new("expires_on").date())
                    .col(instant("started_at").not_null())
                    .foreign_key(&mut belongs_to_user("document_uploads"))
                    .to_owned(),
            )
            .await?;
        for (name, column) in
            [("document_uploads_by_age", "started_at"), ("document_uploads_by_user", "user_id")]
        {
            manager
                .create_index(Index::create().name(name).table("document_uploads").col(column).to_owned())
                .await?;
        }
        Ok(())
    }
}
