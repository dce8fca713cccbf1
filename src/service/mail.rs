//! Letters, for whoever shows them or sends them.

use std::sync::Arc;

use uuid::Uuid;

use super::{Services, error::ApiError};
use crate::{
    auth::policy::Role,
    mail::{Postman, Receiver, Receivers, Shown, Smtp},
    store::{Store, error::StoreError},
};

/// Those of the staff who are told when something is wrong: who holds the role of support now, and signs in.
struct Support(Store);

#[async_trait::async_trait]
impl Receivers for Support {
    async fn of_incidents(&self) -> Result<Vec<Receiver>, StoreError> {
        let support = self.0.active_staff_with(Role::Support.claim()).await?;
        Ok(support
            .into_iter()
            .map(|member| Receiver { to: member.email, language: member.language })
            .collect())
    }
}

impl Services {
    /// Who sends the letters; without a server they wait. Whoever of the staff is in support is told of incidents.
    pub fn postman(&self, smtp: Option<Smtp>) -> Postman {
        let support = Arc::new(Support(self.store().clone()));
        Postman::new(self.store().clone(), smtp, support)
    }

    /// The newest letters whose text is still there. Asked without a permit, by a demo alone.
    pub(crate) async fn newest_mails(&self, most: u64) -> Result<Vec<Shown>, ApiError> {
        Ok(Shown::newest(self.store(), most).await?)
    }

    /// One of them.
    pub(crate) async fn mail(&self, id: Uuid) -> Result<Option<Shown>, ApiError> {
        Ok(Shown::find(self.store(), id).await?)
    }
}
