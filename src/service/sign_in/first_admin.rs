//! The first administrator: nobody is there who could invite them, so a command does, or the server at its start. The link goes
//! to whoever reads what the program prints.

use std::sync::Arc;

use backdesk_entity::enums::{StaffState, TokenPurpose};
use chrono::TimeDelta;
use zeroize::Zeroizing;

use crate::{
    auth::{
        caller::Caller,
        opaque::Purpose,
        policy::{Action, Role},
    },
    domain::{problem::Problems, staff::StaffChange},
    service::{
        Services,
        error::{ApiError, Outcome},
        staff::{blank, describe, taken},
    },
    store::{
        Writer,
        audit::Change,
        sent_token::SentToken,
        staff::{ALL_ACCOUNTS, Grant, Grants, StaffFile, derive},
    },
};

/// How long a printed link is good.
const GOOD_FOR: TimeDelta = TimeDelta::hours(24);
/// What the server calls the first administrator, who may choose another name.
const NAME: &str = "admin";
/// Where no letter arrives (RFC 2606): they say where theirs should go.
const NOWHERE: &str = "admin@backdesk.invalid";

impl Services {
    /// Makes an administrator of everything, and a link by which they come in.
    pub async fn create_admin(
        &self,
        caller: &Arc<Caller>,
        change: &StaffChange,
    ) -> Result<Outcome<Zeroizing<String>>, ApiError> {
        let permit = self.permit(caller, Action::AdminCreate).await?;
        let writer = self.store().write(permit).await?;
        writer.staff_turn().await?;
        let mut problems = Problems::under("");
        let file = admin(&writer, change, &mut problems);
        problems.extend(taken(&writer, &file, "").await?);
        let found = problems.into_found();
        if !found.is_empty() {
            return Ok(Outcome::Problems(found));
        }
        let written = writer.insert_staff(&file).await?;
        self.print_link(writer, &file, Some(written)).await.map(Outcome::Done)
    }

    /// A link for the first administrator, where nobody may sign in yet and none was invited but them; former ones die.
    pub async fn first_admin(&self, caller: &Arc<Caller>) -> Result<Option<Zeroizing<String>>, ApiError> {
        let permit = self.permit(caller, Action::AdminCreate).await?;
        let writer = self.store().write(permit).await?;
        writer.staff_turn().await?;
        let (file, written) = match writer.only_staff().await? {
            None => {
                let change = StaffChange {
                    user_name: Some(NAME.to_owned()),
                    email: Some(NOWHERE.to_owned()),
                    ..StaffChange::default()
                };
                let file = admin(&writer, &change, &mut Problems::under(""));
                let written = writer.insert_staff(&file).await?;
                (file, Some(written))
            }
            Some(Some(file)) if file.member.email == NOWHERE && file.member.state == StaffState::Invited => {
                (file, None)
            }
            Some(_) => {
                writer.unchanged().await?;
                return Ok(None);
            }
        };
        self.print_link(writer, &file, written).await.map(Some)
    }

    async fn print_link(
        &self,
        writer: Writer,
        file: &StaffFile,
        written: Option<Change>,
    ) -> Result<Zeroizing<String>, ApiError> {
        let (secret, sent_at) = (self.store().opaque().generate(Purpose::StaffInvitation), self.now());
        let token = SentToken {
            id: writer.clock().new_id(),
            purpose: TokenPurpose::StaffInvitation,
            staff_id: Some(file.member.id),
            destination: "printed".to_owned(),
            hash: secret.hash.clone(),
            prefix: secret.prefix.clone(),
            sent_at,
            expires_at: sent_at + GOOD_FOR,
            used_at: None,
            ended_at: None,
        };
        writer.insert_sent_token(&token).await?;
        let change =
            written.unwrap_or_else(|| Change { target: Some(file.target(None)), ..Change::default() });
        writer.commit(change).await?;
        Ok(self.page("staff/invitation", &secret.text))
    }
}

/// An administrator of everything, for good.
fn admin(writer: &Writer, change: &StaffChange, problems: &mut Problems) -> StaffFile {
    let now = writer.clock().now();
    let mut file = blank(writer, now);
    describe(&mut file.member, change, problems);
    derive(&mut file.member);
    let by = writer.permit().caller().called();
    let grant = |key: &str| {
        vec![Grant { key: key.to_owned(), until: None, granted_at: now, granted_by: by.to_owned() }]
    };
    file.grants = Grants { roles: grant(Role::Admin.claim()), accounts: grant(ALL_ACCOUNTS) };
    file
}
