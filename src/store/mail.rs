//! The outbox: letters that are written in the transaction of what they tell of, and taken from it by whoever sends them.
//!
//! Who takes a letter has it for a time (a lease), in which nobody else does: PostgreSQL passes over rows that somebody is
//! taking, SQLite has one writer. A program that ends in the middle is followed by another one when the lease is over.
//! Addresses and texts are sealed; what is wrong with a letter is kept in words of ours.

use std::time::Duration;

use backdesk_entity::{
    enums::MailKind,
    mail::{ActiveModel, Column, Entity, Model},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, UpdateMany,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Store, error::StoreError, session::Writer, timed::Timed};

/// How long a letter that was sent or given up is remembered.
const KEPT_FOR: TimeDelta = TimeDelta::days(30);
/// What is said of a letter that brings a secret which is good for nothing any more.
const WITHDRAWN: &str = "withdrawn";

/// A letter that is to be sent.
#[derive(Debug)]
pub(crate) struct NewMail {
    pub(crate) kind: MailKind,
    /// The e-mail address.
    pub(crate) to: String,
    /// The language that it was asked for in.
    pub(crate) language: String,
    /// What is sealed.
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// The secret that it brings.
    pub(crate) sent_token: Option<Uuid>,
}

/// A letter of the outbox.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) id: Uuid,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) kind: MailKind,
    /// How often somebody set out to send it, this time included.
    pub(crate) attempts: i32,
    /// None when it does not open.
    pub(crate) opened: Option<Opened>,
}

/// What is sealed of a letter.
pub(crate) struct Opened {
    pub(crate) to: String,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened(secret)")
    }
}

impl Writer {
    /// Puts a letter into the outbox. An act that posts one and changes nothing else needs no audit entry.
    pub(crate) async fn insert_mail(&self, mail: &NewMail) -> Result<(), StoreError> {
        if self.is_rehearsal {
            return Ok(());
        }
        self.store.insert_mail(&self.tx, mail).await?;
        self.note_posted();
        Ok(())
    }

