//! What a change of somebody's ties asks about others: whether they are there, who stands above them, what is held of them.
//! Such changes take turns within an account, or two of them at once could do together what neither may do alone.

use backdesk_entity::{
    account, category,
    enums::{PersonType, UserStatus},
    user, user_external_id, user_membership, user_tie,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set,
    sea_query::{LockType, OnConflict},
};
use uuid::Uuid;

use crate::store::{error::StoreError, session::Writer};

/// Somebody whom a user is to be tied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Other {
    /// Their id.
    pub id: Uuid,
    /// Natural person or legal entity.
    pub person_type: PersonType,
    /// Where they stand in the life cycle.
    pub status: UserStatus,
}

impl Writer {
    /// Waits until no other change of ties is under way in the account of a user. It comes before any lock on a user:
    /// whoever holds one and waits for the turn could be waited for.
    pub async fn ties_turn_of(&self, user: Uuid) -> Result<(), StoreError> {
        let code = user::Entity::find_by_id(user).select_only().column(user::Column::Account);
        self.turn(account::Column::Code.in_subquery(code.into_query())).await
    }

    /// The same for a user who is not there yet.
    pub async fn ties_turn_in(&self, account: &str) -> Result<(), StoreError> {
        self.turn(account::Column::Code.eq(account)).await
    }

    async fn turn(&self, account: sea_orm::sea_query::Expr) -> Result<(), StoreError> {
        // SQLite has one writer anyway
        if self.store.has_row_locks() {
            // the row of the account stands for all ties in it; new users, who only refer to it, do not wait
            let lock = account::Entity::find().filter(account).lock(LockType::NoKeyUpdate);
            lock.all(&self.tx).await?;
        }
        Ok(())
    }

    /// Somebody of an account, within the scope. They stay what they are until the transaction ends.
    pub async fn other(&self, account: &str, id: Uuid) -> Result<Option<Other>, StoreError> {
        let mut select = user::Entity::find_by_id(id)
            .filter(user::Column::Account.eq(account))
            .filter(self.in_scope().users())
            .select_only()
            .columns([user::Column::Id, user::Column::PersonType, user::Column::Status]);
        if self.store.has_row_locks() {
            select = select.lock(LockType::Share);
        }
        let row: Option<(Uuid, PersonType, UserStatus)> = select.into_tuple().one(&self.tx).await?;
        Ok(row.map(|(id, person_type, status)| Other { id, person_type, status }))
    }

    /// Whether a system calls this user something.
    pub async fn is_known_to(&self, user: Uuid, system: &str) -> Result<bool, StoreError> {
        let row = user_external_id::Entity::find()
            .filter(user_external_id::Column::UserId.eq(user))
            .filter(user_external_id::Column::System.eq(system));
        Ok(row.one(&self.tx).await?.is_some())
    }

    /// A user, and all who stand above them, nearest first; at most so many.
    pub async fn ancestors(&self, user: Uuid, most: usize) -> Result<Vec<Uuid>, StoreError> {
        let mut chain = vec![user];
        while let Some(last) = chain.last().copied()
            && chain.len() < most
        {
            let row = user_tie::Entity::find_by_id(last).one(&self.tx).await?;
            match row.and_then(|row| row.parent_id) {
                Some(parent) => chain.push(parent),
                None => break,
            }
        }
        Ok(chain)
    }

    /// What others than `user` hold of a parent, in ten-thousandths of the whole.
    pub async fn shares(&self, parent: Uuid, user: Uuid) -> Result<i64, StoreError> {
        let shares: Vec<Option<i32>> = user_tie::Entity::find()
            .filter(user_tie::Column::ParentId.eq(parent))
            .filter(user_tie::Column::UserId.ne(user))
            .filter(user_tie::Column::Share.gt(0))
            .select_only()
            .column(user_tie::Column::Share)
            .into_tuple()
            .all(&self.tx)
            .await?;
        Ok(shares.into_iter().flatten().map(i64::from).sum())
    }

    /// Whether somebody belongs to this company.
    pub async fn has_members(&self, company: Uuid) -> Result<bool, StoreError> {
        let some = user_membership::Entity::find().filter(user_membership::Column::CompanyId.eq(company));
        Ok(some.one(&self.tx).await?.is_some())
    }

    /// The categories of these keys, each with its name; those that are missing are made.
    pub async fn ensure_categories(
        &self,
        wanted: &[(String, String)],
    ) -> Result<Vec<category::Model>, StoreError> {
        let keys = || wanted.iter().map(|(key, _)| key.as_str());
        let find = || category::Entity::find().filter(category::Column::Key.is_in(keys())).all(&self.tx);
        let known = find().await?;
        let missing = wanted.iter().filter(|(key, _)| known.iter().all(|row| row.key != *key));
        let rows: Vec<_> = missing
            .map(|(key, name)| category::ActiveModel {
                id: Set(self.clock().new_id()),
                key: Set(key.clone()),
                name: Set(name.clone()),
            })
            .collect();
        if rows.is_empty() {
            return Ok(known);
        }
        let keep = OnConflict::column(category::Column::Key).do_nothing().to_owned();
        let insert = category::Entity::insert_many(rows).on_conflict(keep);
        insert.exec_without_returning(self.tx_to_change()).await?;
        Ok(find().await?)
    }
}
