//! `user_companies`: the company that a user is.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to_user, bytewise, user_id};

const TABLE: &str = "user_companies";

/// What is a text as people write it, or as it is compared.
const TEXTS: [&str; 21] = [
    "legal_name",
    "embossed_name",
    "business_name",
    "registration_number",
    "vat_number",
    "legal_form",
    "share_capital_currency",
    "entity_type",
    "sector",
    "sector_type",
    "annual_turnover",
    "net_income_range",
    "employee_range",
    "country_of_incorporation",
    "site",
    "business_type",
    "description",
    "operations_area",
    "other_contact",
    "legal_name_folded",
    "business_name_folded",
];

/// What lists are filtered by.
const INDEXED: [&str; 5] = [
    "legal_name_folded",
    "business_name_folded",
    "registration_number_squeezed",
    "vat_number",
    "country_of_incorporation",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table.table(TABLE).col(user_id().primary_key());
        for name in TEXTS {
            table.col(bytewise(manager, name));
        }
        table
            .col(bytewise(manager, "registration_number_squeezed"))
            .col(ColumnDef::new("registered_on").date())
            .col(ColumnDef::new("share_capital_minor").big_integer())
            .col(ColumnDef::new("employee_count").integer())
            .col(ColumnDef::new("on_stock_exchange").boolean())
            .foreign_key(&mut belongs_to_user(TABLE));
        manager.create_table(table).await?;
        for name in INDEXED {
            let index = Index::create()
                .name(format!("user_companies_by_{name}"))
                .table(TABLE)
                .col(name)
                .col("user_id")
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
