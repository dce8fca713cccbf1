//! Sessions: how they begin, go on, and end. An access token says what its bearer held when it was issued, and is good for
//! minutes; a refresh token is good once, and whoever brings one twice ends the session for all who have one.

use std::{sync::Arc, time::Duration};

use backdesk_entity::enums::StaffState;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Visitor, first_end};
use crate::{
    auth::{
        caller::{Accounts, Caller},
        opaque::Purpose,
        policy::{Action, Role},
        token::{AccountsClaim, OfSession, TokenRequest},
    },
    domain::problem::{Problem, ProblemCode},
    service::{
        Services,
        error::{ApiError, Outcome},
        parse_id,
        staff::{Notice, called, notify},
    },
    store::{
        Writer,
        audit::{Change, FieldChange},
        sign_in::{Rotation, Session, SignInResult},
        staff::{StaffFile, StaffMember},
    },
};

/// Somebody is in.
pub struct SignedIn {
    /// What requests bring: a JWT.
    pub access_token: Zeroizing<String>,
    /// From when on it is good for nothing.
    pub expires_at: DateTime<Utc>,
    /// What the next one is asked for with, once; none where the one that was given before stays good.
    pub refresh_token: Option<Zeroizing<String>>,
    /// The session.
    pub session: Uuid,
    /// When it ends, however often it is used.
    pub session_expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("session", &self.session).finish_non_exhaustive()
    }
}

/// The problem of whoever brings what continues no session.
fn over() -> Problem {
    Problem::new(ProblemCode::SessionEnded, "refreshToken", "Your session has ended: sign in again.")
}

impl Services {
    /// The session of somebody who needs no second factor; none where what they hold, or their password, changed since they
    /// were read.
    pub(super) async fn begin_without_factor(
        &self,
        caller: &Arc<Caller>,
        member: &StaffMember,
        visitor: &Visitor,
    ) -> Result<Option<SignedIn>, ApiError> {
        let writer = self.write_as(caller, member.id, Action::SignIn).await?;
        writer.staff_turn().await?;
        let file = writer.any_staff_file(member.id).await?.ok_or(ApiError::Internal)?;
        let is_same = file.member.rights_version == member.rights_version;
        if !is_same || file.member.state != StaffState::Active {
            writer.discard().await?;
            return Ok(None);
        }
        let (signed_in, fields) = self.begin_session(&writer, &file, visitor).await?;
        writer.commit(Change { fields, target: Some(file.target(None)), ..Change::default() }).await?;
        Ok(Some(signed_in))
    }

    /// Begins a session in a transaction, and says what its entry tells of it.
    pub(super) async fn begin_session(
        &self,
        writer: &Writer,
        file: &StaffFile,
        visitor: &Visitor,
    ) -> Result<(SignedIn, Vec<FieldChange>), ApiError> {
        let now = self.now();
        let session = Session {
            id: self.store().clock().new_id(),
            staff_id: file.member.id,
            created_at: now,
            last_used_at: now,
            expires_at: self.session_end(now, file),
            ended_at: None,
            ip: visitor.ip.map(|ip| ip.to_string()),
            device_type: visitor.device.device_type,
            device: visitor.device.label.clone(),
            place: visitor.place.clone(),
        };
        let refresh = self.store().opaque().generate(Purpose::Refresh);
        let ended = writer.insert_session(&session, refresh.hash).await?;
        let attempt = self.attempt(Some(file.member.id), SignInResult::SignedIn, visitor);
        writer.record_attempt(attempt).await?;
        let mut told = vec![FieldChange::told("session", session.id.to_string())];
        told.extend(told_of(&ended));
        Ok((self.issue(&session, file, now, Some(refresh.text))?, told))
    }

    /// When a session ends at the latest that began then, by what its owner holds now.
    fn session_end(&self, begun: DateTime<Utc>, file: &StaffFile) -> DateTime<Utc> {
        let now = self.now();
        let is_admin =
            file.grants.roles.iter().any(|grant| grant.key == Role::Admin.claim() && grant.holds_at(now));
        let lifetimes = self.lifetimes();
        begun + delta(if is_admin { lifetimes.admin_session } else { lifetimes.session })
    }

    /// The next access token of a session, and the next refresh token.
    pub async fn refresh_session(
        &self,
        caller: &Arc<Caller>,
        refresh_token: Option<&str>,
    ) -> Result<Outcome<SignedIn>, ApiError> {
        self.permit(caller, Action::RefreshSession).await?;
        let opaque = self.store().opaque();
        let Some(hash) = refresh_token.and_then(|text| opaque.hash(Purpose::Refresh, text)) else {
            return Ok(Outcome::Problems(vec![over()]));
        };
        let next = opaque.generate(Purpose::Refresh);
        match self.store().rotate(hash, next.hash, delta(self.lifetimes().session_idle)).await? {
            Rotation::Continued(continued) => {
                let (session, file) = *continued;
                // that they showed it again is told by the token that they then got alone: who stole this one showed nothing
                let shown_at = session.created_at;
                match self.go_on(session, &file, shown_at, Some(next.text))? {
                    Some(signed_in) => Ok(Outcome::Done(signed_in)),
                    None => Ok(Outcome::Problems(vec![over()])),
                }
            }
            Rotation::Reused(session) => {
                self.end_stolen(caller, &session).await?;
                Ok(Outcome::Problems(vec![over()]))
            }
            Rotation::Over => Ok(Outcome::Problems(vec![over()])),
        }
    }

