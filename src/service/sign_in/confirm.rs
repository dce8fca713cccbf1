//! Showing again who one is, in a session that goes on: whoever holds a token, or sits at a desk that somebody left, knows neither
//! the password nor the second factor.

use std::sync::Arc;

use backdesk_entity::enums::StaffState;
use uuid::Uuid;

use super::{SecondFactorGiven, SignedIn, failed};
use crate::{
    auth::{
        caller::{Caller, Permit},
        policy::Action,
    },
    domain::problem::{Problem, ProblemCode},
    service::{
        Services,
        error::{ApiError, Outcome},
    },
    store::{
        audit::{Change, FieldChange},
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
        let confirmed = Box::pin(self.confirm(permit, &file, session, given.filter(|_| has_factor)));
        let confirmed = match has_factor {
            true => self.try_second_factor(staff, &visitor, confirmed).await?,
            false => confirmed.await?,
        };
        Ok(match confirmed {
            Some(signed_in) => Outcome::Done(signed_in),
            None => Outcome::Problems(vec![failed("input")]),
        })
    }

    /// An access token of somebody whose password was right, and who has this second factor or none; no token where it is not
    /// right.
    ///
    /// # Errors
    /// [`ApiError::Unauthenticated`] where the session ended, or what they hold, their password or their second factor changed
    /// while they were judged.
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
        let is_same = file.member.rights_version == before.member.rights_version
            && file.member.state == StaffState::Active;
        let credential = writer.credential(staff).await?;
        let credential = credential.filter(|it| is_same && it.totp_secret.is_some() == given.is_some());
        let (Some(credential), Some(session)) = (credential, writer.use_session(staff, session).await?)
        else {
            writer.discard().await?;
            return Err(ApiError::Unauthenticated);
        };
        let mut fields = vec![FieldChange::told("session", session.id.to_string())];
        let Some(signed_in) = self.go_on(session, &file, self.now(), None)? else {
            writer.discard().await?;
            return Err(ApiError::Unauthenticated);
        };
        if let Some(given) = given {
            let Some(shown) = self.take_factor(&writer, credential, None, given).await? else {
                writer.discard().await?;
                return Ok(None);
            };
            fields.extend(shown.fields);
        }
        writer.commit(Change { fields, target: Some(file.target(None)), ..Change::default() }).await?;
        Ok(Some(signed_in))
    }
}
