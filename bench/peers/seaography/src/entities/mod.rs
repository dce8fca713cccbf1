//! The entities as `sea-orm-cli generate entity --seaography` makes them of the tables that the benchmark asks: all columns, and
//! the relations between them.

pub mod kyc_reviews;
pub mod user_addresses;
pub mod users;
pub mod wallets;

seaography::register_entity_modules!([users, user_addresses, wallets, kyc_reviews]);
