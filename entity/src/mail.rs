//! `mails`: the outbox. A letter is written in the transaction of what it tells of, and sent by whoever takes the row.

use sea_orm::entity::prelude::*;

use crate::enums::MailKind;

/// A letter that waits, was sent, or never will be.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mails")]
pub struct Model {
    /// Names it, to the servers that it is handed to as well.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When it was written.
    pub created_at: DateTimeUtc,
    /// What it is about.
    pub kind: MailKind,
    /// The e-mail address that it goes to, sealed.
    pub recipient: Vec<u8>,
    /// The language that it was asked for in (BCP 47).
    pub language: String,
    /// Subject, text and HTML, sealed; none once nobody sends it any more.
    pub body: Option<Vec<u8>>,
    /// How often somebody set out to send it.
    pub attempts: i32,
    /// When it is to be sent, or tried again.
    pub next_try_at: DateTimeUtc,
    /// Until when nobody else takes it.
    pub claimed_until: Option<DateTimeUtc>,
    /// Who took it last.
    pub claimed_by: Option<Uuid>,
    /// When the server took it over.
    pub sent_at: Option<DateTimeUtc>,
    /// When it was given up.
    pub failed_at: Option<DateTimeUtc>,
    /// Why it was not sent, in words of ours.
    pub last_error: Option<String>,
    /// The secret that it brings, if it brings one: without use once that is replaced or used.
    pub sent_token_id: Option<Uuid>,
}

/// Relations are joined by hand in the store.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
