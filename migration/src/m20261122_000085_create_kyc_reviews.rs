//! `kyc_reviews`, `kyc_review_changes` and `kyc_review_documents`: the reviews of users, and what they look at.

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
                    .table("kyc_reviews")
                    .col(ColumnDef::new("id").uuid().not_null().primary_key())
                    .col(user_id())
                    .col(bytewise(manager, "account").not_null())
                    .col(ColumnDef::new("trigger").small_integer().not_null())
                    .col(instant("opened_at").not_null())
                    .col(ColumnDef::new("opened_by").text().not_null())
                    .col(instant("due_at").not_null())
                    .col(bytewise(manager, "assignee_issuer"))
                    .col(bytewise(manager, "assignee_subject"))
                    .col(ColumnDef::new("assignee_name").text())
                    .col(instant("claimed_at"))
                    .col(ColumnDef::new("state").small_integer().not_null())
                    .col(ColumnDef::new("decision").small_integer())
                    .col(ColumnDef::new("level").small_integer())
                    .col(ColumnDef::new("reasons").text().not_null())
                    .col(ColumnDef::new("comment").text())
                    .col(instant("decided_at"))
                    .col(ColumnDef::new("decided_by").text())
                    .col(instant("closed_at"))
                    .foreign_key(&mut belongs_to_user("kyc_reviews"))
                    .to_owned(),
            )
            .await?;
        for (name, columns) in [
            ("kyc_reviews_by_user", ["user_id", "opened_at", "id"]),
            ("kyc_reviews_by_account", ["account", "opened_at", "id"]),
            // the queue: what waits, and who has what of it
            ("kyc_reviews_by_state", ["state", "opened_at", "id"]),
            ("kyc_reviews_by_assignee", ["assignee_subject", "opened_at", "id"]),
        ] {
            let mut index = Index::create();
            index.name(name).table("kyc_reviews");
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        // one open review a user: acts take turns on the row of the user already, and this has the last word
        let mut open = Index::create();
        open.name("kyc_reviews_open").table("kyc_reviews").col("user_id").unique();
        open.cond_where(Expr::col("closed_at").is_null());
        manager.create_index(open).await?;
        // however many have ended, the queue is found at once, that of somebody who sees some accounts alone as well
        for (name, columns) in [
            ("kyc_reviews_waiting", ["opened_at", "id"].as_slice()),
            ("kyc_reviews_waiting_by_account", ["account", "opened_at", "id"].as_slice()),
        ] {
            let mut waiting = Index::create();
            waiting.name(name).table("kyc_reviews").cond_where(Expr::col("closed_at").is_null());
            for column in columns {
                waiting.col(*column);
            }
            manager.create_index(waiting).await?;
        }

        manager
            .create_table(
                Table::create()
                    .table("kyc_review_changes")
                    .col(ColumnDef::new("review_id").uuid().not_null())
                    .col(ColumnDef::new("entry_id").uuid().not_null())
                    .col(ColumnDef::new("fields").text().not_null())
                    .primary_key(Index::create().col("review_id").col("entry_id"))
                    .foreign_key(
                        ForeignKey::create().from("kyc_review_changes", "review_id").to("kyc_reviews", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().from("kyc_review_changes", "entry_id").to("audit_entries", "id"),
                    )
                    .to_owned(),
            )
            .await?;

        manager
            .create_table(
                Table::create()
                    .table("kyc_review_documents")
                    .col(ColumnDef::new("review_id").uuid().not_null())
                    .col(ColumnDef::new("document_id").uuid().not_null())
                    .primary_key(Index::create().col("review_id").col("document_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("kyc_review_documents", "review_id")
                            .to("kyc_reviews", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("kyc_review_documents", "document_id")
                            .to("documents", "id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