    /// Ends the session that a refresh token or, without one, the access token belongs to: whether one was open.
    pub async fn sign_out(
        &self,
        caller: &Arc<Caller>,
        refresh_token: Option<&str>,
    ) -> Result<bool, ApiError> {
        self.permit(caller, Action::SignOut).await?;
        let hash = refresh_token.and_then(|text| self.store().opaque().hash(Purpose::Refresh, text));
        let (staff, session) = match (hash, caller.session(), parse_id(caller.subject())) {
            (Some(hash), ..) => match self.store().session_of(hash).await? {
                Some(session) => (session.staff_id, session.id),
                None => return Ok(false),
            },
            (None, Some(session), Some(staff)) => (staff, session),
            _ => return Ok(false),
        };
        let writer = self.write_as(caller, staff, Action::SignOut).await?;
        let Some(file) = writer.any_staff_file(staff).await? else { return Err(ApiError::Internal) };
        let ended = writer.end_session(staff, session).await?;
        end(writer, &ended, &file).await?;
        Ok(!ended.is_empty())
    }

    /// Ends a session whose refresh token somebody brought a second time, and tells its owner. Of many who bring it at once,
    /// one ends it.
    async fn end_stolen(&self, caller: &Arc<Caller>, session: &Session) -> Result<(), ApiError> {
        tracing::warn!(session = %session.id, "a refresh token was used a second time: its session ends");
        let system = Caller::system("sign-in").at_the_request_of(caller.origin().clone());
        let permit = self.permit(&Arc::new(system), Action::SessionEndStolen).await?;
        let writer = self.store().write(permit).await?;
        let Some(file) = writer.any_staff_file(session.staff_id).await? else {
            return Err(ApiError::Internal);
        };
        let ended = writer.end_session(session.staff_id, session.id).await?;
        if !ended.is_empty() {
            notify(&writer, &file.member, Notice::SessionEnded).await?;
        }
        end(writer, &ended, &file).await
    }

    /// What somebody is given whose session goes on, and who showed then who they are; none where it is over by what they hold
    /// now.
    pub(super) fn go_on(
        &self,
        mut session: Session,
        file: &StaffFile,
        shown_at: DateTime<Utc>,
        refresh_token: Option<Zeroizing<String>>,
    ) -> Result<Option<SignedIn>, ApiError> {
        // who became an administrator meanwhile has the session of one
        session.expires_at = session.expires_at.min(self.session_end(session.created_at, file));
        let is_open = self.now() < session.expires_at;
        is_open.then(|| self.issue(&session, file, shown_at, refresh_token)).transpose()
    }

    fn issue(
        &self,
        session: &Session,
        file: &StaffFile,
        shown_at: DateTime<Utc>,
        refresh_token: Option<Zeroizing<String>>,
    ) -> Result<SignedIn, ApiError> {
        let now = self.now();
        let held = file.grants.roles.iter().filter(|grant| grant.holds_at(now));
        let roles = held.map(|grant| grant.key.clone()).collect();
        let accounts = match file.grants.accounts_at(now) {
            Accounts::All => AccountsClaim::All,
            Accounts::Codes(codes) => AccountsClaim::Codes(codes.into_iter().collect()),
        };
        // no token outlives its session, used or not, or the first thing that ends of what it says
        let end = first_end(file, now).map_or(session.expires_at, |end| end.min(session.expires_at));
        let idle = now + delta(self.lifetimes().session_idle);
        let left = (end.min(idle) - now).to_std().unwrap_or(Duration::ZERO);
        let ttl = left.min(self.lifetimes().access_token).max(Duration::from_secs(1));
        let request = TokenRequest {
            subject: file.member.id.to_string(),
            name: Some(called(&file.member)),
            roles,
            accounts,
            ttl,
            session: Some(OfSession {
                id: session.id.to_string(),
                rights: file.member.rights_version,
                shown_at,
            }),
        };
        let (token, claims) = self.tokens().issue(request).map_err(|error| {
            tracing::error!(%error, staff = %file.member.id, "no token can be issued");
            ApiError::Internal
        })?;
        Ok(SignedIn {
            access_token: Zeroizing::new(token),
            expires_at: DateTime::from_timestamp(claims.exp, 0).unwrap_or(now),
            refresh_token,
            session: session.id,
            session_expires_at: session.expires_at,
        })
    }
}

/// Ends an act that ended these sessions, if any.
pub(super) async fn end(writer: Writer, ended: &[Uuid], file: &StaffFile) -> Result<(), ApiError> {
    if ended.is_empty() {
        return Ok(writer.unchanged().await?);
    }
    let (fields, target) = (told_of(ended).into_iter().collect(), Some(file.target(None)));
    Ok(writer.commit(Change { fields, target, ..Change::default() }).await?)
}

/// What the trail tells of sessions that ended.
fn told_of(ended: &[Uuid]) -> Option<FieldChange> {
    let ids: Vec<String> = ended.iter().map(Uuid::to_string).collect();
    (!ids.is_empty()).then(|| FieldChange::told("sessions", ids))
}

pub(super) fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
