//! `comments`: what staff wrote about users.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One comment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "comments")]
pub struct Model {
    /// What the API calls it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user whom it is about.
    pub user_id: Uuid,
    /// The user's account.
    pub account: String,
    /// When it was written.
    pub created_at: DateTimeUtc,
    /// Who issued the author's token.
    pub author_issuer: String,
    /// The token's subject.
    pub author_subject: String,
    /// The token's name.
    pub author_name: Option<String>,
    /// What is written, as last corrected.
    pub body: String,
    /// Whether the user may read it too.
    pub visible_to_user: bool,
    /// When it was last corrected.
    pub edited_at: Option<DateTimeUtc>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
