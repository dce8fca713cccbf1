//! Money in the API.

use async_graphql::SimpleObject;

use super::scalars::{CurrencyCode, Decimal};
use crate::domain::money;

/// An amount of a currency, exact to its smallest unit.
#[derive(Debug, SimpleObject)]
#[expect(dead_code, reason = "amounts of the share capital and of transactions are about to be shown")]
pub(super) struct Money {
    /// How much, with all digits behind the point that the currency has.
    amount: Decimal,
    /// Of which currency.
    currency: CurrencyCode,
}

impl From<money::Money> for Money {
    fn from(money: money::Money) -> Self {
        Self { amount: Decimal(money.amount()), currency: CurrencyCode(money.currency().code().into()) }
    }
}
