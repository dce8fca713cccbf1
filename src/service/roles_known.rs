//! The roles that administrators defined, as this instance knows them. Tokens are judged by them, so they are kept: read again
//! when what is known is older than a second, and at once where this instance changed them.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::DateTime;

use super::{Services, error::ApiError, parse_id};
use crate::auth::{
    caller::{Caller, Origin},
    policy::Role,
    roles::DefinedRoles,
    token::Claims,
};

/// How old may be what is known: a right that was taken away on another instance is gone here by then.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// What was read, and when.
#[derive(Debug, Default)]
pub(super) struct RolesKnown(RwLock<Option<(Duration, Arc<DefinedRoles>)>>);

impl Services {
    /// The bearer of a verified token.
    ///
    /// # Errors
    /// [`ApiError::Unauthenticated`] where its session, or what it says that its bearer holds, has ended meanwhile.
    pub async fn caller(&self, claims: &Claims, origin: Origin) -> Result<Arc<Caller>, ApiError> {
        self.judge_session(claims).await?;
        // most tokens name roles of the table alone
        let defined = match claims.roles.iter().all(|key| Role::from_claim(key).is_some()) {
            true => Arc::default(),
            false => self.defined_roles().await?,
        };
        let caller = Caller::from_claims(claims, &defined, origin);
        Ok(Arc::new(if self.has_to_confirm(claims) { caller.who_has_to_confirm() } else { caller }))
    }

    /// Whether the session of a token, if it belongs to one, holds still.
    async fn judge_session(&self, claims: &Claims) -> Result<(), ApiError> {
        let Some(session) = claims.sid.as_deref() else { return Ok(()) };
        let (Some(session), Some(staff), Some(rights)) =
            (parse_id(session), parse_id(&claims.sub), claims.rights)
        else {
            return Err(ApiError::Unauthenticated);
        };
        match self.store().access_holds(staff, rights, session).await? {
            true => Ok(()),
            false => Err(ApiError::Unauthenticated),
        }
    }

    /// Whether the bearer of a token showed too long ago who they are. Of a token without a session nobody can be asked again.
    fn has_to_confirm(&self, claims: &Claims) -> bool {
        let shown_at = claims.auth_time.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        claims.sid.is_some() && shown_at.is_none_or(|at| self.now() - at >= self.confirmed_for())
    }

    /// The roles that administrators defined, as of a second ago at most.
    async fn defined_roles(&self) -> Result<Arc<DefinedRoles>, ApiError> {
        let now = self.store().clock().uptime();
        let known = &self.0.roles_known.0;
        let kept = known.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, roles)) = kept.filter(|(at, _)| now.saturating_sub(*at) < KEPT_FOR) {
            return Ok(roles);
        }
        let read = Arc::new(self.store().defined_roles().await?);
        *known.write().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&read)));
        Ok(read)
    }

    /// What is known of roles holds no longer.
    pub(super) fn forget_roles(&self) {
        *self.0.roles_known.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
