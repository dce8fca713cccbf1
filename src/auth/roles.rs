//! Roles that somebody may hold: those that are built in, which are code and cannot be changed, and those that an
//! administrator defined, which are data over the same permissions. A token carries both by their keys.

use std::{collections::BTreeSet, sync::Arc};

use super::policy::{Permission, Role};

/// A role that an administrator defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinedRole {
    /// Its name in tokens; never that of a built-in role, and never changed.
    pub key: String,
    /// What it allows.
    pub permissions: BTreeSet<Permission>,
    /// Whether it reaches leads alone: see [`lead`](crate::domain::lead).
    pub leads_only: bool,
}

/// A role that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldRole {
    /// One of the table.
    BuiltIn(Role),
    /// One of an administrator's.
    Defined(Arc<DefinedRole>),
}

impl HeldRole {
    /// Its name in tokens, and in the audit trail.
    pub fn key(&self) -> &str {
        match self {
            Self::BuiltIn(role) => role.claim(),
            Self::Defined(role) => &role.key,
        }
    }

    /// Whether it allows that.
    pub fn allows(&self, permission: Permission) -> bool {
        match self {
            Self::BuiltIn(role) => permission.holders().contains(role),
            Self::Defined(role) => role.permissions.contains(&permission),
        }
    }

    /// Whether it reaches leads alone.
    pub fn is_for_leads(&self) -> bool {
        match self {
            Self::BuiltIn(role) => role.is_for_leads(),
            Self::Defined(role) => role.leads_only,
        }
    }

    /// Everything that it allows.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(|permission| self.allows(*permission))
    }
}

/// The roles that administrators defined, as of some instant.
#[derive(Debug, Clone, Default)]
pub struct DefinedRoles(Vec<Arc<DefinedRole>>);

impl DefinedRoles {
    /// The role of that key, built in or defined; none of a key that nobody knows.
    pub fn role(&self, key: &str) -> Option<HeldRole> {
        let defined = || self.0.iter().find(|role| role.key == key).cloned().map(HeldRole::Defined);
        Role::from_claim(key).map(HeldRole::BuiltIn).or_else(defined)
    }

    /// Every role that there is, built-in ones first.
    pub fn all(&self) -> impl Iterator<Item = HeldRole> {
        let built_in = Role::ALL.iter().copied().map(HeldRole::BuiltIn);
        built_in.chain(self.0.iter().cloned().map(HeldRole::Defined))
    }
}

impl FromIterator<DefinedRole> for DefinedRoles {
    fn from_iter<T: IntoIterator<Item = DefinedRole>>(roles: T) -> Self {
        Self(roles.into_iter().map(Arc::new).collect())
    }
}

/// What of these permissions the roles of somebody do not allow, or not as far: nobody hands on what they do not hold, and
/// who reaches leads alone by a permission hands it on for leads alone.
pub fn beyond<'a>(held: &'a [HeldRole], role: &'a HeldRole) -> impl Iterator<Item = Permission> + 'a {
    let reaches = |permission: Permission| {
        held.iter().any(|own| own.allows(permission) && (role.is_for_leads() || !own.is_for_leads()))
    };
    role.permissions().filter(move |permission| !reaches(*permission))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defined(key: &str, permissions: &[Permission], leads_only: bool) -> DefinedRole {
        DefinedRole { key: key.to_owned(), permissions: permissions.iter().copied().collect(), leads_only }
    }

    fn missing(held: &[HeldRole], role: &HeldRole) -> Vec<Permission> {
        beyond(held, role).collect()
    }

    #[test]
    fn a_key_names_a_built_in_role_whatever_else_is_called_so() {
        let roles: DefinedRoles =
            [defined("admin", &[], false), defined("desk", &[], false)].into_iter().collect();
        assert_eq!(roles.role("admin"), Some(HeldRole::BuiltIn(Role::Admin)));
        assert_eq!(roles.role("desk").map(|role| role.key().to_owned()), Some("desk".to_owned()));
        assert_eq!(roles.role("Desk"), None);
        assert_eq!(roles.all().count(), Role::ALL.len() + 2);
    }

    #[test]
    fn nobody_hands_on_what_they_do_not_hold() {
        let [admin, compliance, machine] =
            [Role::Admin, Role::Compliance, Role::Machine].map(HeldRole::BuiltIn);
        for role in Role::ALL.iter().copied().map(HeldRole::BuiltIn) {
            assert_eq!(missing(std::slice::from_ref(&admin), &role), [], "{}", role.key());
            assert_eq!(missing(std::slice::from_ref(&role), &role), [], "{}", role.key());
        }
        assert_eq!(missing(&[compliance], &machine), [Permission::ActivityRecord]);
        assert!(missing(&[], &machine).contains(&Permission::ActivityRecord));
    }

    #[test]
    fn a_permission_for_leads_is_handed_on_for_leads_alone() {
        let marketing = HeldRole::BuiltIn(Role::Marketing);
        let of =
            |leads_only| HeldRole::Defined(Arc::new(defined("callers", &[Permission::UserRead], leads_only)));
        assert_eq!(missing(std::slice::from_ref(&marketing), &of(true)), []);
        assert_eq!(missing(std::slice::from_ref(&marketing), &of(false)), [Permission::UserRead]);
        // another role reaches everybody
        let both = [marketing, HeldRole::BuiltIn(Role::ViewOnly)];
        assert_eq!(missing(&both, &of(false)), []);
    }
}
