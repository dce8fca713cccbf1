//! Roles that administrators defined. Changes of them take the [turn](super::session::Writer::staff_turn) of acts on staff
//! members: who grants a role grants what it allows then.

use std::collections::BTreeSet;

use backdesk_entity::{role, staff_role};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::{
    Store,
    audit::{Change, FieldChange, Target},
    error::StoreError,
    session::{Reader, Writer},
    user::row_changes,
};
use crate::auth::{
    policy::Permission,
    roles::{DefinedRole, DefinedRoles},
};

pub use backdesk_entity::role::Model as RoleRecord;

/// The kind of a role in the audit trail.
const ROLE: &str = "ROLE";

/// What a role allows. What this program does not know, as a newer one wrote it, gives nothing.
pub fn permissions_of(record: &RoleRecord) -> BTreeSet<Permission> {
    let names: Vec<String> = serde_json::from_str(&record.permissions).unwrap_or_default();
    names.iter().filter_map(|name| Permission::from_name(name)).collect()
}

/// How permissions are kept.
pub fn permissions_kept(permissions: &BTreeSet<Permission>) -> String {
    let names: Vec<&str> = permissions.iter().map(|permission| permission.name()).collect();
    serde_json::json!(names).to_string()
}

fn defined(record: &RoleRecord) -> DefinedRole {
    let (key, permissions) = (record.key.clone(), permissions_of(record));
    DefinedRole { key, permissions, leads_only: record.leads_only }
}

async fn all(db: &impl ConnectionTrait) -> Result<Vec<RoleRecord>, StoreError> {
    Ok(role::Entity::find().order_by_asc(role::Column::Key).all(db).await?)
}

impl Store {
    /// What the defined roles allow: what tokens are judged by, before anybody is somebody.
    pub async fn defined_roles(&self) -> Result<DefinedRoles, StoreError> {
        Ok(all(self.db()).await?.iter().map(defined).collect())
    }
}

impl Reader {
    /// The defined roles, by key.
    pub async fn roles(&self) -> Result<Vec<RoleRecord>, StoreError> {
        all(self.db()).await
    }
}

impl Writer {
    /// What the defined roles allow, as of this transaction.
    pub async fn defined_roles(&self) -> Result<DefinedRoles, StoreError> {
        Ok(all(&self.tx).await?.iter().map(defined).collect())
    }

    /// A defined role.
    pub async fn role(&self, id: Uuid) -> Result<Option<RoleRecord>, StoreError> {
        Ok(role::Entity::find_by_id(id).one(&self.tx).await?)
    }

    /// Whether a defined role has this key.
    pub async fn has_role_called(&self, key: &str) -> Result<bool, StoreError> {
        Ok(role::Entity::find().filter(role::Column::Key.eq(key)).one(&self.tx).await?.is_some())
    }

    /// How many staff members hold a role, those included who may not sign in.
    pub async fn holders_of(&self, key: &str) -> Result<u64, StoreError> {
        Ok(staff_role::Entity::find().filter(staff_role::Column::Role.eq(key)).count(&self.tx).await?)
    }

    /// Writes a new role.
    pub async fn insert_role(&self, role: &RoleRecord) -> Result<Change, StoreError> {
        let row = role.clone().into_active_model().reset_all();
        role::Entity::insert(row).exec_without_returning(self.tx_to_change()).await?;
        Ok(change(None, role))
    }

    /// Writes a changed role, where it did change.
    pub async fn update_role(
        &self,
        before: &RoleRecord,
        mut after: RoleRecord,
    ) -> Result<(RoleRecord, Option<Change>), StoreError> {
        if *before == after {
            return Ok((after, None));
        }
        after.version += 1;
        after.updated_at = self.clock().now();
        role::Entity::update(after.clone().into_active_model().reset_all()).exec(self.tx_to_change()).await?;
        let change = change(Some(before), &after);
        Ok((after, Some(change)))
    }

    /// Deletes a role.
    pub async fn delete_role(&self, role: &RoleRecord) -> Result<Change, StoreError> {
        role::Entity::delete_by_id(role.id).exec(self.tx_to_change()).await?;
        let mut deleted = change(None, role);
        for change in &mut deleted.fields {
            std::mem::swap(&mut change.before, &mut change.after);
        }
        Ok(deleted)
    }
}

fn change(before: Option<&RoleRecord>, after: &RoleRecord) -> Change {
    let silent = ["version", "created_at", "updated_at"];
    let rows = row_changes("", before, after, &silent);
    let fields = rows.into_iter().map(|mut change| {
        change.field.remove(0);
        if change.field == "permissions" {
            for value in [&mut change.before, &mut change.after] {
                *value = value.as_str().and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
            }
        }
        change
    });
    let target = Target { kind: ROLE, id: after.id, account: None, version: Some(after.version) };
    let fields: Vec<FieldChange> = fields.collect();
    Change { fields, target: Some(target), ..Change::default() }
}
