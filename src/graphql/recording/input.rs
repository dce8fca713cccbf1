//! What a batch is given as. Texts and amounts are taken as they come: the service judges them row by row.

use async_graphql::{ID, InputObject, OneofObject};
use backdesk_entity::enums::{
    BookingState, ListingState, NetworkStatus, TransactionKind, TransactionState, WalletStatus,
};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    domain::activity::{
        BankAccountFact, BookingFact, ErrorPolicy, Fact, ListingFact, NetworkFact, PspAccountFact,
        ReviewFact, Row, TransactionFact, UserName, WalletFact,
    },
    graphql::scalars::{CurrencyCode, Decimal, Url},
    service::recording::Batch,
};

/// What another system says of users of one account.
#[derive(Debug, InputObject)]
pub(super) struct ActivityRecordInput {
    /// The code of the account that all its users belong to.
    account: String,
    /// The code of the system that says it. External ids are its own.
    system: String,
    /// The code of the system by whose ids users are named, when it is another one.
    user_system: Option<String>,
    /// The rows, 500 at most.
    rows: Vec<ActivityRowInput>,
    /// What becomes of the other rows when some are refused.
    #[graphql(default)]
    error_policy: ErrorPolicy,
}

/// One row: what it is about.
#[derive(Debug, OneofObject)]
enum ActivityRowInput {
    /// Where a user keeps money at a payment provider.
    Wallet(WalletInput),
    /// Money that a user moved.
    Transaction(TransactionInput),
    /// A user at a payment service provider.
    PspAccount(PspAccountInput),
    /// Where a user is paid out to.
    BankAccount(BankAccountInput),
    /// What a user offers.
    Listing(ListingInput),
    /// Who booked what from whom.
    Booking(BookingInput),
    /// What users say of each other.
    Review(ReviewInput),
}

/// One way to name a user of the account.
#[derive(Debug, OneofObject)]
enum ActivityUser {
    /// By id.
    Id(ID),
    /// By the public reference.
    Reference(String),
    /// By what the system calls the user.
    ExternalId(String),
}

/// How a wallet is connected to its network.
#[derive(Debug, InputObject)]
struct NetworkInput {
    /// The network, such as `bitcoin`.
    network: String,
    /// The wallet's address there.
    address: Option<String>,
    /// How the connection stands.
    status: NetworkStatus,
    /// After how many confirmations what comes in counts.
    confirmations_required: Option<i32>,
    /// The last block that was seen.
    last_block: Option<i32>,
    /// When the network was last heard of.
    last_seen_at: Option<DateTime<Utc>>,
}

/// A wallet of a user.
#[derive(Debug, InputObject)]
struct WalletInput {
    /// The system's id for it: it is found again by this.
    external_id: String,
    /// The instant of which the system says this.
    as_of: DateTime<Utc>,
    /// Whose it is; never changes.
    user: ActivityUser,
    /// How far it is ready.
    status: WalletStatus,
    /// The payment provider that keeps it.
    provider: String,
    /// What is in it.
    balance: Option<Decimal>,
    /// Its currency; never changes.
    currency: CurrencyCode,
    /// When it was opened.
    opened_at: DateTime<Utc>,
    /// How it is connected to its network; when absent, what is known stays. What staff changed here since `asOf` stays, too.
    network: Option<NetworkInput>,
}

/// Money that a user moved.
#[derive(Debug, InputObject)]
struct TransactionInput {
    /// The system's id for it: it is found again by this.
    external_id: String,
    /// The instant of which the system says this.
    as_of: DateTime<Utc>,
    /// Who moved it; never changes.
    user: ActivityUser,
    /// The wallet that it went into or out of, by the system's id for it: of the same user, and sent before or with this.
    wallet: Option<String>,
    /// What it does; never changes.
    kind: TransactionKind,
    /// How far it is.
    state: TransactionState,
    /// How much, without a sign: the kind says which way it goes.
    amount: Decimal,
    /// Of which currency; never changes.
    currency: CurrencyCode,
    /// What an exchange or a trade order gives for it.
    counter_amount: Option<Decimal>,
    /// The currency of that.
    counter_currency: Option<CurrencyCode>,
    /// When it was begun.
    at: DateTime<Utc>,
    /// What the system says about it.
    description: Option<String>,
}

