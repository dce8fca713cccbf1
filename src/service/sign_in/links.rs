//! The links that letters bring: to accept an invitation, and to set a new password. Whether a link is good is judged before a
//! password is hashed, and once more when it is used up.

use std::{sync::Arc, time::Duration};

use backdesk_entity::enums::{StaffState, TokenPurpose};
use chrono::TimeDelta;
use tracing::Instrument;
use zeroize::Zeroizing;

use super::{Entered, at_name, at_own_password};
use crate::{
    auth::{
        caller::Caller,
        opaque::Purpose,
        password::{self, NewPassword, PasswordHash},
        policy::Action,
    },
    domain::{
        mistake::Mistake,
        problem::{Problem, ProblemCode},
        text,
    },
    service::{
        Services,
        error::{ApiError, Outcome},
        staff::{Notice, notify, send_link},
    },
    store::{
        Writer,
        audit::FieldChange,
        sent_token::SentToken,
        staff::{StaffFile, StaffMember},
    },
};

/// How long a link to set a new password is left alone that is good still: whoever asks for another one meanwhile has a letter
/// waiting, and no stranger ends it.
const LEFT_ALONE: TimeDelta = TimeDelta::hours(1);

/// A link that opens nothing.
fn invalid() -> Problem {
    let message = "This link is not good, or no longer: ask for another one.";
    Problem::new(ProblemCode::LinkInvalid, "input.token", message)
}

impl Services {
    /// Makes somebody a member of staff, by the link of their invitation; then they set up a second factor.
    pub async fn accept_invitation(
        &self,
        caller: &Arc<Caller>,
        token: &str,
        password: &str,
    ) -> Result<Outcome<Entered>, ApiError> {
        self.permit(caller, Action::AcceptInvitation).await?;
        let purpose = (TokenPurpose::StaffInvitation, Purpose::StaffInvitation);
        let Some((link, file)) = self.opened(purpose, token, StaffState::Invited).await? else {
            return Ok(Outcome::Problems(vec![invalid()]));
        };
        let hash = match self.new_hash(&file.member, password).await? {
            Ok(hash) => hash,
            Err(mistake) => return Ok(Outcome::Problems(vec![refused(mistake, "input.password")])),
        };
        let writer = self.write_as(caller, file.member.id, Action::AcceptInvitation).await?;
        writer.staff_turn().await?;
        let Some(before) = still_good(&writer, &link, StaffState::Invited).await? else {
            writer.discard().await?;
            return Ok(Outcome::Problems(vec![invalid()]));
        };
        let mut after = before.clone();
        after.member.state = StaffState::Active;
        // one that was printed proves nothing of an address
        if link.destination == after.member.email {
            after.member.email_verified_at = Some(self.now());
        }
        let staff = after.member.id;
        writer.set_password(staff, hash.as_str(), self.now()).await?;
        let (file, change) = writer.update_staff(&before, after).await?;
        let credential = writer.credential(staff).await?.ok_or(ApiError::Internal)?;
        writer.commit(change.unwrap_or_default()).await?;
        let visitor = self.visitor(caller.origin());
        self.enter(caller, &file.member, &credential, &visitor).await
    }

    /// Has a link sent to whoever has that user name, if somebody does who may sign in. It is done behind the answer, which
    /// takes the same time and says the same in any case.
    pub async fn request_password_reset(
        &self,
        caller: &Arc<Caller>,
        user_name: &str,
    ) -> Result<(), ApiError> {
        self.permit(caller, Action::RequestPasswordReset).await?;
        let (services, caller, folded) = (self.clone(), Arc::clone(caller), text::fold(user_name));
        let sending = async move {
            tokio::time::sleep(a_while()).await;
            if services.send_password_reset(&caller, &folded).await.is_err() {
                tracing::error!("a link to set a new password could not be sent");
            }
        };
        self.tasks().spawn(sending.in_current_span());
        Ok(())
    }

    async fn send_password_reset(&self, caller: &Arc<Caller>, folded: &str) -> Result<(), ApiError> {
        let Some((member, _)) = self.store().staff_called(folded).await? else { return Ok(()) };
        let permit = self.permit(caller, Action::RequestPasswordReset).await?;
        let writer = self.store().write(permit).await?;
        writer.staff_turn().await?;
        let file = writer.any_staff_file(member.id).await?;
        let Some(file) = file.filter(|file| file.member.state == StaffState::Active) else {
            return Ok(writer.discard().await?);
        };
        let (now, purpose) = (self.now(), TokenPurpose::StaffPasswordReset);
        if writer.has_open_token(file.member.id, purpose, now - LEFT_ALONE).await? {
            return Ok(writer.discard().await?);
        }
        let hours = writer.policies_that_stay().await?.password_reset_hours;
        let link = send_link(self, &writer, &file.member, purpose, (now, hours), None).await?;
        Ok(writer.commit(link.change(&file)).await?)
    }

