//! The way in and out, for staff: the only fields that need no token, and what people do about their own sessions.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use zeroize::Zeroizing;

use super::{
    guard::{caller, services},
    payload::MutationError,
};
use crate::{
    domain::problem::{Problem, ProblemCode},
    service::{
        error::{ApiError, Outcome},
        sign_in::{Entered, SecondFactorGiven, SignedIn as Signed},
    },
};

mod browser;
mod object;

pub use self::browser::{Browser, Cookie};
use self::object::{SecondFactorChallenge, SignedIn};
pub(super) use self::object::{Session, SignIn};

/// Who somebody says they are.
#[derive(InputObject)]
struct SignInInput {
    /// Upper and lower case are the same.
    user_name: String,
    /// As it is: spaces count.
    password: String,
}

/// A second factor: a code of the authenticator app, or one of the recovery codes.
#[derive(InputObject)]
struct SecondFactorInput {
    /// The `token` of the challenge.
    challenge: String,
    /// The six digits that the app shows. Each code is good once.
    code: Option<String>,
    /// One of the ten that were shown when the app was set up. Each is good once.
    recovery_code: Option<String>,
}

/// How an invitation is accepted.
#[derive(InputObject)]
struct AcceptInvitationInput {
    /// What stands behind the `#` of the link.
    token: String,
    /// 12 to 128 characters, and none that is easily guessed.
    password: String,
}

/// How a new password is set by a link.
#[derive(InputObject)]
struct ResetPasswordInput {
    /// What stands behind the `#` of the link.
    token: String,
    /// 12 to 128 characters, and none that is easily guessed.
    password: String,
}

/// How somebody changes their own password.
#[derive(InputObject)]
struct PasswordChangeInput {
    /// The one that holds.
    current_password: String,
    /// 12 to 128 characters, and none that is easily guessed.
    new_password: String,
}

/// How somebody who is signed in shows again who they are.
#[derive(InputObject)]
struct SessionConfirmInput {
    /// As it is: spaces count.
    password: String,
    /// The six digits that the authenticator app shows, where one is set up. Each code is good once.
    code: Option<String>,
    /// One of the recovery codes in its place. Each is good once.
    recovery_code: Option<String>,
}

/// What a right password leads to.
#[derive(Default, SimpleObject)]
struct SignInPayload {
    /// What comes next: a second factor is asked for, or to be set up. Null where a session began, and when there are errors.
    challenge: Option<SecondFactorChallenge>,
    /// The session, where no second factor is asked for.
    session: Option<SignedIn>,
    /// What is wrong: one answer to everything that is not right.
    errors: Vec<MutationError>,
}

/// A session that began or goes on.
#[derive(Default, SimpleObject)]
struct SessionPayload {
    /// The session. Null when there are errors.
    session: Option<SignedIn>,
    /// Ten codes that stand in for the authenticator app, each once: shown when it is set up, and never again.
    recovery_codes: Vec<String>,
    /// What is wrong: one answer to everything that is not right.
    errors: Vec<MutationError>,
}

/// What became of a session.
#[derive(SimpleObject)]
struct SignOutPayload {
    /// Whether a session was open, and ended.
    ended: bool,
    /// Everything that is wrong; empty as yet.
    errors: Vec<MutationError>,
}

/// What a wish for a new password leads to.
#[derive(SimpleObject)]
struct PasswordResetRequestPayload {
    /// True whoever it is: a link is sent if somebody of that name may sign in, and nobody is told whether.
    accepted: bool,
    /// Everything that is wrong; empty as yet.
    errors: Vec<MutationError>,
}

/// What became of a new password.
#[derive(SimpleObject)]
struct PasswordResetPayload {
    /// Whether it is set. Then one signs in with it.
    done: bool,
    /// Everything that is wrong with it, or with the link.
    errors: Vec<MutationError>,
}

/// What became of one's own sessions.
#[derive(SimpleObject)]
struct SessionEndPayload {
    /// How many were open, and ended.
    ended: usize,
    /// Everything that is wrong; empty as yet.
    errors: Vec<MutationError>,
}

fn errors(problems: Vec<Problem>) -> Vec<MutationError> {
    problems.into_iter().map(MutationError::from).collect()
}