    /// Has letters that bring this secret not be sent, for it was replaced, used or ended. One that somebody is sending at this
    /// moment may still arrive.
    pub async fn withdraw_mail(&self, sent_token: Uuid) -> Result<(), StoreError> {
        ended(self.clock().now(), WITHDRAWN)
            .filter(Column::SentTokenId.eq(sent_token))
            .filter(waiting())
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

/// The house of the outbox, which no entry tells of: what was posted is told by what it was posted for.
impl Store {
    /// Writes a letter in somebody's transaction.
    pub(super) async fn insert_mail(
        &self,
        tx: &Timed<DatabaseTransaction>,
        mail: &NewMail,
    ) -> Result<(), StoreError> {
        let NewMail { kind, to, language, body, sent_token } = mail;
        let (id, now, seal) = (self.clock().new_id(), self.clock().now(), self.master().sealing_key());
        let row = ActiveModel {
            id: Set(id),
            created_at: Set(now),
            kind: Set(*kind),
            recipient: Set(seal.seal(&context(id, "recipient"), to.as_bytes())),
            language: Set(language.clone()),
            body: Set(Some(seal.seal(&context(id, "body"), body))),
            attempts: Set(0),
            next_try_at: Set(now),
            claimed_until: Set(None),
            claimed_by: Set(None),
            sent_at: Set(None),
            failed_at: Set(None),
            last_error: Set(None),
            sent_token_id: Set(*sent_token),
        };
        Entity::insert(row).exec_without_returning(tx).await?;
        Ok(())
    }

    /// Takes letters that are due, the longest due first: nobody else takes them within the lease.
    pub(crate) async fn take_mails(
        &self,
        by: Uuid,
        lease: Duration,
        most: u64,
    ) -> Result<Vec<Mail>, StoreError> {
        let now = self.clock().now();
        let due = || {
            let free =
                Condition::any().add(Column::ClaimedUntil.is_null()).add(Column::ClaimedUntil.lte(now));
            Entity::find().filter(waiting()).filter(Column::NextTryAt.lte(now)).filter(free)
        };
        // mostly there is none, and a look disturbs no writer
        let some = due().select_only().column(Column::Id).limit(1).into_tuple::<Uuid>();
        if some.one(self.db()).await?.is_none() {
            return Ok(Vec::new());
        }
        let (_turn, tx) = self.begin().await?;
        let mut taken = due().order_by_asc(Column::NextTryAt).order_by_asc(Column::Id).limit(most);
        if self.has_row_locks() {
            taken = taken.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        }
        let taken = taken.all(&tx).await?;
        if taken.is_empty() {
            tx.rollback().await?;
            return Ok(Vec::new());
        }
        Entity::update_many()
            .col_expr(Column::ClaimedBy, Expr::val(by))
            .col_expr(Column::ClaimedUntil, Expr::val(now + lease))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Column::Id.is_in(taken.iter().map(|row| row.id)))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        let mails = taken.into_iter().map(|row| Mail { attempts: row.attempts + 1, ..self.open_mail(row) });
        Ok(mails.collect())
    }

    /// Notes that a server took a letter over. Nothing of it is left but that it was sent.
    pub(crate) async fn mail_sent(&self, id: Uuid) -> Result<(), StoreError> {
        let sent = Entity::update_many()
            .col_expr(Column::SentAt, Expr::val(self.clock().now()))
            .col_expr(Column::Body, nothing::<Vec<u8>>())
            // whatever was said of it meanwhile: it was sent
            .col_expr(Column::FailedAt, nothing::<DateTime<Utc>>())
            .col_expr(Column::LastError, nothing::<String>())
            .filter(Column::Id.eq(id));
        self.update_mail(sent).await
    }

    /// Notes that somebody who had taken a letter could not send it, and when it is tried again.
    pub(crate) async fn mail_put_off(
        &self,
        id: Uuid,
        by: Uuid,
        until: DateTime<Utc>,
        why: &str,
    ) -> Result<(), StoreError> {
        let later = Entity::update_many()
            .col_expr(Column::NextTryAt, Expr::val(until))
            .col_expr(Column::ClaimedUntil, nothing::<DateTime<Utc>>())
            .col_expr(Column::LastError, Expr::val(why))
            .filter(Column::Id.eq(id))
            .filter(Column::ClaimedBy.eq(by))
            .filter(waiting());
        self.update_mail(later).await
    }

    /// Notes that somebody who had taken a letter gave it up. Nothing of it is left but why.
    pub(crate) async fn mail_failed(&self, id: Uuid, by: Uuid, why: &str) -> Result<(), StoreError> {
        let failed = ended(self.clock().now(), why)
            .filter(Column::Id.eq(id))
            .filter(Column::ClaimedBy.eq(by))
            .filter(waiting());
        self.update_mail(failed).await
    }

    /// How many letters wait, and when the last one was sent.
    pub(crate) async fn outbox(&self) -> Result<(u64, Option<DateTime<Utc>>), StoreError> {
        let waiting = Entity::find().filter(waiting()).count(self.db()).await?;
        let last = Entity::find()
            .select_only()
            .column(Column::SentAt)
            .filter(Column::SentAt.is_not_null())
            .order_by_desc(Column::SentAt)
            .limit(1)
            .into_tuple::<DateTime<Utc>>();
        Ok((waiting, last.one(self.db()).await?))
    }

    /// Forgets letters that were sent or given up long ago; run from time to time.
    pub async fn sweep_mails(&self) -> Result<(), StoreError> {
        let old = self.clock().now() - KEPT_FOR;
        let over = Condition::any().add(Column::SentAt.lt(old)).add(Column::FailedAt.lt(old));
        let (_turn, tx) = self.begin().await?;
        Entity::delete_many().filter(over).exec(&tx).await?;
        tx.commit().await
    }

    /// The newest letters whose text is still there.
    pub(crate) async fn newest_mails(&self, most: u64) -> Result<Vec<Mail>, StoreError> {
        let newest = Entity::find()
            .filter(Column::Body.is_not_null())
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .limit(most);
        Ok(newest.all(self.db()).await?.into_iter().map(|row| self.open_mail(row)).collect())
    }

    /// A letter.
    pub(crate) async fn mail(&self, id: Uuid) -> Result<Option<Mail>, StoreError> {
        Ok(Entity::find_by_id(id).one(self.db()).await?.map(|row| self.open_mail(row)))
    }

    fn open_mail(&self, row: Model) -> Mail {
        let Model { id, created_at, kind, attempts, recipient, body, .. } = row;
        let seal = self.master().sealing_key();
        let open = || {
            let to = String::from_utf8(seal.open(&context(id, "recipient"), &recipient).ok()?).ok()?;
            let body = Zeroizing::new(seal.open(&context(id, "body"), body.as_ref()?).ok()?);
            Some(Opened { to, body })
        };
        Mail { id, created_at, kind, attempts, opened: open() }
    }

    async fn update_mail(&self, update: UpdateMany<Entity>) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        update.exec(&tx).await?;
        tx.commit().await
    }
}

/// Letters that are still to be sent.
fn waiting() -> Condition {
    Condition::all().add(Column::SentAt.is_null()).add(Column::FailedAt.is_null())
}

/// The end of a letter that is not sent.
fn ended(now: DateTime<Utc>, why: &str) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::FailedAt, Expr::val(now))
        .col_expr(Column::Body, nothing::<Vec<u8>>())
        .col_expr(Column::LastError, Expr::val(why))
}

fn nothing<T>() -> Expr
where
    Option<T>: Into<sea_orm::Value>,
{
    Expr::val(None::<T>)
}

fn context(id: Uuid, part: &str) -> String {
    format!("mail:{id}:{part}")
}
