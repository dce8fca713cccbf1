//! What people see and do of their own sign-ins, and staff of those of others: sessions that are open, tries, the password.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Visitor, at_own_password, failed, session::delta, session::end};
use crate::{
    auth::{
        caller::Caller,
        password::{Password, PasswordHash},
        policy::Action,
    },
    domain::problem::{Problem, ProblemCode},
    service::{
        Services,
        error::{ApiError, Outcome},
        parse_id,
    },
    store::{
        sign_in::{Attempt, Session, SignInResult, Try},
        staff::StaffFile,
    },
};

/// Tries of each person that are shown.
const SIGN_INS: u64 = 20;

/// A session, as it is shown.
#[derive(Debug, Clone)]
pub struct SessionSeen {
    /// What is known of it.
    pub session: Session,
    /// When it ends if nobody uses it.
    pub idle_until: DateTime<Utc>,
}

/// A try to sign in, as it is shown.
pub type SignInSeen = Attempt;

impl Services {
    /// The staff member that a caller is; none of programs, and of tokens that belong to nobody on the staff.
    fn oneself(&self, caller: &Caller) -> Option<Uuid> {
        (caller.issuer() == self.tokens().issuer()).then(|| parse_id(caller.subject())).flatten()
    }

    /// One's own open sessions, newest first.
    pub async fn own_sessions(&self, caller: &Arc<Caller>) -> Result<Vec<SessionSeen>, ApiError> {
        match self.oneself(caller) {
            Some(staff) => self.sessions_of(caller, Action::Viewer, &[staff]).await,
            None => Ok(Vec::new()),
        }
    }

    /// The open sessions of staff members whom the caller was shown.
    pub async fn staff_sessions(
        &self,
        caller: &Arc<Caller>,
        staff: &[Uuid],
    ) -> Result<Vec<SessionSeen>, ApiError> {
        self.sessions_of(caller, Action::Staff, staff).await
    }

    async fn sessions_of(
        &self,
        caller: &Arc<Caller>,
        action: Action,
        staff: &[Uuid],
    ) -> Result<Vec<SessionSeen>, ApiError> {
        let permit = self.permit(caller, action).await?;
        let idle = delta(self.lifetimes().session_idle);
        let open = self.store().read(&permit).open_sessions(staff, idle).await?;
        let seen = |session: Session| SessionSeen {
            idle_until: (session.last_used_at + idle).min(session.expires_at),
            session,
        };
        Ok(open.into_iter().map(seen).collect())
    }

    /// The newest tries to sign in as each of these staff members, whom the caller was shown.
    pub async fn staff_sign_ins(
        &self,
        caller: &Arc<Caller>,
        staff: &[Uuid],
    ) -> Result<Vec<SignInSeen>, ApiError> {
        let permit = self.permit(caller, Action::Staff).await?;
        Ok(self.store().read(&permit).sign_ins(staff, SIGN_INS).await?)
    }

    /// Ends one of one's own sessions.
    pub async fn end_own_session(&self, caller: &Arc<Caller>, session: &str) -> Result<bool, ApiError> {
        let permit = self.permit(caller, Action::SessionEnd).await?;
        let (Some(staff), Some(session)) = (self.oneself(caller), parse_id(session)) else {
            return Err(ApiError::NotFound);
        };
        let writer = self.store().write(permit).await?;
        let Some(file) = writer.any_staff_file(staff).await? else { return Err(ApiError::NotFound) };
        let ended = writer.end_session(staff, session).await?;
        end(writer, &ended, &file).await?;
        if ended.is_empty() { Err(ApiError::NotFound) } else { Ok(true) }
    }

    /// Ends all of one's own sessions but the one that the token belongs to: how many were open.
    pub async fn end_other_sessions(&self, caller: &Arc<Caller>) -> Result<usize, ApiError> {
        let permit = self.permit(caller, Action::SessionEndOthers).await?;
        let Some(staff) = self.oneself(caller) else { return Ok(0) };
        let writer = self.store().write(permit).await?;
        let Some(file) = writer.any_staff_file(staff).await? else { return Ok(0) };
        let ended = writer.end_sessions(staff, caller.session()).await?;
        end(writer, &ended, &file).await?;
        Ok(ended.len())
    }

    /// Changes one's own password. All other sessions end; the one that the token belongs to goes on with its next access
    /// token.
    pub async fn change_own_password(
        &self,
        caller: &Arc<Caller>,
        current: &str,
        new: &str,
    ) -> Result<Outcome<()>, ApiError> {
        let permit = self.permit(caller, Action::PasswordChange).await?;
        let wrong = || Outcome::Problems(vec![failed("input.currentPassword")]);
        let Some(file) = self.own_file(caller).await? else {
            let message = "Only a member of the staff has a password here.";
            return Ok(Outcome::Problems(vec![Problem::new(ProblemCode::NotFound, "", message)]));
        };
        let (visitor, staff) = (self.visitor(caller.origin()), file.member.id);
        if !self.is_own_password(staff, current, &visitor).await? {
            return Ok(wrong());
        }
        let hash = match self.new_hash(&file.member, new).await? {
            Ok(hash) => hash,
            Err(mistake) => {
                return Ok(Outcome::Problems(vec![super::links::refused(mistake, "input.newPassword")]));
            }
        };
        let writer = self.store().write(permit).await?;
        writer.staff_turn().await?;
        let before = writer.any_staff_file(staff).await?.ok_or(ApiError::Internal)?;
        // a reset by a link, or the end of the access, came in between
        if before.member.rights_version != file.member.rights_version {
            writer.discard().await?;
            return Ok(wrong());
        }
        self.change_password(writer, &before, &hash, caller.session()).await.map(Outcome::Done)
    }

    /// The file of whoever asks; none of programs, and of tokens that belong to nobody on the staff.
    pub(super) async fn own_file(&self, caller: &Caller) -> Result<Option<StaffFile>, ApiError> {
        match self.oneself(caller) {
            Some(staff) => Ok(self.store().staff_file(staff).await?),
            None => Ok(None),
        }
    }

    /// Whether it is the password of whoever asks: they guess as slowly as anybody.
    pub(super) async fn is_own_password(
        &self,
        staff: Uuid,
        typed: &str,
        visitor: &Visitor,
    ) -> Result<bool, ApiError> {
        let (at_what, bucket) = (at_own_password(staff), self.bucket(staff, visitor).await?);
        let Try::LookedAt { before } = self.store().take_try(&at_what, &bucket).await? else {
            let attempt = self.attempt(Some(staff), SignInResult::TooSoon, visitor);
            self.store().record_attempt(attempt).await?;
            return Ok(false);
        };
        let credential = self.store().credential_of(staff).await?;
        let stored = credential.and_then(|it| PasswordHash::from_stored(&it.password_hash).ok());
        let stored = stored.unwrap_or_else(PasswordHash::decoy);
        match self.hashing().verify(stored, Password::typed(typed)).await {
            Ok(Ok(_)) => {
                self.begin_anew(&at_what, &bucket).await;
                Ok(true)
            }
            Ok(Err(_)) => {
                let attempt = self.attempt(Some(staff), SignInResult::PasswordWrong, visitor);
                self.store().record_attempt(attempt).await?;
                Ok(false)
            }
            Err(_) => {
                self.store().count_tries(&at_what, &bucket, before).await?;
                Err(ApiError::Crowded)
            }
        }
    }
}
