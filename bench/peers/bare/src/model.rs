//! What the server shows: the rows, in the shape of their tables.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

/// One user.
#[derive(SimpleObject)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    reference: String,
    created_at: DateTime<Utc>,
    last_sign_in_at: Option<DateTime<Utc>>,
    person_type: i16,
    status: i16,
    frozen: bool,
    first_name: Option<String>,
    last_name: Option<String>,
    country: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    preferred_language: Option<String>,
    kyc_status: i16,
    kyc_level: i16,
    pub(crate) addresses: Vec<Address>,
    pub(crate) wallet: Option<Wallet>,
    pub(crate) reviews: Vec<Review>,
}

/// An address of a user.
#[derive(SimpleObject)]
pub(crate) struct Address {
    kind: i16,
    line1: Option<String>,
    postcode: Option<String>,
    city: Option<String>,
    country: Option<String>,
}

/// The newest wallet of a user.
#[derive(SimpleObject)]
pub(crate) struct Wallet {
    id: Uuid,
    status: i16,
    provider: String,
    currency: String,
    opened_at: DateTime<Utc>,
}

/// A KYC review of a user.
#[derive(SimpleObject)]
pub(crate) struct Review {
    id: Uuid,
    trigger: i16,
    state: i16,
    opened_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
}

impl From<&Row> for User {
    fn from(row: &Row) -> Self {
        Self {
            id: row.get(0),
            reference: row.get(1),
            created_at: row.get(2),
            last_sign_in_at: row.get(3),
            person_type: row.get(4),
            status: row.get(5),
            frozen: row.get(6),
            first_name: row.get(7),
            last_name: row.get(8),
            country: row.get(9),
            email: row.get(10),
            phone: row.get(11),
            preferred_language: row.get(12),
            kyc_status: row.get(13),
            kyc_level: row.get(14),
            addresses: Vec::new(),
            wallet: None,
            reviews: Vec::new(),
        }
    }
}

// The first column of a relation's rows is the user.

impl From<&Row> for Address {
    fn from(row: &Row) -> Self {
        Self {
            kind: row.get(1),
            line1: row.get(2),
            postcode: row.get(3),
            city: row.get(4),
            country: row.get(5),
        }
    }
}

impl From<&Row> for Wallet {
    fn from(row: &Row) -> Self {
        Self {
            id: row.get(1),
            status: row.get(2),
            provider: row.get(3),
            currency: row.get(4),
            opened_at: row.get(5),
        }
    }
}

impl From<&Row> for Review {
    fn from(row: &Row) -> Self {
        Self {
            id: row.get(1),
            trigger: row.get(2),
            state: row.get(3),
            opened_at: row.get(4),
            decided_at: row.get(5),
        }
    }
}
