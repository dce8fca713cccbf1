//! `guesses`: how often in a row somebody failed, for each account and, within it, each network that is known.

use sea_orm::entity::prelude::*;

/// One count.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guesses")]
pub struct Model {
    /// What is guessed at: the hash of a user name, or the second factor of a staff member.
    #[sea_orm(primary_key, auto_increment = false)]
    pub at_what: String,
    /// The network that is counted apart; empty for all others together.
    #[sea_orm(primary_key, auto_increment = false)]
    pub network: String,
    /// Failures since the last success.
    pub failures: i32,
    /// When the last one was.
    pub last_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
