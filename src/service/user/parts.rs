//! The parts of users beyond their own rows, for those who were read together. A permit for the part comes with each
//! question: whoever has none is not refused, but the part is withheld.

use super::{ByUser, Siblings};
use crate::{
    auth::caller::Permit,
    service::{Services, error::ApiError},
};

pub use backdesk_entity::user_sanctions::Model as Sanctions;

impl Services {
    /// What users answered about sanctions.
    pub async fn sanctions(&self, permit: &Permit, users: &Siblings) -> Result<ByUser<Sanctions>, ApiError> {
        let reader = self.store().read(permit);
        users.once("sanctions", async move |seen| Ok(reader.sanctions(&seen).await?)).await
    }
}
