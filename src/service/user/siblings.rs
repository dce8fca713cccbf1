//! Users that were read together. What belongs to them is read together as well: by one statement for all of them,
//! however many ask for it, and not before somebody does.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use crate::{
    service::{error::ApiError, once::Once},
    store::user::{Seen, UserView},
};

/// What was read, by user.
pub type ByUser<T> = Arc<HashMap<Uuid, T>>;

/// Users that were read together.
#[derive(Debug)]
pub struct Siblings {
    seen: Seen,
    kept: Once,
}

impl Siblings {
    /// These users.
    pub fn of<'a>(views: impl IntoIterator<Item = &'a UserView>) -> Arc<Self> {
        Arc::new(Self { seen: Seen::of(views), kept: Once::default() })
    }

    /// What is known of all of them, by keys other than those of [`Self::once`].
    pub fn known(&self) -> &Once {
        &self.kept
    }

    /// What `read` finds for all of them. It reads once for each `key`, which names the relation with its arguments and
    /// is always used with the same type; a failure is kept as well, or each of the users would try again.
    pub async fn once<T, R>(
        &self,
        key: impl Into<String>,
        read: impl FnOnce(Seen) -> R,
    ) -> Result<ByUser<T>, ApiError>
    where
        T: Send + Sync + 'static,
        R: Future<Output = Result<HashMap<Uuid, T>, ApiError>>,
    {
        self.kept.get(key, || read(self.seen.clone())).await
    }
}
