//! The signing keys, kept sealed by the master key, with the instants that decide what each is for.

use backdesk_entity::signing_key::{ActiveModel, Column, Entity, Model};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
};

use super::{Store, error::StoreError, session::Writer, timed::Timed};
use crate::auth::keys::{DatedKey, KeyRing, KeyState, KeyStatus, SigningKey};

fn context(kid: &str) -> String {
    format!("signing-key:{kid}")
}

/// Waits until nobody else changes the keys, and keeps others from it until the transaction ends. Whoever reads them does not
/// wait. The embedded database has one writer anyway.
async fn take_turn(tx: &Timed<DatabaseTransaction>) -> Result<(), StoreError> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    Ok(())
}

impl Store {
    /// The keys that tokens are signed and verified with. The first start makes one; of several instances that start at
    /// once, one makes it and the others find it.
    pub async fn key_ring(&self) -> Result<KeyRing, StoreError> {
        self.ring_beside(None).await
    }

    /// The same as of now, where these were read before: only others are opened.
    pub async fn key_ring_again(&self, known: &KeyRing) -> Result<KeyRing, StoreError> {
        self.ring_beside(Some(known)).await
    }

    async fn ring_beside(&self, known: Option<&KeyRing>) -> Result<KeyRing, StoreError> {
        match self.read_ring(self.db(), known).await? {
            Some(ring) => Ok(ring),
            None => self.make_first_key().await,
        }
    }

    async fn make_first_key(&self) -> Result<KeyRing, StoreError> {
        let (_turn, tx) = self.begin().await?;
        take_turn(&tx).await?;
        // another instance may have been first
        let ring = match self.read_ring(&tx, None).await? {
            Some(ring) => ring,
            None => KeyRing::of(self.insert_key(&tx, SigningKey::generate(), self.clock().now()).await?),
        };
        tx.commit().await?;
        Ok(ring)
    }

    async fn insert_key(
        &self,
        tx: &impl ConnectionTrait,
        key: SigningKey,
        signs_from: DateTime<Utc>,
    ) -> Result<DatedKey, StoreError> {
        let created_at = self.clock().now();
        let sealed = self.master().sealing_key().seal(&context(key.kid()), key.private_pkcs8());
        let row = ActiveModel {
            kid: Set(key.kid().to_owned()),
            sealed_private_key: Set(sealed),
            created_at: Set(created_at),
            signs_from: Set(signs_from),
        };
        Entity::insert(row).exec_without_returning(tx).await?;
        Ok(DatedKey { key, created_at, signs_from })
    }

    /// The keys that there are; none where none was made yet.
    async fn read_ring(
        &self,
        db: &impl ConnectionTrait,
        known: Option<&KeyRing>,
    ) -> Result<Option<KeyRing>, StoreError> {
        let mut keys = Vec::new();
        for Model { kid, sealed_private_key, created_at, signs_from } in Entity::find().all(db).await? {
            let key = match known.and_then(|ring| ring.key(&kid)) {
                Some(key) => key.clone(),
                None => self.open_key(&kid, &sealed_private_key)?,
            };
            keys.push(DatedKey { key, created_at, signs_from });
        }
        Ok(KeyRing::new(keys))
    }

    fn open_key(&self, kid: &str, sealed: &[u8]) -> Result<SigningKey, StoreError> {
        let opened = self.master().sealing_key().open(&context(kid), sealed).ok();
        opened.and_then(|pkcs8| SigningKey::from_stored(kid, &pkcs8).ok()).ok_or_else(|| {
            tracing::error!(%kid, "a signing key does not open: is this the master key of this database?");
            StoreError::Internal
        })
    }

    /// Removes keys of which no token can be good any more; run from time to time.
    pub async fn sweep_signing_keys(&self) -> Result<(), StoreError> {
        let statuses = self.key_ring().await?.statuses(self.clock().now());
        let gone = |status: KeyStatus| (status.state == KeyState::Gone).then_some(status.kid);
        let gone: Vec<String> = statuses.into_iter().filter_map(gone).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let (_turn, tx) = self.begin().await?;
        Entity::delete_many().filter(Column::Kid.is_in(gone)).exec(&tx).await?;
        tx.commit().await
    }
}

impl Writer {
    /// The keys, which nobody else changes until this has ended.
    pub async fn keys_that_stay(&self) -> Result<KeyRing, StoreError> {
        take_turn(&self.tx).await?;
        self.store.read_ring(&self.tx, None).await?.ok_or(StoreError::Internal)
    }

    /// Makes a key that signs from then on; its id.
    pub async fn add_key(&self, signs_from: DateTime<Utc>) -> Result<String, StoreError> {
        let made = self.store.insert_key(self.tx_to_change(), SigningKey::generate(), signs_from).await?;
        Ok(made.key.kid().to_owned())
    }

    /// Removes all keys but this one: nothing that they signed is good any more.
    pub async fn drop_other_keys(&self, kid: &str) -> Result<(), StoreError> {
        Entity::delete_many().filter(Column::Kid.ne(kid)).exec(self.tx_to_change()).await?;
        Ok(())
    }
}
