//! Which queries were slow, and what index would serve them: for whoever runs the program.

use std::sync::Arc;

use super::{Services, error::ApiError};
use crate::auth::{caller::Caller, policy::Action};

pub use crate::store::{Advice, SlowQuery};

impl Services {
    /// What was slow since it was last forgotten, what took longest in all first.
    pub async fn slow_queries(&self, caller: &Arc<Caller>) -> Result<Vec<SlowQuery>, ApiError> {
        let permit = self.permit(caller, Action::SlowQueries).await?;
        Ok(self.store().read(&permit).slow_queries().await?)
    }

    /// Forgets what was slow, to begin anew where indexes were made.
    pub async fn forget_slow_queries(&self, caller: &Arc<Caller>) -> Result<(), ApiError> {
        let _permit = self.permit(caller, Action::SlowQueries).await?;
        Ok(self.store().forget_slow_queries().await?)
    }

    /// Keeps what was slow of late. A failure is logged, and what it was to keep is lost.
    pub async fn keep_slow_queries(&self) {
        if self.store().keep_slow_queries().await.is_err() {
            tracing::warn!("slow queries could not be kept");
        }
    }
}
