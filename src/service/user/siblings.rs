//! Users that were read together. What belongs to them is read together as well: by one statement for all of them,
//! however many ask for it, and not before somebody does.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::{
    service::error::ApiError,
    store::user::{Seen, UserView},
};

/// What was read, by user.
pub type ByUser<T> = Arc<HashMap<Uuid, T>>;

type Kept<T> = OnceCell<Result<ByUser<T>, ApiError>>;

/// Users that were read together.
#[derive(Debug)]
pub struct Siblings {
    seen: Seen,
    kept: Mutex<HashMap<String, Arc<dyn Any + Send + Sync>>>,
}

impl Siblings {
    /// These users.
    pub fn of<'a>(views: impl IntoIterator<Item = &'a UserView>) -> Arc<Self> {
        Arc::new(Self { seen: Seen::of(views), kept: Mutex::default() })
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
        let cell = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(kept.entry(key.into()).or_insert_with(|| Arc::new(Kept::<T>::new())))
        };
        let cell = cell.downcast::<Kept<T>>().map_err(|_| ApiError::Internal)?;
        let read = async || Box::pin(read(self.seen.clone())).await.map(Arc::new);
        cell.get_or_init(read).await.clone()
    }
}
