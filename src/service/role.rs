//! Roles: those that are built in, which are code, and those that administrators define over the same permissions.

use std::{collections::BTreeSet, sync::Arc};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Services,
    error::{ApiError, Outcome},
    parse_id,
    staff::Actor,
    user::{MutationOptions, changed_meanwhile, finish, moment, replay},
};
use crate::{
    auth::{
        caller::Caller,
        policy::{Action, Permission, Role},
        roles::{DefinedRole, HeldRole},
    },
    domain::{
        code,
        problem::{Problem, ProblemCode, Problems},
        text,
        user::Patch,
    },
    store::{
        Writer,
        audit::FieldChange,
        role::{RoleRecord, permissions_kept, permissions_of},
    },
};

/// What the audit trail calls the program itself.
const SYSTEM: &str = "system";
/// Characters of a role's name at most.
const NAME: usize = 100;
/// Characters of its description at most.
const DESCRIPTION: usize = 1000;

/// A role as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleInfo {
    /// What the API calls it; none of a built-in one.
    pub id: Option<Uuid>,
    /// Its name in tokens and grants.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it allows, by name.
    pub permissions: Vec<String>,
    /// Whether it reaches leads alone.
    pub leads_only: bool,
    /// Rises with every change; none of a built-in one.
    pub version: Option<i32>,
}

/// What is to be said of a role anew. What is not mentioned stays as it is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RoleChange {
    /// Its name in tokens and grants: of a new role alone.
    pub key: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// What it is for.
    pub description: Patch<String>,
    /// What it allows.
    #[serde(serialize_with = "names")]
    pub permissions: Option<BTreeSet<Permission>>,
    /// Whether it reaches leads alone.
    pub leads_only: Option<bool>,
}

#[expect(clippy::ref_option, reason = "as serde calls it")]
fn names<S: serde::Serializer>(
    permissions: &Option<BTreeSet<Permission>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    permissions.as_ref().map(permissions_kept).serialize(serializer)
}

/// What came of an act on a role.
#[derive(Debug, Clone)]
pub struct RoleActed {
    /// The role as it is now; of a preview, as it still is. None where there is none.
    pub role: Option<RoleInfo>,
    /// What would change; of a preview alone.
    pub preview: Option<Vec<FieldChange>>,
}

impl RoleInfo {
    /// A built-in role.
    pub fn built_in(role: Role) -> Self {
        Self {
            id: None,
            key: role.claim().to_owned(),
            name: text::spoken(&role.claim().replace('-', "_").to_uppercase()),
            description: role.describe().to_owned(),
            permissions: role.permissions().map(|permission| permission.name().to_owned()).collect(),
            leads_only: role.is_for_leads(),
            version: None,
        }
    }

    /// What it is beside the built-in roles, if it is none of these.
    pub fn defined(&self) -> Option<DefinedRole> {
        match self.held() {
            HeldRole::BuiltIn(_) => None,
            HeldRole::Defined(role) => Some(DefinedRole::clone(&role)),
        }
    }

    /// The role as somebody holds it.
    pub fn held(&self) -> HeldRole {
        match Role::from_claim(&self.key) {
            Some(role) => HeldRole::BuiltIn(role),
            None => HeldRole::Defined(Arc::new(DefinedRole {
                key: self.key.clone(),
                permissions: self.permissions.iter().filter_map(|name| Permission::from_name(name)).collect(),
                leads_only: self.leads_only,
            })),
        }
    }
}

impl From<RoleRecord> for RoleInfo {
    fn from(record: RoleRecord) -> Self {
        let permissions = permissions_of(&record);
        let RoleRecord {
            id,
            key,
            name,
            description,
            permissions: _,
            leads_only,
            version,
            created_at: _,
            updated_at: _,
        } = record;
        let permissions = permissions.into_iter().map(|permission| permission.name().to_owned()).collect();
        Self { id: Some(id), key, name, description, permissions, leads_only, version: Some(version) }
    }
}

impl Services {
    /// Every role that there is, built-in ones first.
    pub async fn roles(&self, caller: &Arc<Caller>) -> Result<Vec<RoleInfo>, ApiError> {
        let permit = self.permit(caller, Action::Roles).await?;
        let defined = self.store().read(&permit).roles().await?;
        let built_in = Role::ALL.iter().copied().map(RoleInfo::built_in);
        Ok(built_in.chain(defined.into_iter().map(RoleInfo::from)).collect())
    }

