//! What can be done through the door, where it stands in the API, and what it asks: one table. An action does not compile
//! before it has its row.

use super::Permission;

/// What an action asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nobody has to be anybody: the fields by which people come in.
    Public,
    /// Any token with a role that is known.
    SignedIn,
    /// This permission.
    Needs(Permission),
    /// This permission, in a token for all accounts: what is done concerns everybody.
    NeedsEverywhere(Permission),
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
    /// The same of a staff member.
    StaffAct(&'static str),
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

use Access::{Needs, NeedsAny, NeedsEverywhere, Public, SignedIn, SystemOnly};
use Permission as P;
use Place::{Field, Nowhere, StaffAct, UserAct, UserPart};

actions! {
    /// Say who one is, by user name and password.
    SignIn = "SIGN_IN", Field("signIn"), Public;
    /// Show that it is oneself, by a second factor: a session begins.
    VerifySecondFactor = "SESSION_BEGIN", Field("verifySecondFactor"), Public;
    /// Get the next access token of a session.
    RefreshSession = "SESSION_REFRESH", Field("refreshSession"), Public;
    /// End the session that one is in.
    SignOut = "SIGN_OUT", Field("signOut"), Public;
    /// Become a member of staff, by the link of an invitation.
    AcceptInvitation = "STAFF_ACCEPT_INVITATION", Field("acceptInvitation"), Public;
    /// Have a link sent to set a new password.
    RequestPasswordReset = "STAFF_REQUEST_PASSWORD_RESET", Field("requestPasswordReset"), Public;
    /// Set a new password, by a link.
    ResetPassword = "STAFF_RESET_PASSWORD", Field("resetPassword"), Public;
    /// Change one's own password.
    PasswordChange = "STAFF_CHANGE_PASSWORD", Field("passwordChange"), SignedIn;
    /// Show again who one is, in a session that goes on.
    SessionConfirm = "SESSION_CONFIRM", Field("sessionConfirm"), SignedIn;
    /// End one of one's own sessions.
    SessionEnd = "SESSION_END", Field("sessionEnd"), SignedIn;
    /// End all of one's own sessions but the one that one is in.
    SessionEndOthers = "SESSION_END_OTHERS", Field("sessionEndOthers"), SignedIn;
    /// End a session whose refresh token was used a second time.
    SessionEndStolen = "SESSION_END_STOLEN", Nowhere, SystemOnly;
    /// Let the first administrator in.
    AdminCreate = "ADMIN_CREATE", Nowhere, SystemOnly;
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
    /// Read the policies of the platform.
    Platform = "PLATFORM_READ", Field("platform"), SignedIn;
    /// Change the policies of the platform.
    PlatformUpdatePolicy = "PLATFORM_UPDATE_POLICY", Field("platformUpdatePolicy"), NeedsEverywhere(P::PolicyManage);
    /// Read the audit trail.
    AuditEvents = "AUDIT_READ", Field("auditEvents"), Needs(P::AuditRead);
    /// List staff members.
    Staff = "STAFF_LIST", Field("staff"), Needs(P::StaffRead);
    /// Open one staff member.
    StaffMember = "STAFF_READ", Field("staffMember"), Needs(P::StaffRead);
    /// List the roles that there are.
    Roles = "ROLE_LIST", Field("roles"), SignedIn;
    /// List the permissions that there are.
    Permissions = "PERMISSION_LIST", Field("permissions"), SignedIn;
    /// Invite a staff member.
    StaffCreate = "STAFF_CREATE", Field("staffCreate"), Needs(P::StaffManage);
    /// Invite a staff member who holds what another one does.
    StaffDuplicate = "STAFF_DUPLICATE", StaffAct("staffDuplicate"), Needs(P::StaffManage);
    /// Change who a staff member is.
    StaffUpdate = "STAFF_UPDATE", StaffAct("staffUpdate"), Needs(P::StaffManage);
    /// Decide what a staff member holds.
    StaffSetGrants = "STAFF_SET_GRANTS", StaffAct("staffSetGrants"), Needs(P::StaffManage);
    /// Send the invitation of a staff member again.
    StaffResendInvitation = "STAFF_RESEND_INVITATION", StaffAct("staffResendInvitation"), Needs(P::StaffManage);
    /// Send a staff member a link to set a new password.
    StaffSendPasswordReset = "STAFF_SEND_PASSWORD_RESET", StaffAct("staffSendPasswordReset"), Needs(P::StaffManage);
    /// End the access of a staff member.
    StaffDeactivate = "STAFF_DEACTIVATE", StaffAct("staffDeactivate"), Needs(P::StaffManage);
    /// Give a staff member access again.
    StaffReactivate = "STAFF_REACTIVATE", StaffAct("staffReactivate"), Needs(P::StaffManage);
    /// End the sessions of a staff member.
    StaffEndSessions = "STAFF_END_SESSIONS", StaffAct("staffEndSessions"), Needs(P::StaffManage);
    /// Take the second factor of a staff member away, who then sets up another.
    StaffResetSecondFactor = "STAFF_RESET_SECOND_FACTOR", StaffAct("staffResetSecondFactor"), Needs(P::StaffManage);
    /// End what was granted until a time.
    StaffEndGrants = "STAFF_END_GRANTS", Nowhere, SystemOnly;
    /// Define a role.
    RoleCreate = "ROLE_CREATE", Field("roleCreate"), NeedsEverywhere(P::RoleManage);
    /// Change a role that was defined.
    RoleUpdate = "ROLE_UPDATE", Field("roleUpdate"), NeedsEverywhere(P::RoleManage);
    /// Delete a role that nobody holds.
    RoleDelete = "ROLE_DELETE", Field("roleDelete"), NeedsEverywhere(P::RoleManage);
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
    /// Put a user into categories.
    UserSetCategories = "USER_SET_CATEGORIES", UserAct("userSetCategories"), Needs(P::UserCategories);
    /// Mark something of a user as verified, or not.
    UserSetVerification = "USER_SET_VERIFICATION", UserAct("userSetVerification"), Needs(P::UserVerify);
    /// Give a user fees of their own, or the standard again.
    UserSetFees = "USER_SET_FEES", UserAct("userSetFees"), Needs(P::UserFees);
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
    /// Have a user reviewed.
    KycRequestReview = "KYC_REQUEST_REVIEW", UserAct("kycRequestReview"), Needs(P::KycRequest);
    /// Take a review for oneself.
    KycClaim = "KYC_CLAIM", UserAct("kycClaim"), Needs(P::KycDecide);
    /// Give a review back to the queue.
    KycRelease = "KYC_RELEASE", UserAct("kycRelease"), Needs(P::KycDecide);
    /// Give a review to somebody.
    KycHandOver = "KYC_HAND_OVER", UserAct("kycHandOver"), Needs(P::KycDecide);
    /// Decide on a review.
    KycDecide = "KYC_DECIDE", UserAct("kycDecide"), Needs(P::KycDecide);
    /// List reviews.
    KycReviews = "KYC_REVIEW_LIST", Field("kycReviews"), Needs(P::KycRead);
    /// Read documents.
    UserDocuments = "USER_DOCUMENTS_READ", UserPart("documents"), Needs(P::DocumentRead);
    /// Read comments.
    UserComments = "USER_COMMENTS_READ", UserPart("comments"), Needs(P::CommentRead);
    /// Read what was done to a user.
    UserHistory = "USER_HISTORY_READ", UserPart("history"), Needs(P::AuditRead);
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
    /// Read guests.
    UserGuests = "USER_GUESTS_READ", UserPart("guests"), Needs(P::GuestRead);
    /// Read reviews.
    UserKycReviews = "USER_KYC_REVIEWS_READ", UserPart("kyc.reviews"), Needs(P::KycRead);
    /// Read the open review.
    UserKycCurrent = "USER_KYC_CURRENT_READ", UserPart("kyc.current"), Needs(P::KycRead);
    /// Read the documents that reviews rest on.
    UserKycDocuments = "USER_KYC_DOCUMENTS_READ", UserPart("kyc.reviews.documents"), Needs(P::DocumentRead);
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
    /// Write users to a file.
    UserDump = "USER_DUMP", Nowhere, SystemOnly;
    /// Fill the database with made-up users.
    UserSeed = "USER_SEED", Nowhere, SystemOnly;
    /// Compare the counts that users carry with what is recorded, and put them right.
    CountersFix = "COUNTERS_FIX", Nowhere, SystemOnly;
    /// Read or forget which queries were slow.
    SlowQueries = "SLOW_QUERIES", Nowhere, SystemOnly;
    /// Note or read what the database knows about itself.
    PlatformFact = "PLATFORM_FACT", Nowhere, SystemOnly;
    /// Print an access token for development and scripts.
    TokenIssue = "TOKEN_ISSUE", Nowhere, SystemOnly;
    /// List the keys that sign access tokens, or make the next one.
    KeysRotate = "KEYS_ROTATE", Nowhere, SystemOnly;
}

impl Action {
    /// The root field of the API that performs it; commands have none.
    pub const fn field(self) -> Option<&'static str> {
        match self.place() {
            Field(name) | UserAct(name) | StaffAct(name) => Some(name),
            UserPart(_) | Nowhere => None,
        }
    }

    /// Whether nobody has to be anybody to do it.
    pub const fn is_public(self) -> bool {
        matches!(self.access(), Public)
    }

    /// Whether it hands on access, or decides how people come in: whoever is signed in shows again who they are first, unless
    /// they did so of late. Ending somebody's access is never made to wait. By what an action needs, so that one to come asks as
    /// well; whatever it is must go through [`Services::permit`](crate::service::Services::permit).
    pub const fn asks_to_confirm(self) -> bool {
        match self {
            Self::StaffDeactivate | Self::StaffEndSessions => false,
            _ => matches!(
                self.access(),
                Needs(P::StaffManage | P::RoleManage | P::PolicyManage)
                    | NeedsEverywhere(P::StaffManage | P::RoleManage | P::PolicyManage)
            ),
        }
    }

    /// Whether it is an act on one user.
    pub const fn is_user_act(self) -> bool {
        matches!(self.place(), UserAct(_))
    }

    /// Whether it is an act on one staff member.
    pub const fn is_staff_act(self) -> bool {
        matches!(self.place(), StaffAct(_))
    }

    /// The path of the field of users that it reads; none where seeing users is enough, or it is something else.
    pub const fn user_part(self) -> Option<&'static str> {
        match self.place() {
            UserPart(path) => Some(path),
            Field(_) | UserAct(_) | StaffAct(_) | Nowhere => None,
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
            Needs(permission) | NeedsEverywhere(permission) => permission.is_sensitive(),
            NeedsAny(_) | Public | SignedIn | SystemOnly => false,
        }
    }

    /// The action that a root field performs; a field without one is refused.
    pub fn of_field(field: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.field() == Some(field))
    }
}
