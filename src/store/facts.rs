//! What the database knows about itself, and whether it is empty.

use backdesk_entity::{platform_fact, user};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect, Set, sea_query::OnConflict};

use super::{
    error::StoreError,
    session::{Reader, Writer},
};

impl Reader {
    /// A fact that was noted.
    pub async fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(of(self.db(), name).await?)
    }

    /// Whether there is no user at all, in any account.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let some =
            user::Entity::find().select_only().column(user::Column::Id).limit(1).into_tuple::<uuid::Uuid>();
        Ok(some.one(self.db()).await?.is_none())
    }
}

impl Writer {
    /// Notes a fact.
    pub async fn note_fact(&self, name: &str, value: &str) -> Result<(), StoreError> {
        Ok(note(self.tx_to_change(), name, value).await?)
    }
}

/// A fact that was noted.
pub(super) async fn of(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>, DbErr> {
    Ok(platform_fact::Entity::find_by_id(name).one(db).await?.map(|fact| fact.value))
}

/// Notes a fact.
pub(super) async fn note(tx: &impl ConnectionTrait, name: &str, value: &str) -> Result<(), DbErr> {
    let fact = platform_fact::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let replace = OnConflict::column(platform_fact::Column::Name)
        .update_column(platform_fact::Column::Value)
        .to_owned();
    platform_fact::Entity::insert(fact).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}
