//! `users` gets what lists show of money and activity: who pays taxes, whether own fees are set, the best status of the
//! wallets, and how many there are of what other systems record. The counts follow from rows elsewhere and move with them.

use sea_orm_migration::prelude::*;

use crate::columns::bytewise;

/// How many rows there are elsewhere.
const COUNTS: [&str; 7] = [
    "wallet_count",
    "payin_count",
    "listing_count",
    "asker_booking_count",
    "offerer_booking_count",
    "review_received_count",
    "review_made_count",
];

/// What lists are sorted and filtered by.
const INDEXES: &[&[&str]] = &[
    &["wallet_status", "created_at"],
    &["listing_count"],
    &["asker_booking_count"],
    &["offerer_booking_count"],
    &["own_fees", "created_at"],
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut columns = vec![
            ColumnDef::new("opt_in_mailing").boolean().to_owned(),
            ColumnDef::new("tax_payer").small_integer().to_owned(),
            bytewise(manager, "kyc_comment"),
            ColumnDef::new("own_fees").boolean().not_null().default(false).to_owned(),
            ColumnDef::new("wallet_status").small_integer().not_null().default(0).to_owned(),
        ];
        columns.extend(COUNTS.map(|name| ColumnDef::new(name).integer().not_null().default(0).to_owned()));
        // SQLite adds one at a time
        for column in columns {
            manager.alter_table(Table::alter().table("users").add_column(column).to_owned()).await?;
        }
        for columns in INDEXES {
            let mut index = Index::create();
            index.name(format!("users_by_{}", columns.join("_"))).table("users");
            for column in *columns {
                index.col(*column);
            }
            manager.create_index(index.col("id").to_owned()).await?;
        }
        Ok(())
    }
}
