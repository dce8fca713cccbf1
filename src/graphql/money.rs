//! Money in the API.

use async_graphql::{InputObject, SimpleObject};

use super::scalars::{CurrencyCode, Decimal};
use crate::domain::{money, user::AmountGiven};

/// An amount of a currency, exact to its smallest unit.
#[derive(Debug, SimpleObject)]
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

impl Money {
    /// What a row keeps: so many of the smallest unit, under the code of the currency.
    pub(super) fn kept(minor: Option<i64>, currency: Option<&str>) -> Option<Self> {
        money::Money::kept(minor?, currency?).map(Self::from)
    }
}

/// An amount of a currency, as somebody gives it.
#[derive(Debug, InputObject)]
pub(super) struct MoneyInput {
    /// How much, with no more digits behind the point than the currency has.
    amount: Decimal,
    /// Of which currency.
    currency: CurrencyCode,
}

impl From<MoneyInput> for AmountGiven {
    fn from(input: MoneyInput) -> Self {
        let MoneyInput { amount, currency } = input;
        Self { amount: amount.0, currency: currency.0 }
    }
}
