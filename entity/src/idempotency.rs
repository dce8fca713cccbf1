//! `idempotency_keys`: answers kept for 24 hours, so that a retry has no second effect.

use sea_orm::entity::prelude::*;

/// One kept answer. The key belongs to one caller and one operation.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// Issuer and subject of the caller.
    #[sea_orm(primary_key, auto_increment = false)]
    pub caller: String,
    /// The operation, such as `USER_UPDATE`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub operation: String,
    /// The caller's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Uuid,
    /// SHA-256 of the input: the same key with another input is an error.
    pub input_hash: Vec<u8>,
    /// The answer, sealed; empty while the first request still runs, which nobody else ever sees.
    pub answer: Vec<u8>,
    /// When it was made; swept after 24 hours.
    pub created_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
