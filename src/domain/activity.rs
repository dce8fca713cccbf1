//! What another system may say about users, before anybody judged it: rows of what happened there. Texts are as they
//! came.

use async_graphql::Enum;
use backdesk_entity::enums::{
    BookingState, ListingState, NetworkStatus, TransactionKind, TransactionState, WalletStatus,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What becomes of a batch with rows that are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum, Serialize)]
pub enum ErrorPolicy {
    /// The other rows go in.
    #[default]
    RejectFailedRows,
    /// Nothing goes in.
    RejectEverything,
}

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(name = "ActivityOutcome")]
pub enum RowOutcome {
    /// It was new.
    Created,
    /// It took the place of what was known before.
    Updated,
    /// It is known already.
    Unchanged,
    /// What is known is of a later instant, and stays.
    Stale,
    /// It is not acceptable; `errors` says why.
    Refused,
    /// It is acceptable, and was left out because another row was refused and the batch asked for all or nothing.
    Skipped,
}

/// What rows are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "named as what they are")]
pub enum Kind {
    Wallet,
    Transaction,
    PspAccount,
    BankAccount,
    Listing,
    Booking,
    Review,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What the system calls the thing; it is found again by it.
    pub external_id: String,
    /// The instant of which the system says this.
    pub as_of: DateTime<Utc>,
    /// What it says.
    pub fact: Fact,
}

/// How a row names a user.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum UserName {
    /// By id.
    Id(String),
    /// By the public reference.
    Reference(String),
    /// By the name that the system has for the user.
    ExternalId(String),
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as what they are")]
pub enum Fact {
    Wallet(WalletFact),
    Transaction(TransactionFact),
    PspAccount(PspAccountFact),
    BankAccount(BankAccountFact),
    Listing(ListingFact),
    Booking(BookingFact),
    Review(ReviewFact),
}

/// A wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct WalletFact {
    pub user: UserName,
    pub status: WalletStatus,
    pub provider: String,
    pub balance: Option<String>,
    pub currency: String,
    pub opened_at: DateTime<Utc>,
    pub network: Option<NetworkFact>,
}

/// How a wallet is connected to its network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct NetworkFact {
    pub network: String,
    pub address: Option<String>,
    pub status: NetworkStatus,
    pub confirmations_required: Option<i32>,
    pub last_block: Option<i32>,
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// A transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct TransactionFact {
    pub user: UserName,
    /// By the external id.
    pub wallet: Option<String>,
    pub kind: TransactionKind,
    pub state: TransactionState,
    pub amount: String,
    pub currency: String,
    pub counter_amount: Option<String>,
    pub counter_currency: Option<String>,
    pub at: DateTime<Utc>,
    pub description: Option<String>,
}

/// A user at a payment service provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct PspAccountFact {
    pub user: UserName,
    pub provider: String,
    pub provider_user_id: String,
    pub can_be_paid: bool,
    pub can_be_paid_out: bool,
    pub details: Option<serde_json::Value>,
}

/// A bank account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct BankAccountFact {
    pub user: UserName,
    pub holder: String,
    pub iban: String,
    pub bic: Option<String>,
    pub currency: String,
}

/// A listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct ListingFact {
    pub user: UserName,
    pub title: String,
    pub state: ListingState,
    pub url: Option<String>,
    pub published_at: DateTime<Utc>,
}

/// A booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct BookingFact {
    pub asker: Option<UserName>,
    pub offerer: Option<UserName>,
    /// By the external id.
    pub listing: Option<String>,
    pub state: BookingState,
    pub amount: Option<String>,
    pub currency: Option<String>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub at: DateTime<Utc>,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the entity documents each attribute")]
pub struct ReviewFact {
    pub author: UserName,
    pub subject: UserName,
    pub rating: i32,
    pub text: Option<String>,
    pub at: DateTime<Utc>,
}

impl Fact {
    /// What it is about.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Wallet(_) => Kind::Wallet,
            Self::Transaction(_) => Kind::Transaction,
            Self::PspAccount(_) => Kind::PspAccount,
            Self::BankAccount(_) => Kind::BankAccount,
            Self::Listing(_) => Kind::Listing,
            Self::Booking(_) => Kind::Booking,
            Self::Review(_) => Kind::Review,
        }
    }
}

impl Kind {
    /// Its field in a row of a batch.
    pub const fn one(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::Transaction => "transaction",
            Self::PspAccount => "pspAccount",
            Self::BankAccount => "bankAccount",
            Self::Listing => "listing",
            Self::Booking => "booking",
            Self::Review => "review",
        }
    }

    /// The field of users that shows them.
    pub const fn many(self) -> &'static str {
        match self {
            Self::Wallet => "wallets",
            Self::Transaction => "transactions",
            Self::PspAccount => "pspAccounts",
            Self::BankAccount => "bankAccounts",
            Self::Listing => "listings",
            Self::Booking => "bookings",
            Self::Review => "reviews",
        }
    }
}
