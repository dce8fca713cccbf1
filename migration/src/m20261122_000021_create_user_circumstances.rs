//! What a user does, owns and owes: `user_occupations`, `user_finances` and `user_taxes`. And the indexes that lists need
//! to find answers about sanctions.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, user_id};

/// The tables with their texts.
const TABLES: [(&str, &[&str]); 3] = [
    ("user_occupations", &["title", "kind", "position"]),
    ("user_finances", &["income_range", "personal_assets", "source_of_funds", "sepa_creditor_identifier"]),
    ("user_taxes", &["tax_number", "tax_residence"]),
];

/// What lists are filtered by.
const INDEXED: [(&str, &str); 6] = [
    ("user_taxes", "tax_residence"),
    ("user_taxes", "specified_us_person"),
    ("user_sanctions", "activity_outside_eu"),
    ("user_sanctions", "economic"),
    ("user_sanctions", "resident_countries"),
    ("user_sanctions", "involved"),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, texts) in TABLES {
            let mut table = Table::create();
            table.table(name).col(user_id().primary_key());
            for text in texts {
                table.col(bytewise(manager, text));
            }
            if name == "user_taxes" {
                table.col(ColumnDef::new("specified_us_person").boolean());
            }
            manager.create_table(table.foreign_key(&mut belongs_to_user(name)).to_owned()).await?;
        }
        for (table, column) in INDEXED {
            let index = Index::create()
                .name(format!("{table}_by_{column}"))
                .table(table)
                .col(column)
                .col("user_id")
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
