//! The second factor: a code of an authenticator app, which is set up with the first one, or one of the codes on paper.

use std::sync::Arc;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::{SignedIn, Visitor, at_second_factor, challenge::Asked, failed};
use crate::{
    auth::{
        caller::Caller,
        policy::Action,
        second_factor::{
            recovery,
            totp::{Step, TotpSecret},
        },
    },
    service::{
        Services,
        error::{ApiError, Outcome},
        staff::{Notice, notify},
    },
    store::{
        Writer,
        audit::{Change, FieldChange},
        sign_in::{Credential, SignInResult, Try},
    },
};

/// What somebody gives as their second factor.
pub enum SecondFactorGiven {
    /// A code of an authenticator app.
    Code(Zeroizing<String>),
    /// One of the recovery codes.
    RecoveryCode(Zeroizing<String>),
}

/// What a right second factor leads to besides a session.
#[derive(Default)]
pub(super) struct Shown {
    /// The recovery codes of a factor that was just set up.
    recovery_codes: Vec<Zeroizing<String>>,
    /// What the trail tells.
    pub(super) fields: Vec<FieldChange>,
}

impl Services {
    /// Judges a second factor and begins a session, with the recovery codes of a factor that was just set up.
    pub async fn verify_second_factor(
        &self,
        caller: &Arc<Caller>,
        challenge: &str,
        given: &SecondFactorGiven,
    ) -> Result<Outcome<(SignedIn, Vec<Zeroizing<String>>)>, ApiError> {
        self.permit(caller, Action::VerifySecondFactor).await?;
        let visitor = self.visitor(caller.origin());
        let Some(asked) = self.asked(challenge) else { return Ok(Outcome::Problems(vec![failed("input")])) };
        let judged = Box::pin(self.judge_second_factor(caller, &asked, given, &visitor));
        Ok(match self.try_second_factor(asked.staff, &visitor, judged).await? {
            Some(signed_in) => Outcome::Done(signed_in),
            None => Outcome::Problems(vec![failed("input")]),
        })
    }

    /// What a right second factor of somebody leads to, which is judged as slowly as anybody guesses; none of a wrong one, or
    /// too soon after others.
    pub(super) async fn try_second_factor<T>(
        &self,
        staff: Uuid,
        visitor: &Visitor,
        judged: impl Future<Output = Result<Option<T>, ApiError>>,
    ) -> Result<Option<T>, ApiError> {
        let (at_what, bucket) = (at_second_factor(staff), self.bucket(staff, visitor).await?);
        let failure = match self.store().take_try(&at_what, &bucket).await? {
            Try::TooSoon => SignInResult::TooSoon,
            Try::LookedAt { .. } => {
                if let Some(led_to) = judged.await? {
                    self.begin_anew(&at_what, &bucket).await;
                    return Ok(Some(led_to));
                }
                SignInResult::CodeWrong
            }
        };
        self.store().record_attempt(self.attempt(Some(staff), failure, visitor)).await?;
        Ok(None)
    }

    /// The session of whoever gave the right factor; none of anybody else.
    async fn judge_second_factor(
        &self,
        caller: &Arc<Caller>,
        asked: &Asked,
        given: &SecondFactorGiven,
        visitor: &Visitor,
    ) -> Result<Option<(SignedIn, Vec<Zeroizing<String>>)>, ApiError> {
        let writer = self.write_as(caller, asked.staff, Action::VerifySecondFactor).await?;
        // one at a time with acts on staff: whose sessions are being ended begins none beside that
        writer.staff_turn().await?;
        let credential = writer.credential(asked.staff).await?;
        let file = writer.any_staff_file(asked.staff).await?.ok_or(ApiError::Internal)?;
        let may = file.member.state == backdesk_entity::enums::StaffState::Active
            && file.member.rights_version == asked.rights;
        let shown = match credential {
            Some(credential) if may => self.take_factor(&writer, credential, asked.secret(), given).await?,
            _ => None,
        };
        let Some(Shown { recovery_codes, mut fields }) = shown else {
            writer.discard().await?;
            return Ok(None);
        };
        let (signed_in, begun) = self.begin_session(&writer, &file, visitor).await?;
        if !recovery_codes.is_empty() {
            notify(&writer, &file.member, Notice::SecondFactorSetUp).await?;
        }
        fields.extend(begun);
        writer.commit(Change { fields, target: Some(file.target(None)), ..Change::default() }).await?;
        Ok(Some((signed_in, recovery_codes)))
    }

    /// Uses a factor up or, with the secret of a new one, sets it up; none where it is not right.
    pub(super) async fn take_factor(
        &self,
        writer: &Writer,
        mut credential: Credential,
        set_up: Option<TotpSecret>,
        given: &SecondFactorGiven,
    ) -> Result<Option<Shown>, ApiError> {
        let (staff, now, opaque) = (credential.staff_id, self.now(), self.store().opaque());
        let sealed = credential.totp_secret.clone();
        match (given, set_up, sealed) {
            (SecondFactorGiven::Code(code), Some(secret), None) => {
                let Ok(Step(step)) = secret.verify(code, now, None) else { return Ok(None) };
                credential.totp_secret = Some(self.store().seal(&context(&credential), secret.as_bytes()));
                credential.totp_last_step = Some(step);
                credential.totp_set_up_at = Some(now);
                writer.keep_credential(&credential).await?;
                let codes = recovery::generate(opaque);
                let hashes = codes.iter().map(|code| code.hash.clone()).collect();
                writer.replace_recovery_codes(staff, hashes).await?;
                let recovery_codes = codes.into_iter().map(|code| code.text).collect();
                let fields = vec![FieldChange::told("secondFactor", "SET_UP")];
                Ok(Some(Shown { recovery_codes, fields }))
            }
            (SecondFactorGiven::Code(code), None, Some(sealed)) => {
                let plain = self.store().unseal(&context(&credential), &sealed);
                let Some(secret) = plain.and_then(|plain| TotpSecret::from_bytes(&plain)) else {
                    tracing::error!(
                        "the secret of a second factor does not open: is this the master key of this database?"
                    );
                    return Err(ApiError::Internal);
                };
                let Ok(Step(step)) = secret.verify(code, now, credential.totp_last_step.map(Step)) else {
                    return Ok(None);
                };
                credential.totp_last_step = Some(step);
                writer.keep_credential(&credential).await?;
                Ok(Some(Shown::default()))
            }
            (SecondFactorGiven::RecoveryCode(code), None, Some(_)) => {
                let Some(hash) = recovery::hash(opaque, code) else { return Ok(None) };
                let is_used = writer.use_recovery_code(staff, hash).await?;
                Ok(is_used.then(|| Shown {
                    fields: vec![FieldChange::told("recoveryCode", "USED")],
                    ..Shown::default()
                }))
            }
            _ => Ok(None),
        }
    }
}

/// What the secret of an authenticator app is sealed for.
fn context(credential: &Credential) -> String {
    format!("totp:{}", credential.staff_id)
}
