//! What goes into the outbox, and what comes out of it: letters as they are kept, in one piece.

use backdesk_entity::enums::MailKind;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    language::Language,
    letter::{Letter, Written},
};
use crate::store::{
    Store, Writer,
    error::StoreError,
    mail::{Mail, NewMail},
};

/// A letter to somebody.
#[derive(Debug, Clone)]
pub struct Addressed {
    /// The e-mail address: a bare one, as [`email::parse`](crate::domain::email::parse) gives it.
    pub to: String,
    /// The language that they read (BCP 47); English where no letters are written in it.
    pub language: String,
    /// What it says.
    pub letter: Letter,
    /// The secret that it brings: see [`Writer::withdraw_mail`].
    pub sent_token: Option<Uuid>,
}

/// A letter of the outbox, for a page that shows them.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What it is called.
    pub id: Uuid,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// What it is about.
    pub kind: MailKind,
    /// To whom.
    pub to: String,
    /// What it says.
    pub written: Written,
}

/// A letter as it is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    subject: String,
    text: Zeroizing<String>,
    html: Zeroizing<String>,
}

impl Writer {
    /// Puts a letter into the outbox: it is sent when the transaction has committed, and never if it has not. It is no change
    /// that an audit entry must tell of; what it tells of is. A rehearsal posts nothing.
    pub async fn post(&self, addressed: &Addressed) -> Result<(), StoreError> {
        self.insert_mail(&addressed.write()?).await
    }
}

impl Addressed {
    /// The row that it becomes.
    pub(super) fn write(&self) -> Result<NewMail, StoreError> {
        let Self { to, language, letter, sent_token } = self;
        let Written { subject, text, html } = letter.write(Language::of(language));
        let kept = serde_json::to_vec(&Kept { subject, text, html }).map_err(|_| StoreError::Internal)?;
        Ok(NewMail {
            kind: letter.kind(),
            to: to.clone(),
            language: language.clone(),
            body: Zeroizing::new(kept),
            sent_token: *sent_token,
        })
    }
}

impl Written {
    /// The letter that a row held.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let Kept { subject, text, html } = serde_json::from_slice(body).ok()?;
        Some(Self { subject, text, html })
    }
}

impl Shown {
    /// The newest letters whose text is still there, the newest first.
    pub(crate) async fn newest(store: &Store, most: u64) -> Result<Vec<Self>, StoreError> {
        Ok(store.newest_mails(most).await?.into_iter().filter_map(Self::of).collect())
    }

    /// One of them.
    pub(crate) async fn find(store: &Store, id: Uuid) -> Result<Option<Self>, StoreError> {
        Ok(store.mail(id).await?.and_then(Self::of))
    }

    fn of(mail: Mail) -> Option<Self> {
        let Mail { id, created_at, kind, opened, .. } = mail;
        let opened = opened?;
        let written = Written::read(&opened.body)?;
        Some(Self { id, created_at, kind, to: opened.to, written })
    }
}
