//! `documents`: what users share with the platform or are asked for. The bytes are kept elsewhere, under the ids of the
//! document and its file.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::enums::{DocumentKind, DocumentState, FileType};

/// One document, or the request for one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "documents")]
pub struct Model {
    /// What the API calls it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user.
    pub user_id: Uuid,
    /// The user's account.
    pub account: String,
    /// What it proves.
    pub kind: DocumentKind,
    /// Where it stands, its day apart.
    pub state: DocumentState,
    /// When it was asked for, or shared unasked.
    pub created_at: DateTimeUtc,
    /// What is wanted, as whoever asked for it wrote.
    pub note: Option<String>,
    /// Its last day.
    pub expires_on: Option<Date>,
    /// When it was asked for.
    pub requested_at: Option<DateTimeUtc>,
    /// Who asked for it.
    pub requested_by: Option<String>,
    /// When its bytes were there and good.
    pub shared_at: Option<DateTimeUtc>,
    /// Who shared it.
    pub shared_by: Option<String>,
    /// What the file is called.
    pub name: Option<String>,
    /// What the file is.
    pub content_type: Option<FileType>,
    /// Bytes of the file.
    pub size: Option<i64>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: Option<String>,
    /// Where the bytes are, below the document.
    pub file_id: Option<Uuid>,
    /// When it was last accepted or refused.
    pub decided_at: Option<DateTimeUtc>,
    /// By whom.
    pub decided_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
