//! `sent_tokens`: secrets that were sent to somebody, such as links in letters. What is sent is not kept, but its keyed hash.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::enums::TokenPurpose;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "sent_tokens")]
pub struct Model {
    /// What the API calls it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is good for.
    pub purpose: TokenPurpose,
    /// The staff member whom it was sent to.
    pub staff_id: Option<Uuid>,
    /// The address.
    pub destination: String,
    /// The keyed hash of the token.
    pub hash: Vec<u8>,
    /// Its first characters: what "masked" shows.
    pub prefix: String,
    /// When it was sent.
    pub sent_at: DateTimeUtc,
    /// From when on it is good for nothing.
    pub expires_at: DateTimeUtc,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
    /// When it was ended without use: another was sent, or its purpose was gone.
    pub ended_at: Option<DateTimeUtc>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
