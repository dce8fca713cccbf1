//! The schema of the database, one file per table or change, applied in the order of this list.
//! A migration that has landed is never edited: the next one changes what it made.

use sea_orm_migration::prelude::*;

mod columns;
mod m20261121_000001_create_accounts;
mod m20261121_000002_create_groups;
mod m20261121_000003_create_users;
mod m20261121_000004_create_user_addresses;
mod m20261121_000005_create_user_external_ids;
mod m20261121_000006_create_user_groups;
mod m20261121_000007_create_user_languages;
mod m20261121_000008_create_audit_entries;
mod m20261121_000009_create_data_keys;
mod m20261121_000010_create_signing_keys;
mod m20261121_000011_create_idempotency_keys;
mod m20261121_000012_create_platform_facts;
mod m20261122_000013_users_know_more;
mod m20261122_000014_create_audit_entry_users;
mod m20261122_000015_create_user_sanctions;
mod m20261122_000020_create_user_companies;
mod m20261122_000021_create_user_circumstances;
mod m20261122_000022_create_user_fees;
mod m20261122_000030_create_user_ties;
mod m20261122_000031_create_user_memberships;
mod m20261122_000032_create_guests;
mod m20261122_000033_create_user_parties;
mod m20261122_000034_create_categories;
mod m20261122_000035_create_user_marks;
mod m20261122_000036_create_user_client_permissions;
mod m20261122_000040_create_wallets;
mod m20261122_000041_create_transactions;
mod m20261122_000042_create_psp_accounts;
mod m20261122_000043_create_bank_accounts;
mod m20261122_000044_create_listings;
mod m20261122_000045_create_bookings;
mod m20261122_000046_create_reviews;
mod m20261122_000047_audit_users_know_more;
mod m20261122_000050_create_documents;
mod m20261122_000051_create_comments;
mod m20261122_000070_index_what_filters_look_for;
mod m20261122_000075_nobody_is_their_own;
mod m20261122_000076_create_discarded_pictures;
mod m20261122_000077_create_audit_entry_accounts;
mod m20261122_000080_create_platform_policies;
mod m20261122_000085_create_kyc_reviews;
mod m20261122_000090_create_slow_queries;
mod m20261122_000091_index_what_the_newest_are_searched_by;
mod m20261122_000092_index_the_commonest_filter;
mod m20261122_000100_create_staff;
mod m20261122_000110_create_mails;
mod m20261122_000111_create_incidents;
mod m20261123_000120_create_sign_in;
mod m20261123_000121_signing_keys_rotate;

pub use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager};

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_create_accounts::Migration),
            Box::new(m20261121_000002_create_groups::Migration),
            Box::new(m20261121_000003_create_users::Migration),
            Box::new(m20261121_000004_create_user_addresses::Migration),
            Box::new(m20261121_000005_create_user_external_ids::Migration),
            Box::new(m20261121_000006_create_user_groups::Migration),
            Box::new(m20261121_000007_create_user_languages::Migration),
            Box::new(m20261121_000008_create_audit_entries::Migration),
            Box::new(m20261121_000009_create_data_keys::Migration),
            Box::new(m20261121_000010_create_signing_keys::Migration),
            Box::new(m20261121_000011_create_idempotency_keys::Migration),
            Box::new(m20261121_000012_create_platform_facts::Migration),
            Box::new(m20261122_000013_users_know_more::Migration),
            Box::new(m20261122_000014_create_audit_entry_users::Migration),
            Box::new(m20261122_000015_create_user_sanctions::Migration),
            Box::new(m20261122_000020_create_user_companies::Migration),
            Box::new(m20261122_000021_create_user_circumstances::Migration),
            Box::new(m20261122_000022_create_user_fees::Migration),
            Box::new(m20261122_000040_create_wallets::Migration),
            Box::new(m20261122_000041_create_transactions::Migration),
            Box::new(m20261122_000042_create_psp_accounts::Migration),
            Box::new(m20261122_000043_create_bank_accounts::Migration),
            Box::new(m20261122_000044_create_listings::Migration),
            Box::new(m20261122_000045_create_bookings::Migration),
            Box::new(m20261122_000046_create_reviews::Migration),
            Box::new(m20261122_000050_create_documents::Migration),
            Box::new(m20261122_000051_create_comments::Migration),
            Box::new(m20261122_000030_create_user_ties::Migration),
            Box::new(m20261122_000031_create_user_memberships::Migration),
            Box::new(m20261122_000032_create_guests::Migration),
            Box::new(m20261122_000033_create_user_parties::Migration),
            Box::new(m20261122_000034_create_categories::Migration),
            Box::new(m20261122_000035_create_user_marks::Migration),
            Box::new(m20261122_000036_create_user_client_permissions::Migration),
            Box::new(m20261122_000047_audit_users_know_more::Migration),
            Box::new(m20261122_000070_index_what_filters_look_for::Migration),
            Box::new(m20261122_000075_nobody_is_their_own::Migration),
            Box::new(m20261122_000076_create_discarded_pictures::Migration),
            Box::new(m20261122_000077_create_audit_entry_accounts::Migration),
            Box::new(m20261122_000080_create_platform_policies::Migration),
            Box::new(m20261122_000085_create_kyc_reviews::Migration),
            Box::new(m20261122_000090_create_slow_queries::Migration),
            Box::new(m20261122_000091_index_what_the_newest_are_searched_by::Migration),
            Box::new(m20261122_000092_index_the_commonest_filter::Migration),
            Box::new(m20261122_000100_create_staff::Migration),
            Box::new(m20261122_000110_create_mails::Migration),
            Box::new(m20261122_000111_create_incidents::Migration),
            Box::new(m20261123_000120_create_sign_in::Migration),
            Box::new(m20261123_000121_signing_keys_rotate::Migration),
        ]
    }
}
