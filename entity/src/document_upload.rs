//! `document_uploads`: files that are on their way. A row goes when its file is confirmed or refused, or after an hour.

use sea_orm::entity::prelude::*;

use crate::enums::{DocumentKind, FileType};

/// A file that somebody said they would send.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document_uploads")]
pub struct Model {
    /// Where its bytes are sent to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The document that it will be.
    pub document_id: Uuid,
    /// The user.
    pub user_id: Uuid,
    /// The user's account.
    pub account: String,
    /// What it proves; none of a picture of the user.
    pub kind: Option<DocumentKind>,
    /// What the file is called.
    pub name: String,
    /// What the file is said to be.
    pub content_type: FileType,
    /// Bytes that it is said to have.
    pub size: i64,
    /// SHA-256 that it is said to have, in hexadecimal.
    pub sha256: Option<String>,
    /// The last day of the document.
    pub expires_on: Option<Date>,
    /// When it was begun.
    pub started_at: DateTimeUtc,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
