//! Queries that take long: noted in memory where they are waited for, kept by their shape, and held against the indexes that
//! there are. Keeping them is best effort, and nobody waits for it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use backdesk_entity::slow_query::{ActiveModel, Column, Entity, Model};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set,
    sea_query::{CaseStatement, Expr, ExprTrait, OnConflict, Order, Query},
};

mod advice;
mod indexes;
mod shape;
mod told;
mod wanted;

pub use advice::Advice;
pub(super) use shape::{Asked, SearchedIn, Shaped, Work};

use self::{indexes::Indexes, shape::Shape};
use super::{Store, error::StoreError, session::Reader, timed::Timed};

/// Shapes that wait to be kept at most: who asks for more between two times is not told about all.
const WAITING: usize = 200;
/// Shapes that are kept at most; those go that were slow longest ago.
const KEPT: u64 = 500;
/// How long one is kept after it was last slow.
const KEPT_FOR: TimeDelta = TimeDelta::days(30);
/// Characters of a statement in the log.
const TOLD: usize = 500;

/// The slow reads that were not kept yet.
#[derive(Debug)]
pub(super) struct SlowReads {
    threshold: Duration,
    waiting: Mutex<HashMap<Shape, Tally>>,
}

/// How often, and how slow.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    times: i64,
    ended: i64,
    worst: Duration,
}

/// Queries of one shape that were slow, and what would help.
#[derive(Debug, Clone)]
pub struct SlowQuery {
    /// Where the list stands in the API.
    pub list: String,
    /// What was asked of it.
    pub query: String,
    /// How often it was slow.
    pub times: i64,
    /// How often it was ended before it had an answer.
    pub ended: i64,
    /// What the slowest one took, in milliseconds.
    pub worst_milliseconds: i64,
    /// When it was last slow.
    pub last_seen_at: DateTime<Utc>,
    /// What would help.
    pub advice: Advice,
}

impl SlowReads {
    /// Reads that take as long as this are slow.
    pub(super) fn new(threshold: Duration) -> Self {
        Self { threshold, waiting: Mutex::default() }
    }

    /// Whether a read that took so long is slow.
    pub(super) fn is_slow(&self, took: Duration) -> bool {
        took >= self.threshold
    }

    /// Tells of a slow read of a list, and notes it.
    pub(super) fn note(&self, shape: Shape, took: Duration, was_ended: bool) {
        let (list, milliseconds) = (shape.list.as_str(), milliseconds(took));
        tracing::warn!(list, query = %shape, milliseconds, ended = was_ended, "a slow query");
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING && !waiting.contains_key(&shape) {
            return;
        }
        let tally = waiting.entry(shape).or_default();
        tally.times += 1;
        tally.ended += i64::from(was_ended);
        tally.worst = tally.worst.max(took);
    }

    /// Tells of a slow read of something else, by its statement, which has no value in it.
    pub(super) fn tell_of(statement: &str, took: Duration, was_ended: bool) {
        let end = statement.char_indices().nth(TOLD).map_or(statement.len(), |(at, _)| at);
        let (statement, milliseconds) = (&statement[..end], milliseconds(took));
        tracing::warn!(statement, milliseconds, ended = was_ended, "a slow query");
    }

    fn take(&self) -> HashMap<Shape, Tally> {
        std::mem::take(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn milliseconds(took: Duration) -> i64 {
    i64::try_from(took.as_millis()).unwrap_or(i64::MAX)
}

impl Store {
    /// Keeps the slow reads that were noted since it was last called. Without any, the database is not asked.
    pub async fn keep_slow_queries(&self) -> Result<(), StoreError> {
        let noted = self.db().vitals().slow.take();
        if noted.is_empty() {
            return Ok(());
        }
        let now = self.clock().now();
        let rows = noted.iter().map(|(shape, tally)| row(shape, *tally, now));
        // in the order of their keys: two instances that keep the same ones do not wait for each other in a circle
        let rows: BTreeMap<String, ActiveModel> = rows.collect::<Result<_, _>>()?;
        let (_turn, tx) = self.begin().await?;
        for row in rows.into_values() {
            Entity::insert(row).on_conflict(added()).exec_without_returning(&tx).await?;
        }
        drop_the_old(&tx, now).await?;
        tx.commit().await
    }

    /// Forgets all that was slow.
    pub async fn forget_slow_queries(&self) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        Entity::delete_many().exec(&tx).await?;
        tx.commit().await
    }
}

impl Reader {
    /// What was slow, what took longest in all first, and what would help.
    pub async fn slow_queries(&self) -> Result<Vec<SlowQuery>, StoreError> {
        let kept = Entity::find().order_by_asc(Column::Key).all(self.db()).await?;
        let indexes = Indexes::of(self.db()).await?;
        let advised = |row: Model| {
            // one that a later version wrote says nothing here
            let shape: Shape = serde_json::from_str(&row.shape).ok()?;
            let Model { list, query, times, ended, worst_milliseconds, last_seen_at, .. } = row;
            let advice = Advice::on(&shape, &indexes);
            Some(SlowQuery { list, query, times, ended, worst_milliseconds, last_seen_at, advice })
        };
        let mut all: Vec<SlowQuery> = kept.into_iter().filter_map(advised).collect();
        all.sort_by_key(|slow| std::cmp::Reverse(slow.times.saturating_mul(slow.worst_milliseconds)));
        Ok(all)
    }
}

fn row(
    shape: &Shape,
    Tally { times, ended, worst }: Tally,
    now: DateTime<Utc>,
) -> Result<(String, ActiveModel), StoreError> {
    let written = serde_json::to_string(shape).map_err(|_| StoreError::Internal)?;
    let key = URL_SAFE_NO_PAD.encode(digest(&SHA256, written.as_bytes()));
    let row = ActiveModel {
        key: Set(key.clone()),
        list: Set(shape.list.clone()),
        query: Set(shape.to_string()),
        shape: Set(written),
        times: Set(times),
        ended: Set(ended),
        worst_milliseconds: Set(milliseconds(worst)),
        last_seen_at: Set(now),
    };
    Ok((key, row))
}

/// What is known of a shape already, added up: several instances keep theirs in one table.
fn added() -> OnConflict {
    let old = |column: Column| Expr::col((Entity, column));
    let new = |column: Column| Expr::col(("excluded", column));
    let larger = |column: Column| {
        let grows = new(column).gt(old(column));
        CaseStatement::new().case(grows, new(column)).finally(old(column))
    };
    OnConflict::column(Column::Key)
        .value(Column::Times, old(Column::Times).add(new(Column::Times)))
        .value(Column::Ended, old(Column::Ended).add(new(Column::Ended)))
        .value(Column::WorstMilliseconds, larger(Column::WorstMilliseconds))
        .value(Column::LastSeenAt, larger(Column::LastSeenAt))
        .to_owned()
}

async fn drop_the_old(
    tx: &Timed<sea_orm::DatabaseTransaction>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::LastSeenAt.lt(now - KEPT_FOR)).exec(tx).await?;
    let mut beyond = Query::select();
    beyond
        .column(Column::Key)
        .from(Entity)
        .order_by(Column::LastSeenAt, Order::Desc)
        .order_by(Column::Key, Order::Asc)
        // SQLite has no offset without a limit
        .limit(i64::MAX.unsigned_abs())
        .offset(KEPT);
    let drop =
        Query::delete().from_table(Entity).and_where(Expr::col(Column::Key).in_subquery(beyond)).to_owned();
    tx.execute(&drop).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