/// What a payment service provider knows of a user.
#[derive(Debug, InputObject)]
struct PspAccountInput {
    /// The system's id for it: it is found again by this.
    external_id: String,
    /// The instant of which the system says this.
    as_of: DateTime<Utc>,
    /// The user; never changes.
    user: ActivityUser,
    /// The payment service provider.
    provider: String,
    /// What the provider calls the user.
    provider_user_id: String,
    /// Whether the platform can receive funds for the user.
    can_be_paid: bool,
    /// Whether the provider knows enough to pay the user out.
    can_be_paid_out: bool,
    /// What else the provider says: a JSON object of up to 10000 characters.
    details: Option<Value>,
}

/// Where a user is paid out to.
#[derive(Debug, InputObject)]
struct BankAccountInput {
    /// The system's id for it: it is found again by this.
    external_id: String,
    /// The instant of which the system says this.
    as_of: DateTime<Utc>,
    /// Whose it is; never changes.
    user: ActivityUser,
    /// The name on the account.
    holder: String,
    /// The number of the account (ISO 13616).
    iban: String,
    /// The bank (ISO 9362).
    bic: Option<String>,
    /// Its currency; never changes.
    currency: CurrencyCode,
}

/// What a user offers on the platform.
#[derive(Debug, InputObject)]
struct ListingInput {
    /// The system's id for it: it is found again by this.
    external_id: String,
    /// The instant of which the system says this.
    as_of: DateTime<Utc>,
    /// Whose it is; never changes.
    user: ActivityUser,
    /// What it is called.
    title: String,
    /// Where it stands.
    state: ListingState,
    /// Its page.
    url: Option<Url>,
    /// When the user published it.
    published_at: DateTime<Utc>,
}

/// Who booked what from whom. One side may be nobody whom the account knows, not both.
#[derive(Debug, InputObject)]
struct BookingInput {
    /// The system's id for it: it is found again by this.
    external_id: String,
    /// The instant of which the system says this.
    as_of: DateTime<Utc>,
    /// Who booked, as a customer; never changes once it is known.
    asker: Option<ActivityUser>,
    /// Who provides it, as a vendor; never changes once it is known.
    offerer: Option<ActivityUser>,
    /// What was booked, by the system's id for it: a listing of the offerer, sent before or with this.
    listing: Option<String>,
    /// How far it is.
    state: BookingState,
    /// The price.
    amount: Option<Decimal>,
    /// The currency of the price; never changes once it is known.
    currency: Option<CurrencyCode>,
    /// When what was booked begins.
    starts_at: Option<DateTime<Utc>>,
    /// When it ends.
    ends_at: Option<DateTime<Utc>>,
    /// When it was booked.
    at: DateTime<Utc>,
}

/// What a user says of another.
#[derive(Debug, InputObject)]
struct ReviewInput {
    /// The system's id for it: it is found again by this.
    external_id: String,
    /// The instant of which the system says this.
    as_of: DateTime<Utc>,
    /// Who wrote it; never changes.
    author: ActivityUser,
    /// About whom; never changes.
    subject: ActivityUser,
    /// From 1, the worst, to 5.
    rating: i32,
    /// What was written, of up to 5000 characters.
    text: Option<String>,
    /// When it was written.
    at: DateTime<Utc>,
}

impl From<ActivityRecordInput> for Batch {
    fn from(input: ActivityRecordInput) -> Self {
        let ActivityRecordInput { account, system, user_system, rows, error_policy: policy } = input;
        Self { account, system, user_system, rows: rows.into_iter().map(Row::from).collect(), policy }
    }
}

impl From<ActivityUser> for UserName {
    fn from(user: ActivityUser) -> Self {
        match user {
            ActivityUser::Id(id) => Self::Id(id.0),
            ActivityUser::Reference(reference) => Self::Reference(reference),
            ActivityUser::ExternalId(id) => Self::ExternalId(id),
        }
    }
}

