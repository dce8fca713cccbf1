//! Tokens that were sent to somebody. Of one purpose somebody has one that is good at most: another ends the former.

use backdesk_entity::{
    enums::TokenPurpose,
    sent_token::{Column, Entity},
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, sea_query::Expr,
};
use uuid::Uuid;

use super::{
    error::StoreError,
    session::{Reader, Writer},
};

pub use backdesk_entity::sent_token::Model as SentToken;

impl Reader {
    /// The newest token that each of these staff members was sent; the reader has seen them.
    pub async fn newest_tokens(&self, staff: &[Uuid]) -> Result<Vec<SentToken>, StoreError> {
        let mut newest = Entity::find()
            .filter(Column::StaffId.is_in(staff.iter().copied()))
            .order_by_asc(Column::StaffId)
            .order_by_desc(Column::SentAt)
            .order_by_desc(Column::Id)
            .all(self.db())
            .await?;
        newest.dedup_by_key(|token| token.staff_id);
        Ok(newest)
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

    /// The token of that hash and purpose, whatever became of it.
    pub async fn sent_token(
        &self,
        purpose: TokenPurpose,
        hash: Vec<u8>,
    ) -> Result<Option<SentToken>, StoreError> {
        let found = Entity::find().filter(Column::Hash.eq(hash)).filter(Column::Purpose.eq(purpose));
        Ok(found.one(&self.tx).await?)
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
