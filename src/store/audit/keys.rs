//! The keys of subjects: what an entry keeps of a user is sealed with the user's own, itself sealed by the master key. One is
//! made when it is first needed. What is read of a user to be changed brings the key along, so that an entry costs no
//! statement more.

use std::{collections::HashMap, sync::PoisonError};

use backdesk_entity::{data_key, user};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, QuerySelect, QueryTrait, Select,
    sea_query::{ExprTrait, OnConflict, SimpleExpr, SubQueryStatement},
};
use uuid::Uuid;

use crate::{
    auth::sealing::DataKey,
    store::{Store, error::StoreError, session::Writer},
};

/// The column that a sealed key is read by beside the columns of a user.
const SEALED_KEY: &str = "sealed_data_key";

/// Reads the key of users beside them. A lock is on them alone: keys do not change.
pub(in crate::store) fn with_data_key(users: Select<user::Entity>) -> Select<user::Entity> {
    let mut key = data_key::Entity::find().select_only().column(data_key::Column::SealedKey).into_query();
    key.and_where(data_key::Column::SubjectId.into_expr().equals((user::Entity, user::Column::Id)));
    users.expr_as(SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(key))), SEALED_KEY)
}

impl Writer {
    /// Notes the key of a user who was read [with it](with_data_key).
    pub(in crate::store) fn note_data_key(&self, user: Uuid, row: &QueryResult) -> Result<(), StoreError> {
        let sealed: Option<Vec<u8>> = row.try_get("", SEALED_KEY)?;
        self.data_keys.lock().unwrap_or_else(PoisonError::into_inner).insert(user, sealed);
        Ok(())
    }

    /// The key of a subject, made when it is first needed.
    pub(super) async fn data_key(&self, subject: Uuid) -> Result<DataKey, StoreError> {
        let noted = self.data_keys.lock().unwrap_or_else(PoisonError::into_inner).get(&subject).cloned();
        match noted {
            Some(Some(sealed)) => self.store.open_data_key(subject, &sealed),
            Some(None) => self.store.make_data_key(&self.tx, subject).await,
            None => self.store.data_key(&self.tx, subject).await,
        }
    }
}

impl Store {
    /// The keys of subjects, made when they are first needed.
    pub(super) async fn data_keys(
        &self,
        db: &impl ConnectionTrait,
        subjects: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, DataKey>, StoreError> {
        let mut keys = HashMap::new();
        let mut missing = subjects;
        // another transaction may make some in between: what counts is what is kept
        for makes in [false, true] {
            if missing.is_empty() {
                break;
            }
            if makes {
                let rows = missing.iter().map(|subject| self.row_of(*subject, &DataKey::generate()));
                let keep = OnConflict::column(data_key::Column::SubjectId).do_nothing().to_owned();
                data_key::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(db).await?;
            }
            let known = data_key::Column::SubjectId.is_in(missing.iter().copied());
            for row in data_key::Entity::find().filter(known).all(db).await? {
                keys.insert(row.subject_id, self.open_data_key(row.subject_id, &row.sealed_key)?);
            }
            missing.retain(|subject| !keys.contains_key(subject));
        }
        Ok(keys)
    }

    /// The key of a subject, made when it is first needed.
    pub(super) async fn data_key(
        &self,
        db: &impl ConnectionTrait,
        subject: Uuid,
    ) -> Result<DataKey, StoreError> {
        match data_key::Entity::find_by_id(subject).one(db).await? {
            Some(row) => self.open_data_key(subject, &row.sealed_key),
            None => self.make_data_key(db, subject).await,
        }
    }

    async fn make_data_key(&self, db: &impl ConnectionTrait, subject: Uuid) -> Result<DataKey, StoreError> {
        let key = DataKey::generate();
        let keep = OnConflict::column(data_key::Column::SubjectId).do_nothing().to_owned();
        let insert = data_key::Entity::insert(self.row_of(subject, &key)).on_conflict(keep);
        if insert.exec_without_returning(db).await? == 1 {
            return Ok(key);
        }
        // another transaction made it first
        let row = data_key::Entity::find_by_id(subject).one(db).await?.ok_or(StoreError::Internal)?;
        self.open_data_key(subject, &row.sealed_key)
    }

    fn row_of(&self, subject: Uuid, key: &DataKey) -> data_key::ActiveModel {
        data_key::ActiveModel {
            subject_id: Set(subject),
            sealed_key: Set(key.wrap(self.master(), subject)),
            created_at: Set(self.clock().now()),
        }
    }

    pub(super) fn open_data_key(&self, subject: Uuid, sealed: &[u8]) -> Result<DataKey, StoreError> {
        DataKey::unwrap(self.master(), subject, sealed).map_err(|_| {
            tracing::error!(%subject, "a data key does not open: is this the master key of this database?");
            StoreError::Internal
        })
    }
}