impl From<NetworkInput> for NetworkFact {
    fn from(input: NetworkInput) -> Self {
        let NetworkInput { network, address, status, confirmations_required, last_block, last_seen_at } =
            input;
        Self { network, address, status, confirmations_required, last_block, last_seen_at }
    }
}

impl From<ActivityRowInput> for Row {
    fn from(row: ActivityRowInput) -> Self {
        match row {
            ActivityRowInput::Wallet(row) => row.into(),
            ActivityRowInput::Transaction(row) => row.into(),
            ActivityRowInput::PspAccount(row) => row.into(),
            ActivityRowInput::BankAccount(row) => row.into(),
            ActivityRowInput::Listing(row) => row.into(),
            ActivityRowInput::Booking(row) => row.into(),
            ActivityRowInput::Review(row) => row.into(),
        }
    }
}

impl From<WalletInput> for Row {
    fn from(input: WalletInput) -> Self {
        let WalletInput { external_id, as_of, user, status, provider, balance, currency, opened_at, network } =
            input;
        let fact = WalletFact {
            user: user.into(),
            status,
            provider,
            balance: balance.map(|amount| amount.0),
            currency: currency.0,
            opened_at,
            network: network.map(Into::into),
        };
        Self { external_id, as_of, fact: Fact::Wallet(fact) }
    }
}

impl From<TransactionInput> for Row {
    fn from(input: TransactionInput) -> Self {
        let TransactionInput {
            external_id,
            as_of,
            user,
            wallet,
            kind,
            state,
            amount,
            currency,
            counter_amount,
            counter_currency,
            at,
            description,
        } = input;
        let fact = TransactionFact {
            user: user.into(),
            wallet,
            kind,
            state,
            amount: amount.0,
            currency: currency.0,
            counter_amount: counter_amount.map(|amount| amount.0),
            counter_currency: counter_currency.map(|code| code.0),
            at,
            description,
        };
        Self { external_id, as_of, fact: Fact::Transaction(fact) }
    }
}

impl From<PspAccountInput> for Row {
    fn from(input: PspAccountInput) -> Self {
        let PspAccountInput {
            external_id,
            as_of,
            user,
            provider,
            provider_user_id,
            can_be_paid,
            can_be_paid_out,
            details,
        } = input;
        let fact = PspAccountFact {
            user: user.into(),
            provider,
            provider_user_id,
            can_be_paid,
            can_be_paid_out,
            details,
        };
        Self { external_id, as_of, fact: Fact::PspAccount(fact) }
    }
}

impl From<BankAccountInput> for Row {
    fn from(input: BankAccountInput) -> Self {
        let BankAccountInput { external_id, as_of, user, holder, iban, bic, currency } = input;
        let fact = BankAccountFact { user: user.into(), holder, iban, bic, currency: currency.0 };
        Self { external_id, as_of, fact: Fact::BankAccount(fact) }
    }
}

impl From<ListingInput> for Row {
    fn from(input: ListingInput) -> Self {
        let ListingInput { external_id, as_of, user, title, state, url, published_at } = input;
        let fact = ListingFact { user: user.into(), title, state, url: url.map(|url| url.0), published_at };
        Self { external_id, as_of, fact: Fact::Listing(fact) }
    }
}

impl From<BookingInput> for Row {
    fn from(input: BookingInput) -> Self {
        let BookingInput {
            external_id,
            as_of,
            asker,
            offerer,
            listing,
            state,
            amount,
            currency,
            starts_at,
            ends_at,
            at,
        } = input;
        let fact = BookingFact {
            asker: asker.map(Into::into),
            offerer: offerer.map(Into::into),
            listing,
            state,
            amount: amount.map(|amount| amount.0),
            currency: currency.map(|code| code.0),
            starts_at,
            ends_at,
            at,
        };
        Self { external_id, as_of, fact: Fact::Booking(fact) }
    }
}

impl From<ReviewInput> for Row {
    fn from(input: ReviewInput) -> Self {
        let ReviewInput { external_id, as_of, author, subject, rating, text, at } = input;
        let fact = ReviewFact { author: author.into(), subject: subject.into(), rating, text, at };
        Self { external_id, as_of, fact: Fact::Review(fact) }
    }
}
