//! The signing keys, kept sealed by the master key.

use backdesk_entity::signing_key;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryOrder, Set};

use super::{Store, error::StoreError};
use crate::auth::keys::{KeyRing, SigningKey, VerifyingKey};

fn context(kid: &str) -> String {
    format!("signing-key:{kid}")
}

impl Store {
    /// The keys that tokens are signed and verified with. The first start makes one; of several instances that start at
    /// once, one makes it and the others find it.
    pub async fn key_ring(&self) -> Result<KeyRing, StoreError> {
        let (_turn, tx) = self.begin().await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        let mut stored = signing_key::Entity::find()
            .order_by_desc(signing_key::Column::CreatedAt)
            .order_by_desc(signing_key::Column::Kid)
            .all(&tx)
            .await?;
        let seal = self.master().sealing_key();
        if stored.is_empty() {
            let key = SigningKey::generate();
            let row = signing_key::Model {
                kid: key.kid().to_owned(),
                sealed_private_key: seal.seal(&context(key.kid()), key.private_pkcs8()),
                created_at: self.clock().now(),
            };
            signing_key::Entity::insert(signing_key::ActiveModel {
                kid: Set(row.kid.clone()),
                sealed_private_key: Set(row.sealed_private_key.clone()),
                created_at: Set(row.created_at),
            })
            .exec_without_returning(&tx)
            .await?;
            stored.push(row);
        }
        tx.commit().await?;

        let mut keys = Vec::new();
        for row in stored {
            let opened = seal.open(&context(&row.kid), &row.sealed_private_key).ok();
            let key = opened.and_then(|pkcs8| SigningKey::from_stored(&row.kid, &pkcs8).ok());
            keys.push(key.ok_or_else(|| {
                tracing::error!(kid = %row.kid, "a signing key does not open: is this the master key of this database?");
                StoreError::Internal
            })?);
        }
        let mut keys = keys.into_iter();
        let newest = keys.next().ok_or(StoreError::Internal)?;
        let former: Vec<VerifyingKey> = keys.map(|key| key.verifying_key().clone()).collect();
        Ok(KeyRing::new(newest, former))
    }
}
