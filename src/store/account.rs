//! Accounts and groups: small tables that are read whole.

use backdesk_entity::{account, group};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set, sea_query::OnConflict};
use uuid::Uuid;

use super::{
    error::StoreError,
    session::{Reader, Writer},
};
use crate::{auth::caller::Accounts, domain::code};

pub use backdesk_entity::{account::Model as Account, group::Model as Group};

impl Reader {
    /// The accounts within the scope, by code.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let mut select = account::Entity::find().order_by_asc(account::Column::Code);
        if let Accounts::Codes(codes) = &self.scope().accounts {
            select = select.filter(account::Column::Code.is_in(codes.iter().cloned()));
        }
        Ok(select.all(self.db()).await?)
    }

    /// The account of that code, if it lies outside the scope. For the audit trail alone.
    pub async fn account_outside_scope(&self, code: &str) -> Result<Option<String>, StoreError> {
        if self.scope().accounts.covers(code) || code::parse(code).is_err() {
            return Ok(None);
        }
        Ok(account::Entity::find_by_id(code).one(self.db()).await?.map(|account| account.code))
    }

    /// Every group, by key.
    pub async fn groups(&self) -> Result<Vec<Group>, StoreError> {
        Ok(group::Entity::find().order_by_asc(group::Column::Key).all(self.db()).await?)
    }
}

impl Writer {
    /// Whether there is an account of that code within the scope.
    pub async fn account_exists(&self, code: &str) -> Result<bool, StoreError> {
        Ok(self.permit.scope().accounts.covers(code)
            && account::Entity::find_by_id(code).one(&self.tx).await?.is_some())
    }

    /// Makes an account, unless there is one of that code: says whether it did.
    pub async fn ensure_account(&self, code: &str, name: &str) -> Result<bool, StoreError> {
        let account = account::ActiveModel {
            code: Set(code.to_owned()),
            name: Set(name.to_owned()),
            created_at: Set(self.store.clock().now()),
        };
        let keep = OnConflict::column(account::Column::Code).do_nothing().to_owned();
        let insert = account::Entity::insert(account).on_conflict(keep);
        Ok(insert.exec_without_returning(self.tx_to_change()).await? == 1)
    }

    /// The groups of these keys; those that do not exist are left out.
    pub async fn groups_called(&self, keys: &[&str]) -> Result<Vec<Group>, StoreError> {
        let called = group::Entity::find().filter(group::Column::Key.is_in(keys.iter().copied()));
        Ok(called.all(&self.tx).await?)
    }

    /// The groups of these ids; those that do not exist are left out.
    pub async fn groups(&self, ids: &[Uuid]) -> Result<Vec<Group>, StoreError> {
        Ok(group::Entity::find().filter(group::Column::Id.is_in(ids.iter().copied())).all(&self.tx).await?)
    }
}