/// A session as it is answered: browsers keep its refresh token out of the reach of scripts.
fn handed_out(ctx: &Context<'_>, signed: &Signed) -> SignedIn {
    let Some(browser) = ctx.data_opt::<Arc<Browser>>() else { return SignedIn::with_refresh_token(signed) };
    if let Some(token) = &signed.refresh_token {
        browser.keep(token);
    }
    SignedIn::without_refresh_token(signed)
}

fn no_session(problems: Vec<Problem>) -> SessionPayload {
    SessionPayload { errors: errors(problems), ..Default::default() }
}

/// The refresh token that somebody brought: in the field, or as a cookie.
fn brought(ctx: &Context<'_>, given: Option<String>) -> Option<Zeroizing<String>> {
    let kept = || ctx.data_opt::<Arc<Browser>>().and_then(|browser| browser.refresh_token());
    given.map(Zeroizing::new).or_else(kept)
}

/// The problem of whoever gives no second factor, or two.
fn one_factor() -> Problem {
    Problem::new(ProblemCode::Required, "input.code", "Give one of `code` and `recoveryCode`.")
}

/// That somebody gives two second factors.
struct TwoFactors;

/// The second factor that somebody gives, if any.
fn factor(
    code: Option<String>,
    recovery_code: Option<String>,
) -> Result<Option<SecondFactorGiven>, TwoFactors> {
    match (code, recovery_code) {
        (Some(code), None) => Ok(Some(SecondFactorGiven::Code(Zeroizing::new(code)))),
        (None, Some(code)) => Ok(Some(SecondFactorGiven::RecoveryCode(Zeroizing::new(code)))),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(TwoFactors),
    }
}

/// What a password leads to, as it is answered.
fn entered(ctx: &Context<'_>, outcome: Outcome<Entered>) -> SignInPayload {
    match outcome {
        Outcome::Problems(problems) => SignInPayload { errors: errors(problems), ..Default::default() },
        Outcome::Done(Entered::Challenged(challenge)) => {
            SignInPayload { challenge: Some(challenge.into()), ..Default::default() }
        }
        Outcome::Done(Entered::SignedIn(signed)) => {
            SignInPayload { session: Some(handed_out(ctx, &signed)), ..Default::default() }
        }
    }
}

/// The way in and out, for staff.
#[derive(Debug, Default)]
pub(super) struct SignInMutations;

