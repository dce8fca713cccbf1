//! What the platform lets a user do, as fields of the user. The rules are in `domain/status.rs`; they need columns alone.

use async_graphql::Object;

use super::{User, view::copied};
use crate::{
    domain::status::{self, Circumstances},
    service::error::ApiError,
};

/// What the platform lets a user do.
pub(super) struct Effects(pub(super) User);

/// What the platform lets a user do.
#[Object]
impl Effects {
    /// Whether the user may sign in: `LIVE` or `IN_REVIEW`, frozen or not.
    async fn can_sign_in(&self) -> Result<bool, ApiError> {
        copied(&self.0.row().status).map(status::is_active)
    }

    /// Whether other users see the user: `LIVE`, frozen or not. `publicProfile` is what they see.
    async fn visible(&self) -> Result<bool, ApiError> {
        copied(&self.0.row().status).map(status::is_visible)
    }

    /// Whether the user may book, pay and be paid: `LIVE`, and not frozen.
    async fn can_transact(&self) -> Result<bool, ApiError> {
        let row = self.0.row();
        Ok(status::can_transact(copied(&row.status)?, copied(&row.frozen)?))
    }

    /// Whether the user may contact other users: `LIVE`, frozen or not.
    async fn can_contact(&self) -> Result<bool, ApiError> {
        copied(&self.0.row().status).map(status::can_contact)
    }

    /// Whether the user may withdraw money to a bank: may transact, KYC is `VALIDATED`, and its level is `REGULAR` at least,
    /// for enterprises `LIGHT`. While a review is open nobody withdraws.
    async fn can_withdraw(&self) -> Result<bool, ApiError> {
        let row = self.0.row();
        Ok(status::can_withdraw(Circumstances {
            status: copied(&row.status)?,
            frozen: copied(&row.frozen)?,
            kyc_status: copied(&row.kyc_status)?,
            kyc_level: copied(&row.kyc_level)?,
            client_type: copied(&row.client_type)?,
        }))
    }
}
