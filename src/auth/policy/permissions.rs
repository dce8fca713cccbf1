//! Which permissions there are, and which roles hold them: one table. A permission does not compile before it has its row.

use async_graphql::{Enum, resolver_utils::EnumType};

/// Declares the permissions, each with the roles that hold it. A role that is not named does not.
macro_rules! permissions {
    ($($(#[doc = $doc:literal])* $permission:ident: $($role:ident)+;)+) => {
        /// What can be allowed to a staff member.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Enum)]
        pub enum Permission { $($(#[doc = $doc])* $permission),+ }

        impl Permission {
            /// Every permission, in declared order.
            pub const ALL: &'static [Self] = &[$(Self::$permission),+];

            /// What it allows, in a sentence.
            pub const fn describe(self) -> &'static str {
                match self { $(Self::$permission => concat!($($doc),*).trim_ascii()),+ }
            }

            /// Who holds it: the table.
            pub const fn holders(self) -> &'static [Role] {
                match self { $(Self::$permission => &[$(Role::$role),+]),+ }
            }
        }
    };
}

permissions! {
    /// See users, their lists and counts, accounts and groups.
    UserRead: Admin Compliance ReadOnly Finance FinanceReadOnly Dealing Marketing Support SupportL3 SupportReadOnly
        AuditorReadOnly ViewOnly;
    /// Create users.
    UserCreate: Admin;
    /// Change the parts of a user's record that have no permission of their own.
    UserUpdate: Admin;
    /// Change a user's contact data and marketing opt-in.
    UserContact: Admin Marketing;
    /// Change a user's status, and switch users active or inactive.
    UserStatus: Admin Compliance;
    /// Freeze and unfreeze users.
    UserFreeze: Admin Compliance;
    /// Cancel users, for good.
    UserCancel: Admin Compliance;
    /// Put users into groups and take them out, and give them extra permissions as clients.
    UserGroups: Admin;
    /// Put users into categories and take them out.
    UserCategories: Admin;
    /// Mark identities, e-mail addresses and phone numbers as verified, or not.
    UserVerify: Admin Compliance;
    /// Give users fees of their own.
    UserFees: Admin;
    /// See what is sensitive of a user: taxes, finances, and the answers about sanctions. Each such read is logged.
    UserReadSensitive: Admin Compliance;
    /// See the whole numbers of bank accounts. Each such read is logged.
    BankAccountRead: Admin Compliance Finance;
    /// See documents, and load them down. Each such read is logged.
    DocumentRead: Admin Compliance;
    /// Request, share, accept and refuse documents.
    DocumentWrite: Admin Compliance;
    /// Read what staff wrote about users.
    CommentRead: Admin Compliance ReadOnly Support SupportL3 SupportReadOnly ViewOnly;
    /// Comment on users.
    CommentWrite: Admin Compliance;
    /// See whom users invited, and at which addresses.
    GuestRead: Admin Compliance ReadOnly Finance FinanceReadOnly Dealing Support SupportL3 SupportReadOnly
        AuditorReadOnly ViewOnly;
    /// See KYC reviews, with what reviewers wrote.
    KycRead: Admin Compliance ReadOnly ViewOnly;
    /// Have users reviewed.
    KycRequest: Admin Compliance;
    /// Claim KYC reviews, and decide on them.
    KycDecide: Admin Compliance;
    /// See wallets, bank accounts by their last digits, records of payment providers, and deposits, payouts, transfers
    /// and payments.
    FinanceRead: Admin Compliance ReadOnly Finance FinanceReadOnly Support SupportL3 SupportReadOnly AuditorReadOnly
        ViewOnly;
    /// Add up the money that users moved.
    FinanceReport: Admin Compliance Finance FinanceReadOnly AuditorReadOnly;
    /// See trade orders and exchanges.
    DealingRead: Admin Compliance ReadOnly Dealing AuditorReadOnly ViewOnly;
    /// See how wallets are connected to their networks.
    NetworkRead: Admin Compliance ReadOnly Support SupportL3 SupportReadOnly ViewOnly;
    /// Change how wallets are connected to their networks.
    NetworkWrite: Admin Support;
    /// Record what the platform's other systems know of users.
    ActivityRecord: Admin Machine;
    /// Change the policies of the platform.
    PolicyManage: Admin;
    /// See staff members, with their roles and accounts.
    StaffRead: Admin ReadOnly AuditorReadOnly;
    /// Invite staff members, change them, and decide what they hold, as far as one holds it.
    StaffManage: Admin;
    /// Define roles.
    RoleManage: Admin;
    /// Read the audit trail of the accounts that one sees.
    AuditRead: Admin Compliance ReadOnly AuditorReadOnly;
}

/// Declares the built-in roles, each with its name in a token.
macro_rules! roles {
    ($($(#[doc = $doc:literal])* $role:ident = $claim:literal;)+) => {
        /// A named set of permissions that tokens carry. Unknown names give nothing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Enum)]
        pub enum Role { $($(#[doc = $doc])* $role),+ }

        impl Role {
            /// Every role, in declared order.
            pub const ALL: &'static [Self] = &[$(Self::$role),+];

            /// What it is for, in a sentence.
            pub const fn describe(self) -> &'static str {
                match self { $(Self::$role => concat!($($doc),*).trim_ascii()),+ }
            }

            /// Its name in a token.
            pub const fn claim(self) -> &'static str {
                match self { $(Self::$role => $claim),+ }
            }
        }
    };
}

roles! {
    /// May do everything.
    Admin = "admin";
    /// Sees all user data, and decides on documents, statuses and freezing.
    Compliance = "compliance";
    /// Sees all but what is sensitive, and changes nothing.
    ReadOnly = "read-only";
    /// Sees wallets, bank accounts, deposits, payouts and transfers, and has reports of them.
    Finance = "finance";
    /// Sees what finance sees but the whole numbers of bank accounts, and changes nothing.
    FinanceReadOnly = "finance-read-only";
    /// Sees trade orders and exchanges.
    Dealing = "dealing";
    /// Sees leads alone, users who are not verified yet, and changes their contact data and opt-in.
    Marketing = "marketing";
    /// Sees wallets and transactions, and looks after how wallets are connected to their networks.
    Support = "support";
    /// Sees what support sees, and changes nothing.
    SupportL3 = "support-l3";
    /// Sees what support sees, and changes nothing.
    SupportReadOnly = "support-read-only";
    /// Sees financial data and the audit trail, and changes nothing.
    AuditorReadOnly = "auditor-read-only";
    /// Sees all users, and changes nothing.
    ViewOnly = "view-only";
    /// A program: records what the platform's other systems know, and sees nothing.
    Machine = "machine";
}

impl Permission {
    /// Its name in the API, such as `USER_READ`.
    pub fn name(self) -> &'static str {
        <Self as EnumType>::items().iter().find(|item| item.value == self).map_or("", |item| item.name)
    }

    /// The permission of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        <Self as EnumType>::items().iter().find(|item| item.name == name).map(|item| item.value)
    }

    /// Whether each read that it allows is logged.
    pub const fn is_sensitive(self) -> bool {
        matches!(self, Self::UserReadSensitive | Self::BankAccountRead | Self::DocumentRead)
    }
}

impl Role {
    /// Whether it reaches leads alone: users who are not verified yet.
    pub const fn is_for_leads(self) -> bool {
        matches!(self, Self::Marketing)
    }

    /// The role of that name, if there is one.
    pub fn from_claim(claim: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.claim() == claim)
    }

    /// What it allows.
    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| permission.holders().contains(&self))
    }
}
