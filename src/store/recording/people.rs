//! Whom rows are about: names of users, looked up all at once and locked in one order.

use std::collections::HashMap;

use backdesk_entity::{account, enums::UserStatus, user, user_external_id};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};
use uuid::Uuid;

use crate::store::{error::StoreError, session::Writer};

/// Whom a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// This user.
    One(Uuid),
    /// Several.
    Many,
}

impl Writer {
    /// Waits until nobody else records anything in the account: two batches that bring the same rows would otherwise
    /// overtake each other. Says whether there is such an account within the scope.
    pub async fn take_turn_in(&self, account: &str) -> Result<bool, StoreError> {
        if !self.permit.scope().accounts.covers(account) {
            return Ok(false);
        }
        let mut select = account::Entity::find_by_id(account);
        if self.store.has_row_locks() {
            // whoever adds users to the account need not wait
            select = select.lock(LockType::NoKeyUpdate);
        }
        Ok(select.one(&self.tx).await?.is_some())
    }

    /// The users of an account with these references.
    pub async fn users_by_reference(
        &self,
        account: &str,
        references: Vec<String>,
    ) -> Result<HashMap<String, Uuid>, StoreError> {
        if references.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(String, Uuid)> = user::Entity::find()
            .select_only()
            .columns([user::Column::Reference, user::Column::Id])
            .filter(user::Column::Account.eq(account))
            .filter(user::Column::Reference.is_in(references))
            .into_tuple()
            .all(&self.tx)
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// The users of an account whom another system calls so.
    pub async fn users_by_external_id(
        &self,
        account: &str,
        system: &str,
        values: Vec<String>,
    ) -> Result<HashMap<String, Named>, StoreError> {
        if values.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(String, Uuid)> = user_external_id::Entity::find()
            .select_only()
            .columns([user_external_id::Column::Value, user_external_id::Column::UserId])
            .filter(user_external_id::Column::Account.eq(account))
            .filter(user_external_id::Column::System.eq(system))
            .filter(user_external_id::Column::Value.is_in(values))
            .into_tuple()
            .all(&self.tx)
            .await?;
        let mut named = HashMap::new();
        for (value, id) in rows {
            named.entry(value).and_modify(|named| *named = Named::Many).or_insert(Named::One(id));
        }
        Ok(named)
    }

    /// Locks users of an account within the scope until the transaction ends, and says where they stand. The turn in the
    /// account was taken before. They are locked in the order of their ids, whoever asks: two who want the same ones never wait for each other.
    pub async fn lock_users(
        &self,
        account: &str,
        ids: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, UserStatus>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let mut select = user::Entity::find()
            .select_only()
            .columns([user::Column::Id, user::Column::Status])
            .filter(user::Column::Account.eq(account))
            .filter(user::Column::Id.is_in(ids))
            .filter(self.in_scope().users())
            .order_by_asc(user::Column::Id);
        if self.store.has_row_locks() {
            select = select.lock(LockType::Update);
        }
        let rows: Vec<(Uuid, UserStatus)> = select.into_tuple().all(&self.tx).await?;
        Ok(rows.into_iter().collect())
    }
}
