//! Tokens that were sent to somebody. Of one purpose somebody has one that is good at most: another ends the former.

use backdesk_entity::{
    enums::TokenPurpose,
    sent_token::{Column, Entity},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{
    Store,
    error::StoreError,
    session::{Reader, Writer},
};

pub use backdesk_entity::sent_token::Model as SentToken;

/// How long a token is kept once it ran out: for those who look after something that happened.
const KEPT: TimeDelta = TimeDelta::days(90);

/// Who brings one has no permit yet.
impl Store {
    /// The token of that hash and purpose, whatever became of it.
    pub async fn find_sent_token(
        &self,
        purpose: TokenPurpose,
        hash: Vec<u8>,
    ) -> Result<Option<SentToken>, StoreError> {
        let found = Entity::find().filter(Column::Hash.eq(hash)).filter(Column::Purpose.eq(purpose));
        Ok(found.one(self.db()).await?)
    }

    /// Forgets tokens that ran out long ago; run from time to time.
    pub async fn sweep_sent_tokens(&self) -> Result<(), StoreError> {
        let (_turn, tx) = self.begin().await?;
        Entity::delete_many().filter(Column::ExpiresAt.lt(self.clock().now() - KEPT)).exec(&tx).await?;
        tx.commit().await
    }
}

impl Reader {
    /// The newest token that each of these staff members was sent; the reader has seen them.
    pub async fn newest_tokens(&self, staff: &[Uuid]) -> Result<Vec<SentToken>, StoreError> {
        let place = Expr::cust("ROW_NUMBER() OVER (PARTITION BY staff_id ORDER BY sent_at DESC, id DESC)");
        let sent = Query::select()
            .column(Column::Id)
            .expr_as(place, "place")
            .from(Entity)
            .and_where(Column::StaffId.is_in(staff.iter().copied()))
            .take();
        let newest = Query::select()
            .column(Column::Id)
            .from_subquery(sent, "sent")
            .and_where(Expr::col("place").eq(1))
            .take();
        Ok(Entity::find().filter(Column::Id.in_subquery(newest)).all(self.db()).await?)
    }
}

impl Writer {
    /// Notes that a token was sent, and ends the former ones of its purpose: the ids of these.
    pub async fn insert_sent_token(&self, token: &SentToken) -> Result<Vec<Uuid>, StoreError> {
        let ended = match token.staff_id {
            Some(staff) => self.end_sent_tokens(staff, Some(token.purpose), token.sent_at).await?,
            None => Vec::new(),
        };
        Entity::insert(token.clone().into_active_model().reset_all())
            .exec_without_returning(self.tx_to_change())
            .await?;
        Ok(ended)
    }

    /// Ends the tokens of a staff member that are still good, of one purpose or of all: the ids of these.
    pub async fn end_sent_tokens(
        &self,
        staff: Uuid,
        purpose: Option<TokenPurpose>,
        at: DateTime<Utc>,
    ) -> Result<Vec<Uuid>, StoreError> {
        let mut open = Entity::find()
            .filter(Column::StaffId.eq(staff))
            .filter(Column::UsedAt.is_null())
            .filter(Column::EndedAt.is_null());
        if let Some(purpose) = purpose {
            open = open.filter(Column::Purpose.eq(purpose));
        }
        let ids: Vec<Uuid> = open.all(&self.tx).await?.into_iter().map(|token| token.id).collect();
        if !ids.is_empty() {
            Entity::update_many()
                .col_expr(Column::EndedAt, Expr::val(at))
                .filter(Column::Id.is_in(ids.iter().copied()))
                .exec(self.tx_to_change())
                .await?;
        }
        Ok(ids)
    }

    /// Whether a staff member was sent a token of that purpose since then that is good still.
    pub async fn has_open_token(
        &self,
        staff: Uuid,
        purpose: TokenPurpose,
        since: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let open = Entity::find()
            .filter(Column::StaffId.eq(staff))
            .filter(Column::Purpose.eq(purpose))
            .filter(Column::UsedAt.is_null())
            .filter(Column::EndedAt.is_null())
            .filter(Column::SentAt.gt(since))
            .filter(Column::ExpiresAt.gt(self.clock().now()));
        Ok(open.one(&self.tx).await?.is_some())
    }

    /// Notes that a token was used: whether it still could be, of uses at the same time once.
    pub async fn use_sent_token(&self, id: Uuid, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let used = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::val(at))
            .filter(Column::Id.eq(id))
            .filter(Column::UsedAt.is_null())
            .filter(Column::EndedAt.is_null())
            .exec(self.tx_to_change())
            .await?;
        Ok(used.rows_affected == 1)
    }
}
