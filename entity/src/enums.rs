//! Each vocabulary once, for the database and for GraphQL. Stored as the number of its declared order, and sorted by it:
//! a new word goes to the end, and a number is never given twice.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Declares vocabularies: a GraphQL enum that the database keeps as a small integer.
macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $number:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
        #[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name {
            $($(#[$word_doc])* #[sea_orm(num_value = $number)] $word = $number),+
        }
    )+};
}

vocabulary! {
    /// Where a user stands in the life cycle. It decides whether they may sign in, are seen by others, and may book.
    UserStatus {
        /// Signs in, but is not seen by other users and may neither book nor contact anyone.
        InReview = 0,
        /// Uses the platform in full.
        Live = 1,
        /// Suspended: may not sign in.
        Invalidated = 2,
        /// Ended for good: never signs in or changes again. The record stays.
        Canceled = 3,
    }

    /// Who wanted a user cancelled.
    CancelOrigin {
        /// The platform's staff.
        Operator = 0,
        /// The user themselves.
        User = 1,
    }

    /// What a user is before the law.
    PersonType {
        /// A human being.
        NaturalPerson = 0,
        /// A company or another organisation.
        LegalEntity = 1,
    }

    /// What kind of client a user is to a payment processor.
    ClientType {
        /// An enterprise client.
        Enterprise = 0,
        /// A merchant client.
        Merchant = 1,
    }

    /// Which sides of the market a user is on.
    MarketRole {
        /// Sells.
        Vendor = 0,
        /// Buys.
        Customer = 1,
        /// Sells and buys.
        Both = 2,
    }

    /// Who pays the taxes on a user's operations.
    TaxPayer {
        /// The user pays them.
        User = 0,
        /// The platform pays them for the user.
        Platform = 1,
    }

    /// How far a wallet is ready; of a user, the best of their wallets.
    WalletStatus {
        /// No payment provider is connected: of a user, that there is no wallet.
        NotConnected = 0,
        /// The provider is still checking.
        Pending = 1,
        /// The provider blocked it.
        Blocked = 2,
        /// Connected, and in use.
        Activated = 3,
    }

    /// How a wallet stands to its network.
    NetworkStatus {
        /// It was not connected yet.
        Pending = 0,
        /// It is connected, and follows the network.
        Connected = 1,
        /// It is connected, but lags behind the network.
        Syncing = 2,
        /// The connection is broken.
        Disconnected = 3,
    }

    /// What a transaction does.
    TransactionKind {
        /// Money comes in from outside.
        Deposit = 0,
        /// Money goes out to a bank account or an address.
        Payout = 1,
        /// Money goes from one wallet to another.
        Transfer = 2,
        /// Something is paid for.
        Payment = 3,
        /// An order to buy or sell on a market.
        TradeOrder = 4,
        /// One currency is changed for another.
        Exchange = 5,
    }

    /// How far a transaction is.
    TransactionState {
        /// Under way.
        Pending = 0,
        /// It took effect.
        Done = 1,
        /// It could not be done.
        Failed = 2,
        /// It was called off before it took effect.
        Canceled = 3,
        /// It took effect and was taken back, as by a refund or a chargeback.
        Reversed = 4,
    }

    /// Where a listing stands, once its user published it.
    ListingState {
        /// The platform still checks it.
        InReview = 0,
        /// Everybody sees it.
        Published = 1,
        /// The platform took it off.
        Suspended = 2,
        /// Its user took it off.
        Closed = 3,
    }

    /// How far a booking is.
    BookingState {
        /// The offerer did not answer yet.
        Requested = 0,
        /// The offerer accepted.
        Accepted = 1,
        /// The offerer declined.
        Declined = 2,
        /// It was called off.
        Canceled = 3,
        /// It was asked for, and nobody answered in time.
        Expired = 4,
        /// What was booked took place.
        Completed = 5,
    }

    /// How thoroughly a user's identity was checked.
    KycLevel {
        /// Not at all.
        None = 0,
        /// Light checks.
        Light = 1,
        /// Regular checks.
        Regular = 2,
        /// The strongest checks.
        Strong = 3,
    }

    /// Where a user's KYC stands.
    KycStatus {
        /// Nothing was asked for yet.
        None = 0,
        /// A review waits for a decision.
        Pending = 1,
        /// Reviewed and accepted.
        Validated = 2,
        /// Reviewed and refused.
        Refused = 3,
    }

    /// What an address is for.
    AddressKind {
        /// Billing and KYC.
        Postal = 0,
        /// A second address.
        Secondary = 1,
        /// Where the user says publicly that they are.
        Location = 2,
        /// Where the company sits.
        Company = 3,
    }

    /// What a group stands for.
    GroupKind {
        /// What kind of client a user is; assigned by hand.
        ClientKind = 0,
        /// A step that the user has not taken yet; computed, never assigned.
        OnboardingState = 1,
    }

    /// What a document proves.
    DocumentKind {
        /// Who a person is: an identity card, passport or residence permit.
        Identity = 0,
        /// Where somebody lives or a company sits.
        Address = 1,
        /// What somebody earns.
        Income = 2,
        /// Where the money comes from.
        SourceOfFunds = 3,
        /// That a bank account is the user's.
        BankAccount = 4,
        /// What taxes are due where.
        Tax = 5,
        /// That a company is registered.
        CompanyRegistration = 6,
        /// A company's articles.
        CompanyArticles = 7,
        /// To whom a company belongs.
        BeneficialOwners = 8,
        /// What was agreed with the user.
        Contract = 9,
        /// Anything else.
        Other = 10,
    }

    /// Where a document stands.
    DocumentState {
        /// Asked for; nothing is there yet.
        Requested = 0,
        /// There, and not looked at yet.
        Shared = 1,
        /// Looked at and accepted.
        Accepted = 2,
        /// Looked at and refused.
        Refused = 3,
        /// Its day has passed: of the request, or of the document. Never stored: it follows from the day.
        Expired = 4,
    }

    /// What a file is, by its content.
    FileType {
        /// A PDF.
        Pdf = 0,
        /// A PNG picture.
        Png = 1,
        /// A JPEG picture.
        Jpeg = 2,
        /// A WebP picture.
        Webp = 3,
        /// A HEIC picture, as telephones take them.
        Heic = 4,
    }

    /// How a user is tied to their parent.
    TieKind {
        /// Holds shares of it.
        Shareholder = 0,
        /// Directs it.
        Director = 1,
        /// Works for it.
        Employee = 2,
        /// In another way.
        Other = 3,
    }

    /// In which way a user controls their parent. The numbers are those of payment providers.
    ControllingPersonType {
        /// By shares.
        Shareholder = 1,
        /// By another relation.
        OtherRelation = 2,
        /// As its director.
        Director = 3,
        /// In no way.
        None = 4,
    }

    /// What a user is at their parent. The numbers are those of payment providers.
    EmployeeType {
        /// Leads it.
        Leader = 1,
        /// Works there.
        Employee = 2,
        /// Neither.
        None = 3,
    }

    /// What a user is in a company.
    CompanyRole {
        /// Owns the company's wallet, and invites others to it.
        Owner = 0,
        /// Was invited to it.
        Staff = 1,
    }

    /// What a guest may do for the user who invited them. Nothing of the back office.
    GuestRole {
        /// Looks.
        Viewer = 0,
        /// Answers and changes bookings.
        BookingManager = 1,
        /// Writes and changes listings.
        ListingManager = 2,
        /// Looks after invoices and payouts.
        FinanceManager = 3,
    }

    /// What somebody is to the user who has them.
    PartyKind {
        /// Does business together with the user.
        Partner = 0,
        /// Counsels the user, such as a lawyer or an accountant.
        Adviser = 1,
    }

    /// What of a user can be verified.
    VerificationKind {
        /// Who they are.
        Identity = 0,
        /// The e-mail address.
        Email = 1,
        /// The phone number.
        Phone = 2,
    }

    /// By what something was verified.
    VerificationSource {
        /// By the platform's staff.
        Operator = 0,
        /// By the payment provider.
        PaymentProvider = 1,
        /// By a link that the user followed.
        Link = 2,
        /// By a code that was sent to the user's phone.
        Sms = 3,
        /// By a provider of identity checks.
        KycProvider = 4,
        /// By another system, whose records were imported.
        Import = 5,
    }

    /// What a user may do at the platform beyond what their groups allow. Nothing of the back office.
    ClientPermission {
        /// Withdraw to a bank account.
        BankWithdrawal = 0,
        /// Use the platform through its API.
        ApiAccess = 1,
        /// Pay out to many at once.
        MassPayout = 2,
        /// Convert one currency to another.
        ConvertCurrency = 3,
    }

    /// Why a KYC review was opened.
    KycTrigger {
        /// Somebody of the staff asked for it.
        Requested = 0,
        /// Data of a user whose KYC was validated changed.
        DataChanged = 1,
        /// A document that proved something holds no more.
        DocumentExpired = 2,
        /// It was time to look again.
        Periodic = 3,
        /// A provider of identity checks or payments asks for it.
        Provider = 4,
        /// A reviewer began it unasked.
        Manual = 5,
    }

    /// Where a KYC review stands.
    KycReviewState {
        /// Waits for a decision.
        Waiting = 0,
        /// Waits for what the user was asked for.
        InformationRequested = 1,
        /// Is looked into further.
        UnderInvestigation = 2,
        /// Ended: the user is who they say.
        Validated = 3,
        /// Ended: they are not, or cannot show it.
        Refused = 4,
        /// Ended without a decision, as the user was cancelled.
        Closed = 5,
    }

    /// What a reviewer decides.
    KycDecision {
        /// The user is who they say. Ends the review.
        Validate = 0,
        /// They are not, or cannot show it. Ends the review.
        Refuse = 1,
        /// The user has to bring something first. The review stays open.
        RequestInformation = 2,
        /// It has to be looked into further. The review stays open.
        Investigate = 3,
    }

    /// Why a reviewer decided so.
    KycReason {
        /// A document is missing.
        DocumentMissing = 0,
        /// A document holds no more.
        DocumentExpired = 1,
        /// A document cannot be read.
        DocumentUnreadable = 2,
        /// A document says something else than the user.
        DocumentMismatch = 3,
        /// A document may be forged.
        DocumentForged = 4,
        /// Data are missing.
        DataIncomplete = 5,
        /// Data contradict each other.
        DataInconsistent = 6,
        /// The person is not the one of the documents.
        IdentityMismatch = 7,
        /// Where the user lives, or the company sits, is not proven.
        AddressUnproven = 8,
        /// Where the money comes from is not clear.
        SourceOfFundsUnclear = 9,
        /// To whom the company belongs is not clear.
        BeneficialOwnersUnclear = 10,
        /// The user is, or may be, on a list of sanctions.
        SanctionsMatch = 11,
        /// The user holds, or is close to, a public office.
        PoliticallyExposed = 12,
        /// The user is too young.
        Underage = 13,
        /// The user is one of those who are known already.
        DuplicateUser = 14,
        /// The provider of identity checks says so.
        ProviderResult = 15,
        /// Something else, which the comment says.
        Other = 16,
    }

    /// What a letter is about.
    MailKind {
        /// Somebody is invited to the staff.
        StaffInvitation = 0,
        /// A staff member may set a new password.
        StaffPasswordReset = 1,
        /// A password was changed.
        PasswordChanged = 2,
        /// A second factor was taken away, to be set up anew.
        SecondFactorReset = 3,
        /// A session was ended, because a refresh token of it came a second time.
        SessionEnded = 4,
        /// Something is wrong with the platform.
        Incident = 5,
        /// A second factor was set up.
        SecondFactorSetUp = 6,
        /// A staff member has another e-mail address: to the former one.
        AddressChanged = 7,
    }

    /// What is wrong with the platform.
    IncidentKind {
        /// No letter could be sent for a while, though some wait.
        MailServerDead = 0,
        /// Work that goes on by itself failed, and is not tried again.
        JobFailed = 1,
    }

    /// How an act ended.
    AuditOutcome {
        /// It took effect.
        Done = 0,
        /// It was refused: a permission was missing, or the user is outside the caller's accounts.
        Refused = 1,
    }

    /// Whether a staff member may sign in.
    StaffState {
        /// Has not accepted the invitation yet.
        Invited = 0,
        /// Signs in.
        Active = 1,
        /// Signs in no longer. The record stays.
        Deactivated = 2,
    }

    /// What a token that was sent to somebody is good for.
    TokenPurpose {
        /// To accept an invitation to the staff, with a password of one's own.
        StaffInvitation = 0,
        /// To set a new password as a staff member.
        StaffPasswordReset = 1,
    }

    /// The kinds of devices that somebody signs in with, by what they say of themselves.
    DeviceType {
        /// It says nothing, or nothing that is known.
        Unknown = 0,
        /// A browser on a computer.
        Desktop = 1,
        /// A browser on a telephone.
        Mobile = 2,
        /// A browser on a tablet. Apple's say that they are computers, unless told otherwise.
        Tablet = 3,
        /// A browser of a games console or a television.
        Appliance = 4,
        /// A robot that says that it is one.
        Bot = 5,
        /// Something that is no browser: curl, a library, an app of its own.
        Program = 6,
    }

    /// How a try to sign in ended.
    SignInResult {
        /// A session began.
        SignedIn = 0,
        /// The password was right; the second factor is still to come.
        PasswordRight = 1,
        /// The password was wrong.
        PasswordWrong = 2,
        /// Nobody has the user name.
        NameUnknown = 3,
        /// Whoever it is may not sign in: the invitation is not accepted, or their access has ended.
        NotActive = 4,
        /// The code of the authenticator app, or the recovery code, was wrong or used.
        CodeWrong = 5,
        /// It came too soon after others that failed, and was not looked at.
        TooSoon = 6,
    }
}
