//! Whether requests can be served at all. Asked without a permit: the answer is about the program, not about data.

use super::Services;
use crate::store::Beat;

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
    /// How the program is. Strangers may ask as often as they like: the database is asked once a second at most.
    pub async fn health(&self) -> Health {
        match self.store().beat().await {
            Beat::Steady => Health::Good,
            Beat::Behind => Health::DatabaseBehind,
            Beat::Gone => Health::DatabaseGone,
        }
    }
}