/// The way in and out, for staff.
#[Object]
impl SignInMutations {
    /// Says who one is, by user name and password. A wrong name, a wrong password and too many tries are answered alike.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who you are.")] input: SignInInput,
    ) -> Result<SignInPayload, ApiError> {
        let SignInInput { user_name, password } = input;
        let password = Zeroizing::new(password);
        let outcome = services(ctx)?.sign_in(caller(ctx)?, &user_name, &password);
        Ok(entered(ctx, Box::pin(outcome).await?))
    }

    /// Shows that it is oneself, by a second factor, or sets one up by its first code: a session begins.
    async fn verify_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The challenge and what answers it.")] input: SecondFactorInput,
    ) -> Result<SessionPayload, ApiError> {
        let SecondFactorInput { challenge, code, recovery_code } = input;
        let Ok(Some(given)) = factor(code, recovery_code) else { return Ok(no_session(vec![one_factor()])) };
        let outcome = services(ctx)?.verify_second_factor(caller(ctx)?, &challenge, &given);
        Ok(match Box::pin(outcome).await? {
            Outcome::Problems(problems) => no_session(problems),
            Outcome::Done((signed, codes)) => SessionPayload {
                session: Some(handed_out(ctx, &signed)),
                recovery_codes: codes.iter().map(|code| code.to_string()).collect(),
                errors: Vec::new(),
            },
        })
    }

    /// Gives the next access token of a session, and the next refresh token. Each refresh token is good once: one that comes a
    /// second time was stolen, and ends the session. Browsers send none here: a cookie brings it.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the last answer gave. Browsers send none.")] refresh_token: Option<String>,
    ) -> Result<SessionPayload, ApiError> {
        let token = brought(ctx, refresh_token);
        let outcome =
            services(ctx)?.refresh_session(caller(ctx)?, token.as_ref().map(|token| token.as_str()));
        Ok(match Box::pin(outcome).await? {
            Outcome::Problems(problems) => {
                if let Some(browser) = ctx.data_opt::<Arc<Browser>>() {
                    browser.forget();
                }
                no_session(problems)
            }
            Outcome::Done(signed) => {
                SessionPayload { session: Some(handed_out(ctx, &signed)), ..Default::default() }
            }
        })
    }

    /// Ends the session that a refresh token belongs to or, without one, the access token: both hold no longer, at once.
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the last answer gave. Browsers send none.")] refresh_token: Option<String>,
    ) -> Result<SignOutPayload, ApiError> {
        let token = brought(ctx, refresh_token);
        let out = services(ctx)?.sign_out(caller(ctx)?, token.as_ref().map(|token| token.as_str()));
        let ended = Box::pin(out).await?;
        if let Some(browser) = ctx.data_opt::<Arc<Browser>>() {
            browser.forget();
        }
        Ok(SignOutPayload { ended, errors: Vec::new() })
    }

    /// Accepts an invitation to the staff, with a password of one's own; a second factor is set up next. The link is good once.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link, and the password that is to be yours.")] input: AcceptInvitationInput,
    ) -> Result<SignInPayload, ApiError> {
        let AcceptInvitationInput { token, password } = input;
        let (token, password) = (Zeroizing::new(token), Zeroizing::new(password));
        let outcome = services(ctx)?.accept_invitation(caller(ctx)?, &token, &password);
        Ok(entered(ctx, Box::pin(outcome).await?))
    }

    /// Has a link sent to set a new password, to the address of whoever has that user name. The answer never tells whether
    /// somebody does.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Upper and lower case are the same.")] user_name: String,
    ) -> Result<PasswordResetRequestPayload, ApiError> {
        services(ctx)?.request_password_reset(caller(ctx)?, &user_name).await?;
        Ok(PasswordResetRequestPayload { accepted: true, errors: Vec::new() })
    }

    /// Sets a new password, by a link. The link is good once, all sessions end, and the second factor stays.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link, and the new password.")] input: ResetPasswordInput,
    ) -> Result<PasswordResetPayload, ApiError> {
        let ResetPasswordInput { token, password } = input;
        let (token, password) = (Zeroizing::new(token), Zeroizing::new(password));
        let outcome = services(ctx)?.reset_password(caller(ctx)?, &token, &password);
        Ok(set(Box::pin(outcome).await?))
    }

    /// Changes one's own password. All other sessions end; this one goes on, by its next access token.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password that holds, and the new one.")] input: PasswordChangeInput,
    ) -> Result<PasswordResetPayload, ApiError> {
        let PasswordChangeInput { current_password, new_password } = input;
        let (current, new) = (Zeroizing::new(current_password), Zeroizing::new(new_password));
        let outcome = services(ctx)?.change_own_password(caller(ctx)?, &current, &new);
        Ok(set(Box::pin(outcome).await?))
    }

    /// Shows again who one is, in a session that goes on: the next access token says so, and with it one may hand on access for a
    /// while. The refresh token stays as it is.
    async fn session_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Your password, and your second factor where one is set up.")]
        input: SessionConfirmInput,
    ) -> Result<SessionPayload, ApiError> {
        let SessionConfirmInput { password, code, recovery_code } = input;
        let password = Zeroizing::new(password);
        let Ok(given) = factor(code, recovery_code) else { return Ok(no_session(vec![one_factor()])) };
        let outcome = services(ctx)?.confirm_session(caller(ctx)?, &password, given.as_ref());
        Ok(match Box::pin(outcome).await? {
            Outcome::Problems(problems) => no_session(problems),
            Outcome::Done(signed) => {
                let session = Some(SignedIn::without_refresh_token(&signed));
                SessionPayload { session, ..Default::default() }
            }
        })
    }

    /// Ends one of one's own sessions: its tokens hold no longer, at once.
    async fn session_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session, as `viewer` names it.")] id: ID,
    ) -> Result<SessionEndPayload, ApiError> {
        let ended = services(ctx)?.end_own_session(caller(ctx)?, &id).await?;
        Ok(SessionEndPayload { ended: ended.into(), errors: Vec::new() })
    }

    /// Ends all of one's own sessions but this one.
    async fn session_end_others(&self, ctx: &Context<'_>) -> Result<SessionEndPayload, ApiError> {
        let ended = services(ctx)?.end_other_sessions(caller(ctx)?).await?;
        Ok(SessionEndPayload { ended, errors: Vec::new() })
    }
}

fn set(outcome: Outcome<()>) -> PasswordResetPayload {
    match outcome {
        Outcome::Problems(problems) => PasswordResetPayload { done: false, errors: errors(problems) },
        Outcome::Done(()) => PasswordResetPayload { done: true, errors: Vec::new() },
    }
}
