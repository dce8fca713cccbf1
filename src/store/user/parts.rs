//! The wide parts of users, each in a table of its own with one row a user at most: read for all of those who were read
//! together, and only when somebody asks.

use std::collections::HashMap;

use backdesk_entity::user_sanctions;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::seen::Seen;
use crate::store::{error::StoreError, membership::is_one_of, session::Reader};

impl Reader {
    /// What users answered about sanctions.
    pub async fn sanctions(&self, users: &Seen) -> Result<HashMap<Uuid, user_sanctions::Model>, StoreError> {
        let rows = user_sanctions::Entity::find()
            .filter(is_one_of(user_sanctions::Column::UserId.into_expr(), users.ids(), self.store().backend()))
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.user_id, row)).collect())
    }
}