    /// Defines a role.
    pub async fn create_role(
        &self,
        caller: &Arc<Caller>,
        change: &RoleChange,
        options: &MutationOptions,
    ) -> Result<Outcome<RoleActed>, ApiError> {
        let permit = self.permit(caller, Action::RoleCreate).await?;
        let writer = options.open(self.store(), &permit).await?;
        if let Some(kept) = replay::<RoleInfo>(&writer, options, &(change, &options.reason)).await? {
            return Ok(answered(kept, options));
        }
        writer.staff_turn().await?;
        let (writer, actor) = self.role_maker(writer).await?;
        let mut problems = Problems::under("input");
        let moment = moment(&writer, options, &mut problems);
        let mut role = RoleRecord {
            id: writer.clock().new_id(),
            key: String::new(),
            name: String::new(),
            description: String::new(),
            permissions: permissions_kept(&BTreeSet::new()),
            leads_only: false,
            version: 1,
            created_at: moment.now(),
            updated_at: moment.now(),
        };
        if let Some(key) = change.key.as_deref().and_then(|key| problems.check("key", code::parse(key))) {
            let plain = key.to_ascii_lowercase();
            if plain == SYSTEM || Role::from_claim(&plain).is_some() || writer.has_role_called(&key).await? {
                problems.add(ProblemCode::Unique, "key", "There is a role of this key: choose another.");
            }
            role.key = key;
        }
        describe(&mut role, change, &actor, &mut problems);
        let found = problems.into_found();
        if !found.is_empty() {
            return self.not_done(writer, options, None, found).await;
        }
        let written = writer.insert_role(&role).await?;
        let info = RoleInfo::from(role);
        remember(&writer, options, &info).await?;
        let preview = finish(writer, options, moment, Some(written)).await?;
        self.forget_roles();
        let role = (!options.validate_only).then_some(info);
        Ok(Outcome::Done(RoleActed { role, preview }))
    }

    /// Changes a role that was defined: whoever holds it may from then on what it allows.
    pub async fn update_role(
        &self,
        caller: &Arc<Caller>,
        id: &str,
        change: &RoleChange,
        options: &MutationOptions,
    ) -> Result<Outcome<RoleActed>, ApiError> {
        let permit = self.permit(caller, Action::RoleUpdate).await?;
        let id = parse_id(id).ok_or(ApiError::NotFound)?;
        let writer = options.open(self.store(), &permit).await?;
        let input = (id, change, options.if_version, &options.reason);
        if let Some(kept) = replay::<RoleInfo>(&writer, options, &input).await? {
            return Ok(answered(kept, options));
        }
        writer.staff_turn().await?;
        let (writer, actor) = self.role_maker(writer).await?;
        let Some(before) = writer.role(id).await? else { return Err(ApiError::NotFound) };
        let mut problems = Problems::under("input");
        let row = (before.id, before.version);
        problems.extend(changed_meanwhile(&writer, options, ("The role", "it"), row).await?);
        problems.extend(out_of_reach(&actor, &before));
        let moment = moment(&writer, options, &mut problems);
        let mut after = before.clone();
        describe(&mut after, change, &actor, &mut problems);
        let found = problems.into_found();
        if !found.is_empty() {
            return self.not_done(writer, options, None, found).await;
        }
        let (after, written) = writer.update_role(&before, after).await?;
        let info = RoleInfo::from(after);
        remember(&writer, options, &info).await?;
        let preview = finish(writer, options, moment, written).await?;
        self.forget_roles();
        let role = if options.validate_only { before.into() } else { info };
        Ok(Outcome::Done(RoleActed { role: Some(role), preview }))
    }

