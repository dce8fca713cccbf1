//! What is read once, however many ask for it, and not before somebody does.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OnceCell;

use super::error::ApiError;

type Kept<T> = OnceCell<Result<Arc<T>, ApiError>>;

/// What was read, by key.
#[derive(Debug, Default)]
pub struct Once(Mutex<HashMap<String, Arc<dyn Any + Send + Sync>>>);

impl Once {
    /// What `read` finds. It reads once for each `key`, which is always used with the same type; a failure is kept as well,
    /// or each who asks would try again.
    pub async fn get<T, R>(
        &self,
        key: impl Into<String>,
        read: impl FnOnce() -> R,
    ) -> Result<Arc<T>, ApiError>
    where
        T: Send + Sync + 'static,
        R: Future<Output = Result<T, ApiError>>,
    {
        let cell = {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(kept.entry(key.into()).or_insert_with(|| Arc::new(Kept::<T>::new())))
        };
        let cell = cell.downcast::<Kept<T>>().map_err(|_| ApiError::Internal)?;
        let read = async || Box::pin(read()).await.map(Arc::new);
        cell.get_or_init(read).await.clone()
    }

    /// What was read, if it was, and did not fail.
    pub fn peek<T: Send + Sync + 'static>(&self, key: &str) -> Option<Arc<T>> {
        let cell = {
            let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(kept.get(key)?)
        };
        cell.downcast::<Kept<T>>().ok()?.get()?.as_ref().ok().cloned()
    }

    /// Has whoever asks next read anew.
    pub fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}
