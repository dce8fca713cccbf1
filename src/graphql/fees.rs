//! Fees in the API: what applies, and how a price is split by it.

use async_graphql::SimpleObject;

use super::{money::Money, scalars::Decimal};
use crate::domain::{
    fees::{FeeRule, Quote},
    money::{self, Currency},
    percent,
};

/// What applies on one side of a booking.
#[derive(Debug, SimpleObject)]
pub(super) struct FeeTerms {
    /// The part of the price, in percent.
    percent: Decimal,
    /// What is added to that, however high the price is.
    fixed: Money,
}

impl FeeTerms {
    /// What a rule with all its values says; what has none is zero of the currency.
    pub(super) fn of(rule: FeeRule, currency: Currency) -> Self {
        let FeeRule { percent, fixed } = rule;
        Self {
            percent: Decimal(percent::print(percent.unwrap_or_default())),
            fixed: fixed.unwrap_or_else(|| money::Money::of(0, currency)).into(),
        }
    }
}

/// How the money of a booking is split: each part of the price is rounded half up to the smallest unit of the currency.
#[derive(Debug, SimpleObject)]
pub(super) struct FeeQuote {
    /// What the offerer asks for.
    price: Money,
    /// What the asker pays the platform.
    asker_fee: Money,
    /// What the offerer pays the platform.
    offerer_fee: Money,
    /// The price and the asker's fee.
    asker_pays: Money,
    /// The price without the offerer's fee. Negative where the fee is more than the price: the offerer owes it.
    offerer_receives: Money,
    /// Both fees.
    platform_earns: Money,
}

impl From<Quote> for FeeQuote {
    fn from(quote: Quote) -> Self {
        let Quote { price, asker_fee, offerer_fee, asker_pays, offerer_receives, platform_earns } = quote;
        Self {
            price: price.into(),
            asker_fee: asker_fee.into(),
            offerer_fee: offerer_fee.into(),
            asker_pays: asker_pays.into(),
            offerer_receives: offerer_receives.into(),
            platform_earns: platform_earns.into(),
        }
    }
}
