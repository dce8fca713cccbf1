//! Operators on numbers, and on what is true, false or not known.

use async_graphql::{InputObject, MaybeUndefined};

use super::{AttributeFilter, Operators, given};
use crate::{
    domain::list::{Filter, Operand, Test},
    service::error::ApiError,
};

/// Tests a whole number.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct IntFilter {
    /// Equal.
    eq: MaybeUndefined<i32>,
    /// Not equal.
    ne: MaybeUndefined<i32>,
    /// One of these.
    r#in: MaybeUndefined<Vec<i32>>,
    /// None of these.
    not_in: MaybeUndefined<Vec<i32>>,
    /// Greater.
    gt: MaybeUndefined<i32>,
    /// Greater or equal.
    gte: MaybeUndefined<i32>,
    /// Less.
    lt: MaybeUndefined<i32>,
    /// Less or equal.
    lte: MaybeUndefined<i32>,
}

impl AttributeFilter for IntFilter {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        let number = Operand::Number;
        let any = |numbers: Vec<i32>| Test::In(numbers.into_iter().map(number).collect());
        let Self { eq, ne, r#in, not_in, gt, gte, lt, lte } = self;
        Operators::of(attribute)
            .and(given("eq", eq)?.map(|value| Test::Eq(number(value))))
            .and_not(given("ne", ne)?.map(|value| Test::Eq(number(value))))
            .and(given("in", r#in)?.map(any))
            .and_not(given("notIn", not_in)?.map(any))
            .and(given("gt", gt)?.map(|value| Test::Gt(number(value))))
            .and(given("gte", gte)?.map(|value| Test::Gte(number(value))))
            .and(given("lt", lt)?.map(|value| Test::Lt(number(value))))
            .and(given("lte", lte)?.map(|value| Test::Lte(number(value))))
            .done()
    }
}

/// Tests an answer: yes, no, or none.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct AnswerFilter {
    /// Equal.
    eq: MaybeUndefined<bool>,
    /// Not equal; a missing value is not equal to anything.
    ne: MaybeUndefined<bool>,
    /// Missing, or not.
    is_null: MaybeUndefined<bool>,
}

impl AttributeFilter for AnswerFilter {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        let answer = |value| Test::Eq(Operand::Flag(value));
        let Self { eq, ne, is_null } = self;
        Operators::of(attribute)
            .and(given("eq", eq)?.map(answer))
            .and_not(given("ne", ne)?.map(answer))
            .and_is_null(given("isNull", is_null)?)
            .done()
    }
}
