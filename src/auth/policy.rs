//! Who may do what: the one table, on one screen. The door, the guards, the directives and sentences of the schema and
//! the README all read it. A new permission or action does not compile before it has its row.

use async_graphql::{Enum, resolver_utils::EnumType};

/// Declares the permissions, each with the roles that hold it. A role that is not named does not.
macro_rules! permissions {
    ($($(#[$doc:meta])* $permission:ident: $($role:ident)+;)+) => {
        /// What can be allowed to a staff member.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Enum)]
        pub enum Permission { $($(#[$doc])* $permission),+ }

        impl Permission {
            /// Every permission, in declared order.
            pub const ALL: &'static [Self] = &[$(Self::$permission),+];

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
    /// Read the audit trail of the accounts that one sees.
    AuditRead: Admin Compliance ReadOnly AuditorReadOnly;
}

/// Declares the built-in roles, each with its name in a token.
macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $claim:literal;)+) => {
        /// A named set of permissions that tokens carry. Unknown names give nothing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Enum)]
        pub enum Role { $($(#[$doc])* $role),+ }

        impl Role {
            /// Every role, in declared order.
            pub const ALL: &'static [Self] = &[$(Self::$role),+];

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

/// What an action asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Any token with a role that is known.
    SignedIn,
    /// This permission.
    Needs(Permission),
    /// One of these permissions: each shows a part.
    NeedsAny(&'static [Permission]),
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
    /// The field of users at that path. It is null, and listed in `withheldFields`, for those who may not.
    UserPart(&'static str),
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

use Access::{Needs, NeedsAny, SignedIn, SystemOnly};
use Permission as P;
use Place::{Field, Nowhere, UserAct, UserPart};

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
    /// List the categories that users can be in.
    Categories = "CATEGORY_LIST", Field("categories"), Needs(P::UserRead);
    /// List transactions: each of the permissions shows kinds of its own.
    Transactions = "TRANSACTION_LIST", Field("transactions"), NeedsAny(&[P::FinanceRead, P::DealingRead]);
    /// List wallets.
    Wallets = "WALLET_LIST", Field("wallets"), Needs(P::FinanceRead);
    /// Add up transactions.
    FinanceReport = "FINANCE_REPORT_READ", Field("financeReport"), Needs(P::FinanceReport);
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
    /// Ask a user for a document.
    DocumentRequest = "DOCUMENT_REQUEST", UserAct("documentRequest"), Needs(P::DocumentWrite);
    /// Announce the file of a document.
    DocumentUpload = "DOCUMENT_UPLOAD", UserAct("documentUpload"), Needs(P::DocumentWrite);
    /// Have a file that was sent judged, and share it.
    DocumentConfirm = "DOCUMENT_CONFIRM", UserAct("documentConfirm"), Needs(P::DocumentWrite);
    /// Accept or refuse a document.
    DocumentDecide = "DOCUMENT_DECIDE", UserAct("documentDecide"), Needs(P::DocumentWrite);
    /// List documents.
    Documents = "DOCUMENT_LIST", Field("documents"), Needs(P::DocumentRead);
    /// Fetch the file of a document.
    DocumentDownload = "DOCUMENT_DOWNLOAD", Field("documentDownload"), Needs(P::DocumentRead);
    /// Announce a picture of a user.
    PictureUpload = "PICTURE_UPLOAD", UserAct("userUploadPicture"), Needs(P::UserUpdate);
    /// Have a picture that was sent judged, and show it.
    PictureConfirm = "PICTURE_CONFIRM", UserAct("userConfirmPicture"), Needs(P::UserUpdate);
    /// Comment on a user.
    UserAddComment = "USER_ADD_COMMENT", UserAct("userAddComment"), Needs(P::CommentWrite);
    /// Correct one's own comment.
    UserCorrectComment = "USER_CORRECT_COMMENT", UserAct("userCorrectComment"), Needs(P::CommentWrite);
    /// Read documents.
    UserDocuments = "USER_DOCUMENTS_READ", UserPart("documents"), Needs(P::DocumentRead);
    /// Read comments.
    UserComments = "USER_COMMENTS_READ", UserPart("comments"), Needs(P::CommentRead);
    /// Change a user's contact data.
    UserUpdateContact = "USER_UPDATE_CONTACT", UserAct("userUpdateContact"), Needs(P::UserContact);
    /// Tie a user to a parent.
    UserSetParent = "USER_SET_PARENT", UserAct("userSetParent"), Needs(P::UserUpdate);
    /// Make a user a member of a company.
    UserSetCompany = "USER_SET_COMPANY", UserAct("userSetCompany"), Needs(P::UserUpdate);
    /// Attach a partner or adviser to a user.
    UserLinkParty = "USER_LINK_PARTY", UserAct("userLinkParty"), Needs(P::UserUpdate);
    /// Detach a partner or adviser from a user.
    UserUnlinkParty = "USER_UNLINK_PARTY", UserAct("userUnlinkParty"), Needs(P::UserUpdate);
    /// Change an invitation of a user.
    GuestUpdate = "GUEST_UPDATE", UserAct("guestUpdate"), Needs(P::UserUpdate);
    /// Change how a wallet of a user is connected to its network.
    WalletSetNetwork = "WALLET_SET_NETWORK", UserAct("walletSetNetwork"), Needs(P::NetworkWrite);
    /// Record what another system knows of users.
    ActivityRecord = "ACTIVITY_RECORD", Field("activityRecord"), Needs(P::ActivityRecord);
    /// Read taxes.
    UserTax = "USER_TAX_READ", UserPart("tax"), Needs(P::UserReadSensitive);
    /// Read finances.
    UserFinances = "USER_FINANCES_READ", UserPart("finances"), Needs(P::UserReadSensitive);
    /// Read the answers about sanctions.
    UserSanctions = "USER_SANCTIONS_READ", UserPart("sanctions"), Needs(P::UserReadSensitive);
    /// Read what reviewers wrote.
    UserKycComment = "USER_KYC_COMMENT_READ", UserPart("kyc.comment"), Needs(P::CommentRead);
    /// Read wallets.
    UserWallets = "USER_WALLETS_READ", UserPart("wallets"), Needs(P::FinanceRead);
    /// Read how wallets are connected to their networks.
    UserWalletNetworks = "USER_WALLET_NETWORKS_READ", UserPart("wallets.network"), Needs(P::NetworkRead);
    /// Read transactions: each of the permissions shows kinds of its own.
    UserTransactions = "USER_TRANSACTIONS_READ", UserPart("transactions"), NeedsAny(&[P::FinanceRead, P::DealingRead]);
    /// Read the wallets of transactions.
    UserTransactionWallets = "USER_TRANSACTION_WALLETS_READ", UserPart("transactions.wallet"), Needs(P::FinanceRead);
    /// Read what payment service providers know.
    UserPspAccounts = "USER_PSP_ACCOUNTS_READ", UserPart("pspAccounts"), Needs(P::FinanceRead);
    /// Read bank accounts by their last digits.
    UserBankAccounts = "USER_BANK_ACCOUNTS_READ", UserPart("bankAccounts"), Needs(P::FinanceRead);
    /// Read the whole numbers of bank accounts.
    UserIbans = "USER_IBANS_READ", UserPart("bankAccounts.iban"), Needs(P::BankAccountRead);
    /// Read what is sensitive: how such reads are called in the audit trail, one entry for a request.
    SensitiveRead = "SENSITIVE_READ", Nowhere, SystemOnly;
    /// Write users from a file.
    UserImport = "USER_IMPORT", Nowhere, SystemOnly;
    /// Fill the database with made-up users.
    UserSeed = "USER_SEED", Nowhere, SystemOnly;
    /// Compare the counts that users carry with what is recorded, and put them right.
    CountersFix = "COUNTERS_FIX", Nowhere, SystemOnly;
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
            UserPart(_) | Nowhere => None,
        }
    }

    /// Whether it is an act on one user.
    pub const fn is_user_act(self) -> bool {
        matches!(self.place(), UserAct(_))
    }

    /// The path of the field of users that it reads; none where seeing users is enough, or it is something else.
    pub const fn user_part(self) -> Option<&'static str> {
        match self.place() {
            UserPart(path) => Some(path),
            Field(_) | UserAct(_) | Nowhere => None,
        }
    }

    /// What shows a field of users that has this path, or lies below: the action that reads it, the nearest one.
    pub fn of_user_field(path: &str) -> Option<Self> {
        let covers =
            |part: &str| path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let nearest = |action: &Self| action.user_part().filter(|part| covers(part)).map(str::len);
        Self::ALL.iter().copied().filter(|action| nearest(action).is_some()).max_by_key(nearest)
    }

    /// Whether each read is logged.
    pub const fn is_sensitive(self) -> bool {
        match self.access() {
            Needs(permission) => permission.is_sensitive(),
            NeedsAny(_) | SignedIn | SystemOnly => false,
        }
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
    fn who_only_looks_holds_reading_permissions_alone() {
        let reading = |permission: Permission| {
            let name = permission.name();
            name.ends_with("_READ")
                || name.ends_with("_REPORT")
                || permission == Permission::UserReadSensitive
        };
        for role in Role::ALL {
            let looks =
                role.claim().ends_with("read-only") || matches!(role, Role::SupportL3 | Role::ViewOnly);
            if looks {
                assert!(role.permissions().all(reading), "{role:?}");
            }
        }
    }

    #[test]
    fn a_machine_records_and_does_nothing_else() {
        assert_eq!(Role::Machine.permissions().collect::<Vec<_>>(), [Permission::ActivityRecord]);
    }

    #[test]
    fn a_field_below_a_guarded_one_is_guarded() {
        assert_eq!(Action::of_user_field("tax.taxNumber"), Some(Action::UserTax));
        assert_eq!(Action::of_user_field("tax"), Some(Action::UserTax));
        assert_eq!(Action::of_user_field("wallets.status"), Some(Action::UserWallets));
        assert_eq!(Action::of_user_field("wallets.network.address"), Some(Action::UserWalletNetworks));
        assert_eq!(Action::of_user_field("taxPayer"), None);
        assert_eq!(Action::of_user_field("email"), None);
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
