//! Operators on texts, codes and ids.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::{AttributeFilter, Operators, all_of, given};
use crate::{
    domain::list::{Filter, Operand, Test},
    service::{error::ApiError, parse_id},
};

fn text(given: String) -> Operand {
    Operand::Text(given)
}

fn texts(given: Vec<String>) -> Test {
    Test::In(given.into_iter().map(Operand::Text).collect())
}

/// Tests a text. Case and accents of names, e-mail addresses and tags do not matter.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct StringFilter {
    /// Equal.
    eq: MaybeUndefined<String>,
    /// Not equal; a missing value is not equal to anything.
    ne: MaybeUndefined<String>,
    /// One of these.
    r#in: MaybeUndefined<Vec<String>>,
    /// None of these.
    not_in: MaybeUndefined<Vec<String>>,
    /// Contains this.
    contains: MaybeUndefined<String>,
    /// Starts with this.
    starts_with: MaybeUndefined<String>,
    /// Ends with this.
    ends_with: MaybeUndefined<String>,
    /// Missing, or not.
    is_null: MaybeUndefined<bool>,
}

impl AttributeFilter for StringFilter {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        let Self { eq, ne, r#in, not_in, contains, starts_with, ends_with, is_null } = self;
        Operators::of(attribute)
            .and(given("eq", eq)?.map(|value| Test::Eq(text(value))))
            .and_not(given("ne", ne)?.map(|value| Test::Eq(text(value))))
            .and(given("in", r#in)?.map(texts))
            .and_not(given("notIn", not_in)?.map(texts))
            .and(given("contains", contains)?.map(Test::Contains))
            .and(given("startsWith", starts_with)?.map(Test::StartsWith))
            .and(given("endsWith", ends_with)?.map(Test::EndsWith))
            .and_is_null(given("isNull", is_null)?)
            .done()
    }
}

/// Tests a code, such as a country, a language, a group or an account: whole, never in part.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct CodeFilter {
    /// Equal.
    eq: MaybeUndefined<String>,
    /// Not equal; a missing value is not equal to anything.
    ne: MaybeUndefined<String>,
    /// One of these.
    r#in: MaybeUndefined<Vec<String>>,
    /// None of these.
    not_in: MaybeUndefined<Vec<String>>,
    /// Missing, or not.
    is_null: MaybeUndefined<bool>,
}

impl CodeFilter {
    /// The filter by an attribute that is told by whole codes, however it is stored.
    pub(in crate::graphql) fn among<A>(
        self,
        is_null: impl Fn() -> Filter<A>,
        any_of: impl Fn(&[String]) -> Filter<A>,
    ) -> Result<Filter<A>, ApiError> {
        let Self { eq, ne, r#in, not_in, is_null: missing } = self;
        let mut parts = Vec::new();
        parts.extend(given("eq", eq)?.map(|code| any_of(&[code])));
        parts.extend(given("ne", ne)?.map(|code| any_of(&[code]).negated()));
        parts.extend(given("in", r#in)?.map(|codes| any_of(&codes)));
        parts.extend(given("notIn", not_in)?.map(|codes| any_of(&codes).negated()));
        parts.extend(
            given("isNull", missing)?.map(|missing| if missing { is_null() } else { is_null().negated() }),
        );
        all_of(parts)
    }
}

impl AttributeFilter for CodeFilter {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        self.among(
            || Filter::Is(attribute, Test::IsNull),
            |codes| Filter::Is(attribute, texts(codes.to_vec())),
        )
    }
}

/// Tests an id.
#[derive(Debug, InputObject)]
pub(in crate::graphql) struct IdFilter {
    /// Equal.
    eq: MaybeUndefined<ID>,
    /// Not equal.
    ne: MaybeUndefined<ID>,
    /// One of these.
    r#in: MaybeUndefined<Vec<ID>>,
    /// None of these.
    not_in: MaybeUndefined<Vec<ID>>,
}

impl AttributeFilter for IdFilter {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        // what is no id of ours names nothing
        let ids =
            |ids: Vec<ID>| Test::In(ids.iter().filter_map(|id| parse_id(id)).map(Operand::Id).collect());
        let Self { eq, ne, r#in, not_in } = self;
        Operators::of(attribute)
            .and(given("eq", eq)?.map(|id| ids(vec![id])))
            .and_not(given("ne", ne)?.map(|id| ids(vec![id])))
            .and(given("in", r#in)?.map(ids))
            .and_not(given("notIn", not_in)?.map(ids))
            .done()
    }
}