    /// Deletes a role that nobody holds.
    pub async fn delete_role(
        &self,
        caller: &Arc<Caller>,
        id: &str,
        options: &MutationOptions,
    ) -> Result<Outcome<RoleActed>, ApiError> {
        let permit = self.permit(caller, Action::RoleDelete).await?;
        let id = parse_id(id).ok_or(ApiError::NotFound)?;
        let writer = options.open(self.store(), &permit).await?;
        let input = (id, options.if_version, &options.reason);
        if let Some(kept) = replay::<RoleInfo>(&writer, options, &input).await? {
            return Ok(answered(kept, options));
        }
        writer.staff_turn().await?;
        let (writer, actor) = self.role_maker(writer).await?;
        let Some(role) = writer.role(id).await? else { return Err(ApiError::NotFound) };
        let mut problems = Problems::under("");
        let row = (role.id, role.version);
        problems.extend(changed_meanwhile(&writer, options, ("The role", "it"), row).await?);
        problems.extend(out_of_reach(&actor, &role));
        let moment = moment(&writer, options, &mut problems);
        let holders = writer.holders_of(&role.key).await?;
        if holders > 0 {
            let message = format!(
                "{holders} staff members hold it, deactivated ones included: find them by `staff(where: {{ role: {{ eq: \
                 \"{}\" }} }})`, and take it from them first.",
                role.key
            );
            problems.add_at(ProblemCode::Conflict, "id", message);
        }
        let found = problems.into_found();
        if !found.is_empty() {
            return self.not_done(writer, options, None, found).await;
        }
        let written = writer.delete_role(&role).await?;
        let info = RoleInfo::from(role);
        remember(&writer, options, &info).await?;
        let preview = finish(writer, options, moment, Some(written)).await?;
        self.forget_roles();
        Ok(Outcome::Done(RoleActed { role: Some(info), preview }))
    }
}

impl Services {
    /// Whoever decides about roles, by what they hold now.
    async fn role_maker(&self, writer: Writer) -> Result<(Writer, Actor), ApiError> {
        let defined = writer.defined_roles().await?;
        let actor = Actor::of(&writer, self.tokens().issuer(), &defined).await?;
        let writer = self.still_may(writer, &actor, (Permission::RoleManage, true), None).await?;
        Ok((writer, actor))
    }
}

/// Says of a role what the change does, or what is wrong with that.
fn describe(role: &mut RoleRecord, change: &RoleChange, actor: &Actor, p: &mut Problems) {
    let RoleChange { key: _, name, description, permissions, leads_only } = change;
    if let Some(name) = name.as_deref().and_then(|name| p.check("name", text::clean_line(name, NAME))) {
        role.name = name;
    }
    match description {
        Patch::Keep => {}
        Patch::Clear => role.description = String::new(),
        Patch::Set(words) => {
            if let Some(words) = p.check("description", text::clean_text(words, DESCRIPTION)) {
                role.description = words;
            }
        }
    }
    if let Some(permissions) = permissions {
        role.permissions = permissions_kept(permissions);
    }
    role.leads_only = leads_only.unwrap_or(role.leads_only);
    let kept = RoleInfo::from(role.clone()).held();
    if kept.allows(Permission::StaffManage) && !kept.allows(Permission::StaffRead) {
        let message = "Who manages staff is answered who they are: add STAFF_READ.";
        p.add(ProblemCode::Invalid, "permissions", message);
    }
    // nobody defines what they do not hold
    let lacks = actor.lacks(&RoleInfo::from(role.clone()).held());
    if !lacks.is_empty() {
        let beyond: Vec<&str> = lacks.into_iter().map(Permission::name).collect();
        let message =
            "You do not hold these permissions, or not as far: nobody hands on what they do not hold.";
        p.extend([Problem::new(ProblemCode::OutOfScopePermission, "input.permissions", message).of(beyond)]);
    }
}

/// A role that allows what the caller may not do is not theirs to change.
fn out_of_reach(actor: &Actor, role: &RoleRecord) -> Option<Problem> {
    let held = RoleInfo::from(role.clone()).held();
    (!actor.lacks(&held).is_empty()).then(|| {
        let message = "The role allows what yours do not: ask somebody who may do that.";
        Problem::new(ProblemCode::OutOfScopePermission, "id", message).of([role.key.as_str()])
    })
}

async fn remember(writer: &Writer, options: &MutationOptions, role: &RoleInfo) -> Result<(), ApiError> {
    if let Some(key) = options.idempotency_key {
        writer.remember(key, &serde_json::to_vec(role).map_err(|_| ApiError::Internal)?).await?;
    }
    Ok(())
}

fn answered(kept: Outcome<RoleInfo>, options: &MutationOptions) -> Outcome<RoleActed> {
    match kept {
        Outcome::Problems(problems) => Outcome::Problems(problems),
        Outcome::Done(role) => Outcome::Done(RoleActed { role: Some(role), preview: options.preview(&[]) }),
    }
}
