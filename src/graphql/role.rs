//! Roles and permissions in the API.

use async_graphql::{
    Context, ID, InputObject, MaybeUndefined, Object, SimpleObject, resolver_utils::EnumType,
};

use super::{
    guard::{caller, services},
    payload::{ChangePreview, MutationError, MutationOptions},
    user::patch_by,
};
use crate::{
    auth::policy::{Action, Permission, Role},
    service::{
        error::{ApiError, Outcome},
        role::{RoleActed, RoleChange, RoleInfo},
        staff::may_hand_on,
        user,
    },
};

/// A named set of permissions that staff members hold: built in, or defined by an administrator.
#[derive(Clone)]
pub(super) struct StaffRole(RoleInfo);

impl From<RoleInfo> for StaffRole {
    fn from(role: RoleInfo) -> Self {
        Self(role)
    }
}

/// A named set of permissions that staff members hold: built in, or defined by an administrator.
#[Object]
impl StaffRole {
    /// What the API calls it; null of a built-in role.
    async fn id(&self) -> Option<ID> {
        self.0.id.map(ID::from)
    }

    /// Its name in tokens and grants.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is for.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// Whether it is built in, and cannot be changed.
    async fn built_in(&self) -> bool {
        self.0.id.is_none()
    }

    /// What it allows.
    async fn permissions(&self) -> Vec<Permission> {
        self.0.held().permissions().collect()
    }

    /// Whether it reaches leads alone: users who are not verified yet.
    async fn leads_only(&self) -> bool {
        self.0.leads_only
    }

    /// Rises with every change; null of a built-in role.
    async fn version(&self) -> Option<i32> {
        self.0.version
    }

    /// Whether you hold everything that it allows, and so may give it to somebody.
    async fn viewer_can_assign(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let caller = caller(ctx)?;
        Ok(caller.may(Action::StaffSetGrants).is_ok() && may_hand_on(caller, &self.0.held()))
    }
}

/// Something that can be allowed to staff members.
#[derive(SimpleObject)]
struct PermissionInfo {
    /// Its name.
    key: Permission,
    /// What it allows.
    description: &'static str,
    /// The built-in roles that hold it.
    roles: Vec<Role>,
    /// Whether each read that it allows is logged.
    sensitive: bool,
    /// Whether you hold it.
    held: bool,
}

/// A role that is defined.
#[derive(Debug, InputObject)]
struct RoleCreateInput {
    /// Its name in tokens and grants: 1 to 40 letters, digits and `_ - .`. Never changed.
    key: String,
    /// What people call it.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// What it allows: nothing that you do not hold.
    permissions: Vec<Permission>,
    /// Whether it reaches leads alone: users who are not verified yet.
    #[graphql(default)]
    leads_only: bool,
}

/// What changes of a role: what is absent stays.
#[derive(Debug, InputObject)]
struct RoleUpdateInput {
    /// What people call it.
    name: Option<String>,
    /// What it is for.
    description: MaybeUndefined<String>,
    /// Everything that it allows: nothing that you do not hold.
    permissions: Option<Vec<Permission>>,
    /// Whether it reaches leads alone.
    leads_only: Option<bool>,
}

impl From<RoleCreateInput> for RoleChange {
    fn from(input: RoleCreateInput) -> Self {
        let RoleCreateInput { key, name, description, permissions, leads_only } = input;
        Self {
            key: Some(key),
            name: Some(name),
            description: crate::domain::user::Patch::of(description),
            permissions: Some(permissions.into_iter().collect()),
            leads_only: Some(leads_only),
        }
    }
}

impl From<RoleUpdateInput> for RoleChange {
    fn from(input: RoleUpdateInput) -> Self {
        let RoleUpdateInput { name, description, permissions, leads_only } = input;
        Self {
            key: None,
            name,
            description: patch_by(description, |words| words),
            permissions: permissions.map(|permissions| permissions.into_iter().collect()),
            leads_only,
        }
    }
}

/// What an act on a role answers.
#[derive(SimpleObject)]
struct RolePayload {
    /// The role as it is now, or as it was when it was deleted: with `validateOnly` untouched, and null for one that would be
    /// new. Null when there are errors.
    role: Option<StaffRole>,
    /// Everything that is wrong with the input; empty when the act took effect, or would.
    errors: Vec<MutationError>,
    /// Whether `validateOnly` was asked for: nothing changed.
    validated_only: bool,
    /// What would change; with `validateOnly`, unless there are errors.
    preview: Option<ChangePreview>,
}

impl RolePayload {
    fn of(outcome: Outcome<RoleActed>, validated_only: bool) -> Self {
        match outcome {
            Outcome::Problems(problems) => Self {
                role: None,
                errors: problems.into_iter().map(MutationError::from).collect(),
                validated_only,
                preview: None,
            },
            Outcome::Done(RoleActed { role, preview }) => Self {
                role: role.map(StaffRole),
                errors: Vec::new(),
                validated_only,
                preview: preview.map(|changes| ChangePreview::of(None, changes)),
            },
        }
    }
}

/// Queries on roles.
#[derive(Debug, Default)]
pub(super) struct RoleQueries;

/// Queries on roles.
#[Object]
impl RoleQueries {
    /// Every role that there is: those that are built in, then those that administrators defined, by key.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<StaffRole>, ApiError> {
        Ok(services(ctx)?.roles(caller(ctx)?).await?.into_iter().map(StaffRole).collect())
    }

    /// Everything that can be allowed to staff members.
    async fn permissions(&self, ctx: &Context<'_>) -> Result<Vec<PermissionInfo>, ApiError> {
        let permit = services(ctx)?.permit(caller(ctx)?, Action::Permissions).await?;
        let info = |permission: &Permission| PermissionInfo {
            key: *permission,
            description: permission.describe(),
            roles: permission.holders().to_vec(),
            sensitive: permission.is_sensitive(),
            held: permit.caller().holds(*permission),
        };
        Ok(Permission::items().iter().map(|item| info(&item.value)).collect())
    }
}

/// Acts on roles.
#[derive(Debug, Default)]
pub(super) struct RoleMutations;

/// Acts on roles.
#[Object]
impl RoleMutations {
    /// Defines a role over the permissions that there are.
    async fn role_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new role.")] input: RoleCreateInput,
        #[graphql(desc = "Preview, retry safety and the reason.")] options: Option<MutationOptions>,
    ) -> Result<RolePayload, ApiError> {
        let options: user::MutationOptions = options.into();
        let change = input.into();
        let outcome = services(ctx)?.create_role(caller(ctx)?, &change, &options);
        Ok(RolePayload::of(Box::pin(outcome).await?, options.validate_only))
    }

    /// Changes a role that was defined: from their next request on, whoever holds it may do what it allows then.
    async fn role_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role.")] id: ID,
        #[graphql(desc = "What changes.")] input: RoleUpdateInput,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<RolePayload, ApiError> {
        let options: user::MutationOptions = options.into();
        let change = input.into();
        let outcome = services(ctx)?.update_role(caller(ctx)?, &id, &change, &options);
        Ok(RolePayload::of(Box::pin(outcome).await?, options.validate_only))
    }

    /// Deletes a role that was defined, and that nobody holds.
    async fn role_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role.")] id: ID,
        #[graphql(desc = "Preview, retry safety, expected version and the reason.")] options: Option<
            MutationOptions,
        >,
    ) -> Result<RolePayload, ApiError> {
        let options: user::MutationOptions = options.into();
        let outcome = services(ctx)?.delete_role(caller(ctx)?, &id, &options);
        Ok(RolePayload::of(Box::pin(outcome).await?, options.validate_only))
    }
}