    /// Sets a new password, by a link. All sessions end, and tries of the password are counted anew. Those of the second factor
    /// are not: it is what keeps out who reads somebody's letters.
    pub async fn reset_password(
        &self,
        caller: &Arc<Caller>,
        token: &str,
        password: &str,
    ) -> Result<Outcome<()>, ApiError> {
        self.permit(caller, Action::ResetPassword).await?;
        let purpose = (TokenPurpose::StaffPasswordReset, Purpose::StaffPasswordReset);
        let Some((link, file)) = self.opened(purpose, token, StaffState::Active).await? else {
            return Ok(Outcome::Problems(vec![invalid()]));
        };
        let hash = match self.new_hash(&file.member, password).await? {
            Ok(hash) => hash,
            Err(mistake) => return Ok(Outcome::Problems(vec![refused(mistake, "input.password")])),
        };
        let writer = self.write_as(caller, file.member.id, Action::ResetPassword).await?;
        writer.staff_turn().await?;
        let Some(before) = still_good(&writer, &link, StaffState::Active).await? else {
            writer.discard().await?;
            return Ok(Outcome::Problems(vec![invalid()]));
        };
        self.change_password(writer, &before, &hash, None).await.map(Outcome::Done)
    }

    /// Sets a password in a transaction and ends it: tokens of before hold no longer, sessions end but for the one that is
    /// kept, and the owner is told.
    pub(super) async fn change_password(
        &self,
        writer: Writer,
        before: &StaffFile,
        hash: &PasswordHash,
        kept: Option<uuid::Uuid>,
    ) -> Result<(), ApiError> {
        let (now, mut after) = (self.now(), before.clone());
        after.member.rights_version += 1;
        let staff = after.member.id;
        writer.set_password(staff, hash.as_str(), now).await?;
        writer.end_sessions(staff, kept).await?;
        for ended in writer.end_sent_tokens(staff, Some(TokenPurpose::StaffPasswordReset), now).await? {
            writer.withdraw_mail(ended).await?;
        }
        let name_hash = self.store().opaque().hash_name(&after.member.user_name);
        writer.forget_tries(&at_name(&name_hash)).await?;
        writer.forget_tries(&at_own_password(staff)).await?;
        notify(&writer, &after.member, Notice::PasswordChanged).await?;
        let (_, change) = writer.update_staff(before, after).await?;
        let mut change = change.unwrap_or_default();
        change.fields.push(FieldChange::told("password", "SET"));
        Ok(writer.commit(change).await?)
    }

    /// The hash of a new password, or what is wrong with it.
    pub(in crate::service) async fn new_hash(
        &self,
        member: &StaffMember,
        password: &str,
    ) -> Result<Result<PasswordHash, Mistake>, ApiError> {
        let typed = Zeroizing::new(password.to_owned());
        let about = [
            Some(member.user_name.clone()),
            Some(member.email.clone()),
            member.first_name.clone(),
            member.last_name.clone(),
        ];
        let work = move || {
            let about: Vec<&str> = about.iter().flatten().map(String::as_str).collect();
            let new = NewPassword::judge(&typed, &about)?;
            Ok(password::hash(&new))
        };
        self.hashing().run(work).await.map_err(|_| ApiError::Crowded)
    }

    /// Whom a link is for, if it is good: neither used nor ended nor late, of somebody in that state.
    async fn opened(
        &self,
        (kept, hashed): (TokenPurpose, Purpose),
        token: &str,
        state: StaffState,
    ) -> Result<Option<(SentToken, StaffFile)>, ApiError> {
        let Some(hash) = self.store().opaque().hash(hashed, token) else { return Ok(None) };
        let Some(link) = self.store().find_sent_token(kept, hash).await? else { return Ok(None) };
        let Some(staff) = link.staff_id else { return Ok(None) };
        let file = self.store().staff_file(staff).await?;
        let good = link.used_at.is_none() && link.ended_at.is_none() && self.now() < link.expires_at;
        Ok(file.filter(|file| good && file.member.state == state).map(|file| (link, file)))
    }
}

/// Somewhere between a tenth of a second and three quarters: whoever measures what comes behind their own request must not find
/// the work that is done for a name that somebody has.
fn a_while() -> Duration {
    let mut byte = [0];
    // without random numbers nothing goes on for long
    let _ = aws_lc_rs::rand::fill(&mut byte);
    Duration::from_millis(100 + u64::from(byte[0]) * 5 / 2)
}

/// Uses a link up in a transaction: whom it is for, if it still was good.
async fn still_good(
    writer: &Writer,
    link: &SentToken,
    state: StaffState,
) -> Result<Option<StaffFile>, ApiError> {
    let Some(staff) = link.staff_id else { return Ok(None) };
    if !writer.use_sent_token(link.id, writer.clock().now()).await? {
        return Ok(None);
    }
    let file = writer.any_staff_file(staff).await?;
    Ok(file.filter(|file| file.member.state == state))
}

pub(super) fn refused(mistake: Mistake, path: &str) -> Problem {
    Problem::new(ProblemCode::Invalid, path, mistake.into_message())
}
