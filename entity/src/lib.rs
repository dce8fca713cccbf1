//! The tables of Backdesk as SeaORM entities, one file each, and the vocabularies that their columns hold.
//! Nothing here decides anything: rules live in the domain, queries in the store.

pub mod account;
pub mod audit_entry;
pub mod audit_entry_user;
pub mod bank_account;
pub mod booking;
pub mod comment;
pub mod comment_version;
pub mod data_key;
pub mod document;
pub mod document_upload;
pub mod enums;
pub mod group;
pub mod idempotency;
pub mod listing;
pub mod platform_fact;
pub mod psp_account;
pub mod review;
pub mod signing_key;
pub mod transaction;
pub mod user;
pub mod user_address;
pub mod user_company;
pub mod user_external_id;
pub mod user_fees;
pub mod user_finances;
pub mod user_group;
pub mod user_language;
pub mod user_occupation;
pub mod user_provider;
pub mod user_sanctions;
pub mod user_tax;
pub mod wallet;
pub mod wallet_network;
