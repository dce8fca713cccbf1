//! Reading the audit trail.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{
    Services,
    error::ApiError,
    listing::{self, List, Page},
};
use crate::{
    auth::{caller::Caller, policy::Action},
    domain::list::ListQuery,
    store::audit::AuditEvents,
};

pub use crate::store::audit::{
    Aim, AuditAttribute, AuditEntry, AuditKeys, AuditOrderField, AuditOutcome, AuditedUser, FieldChange,
    Opened, PLATFORM, USERS_SHOWN, changed, sealed_for,
};

/// A request for audit events.
pub type AuditQuery = ListQuery<AuditAttribute, AuditOrderField>;

impl Services {
    /// The audit events that `query` asks for, of the accounts that the caller sees.
    pub async fn audit_events(
        &self,
        caller: &Arc<Caller>,
        query: &AuditQuery,
        with_page: bool,
    ) -> Result<(List<AuditEvents>, Page<AuditEntry>), ApiError> {
        let permit = self.permit(caller, Action::AuditEvents).await?;
        listing::judge_filter(&query.filter, self.limits())?;
        query.search.as_deref().map_or(Ok(()), listing::judge_text)?;
        Ok(self.store().read(&permit).audit_events(query, with_page).await?)
    }

    /// What opens the events of these users, or of the platform, which the caller has seen.
    pub async fn audit_keys(&self, caller: &Arc<Caller>, subjects: &[Uuid]) -> Result<AuditKeys, ApiError> {
        let permit = self.permit(caller, Action::AuditEvents).await?;
        Ok(self.store().read(&permit).audit_keys(subjects).await?)
    }

    /// Users within the caller's accounts whom these events concern beside their targets: those that are named, or the first
    /// [`USERS_SHOWN`] of each event.
    pub async fn audited_users(
        &self,
        caller: &Arc<Caller>,
        events: &[Uuid],
        named: Option<&[Uuid]>,
        opened: bool,
    ) -> Result<HashMap<Uuid, Vec<AuditedUser>>, ApiError> {
        let permit = self.permit(caller, Action::AuditEvents).await?;
        Ok(self.store().read(&permit).audited_users(events, named, opened).await?)
    }
}
