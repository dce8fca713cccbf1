//! Operators on amounts of money.

use async_graphql::{InputObject, MaybeUndefined};

use super::{Operators, given};
use crate::{
    domain::{
        list::{Filter, Operand, Test},
        money::{Currency, Money},
    },
    graphql::scalars::{CurrencyCode, Decimal},
    service::error::ApiError,
};

/// Tests an amount of money, within one currency: amounts of others are never found.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct AmountFilter {
    /// Of which currency.
    currency: CurrencyCode,
    /// Equal.
    eq: MaybeUndefined<Decimal>,
    /// More.
    gt: MaybeUndefined<Decimal>,
    /// So much or more.
    gte: MaybeUndefined<Decimal>,
    /// Less.
    lt: MaybeUndefined<Decimal>,
    /// So much or less.
    lte: MaybeUndefined<Decimal>,
}

impl AmountFilter {
    /// The filter on an amount and its currency.
    pub(in crate::graphql) fn on<A: Copy>(self, amount: A, currency: A) -> Result<Filter<A>, ApiError> {
        let Self { currency: CurrencyCode(code), eq, gt, gte, lt, lte } = self;
        let kept = Currency::parse(&code).map_err(|mistake| ApiError::bad_input(mistake.into_message()))?;
        let test = |operator: &str, value: MaybeUndefined<Decimal>, make: fn(Operand) -> Test| {
            let Some(Decimal(text)) = given(operator, value)? else { return Ok(None) };
            let money =
                Money::parse(&text, kept).map_err(|mistake| ApiError::bad_input(mistake.into_message()))?;
            Ok::<_, ApiError>(Some(make(Operand::Amount(money.minor()))))
        };
        let tests = Operators::of(amount)
            .and(test("eq", eq, Test::Eq)?)
            .and(test("gt", gt, Test::Gt)?)
            .and(test("gte", gte, Test::Gte)?)
            .and(test("lt", lt, Test::Lt)?)
            .and(test("lte", lte, Test::Lte)?)
            .done()?;
        let own = Filter::Is(currency, Test::Eq(Operand::Text(kept.code().to_owned())));
        Ok(Filter::All(vec![own, tests]))
    }
}
