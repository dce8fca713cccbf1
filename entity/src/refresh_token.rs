//! `refresh_tokens`: what the next access token of a session is asked for with, as keyed hashes. Used ones stay as long as
//! their session: one that comes back was stolen.

use sea_orm::entity::prelude::*;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_tokens")]
pub struct Model {
    /// The keyed hash of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    /// The session that it continues.
    pub session_id: Uuid,
    /// When it was issued.
    pub created_at: DateTimeUtc,
    /// When it was used; it is good once.
    pub used_at: Option<DateTimeUtc>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
