//! Who may do what: the one table, on one screen. The door, the guards, the directives and sentences of the schema and
//! the README all read it. A new permission or action does not compile before it has its row.

use async_graphql::{Enum, resolver_utils::EnumType};

/// What can be allowed to a staff member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Enum)]
pub enum Permission {
    /// See users, their lists and counts, accounts and groups.
    UserRead,
    /// Create users.
    UserCreate,
    /// Change the parts of a user's record that have no permission of their own.
    UserUpdate,
    /// Change a user's status, and switch users active or inactive.
    UserStatus,
    /// Freeze and unfreeze users.
    UserFreeze,
    /// Cancel users, for good.
    UserCancel,
    /// Put users into groups and take them out.
    UserGroups,
    /// Read the audit trail of the accounts that one sees.
    AuditRead,
}

/// A named set of permissions that tokens carry. Unknown names give nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Enum)]
pub enum Role {
    /// May do everything.
    Admin,
    /// Sees all user data, and decides on statuses and freezing.
    Compliance,
    /// Sees, and changes nothing.
    ReadOnly,
}

impl Permission {
    /// Every permission, in declared order.
    pub const ALL: [Self; 8] = {
        use Permission::{
            AuditRead, UserCancel, UserCreate, UserFreeze, UserGroups, UserRead, UserStatus, UserUpdate,
        };
        [UserRead, UserCreate, UserUpdate, UserStatus, UserFreeze, UserCancel, UserGroups, AuditRead]
    };

    /// Who holds it: the table. A role that is not named does not.
    pub const fn holders(self) -> &'static [Role] {
        use Role::{Admin, Compliance, ReadOnly};
        match self {
            Self::UserRead => &[Admin, Compliance, ReadOnly],
            Self::UserCreate => &[Admin],
            Self::UserUpdate => &[Admin],
            Self::UserStatus => &[Admin, Compliance],
            Self::UserFreeze => &[Admin, Compliance],
            Self::UserCancel => &[Admin, Compliance],
            Self::UserGroups => &[Admin],
            Self::AuditRead => &[Admin, Compliance, ReadOnly],
        }
    }

    /// Its name in the API, such as `USER_READ`.
    pub fn name(self) -> &'static str {
        <Self as EnumType>::items().iter().find(|item| item.value == self).map_or("", |item| item.name)
    }
}

impl Role {
    /// Every role, in declared order.
    pub const ALL: [Self; 3] = [Self::Admin, Self::Compliance, Self::ReadOnly];

    /// Its name in a token.
    pub const fn claim(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Compliance => "compliance",
            Self::ReadOnly => "read-only",
        }
    }

    /// The role of that name, if there is one.
    pub fn from_claim(claim: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.claim() == claim)
    }

    /// What it allows.
    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| permission.holders().contains(&self))
    }
}

/// What an action asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Any token with a role that is known.
    SignedIn,
    /// This permission.
    Needs(Permission),
    /// Only the program itself: commands and jobs, never a request.
    SystemOnly,
}

/// Where an action stands in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The root field of that name.
    Field(&'static str),
    /// The mutation of that name, whose argument `id` is a user: each user tells whether the viewer may use it.
    UserAct(&'static str),
    /// Nowhere: commands and jobs.
    Nowhere,
}

/// Declares the actions, each with its name in the audit trail, where it stands in the API, and what it asks.
macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $name:literal, $place:expr, $access:expr;)+) => {
        /// Everything that can be done through the door.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* $action),+ }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$action),+];

            /// Its name in the audit trail.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$action => $name),+ }
            }

            /// Where it stands in the API.
            pub const fn place(self) -> Place {
                match self { $(Self::$action => $place),+ }
            }

            /// What it asks of its caller.
            pub const fn access(self) -> Access {
                match self { $(Self::$action => $access),+ }
            }
        }
    };
}

use Access::{Needs, SignedIn, SystemOnly};
use Permission as P;
use Place::{Field, Nowhere, UserAct};

actions! {
    /// Learn who one is.
    Viewer = "VIEWER", Field("viewer"), SignedIn;
    /// Open one user.
    User = "USER_READ", Field("user"), Needs(P::UserRead);
    /// List users.
    Users = "USER_LIST", Field("users"), Needs(P::UserRead);
    /// List the accounts that one sees.
    Accounts = "ACCOUNT_LIST", Field("accounts"), Needs(P::UserRead);
    /// List the groups that users can be in.
    Groups = "GROUP_LIST", Field("groups"), Needs(P::UserRead);
    /// Read the audit trail.
    AuditEvents = "AUDIT_READ", Field("auditEvents"), Needs(P::AuditRead);
    /// Create a user.
    UserCreate = "USER_CREATE", Field("userCreate"), Needs(P::UserCreate);
    /// Change a user's record.
    UserUpdate = "USER_UPDATE", UserAct("userUpdate"), Needs(P::UserUpdate);
    /// Change a user's status.
    UserSetStatus = "USER_SET_STATUS", UserAct("userSetStatus"), Needs(P::UserStatus);
    /// Switch a user active or inactive.
    UserSetActive = "USER_SET_ACTIVE", UserAct("userSetActive"), Needs(P::UserStatus);
    /// Freeze or unfreeze a user.
    UserFreeze = "USER_FREEZE", UserAct("userFreeze"), Needs(P::UserFreeze);
    /// Cancel a user, for good.
    UserCancel = "USER_CANCEL", UserAct("userCancel"), Needs(P::UserCancel);
    /// Put a user into groups.
    UserSetGroups = "USER_SET_GROUPS", UserAct("userSetGroups"), Needs(P::UserGroups);
    /// Write users from a file.
    UserImport = "USER_IMPORT", Nowhere, SystemOnly;
    /// Fill the database with made-up users.
    UserSeed = "USER_SEED", Nowhere, SystemOnly;
    /// Note or read what the database knows about itself.
    PlatformFact = "PLATFORM_FACT", Nowhere, SystemOnly;
    /// Print an access token for development and scripts.
    TokenIssue = "TOKEN_ISSUE", Nowhere, SystemOnly;
}

impl Action {
    /// The root field of the API that performs it; commands have none.
    pub const fn field(self) -> Option<&'static str> {
        match self.place() {
            Field(name) | UserAct(name) => Some(name),
            Nowhere => None,
        }
    }

    /// Whether it is an act on one user.
    pub const fn is_user_act(self) -> bool {
        matches!(self.place(), UserAct(_))
    }

    /// The action that a root field performs; a field without one is refused.
    pub fn of_field(field: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.field() == Some(field))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn admin_may_do_everything_that_a_permission_allows() {
        assert_eq!(Role::Admin.permissions().count(), Permission::ALL.len());
    }

    #[test]
    fn read_only_holds_reading_permissions_alone() {
        let held: Vec<_> = Role::ReadOnly.permissions().collect();
        assert_eq!(held, [Permission::UserRead, Permission::AuditRead]);
    }

    #[test]
    fn roles_are_known_by_the_exact_name_in_the_token() {
        assert_eq!(Role::from_claim("read-only"), Some(Role::ReadOnly));
        for unknown in ["Admin", "ADMIN", "admin ", "read_only", "", "root"] {
            assert_eq!(Role::from_claim(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn names_and_fields_are_given_once() {
        let names: HashSet<_> = Action::ALL.iter().map(|action| action.name()).collect();
        assert_eq!(names.len(), Action::ALL.len());
        let fields: Vec<_> = Action::ALL.iter().filter_map(|action| action.field()).collect();
        assert_eq!(fields.iter().collect::<HashSet<_>>().len(), fields.len());
    }
}
