//! Answers kept for a day: the same key again gives the same answer and has no second effect.

use aws_lc_rs::digest::{SHA256, digest};
use backdesk_entity::idempotency::{ActiveModel, Column, Entity};
use chrono::{DateTime, Duration, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use serde::Serialize;
use uuid::Uuid;

use super::{Store, error::StoreError, session::Writer};

/// How long an answer is kept.
const KEPT_HOURS: i64 = 24;

/// What is known of a key.
#[derive(Debug)]
pub enum Replay {
    /// It is new: go on, and [`Writer::remember`] the answer.
    Fresh,
    /// It was used with the same input: this was the answer.
    Answered(Vec<u8>),
    /// It was used with another input.
    Mismatch,
}

fn expired(now: DateTime<Utc>) -> DateTime<Utc> {
    now - Duration::hours(KEPT_HOURS)
}

impl Store {
    /// Removes answers that outlived their day; run from time to time.
    pub async fn sweep_idempotency_keys(&self) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        let old = Entity::delete_many().filter(Column::CreatedAt.lt(expired(self.clock().now())));
        old.exec(&tx).await?;
        tx.commit().await
    }
}

impl Writer {
    /// Claims a key for this transaction. A second request with it waits here until the first one has committed, and then
    /// finds its answer.
    pub async fn claim(&self, key: Uuid, input: &impl Serialize) -> Result<Replay, StoreError> {
        let now = self.store.clock().now();
        let input_hash =
            digest(&SHA256, &serde_json::to_vec(input).map_err(|_| StoreError::Internal)?).as_ref().to_vec();
        // a key that outlived its day is new again, whether or not the sweeper came by
        Entity::delete_by_id(self.idempotency_id(key))
            .filter(Column::CreatedAt.lt(expired(now)))
            .exec(&self.tx)
            .await?;
        let claim = ActiveModel {
            caller: Set(self.idempotency_caller()),
            operation: Set(self.permit.action().name().to_owned()),
            key: Set(key),
            input_hash: Set(input_hash.clone()),
            answer: Set(Vec::new()),
            created_at: Set(now),
        };
        let keep =
            OnConflict::columns([Column::Caller, Column::Operation, Column::Key]).do_nothing().to_owned();
        if Entity::insert(claim).on_conflict(keep).exec_without_returning(&self.tx).await? == 1 {
            return Ok(Replay::Fresh);
        }
        let kept =
            Entity::find_by_id(self.idempotency_id(key)).one(&self.tx).await?.ok_or(StoreError::Internal)?;
        if kept.input_hash != input_hash {
            return Ok(Replay::Mismatch);
        }
        let seal = self.store.master().sealing_key();
        seal.open(&self.idempotency_context(key), &kept.answer)
            .map(Replay::Answered)
            .map_err(|_| StoreError::Internal)
    }

    /// Keeps the answer to a claimed key; it is committed with the change, or not at all.
    pub async fn remember(&self, key: Uuid, answer: &[u8]) -> Result<(), StoreError> {
        let (caller, operation, _) = self.idempotency_id(key);
        let sealed = self.store.master().sealing_key().seal(&self.idempotency_context(key), answer);
        Entity::update_many()
            .col_expr(Column::Answer, Expr::val(sealed))
            .filter(Column::Caller.eq(caller))
            .filter(Column::Operation.eq(operation))
            .filter(Column::Key.eq(key))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    fn idempotency_caller(&self) -> String {
        let caller = self.permit.caller();
        format!("{}\n{}", caller.issuer(), caller.subject())
    }

    fn idempotency_id(&self, key: Uuid) -> (String, String, Uuid) {
        (self.idempotency_caller(), self.permit.action().name().to_owned(), key)
    }

    fn idempotency_context(&self, key: Uuid) -> String {
        let (caller, operation, key) = self.idempotency_id(key);
        format!("idempotency:{operation}:{key}:{caller}")
    }
}
