//! Showing again who one is, in a session that goes on: whoever holds a token, or sits at a desk that somebody left, knows neither
//! the password nor the second factor.

use std::sync::Arc;

use uuid::Uuid;

use super::{SecondFactorGiven, SignedIn, Visitor, failed};
use crate::{
    auth::{
        caller::{Caller, Permit},
        password::{Password, PasswordHash},
        policy::Action,
    },
    domain::problem::{Problem, ProblemCode},
    service::{
        Services,
        error::{ApiError, Outcome},
    },
    store::{
        audit::{Change, FieldChange},
        sign_in::{SignInResult, Try},
        staff::StaffFile,
    },
};

impl Services {
    /// Judges the password and, where one is set up, the second factor of whoever is signed in: an access token that says that
    /// they have just shown who they are. The refresh token stays.
    pub async fn confirm_session(
        &self,
        caller: &Arc<Caller>,
        password: &str,
        given: Option<&SecondFactorGiven>,
    ) -> Result<Outcome<SignedIn>, ApiError> {
        let permit = self.permit(caller, Action::SessionConfirm).await?;
        let (Some(file), Some(session)) = (self.own_file(caller).await?, caller.session()) else {
            let message =
                "This token belongs to no session: nobody signed in here with it, and nothing asks for this.";
            return Ok(Outcome::Problems(vec![Problem::new(ProblemCode::NotFound, "", message)]));
        };
        let (visitor, staff) = (self.visitor(caller.origin()), file.member.id);
        let credential = self.store().credential_of(staff).await?;
        let has_factor = credential.is_some_and(|credential| credential.totp_secret.is_some());
        if has_factor && given.is_none() {
            let message = "Give one of `code` and `recoveryCode`: your second factor.";
            return Ok(Outcome::Problems(vec![Problem::new(ProblemCode::Required, "input.code", message)]));
        }
        if !self.is_own_password(staff, password, &visitor).await? {
            return Ok(Outcome::Problems(vec![failed("input")]));
        }
        let confirmed = Box::pin(self.confirm(permit, &file, session, given));
        let confirmed = match has_factor {
            true => self.try_second_factor(staff, &visitor, confirmed).await?,
            false => confirmed.await?,
        };
        Ok(match confirmed {
            Some(signed_in) => Outcome::Done(signed_in),
            None => Outcome::Problems(vec![failed("input")]),
        })
    }

    /// Notes that somebody showed who they are, whose password was right; none where the second factor is not, or where the
    /// session, what they hold or their password changed meanwhile.
    async fn confirm(
        &self,
        permit: Permit,
        before: &StaffFile,
        session: Uuid,
        given: Option<&SecondFactorGiven>,
    ) -> Result<Option<SignedIn>, ApiError> {
        let staff = before.member.id;
        let writer = self.store().write(permit).await?;
        writer.staff_turn().await?;
        let file = writer.any_staff_file(staff).await?.ok_or(ApiError::Internal)?;
        let is_same = file.member.rights_version == before.member.rights_version;
        let credential = writer.credential(staff).await?.filter(|_| is_same);
        let shown = match (credential, given) {
            (None, _) => None,
            (Some(credential), _) if credential.totp_secret.is_none() => Some(Vec::new()),
            (Some(_), None) => None,
            (Some(credential), Some(given)) => {
                self.take_factor(&writer, credential, None, given).await?.map(|shown| shown.fields)
            }
        };
        let session = match shown.is_some() {
            true => writer.confirm_session(staff, session).await?,
            false => None,
        };
        let (Some(session), Some(shown)) = (session, shown) else {
            writer.discard().await?;
            return Ok(None);
        };
        let mut fields = vec![FieldChange::told("session", session.id.to_string())];
        fields.extend(shown);
        let signed_in = self.go_on(session, &file, None)?;
        writer.commit(Change { fields, target: Some(file.target(None)), ..Change::default() }).await?;
        Ok(signed_in)
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
        let at_what = format!("password:{staff}");
        let Try::LookedAt { before } = self.store().take_try(&at_what, "").await? else {
            let attempt = self.attempt(Some(staff), SignInResult::TooSoon, visitor);
            self.store().record_attempt(attempt).await?;
            return Ok(false);
        };
        let credential = self.store().credential_of(staff).await?;
        let stored = credential.and_then(|it| PasswordHash::from_stored(&it.password_hash).ok());
        let stored = stored.unwrap_or_else(PasswordHash::decoy);
        match self.hashing().verify(stored, Password::typed(typed)).await {
            Ok(Ok(_)) => {
                self.begin_anew(&at_what, "").await;
                Ok(true)
            }
            Ok(Err(_)) => {
                let attempt = self.attempt(Some(staff), SignInResult::PasswordWrong, visitor);
                self.store().record_attempt(attempt).await?;
                Ok(false)
            }
            Err(_) => {
                self.store().count_tries(&at_what, "", before).await?;
                Err(ApiError::Crowded)
            }
        }
    }
}
