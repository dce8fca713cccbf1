//! The keys that seal what entries tell: one of each user concerned, and one of the platform, themselves sealed by the master
//! key. Whose key is destroyed, of whom only the names of changed fields remain.

use std::collections::HashMap;

use backdesk_entity::data_key;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    auth::sealing::DataKey,
    store::{Store, error::StoreError},
};

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
                let rows = missing.iter().map(|subject| self.new_data_key(*subject));
                let keep = OnConflict::column(data_key::Column::SubjectId).do_nothing().to_owned();
                data_key::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(db).await?;
            }
            let known = data_key::Column::SubjectId.is_in(missing.iter().copied());
            for row in data_key::Entity::find().filter(known).all(db).await? {
                keys.insert(row.subject_id, self.open_data_key(&row)?);
            }
            missing.retain(|subject| !keys.contains_key(subject));
        }
        Ok(keys)
    }

    fn new_data_key(&self, subject: Uuid) -> data_key::ActiveModel {
        data_key::ActiveModel {
            subject_id: Set(subject),
            sealed_key: Set(DataKey::generate().wrap(self.master(), subject)),
            created_at: Set(self.clock().now()),
        }
    }

    /// The key of a subject, made when it is first needed.
    pub(super) async fn data_key(
        &self,
        db: &impl ConnectionTrait,
        subject: Uuid,
    ) -> Result<DataKey, StoreError> {
        if let Some(row) = data_key::Entity::find_by_id(subject).one(db).await? {
            return self.open_data_key(&row);
        }
        let row = self.new_data_key(subject);
        let keep = OnConflict::column(data_key::Column::SubjectId).do_nothing().to_owned();
        data_key::Entity::insert(row).on_conflict(keep).exec_without_returning(db).await?;
        // another transaction may have made it first
        let row = data_key::Entity::find_by_id(subject).one(db).await?.ok_or(StoreError::Internal)?;
        self.open_data_key(&row)
    }

    pub(super) fn open_data_key(&self, row: &data_key::Model) -> Result<DataKey, StoreError> {
        DataKey::unwrap(self.master(), row.subject_id, &row.sealed_key).map_err(|_| {
            tracing::error!(subject = %row.subject_id, "a data key does not open: is this the master key of this database?");
            StoreError::Internal
        })
    }
}
