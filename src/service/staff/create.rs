//! New staff members: invited by a link, with what they are to hold; or with what another one holds, as far as whoever
//! duplicates them holds it.

use std::sync::Arc;

use backdesk_entity::enums::{StaffState, TokenPurpose};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    StaffActed,
    act::{Acting, Kept, taken},
    acts::describe,
    reach::Actor,
};
use crate::{
    auth::{
        caller::Caller,
        policy::{Action, Permission, Role},
    },
    domain::{
        problem::{ProblemCode, Problems},
        staff::{GrantsGiven, StaffChange},
        text,
    },
    service::{
        Miss, Services,
        error::{ApiError, Outcome},
        parse_id,
        user::{MutationOptions, moment, replay},
    },
    store::{
        Writer,
        audit::{Change, FieldChange},
        staff::{ALL_ACCOUNTS, Grant, Grants, StaffFile, StaffMember, derive},
    },
};

/// The language of letters when nothing is said.
const LANGUAGE: &str = "en";

/// A staff member who is to be invited.
#[derive(Debug, Clone, Serialize)]
pub struct NewStaff {
    /// Who it is: user name and e-mail address are given.
    pub change: StaffChange,
    /// What they are to hold.
    pub grants: GrantsGiven,
}

/// A staff member who is to hold what another one holds.
#[derive(Debug, Clone, Serialize)]
pub struct DuplicateStaff {
    /// Who it is: user name and e-mail address are given.
    pub change: StaffChange,
}

/// Where the grants of a new staff member come from.
enum From<'a> {
    Given(&'a GrantsGiven),
    /// What is beyond the actor is dropped.
    Source(Grants),
}

impl Services {
    /// Invites a staff member.
    pub async fn create_staff(
        &self,
        caller: &Arc<Caller>,
        new: &NewStaff,
        options: &MutationOptions,
    ) -> Result<Outcome<StaffActed>, ApiError> {
        let permit = self.permit(caller, Action::StaffCreate).await?;
        let writer = options.open(self.store(), &permit).await?;
        if let Some(kept) = replay(&writer, options, &(new, &options.reason)).await? {
            return self.kept_staff(&writer, kept, options).await;
        }
        writer.staff_turn().await?;
        self.invite(writer, &new.change, From::Given(&new.grants), options).await
    }

    /// Invites a staff member who holds what the one of that id does, as far as the caller holds it too.
    pub async fn duplicate_staff(
        &self,
        caller: &Arc<Caller>,
        id: &str,
        new: &DuplicateStaff,
        options: &MutationOptions,
    ) -> Result<Outcome<StaffActed>, ApiError> {
        let permit = self.permit(caller, Action::StaffDuplicate).await?;
        let id = parse_id(id).ok_or(ApiError::NotFound)?;
        let writer = options.open(self.store(), &permit).await?;
        if let Some(kept) = replay(&writer, options, &(id, new, &options.reason)).await? {
            return self.kept_staff(&writer, kept, options).await;
        }
        writer.staff_turn().await?;
        let Some(source) = writer.staff_file(id).await? else {
            self.record_out_of_scope(&permit, Miss::Staff(id));
            return Err(ApiError::NotFound);
        };
        self.invite(writer, &new.change, From::Source(source.grants), options).await
    }

    /// Has one staff member for each role, who sees all accounts: for a demo. Where there is staff already, nobody is added;
    /// who is active of those that an earlier demo made has this password from now on, and goes on with the second factor that
    /// they have.
    pub async fn show_staff(&self, caller: &Arc<Caller>, password: &str) -> Result<Vec<String>, ApiError> {
        let permit = self.permit(caller, Action::StaffCreate).await?;
        let writer = self.store().write(permit).await?;
        writer.staff_turn().await?;
        let now = writer.clock().now();
        let (mut changes, mut names) = (Vec::new(), Vec::new());
        let is_new = !writer.has_staff().await?;
        for role in Role::ALL.iter().map(|role| role.claim()) {
            let mut file = blank(&writer, now);
            file.member.user_name = format!("demo-{role}");
            file.member.email = format!("{role}@demo.example");
            file.member.first_name = Some("Demo".to_owned());
            file.member.last_name = Some(role.to_owned());
            file.member.state = StaffState::Active;
            file.member.email_verified_at = Some(now);
            derive(&mut file.member);
            let grant = |key: &str| {
                let granted_by = caller.called().to_owned();
                vec![Grant { key: key.to_owned(), until: None, granted_at: now, granted_by }]
            };
            file.grants = Grants { roles: grant(role), accounts: grant(ALL_ACCOUNTS) };
            names.push(file.member.user_name.clone());
            if is_new {
                changes.push(writer.insert_staff(&file).await?);
            }
        }
        writer.commit_all(changes).await?;
        let mut shown = Vec::new();
        for name in names {
            if self.give_password(caller, &name, password).await? {
                shown.push(name);
            }
        }
        Ok(shown)
    }

