//! `slow_queries`: which queries took long, by their shape. No value of a query is in it.

use sea_orm::entity::prelude::*;

/// Queries of one shape.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "slow_queries")]
pub struct Model {
    /// A hash of the shape.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Where the list stands in the API.
    pub list: String,
    /// What was asked of it, for people.
    pub query: String,
    /// The same for the program, which finds an index for it: JSON.
    pub shape: String,
    /// How often they were slow.
    pub times: i64,
    /// How often they were ended before they had an answer.
    pub ended: i64,
    /// What the slowest one took.
    pub worst_milliseconds: i64,
    /// When one was last slow.
    pub last_seen_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
