//! What other systems recorded of users, in the API. One file a kind.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};

use super::money::Money;
use crate::{domain::money, service::error::ApiError};

mod bank_account;
mod booking;
mod listing;
mod psp_account;
mod query;
mod report;
mod review;
mod transaction;
mod wallet;

pub(super) use bank_account::{BankAccount, BankAccountWhere};
pub(super) use booking::{Booking, BookingWhere};
pub(super) use listing::{Listing, ListingWhere};
pub(super) use psp_account::{PspAccount, PspAccountWhere};
pub(super) use query::RecordedQueries;
pub(super) use review::{Review, ReviewWhere};
pub(super) use transaction::{Transaction, TransactionWhere};
pub(super) use wallet::{Wallet, WalletWhere};

/// Which system says something, and as of when.
#[derive(SimpleObject)]
struct Source {
    /// The code of the system.
    system: String,
    /// What it calls the thing: unique within the account and the system.
    external_id: String,
    /// The instant of which it says this: what is older never replaces it.
    as_of: DateTime<Utc>,
    /// When it was first recorded here.
    recorded_at: DateTime<Utc>,
}

/// The source of a row.
macro_rules! source {
    ($row:expr) => {
        $crate::graphql::recorded::Source {
            system: $row.system.clone(),
            external_id: $row.external_id.clone(),
            as_of: $row.as_of,
            recorded_at: $row.recorded_at,
        }
    };
}
use source;

/// An amount as it is kept. Its currency was known when it was recorded.
fn amount(minor: i64, currency: &str) -> Result<Money, ApiError> {
    let money = money::Money::kept(minor, currency).ok_or_else(|| {
        tracing::error!(currency, "an amount is kept of a currency that is not known any more");
        ApiError::Internal
    })?;
    Ok(money.into())
}
