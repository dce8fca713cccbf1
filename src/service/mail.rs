//! Letters, for whoever shows them or sends them.

use std::sync::Arc;

use uuid::Uuid;

use super::{Services, error::ApiError};
use crate::mail::{Nobody, Postman, Shown, Smtp};

impl Services {
    /// Who sends the letters; without a server they wait. Those who are told of incidents are those whom the staff has for it.
    pub fn postman(&self, smtp: Option<Smtp>) -> Postman {
        Postman::new(self.store().clone(), smtp, Arc::new(Nobody))
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
