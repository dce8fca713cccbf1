//! The links that staff members are sent: what a link opens is kept as a keyed hash, and goes to its receiver alone.

use backdesk_entity::enums::TokenPurpose;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::act::Acting;
use crate::{
    auth::opaque::Purpose,
    mail::{self, Addressed, Letter, Name},
    service::{Services, error::ApiError},
    store::{
        Writer,
        audit::{Change, FieldChange},
        sent_token::SentToken,
        staff::{StaffFile, StaffMember},
    },
};

/// Who invites where nobody in particular does.
const OURSELVES: &str = "Backdesk";

/// A link that was sent: never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is good for.
    pub purpose: TokenPurpose,
    /// The address.
    pub destination: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// From when on it is good for nothing.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was ended without use.
    pub ended_at: Option<DateTime<Utc>>,
}

impl From<SentToken> for Link {
    fn from(token: SentToken) -> Self {
        let SentToken {
            id: _,
            purpose,
            staff_id: _,
            destination,
            hash: _,
            prefix: _,
            sent_at,
            expires_at,
            used_at,
            ended_at,
        } = token;
        Self { purpose, destination, sent_at, expires_at, used_at, ended_at }
    }
}

impl Link {
    /// What the audit trail tells of its being sent.
    pub(super) fn told(&self) -> Vec<FieldChange> {
        let after =
            json!({ "purpose": self.purpose, "destination": self.destination, "expiresAt": self.expires_at });
        vec![FieldChange::told("link", after)]
    }

    /// The change that its being sent is, where nothing else changed.
    pub(in crate::service) fn change(&self, file: &StaffFile) -> Change {
        Change { fields: self.told(), target: Some(file.target(None)), ..Change::default() }
    }
}

/// What a token of that purpose is hashed as.
pub(in crate::service) fn hashed_as(purpose: TokenPurpose) -> Purpose {
    match purpose {
        TokenPurpose::StaffInvitation => Purpose::StaffInvitation,
        TokenPurpose::StaffPasswordReset => Purpose::StaffPasswordReset,
    }
}

impl Acting<'_> {
    /// Sends a staff member a link that is good for so many hours; former ones of its purpose die.
    pub(super) async fn send_link(
        &self,
        member: &StaffMember,
        purpose: TokenPurpose,
        hours: u32,
    ) -> Result<Link, ApiError> {
        let by = self.writer.permit().caller().called().to_owned();
        let sent_at = self.moment.now();
        send_link(self.services, self.writer, member, purpose, (sent_at, hours), Some(by)).await
    }

    /// Ends the links that a staff member was sent, with the letters that are still under way.
    pub(super) async fn end_links(
        &self,
        member: Uuid,
        purpose: Option<TokenPurpose>,
    ) -> Result<(), ApiError> {
        for ended in self.writer.end_sent_tokens(member, purpose, self.moment.now()).await? {
            self.writer.withdraw_mail(ended).await?;
        }
        Ok(())
    }
}

/// Sends a link: a row with its hash, and a letter with its secret, in the transaction of whatever orders it.
pub(in crate::service) async fn send_link(
    services: &Services,
    writer: &Writer,
    member: &StaffMember,
    purpose: TokenPurpose,
    (sent_at, hours): (DateTime<Utc>, u32),
    by: Option<String>,
) -> Result<Link, ApiError> {
    let secret = services.store().opaque().generate(hashed_as(purpose));
    let token = SentToken {
        id: writer.clock().new_id(),
        purpose,
        staff_id: Some(member.id),
        destination: member.email.clone(),
        hash: secret.hash.clone(),
        prefix: secret.prefix.clone(),
        sent_at,
        expires_at: sent_at + TimeDelta::hours(hours.into()),
        used_at: None,
        ended_at: None,
    };
    for ended in writer.insert_sent_token(&token).await? {
        writer.withdraw_mail(ended).await?;
    }
    let (name, user_name) = (called(member).into(), member.user_name.as_str().into());
    let page = match purpose {
        TokenPurpose::StaffInvitation => "staff/invitation",
        TokenPurpose::StaffPasswordReset => "staff/password",
    };
    let link = mail::Link::parse(&services.page(page, &secret.text)).ok_or(ApiError::Internal)?;
    let (by, expires_at) = (by.map(Name::from), token.expires_at);
    let letter = match purpose {
        TokenPurpose::StaffInvitation => Letter::StaffInvitation {
            name,
            user_name,
            link,
            expires_at,
            invited_by: by.unwrap_or_else(|| OURSELVES.into()),
        },
        TokenPurpose::StaffPasswordReset => {
            Letter::StaffPasswordReset { name, user_name, link, expires_at, asked_by: by }
        }
    };
    let to = member.email.clone();
    writer
        .post(&Addressed { to, language: member.language.clone(), letter, sent_token: Some(token.id) })
        .await?;
    Ok(token.into())
}

/// What people call a staff member: their names, or their user name.
pub fn called(member: &StaffMember) -> String {
    let names: Vec<&str> =
        [&member.first_name, &member.last_name].into_iter().flatten().map(String::as_str).collect();
    if names.is_empty() { member.user_name.clone() } else { names.join(" ") }
}
