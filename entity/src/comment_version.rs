//! `comment_versions`: what comments said before they were corrected.

use sea_orm::entity::prelude::*;

/// One former text of a comment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "comment_versions")]
pub struct Model {
    /// The comment.
    #[sea_orm(primary_key, auto_increment = false)]
    pub comment_id: Uuid,
    /// Which one, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// What it said.
    pub body: String,
    /// When that was written.
    pub written_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