    /// Sets the password of an active staff member, if there is one of that name.
    async fn give_password(
        &self,
        caller: &Arc<Caller>,
        name: &str,
        password: &str,
    ) -> Result<bool, ApiError> {
        let found = self.store().staff_called(&text::fold(name)).await?;
        let Some((member, _)) = found.filter(|(member, _)| member.state == StaffState::Active) else {
            return Ok(false);
        };
        let Ok(hash) = self.new_hash(&member, password).await? else { return Err(ApiError::Internal) };
        let permit = self.permit(caller, Action::StaffUpdate).await?;
        let writer = self.store().write(permit).await?;
        writer.set_password(member.id, hash.as_str(), self.now()).await?;
        let fields = vec![FieldChange::told("password", "SET")];
        let target = writer.any_staff_file(member.id).await?.map(|file| file.target(None));
        writer.commit(Change { fields, target, ..Change::default() }).await?;
        Ok(true)
    }

    async fn invite(
        &self,
        writer: Writer,
        change: &StaffChange,
        from: From<'_>,
        options: &MutationOptions,
    ) -> Result<Outcome<StaffActed>, ApiError> {
        let defined = writer.defined_roles().await?;
        let actor = Actor::of(&writer, self.tokens().issuer(), &defined).await?;
        let writer = self.still_may(writer, &actor, (Permission::StaffManage, false), None).await?;
        let mut problems = Problems::under("input");
        let moment = moment(&writer, options, &mut problems);
        let acting =
            Acting { services: self, writer: &writer, actor: &actor, defined: &defined, moment: &moment };
        let mut file = blank(&writer, acting.moment.now());
        describe(&mut file.member, change, &mut problems);
        derive(&mut file.member);
        let (mut dropped_roles, mut dropped_accounts) = (Vec::new(), Vec::new());
        match from {
            From::Given(given) => {
                file.grants = acting.granted(&Grants::default(), given, &mut problems).await?;
            }
            From::Source(source) => {
                let (grants, roles, accounts) = acting.handed_on(source);
                for (what, left) in [("roles", &grants.roles), ("accounts", &grants.accounts)] {
                    if left.is_empty() {
                        let message =
                            format!("You hold none of their {what}: nothing would be left for the new one.");
                        problems.add_at(ProblemCode::Required, "id", message);
                    }
                }
                (file.grants, dropped_roles, dropped_accounts) = (grants, roles, accounts);
            }
        }
        problems.extend(taken(&writer, &file, "input").await?);
        let found = problems.into_found();
        if !found.is_empty() {
            return self.not_done(writer, options, None, found).await;
        }
        let mut written = writer.insert_staff(&file).await?;
        let hours = writer.policies_that_stay().await?.staff_invitation_hours;
        let link = acting.send_link(&file.member, TokenPurpose::StaffInvitation, hours).await?;
        written.fields.extend(link.told());
        let kept = Kept { dropped_roles, dropped_accounts, ..Kept::of(&file, Some(&link)) };
        self.end_staff_act(writer, options, moment, Some(written), kept, None).await
    }
}

/// A staff member of whom nothing is said yet.
pub(in crate::service) fn blank(writer: &Writer, now: DateTime<Utc>) -> StaffFile {
    let member = StaffMember {
        id: writer.clock().new_id(),
        user_name: String::new(),
        user_name_folded: String::new(),
        email: String::new(),
        email_folded: String::new(),
        first_name: None,
        first_name_folded: None,
        last_name: None,
        last_name_folded: None,
        language: LANGUAGE.to_owned(),
        state: StaffState::Invited,
        version: 1,
        rights_version: 1,
        created_at: now,
        updated_at: now,
        email_verified_at: None,
        last_sign_in_at: None,
        search_text: String::new(),
    };
    StaffFile { member, grants: Grants::default() }
}

impl Acting<'_> {
    /// What the actor may hand on of these grants, and what is dropped: keys of roles, codes of accounts. What has run out is
    /// neither.
    fn handed_on(&self, source: Grants) -> (Grants, Vec<String>, Vec<String>) {
        let now = self.moment.now();
        let by = self.writer.permit().caller().called();
        let Grants { mut roles, mut accounts } = source;
        roles.retain(|grant| grant.holds_at(now) && self.defined.role(&grant.key).is_some());
        accounts.retain(|grant| grant.holds_at(now));
        let beyond = |keys: Vec<&str>| keys.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let dropped_roles = beyond(self.actor.roles_beyond(&roles, self.defined));
        let dropped_accounts = beyond(self.actor.accounts_beyond(&accounts));
        roles.retain(|grant| !dropped_roles.contains(&grant.key));
        accounts.retain(|grant| !dropped_accounts.contains(&grant.key));
        let anew = |grants: Vec<Grant>| {
            let anew = |grant: Grant| Grant { granted_at: now, granted_by: by.to_owned(), ..grant };
            grants.into_iter().map(anew).collect()
        };
        (Grants { roles: anew(roles), accounts: anew(accounts) }, dropped_roles, dropped_accounts)
    }
}
