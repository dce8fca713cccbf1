//! Whether requests can be served, and how busy the program is. Asked without a permit: it is about the program, not about
//! data.

use super::Services;
use crate::{
    store::Beat,
    telemetry::meters::{MailMeters, StoreMeters},
};

/// How the program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Requests can be served.
    Good,
    /// The database lacks a migration of this program.
    DatabaseBehind,
    /// The database does not answer.
    DatabaseGone,
}

impl Services {
    /// What the store counts.
    pub fn meters(&self) -> &StoreMeters {
        self.store().meters()
    }

    /// What is counted of letters.
    pub fn mail_meters(&self) -> &MailMeters {
        self.store().outgoing().meters()
    }

    /// How many connections to the database there are, and how many of them do nothing.
    pub fn pool(&self) -> (u32, u32) {
        self.store().pool()
    }

    /// How the program is. Strangers may ask as often as they like: the database is asked once a second at most.
    pub async fn health(&self) -> Health {
        match self.store().beat().await {
            Beat::Steady => Health::Good,
            Beat::Behind => Health::DatabaseBehind,
            Beat::Gone => Health::DatabaseGone,
        }
    }
}
