//! Reading the audit trail.

use std::sync::Arc;

use super::{Services, error::ApiError, listing};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::list::ListQuery,
    store::{List, audit::AuditEvents},
};

pub use crate::store::audit::{
    AuditAttribute, AuditEvent, AuditOrderField, AuditOutcome, AuditedUser, FieldChange, USERS_SHOWN,
    UsersWanted,
};

/// A request for audit events.
pub type AuditQuery = ListQuery<AuditAttribute, AuditOrderField>;

impl Services {
    /// The audit events that `query` asks for, of the accounts that the caller sees.
    pub async fn audit_events(
        &self,
        caller: &Arc<Caller>,
        query: &AuditQuery,
    ) -> Result<List<AuditEvents>, ApiError> {
        let permit = self.permit(caller, Action::AuditEvents).await?;
        listing::judge_filter(&query.filter, self.limits())?;
        query.search.as_deref().map_or(Ok(()), listing::judge_text)?;
        Ok(self.store().read(&permit).audit_events(query)?)
    }
}
