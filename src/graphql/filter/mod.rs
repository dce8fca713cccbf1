//! The typed operators of every `where`. Operators of one input are combined by "and". A null operator, and an attribute
//! without any, are refused rather than ignored: a variable that happens to be empty or missing must not widen a list.

use async_graphql::MaybeUndefined;

use crate::{
    domain::list::{Filter, Test},
    service::error::ApiError,
};

mod amount;
mod number;
mod text;
mod time;
mod word;

pub(super) use amount::AmountFilter;
pub(super) use number::{AnswerFilter, IntFilter};
pub(super) use text::{CodeFilter, IdFilter, StringFilter};
pub(super) use time::{DateFilter, DateTimeFilter};
pub(super) use word::WordFilter;

/// Something that tests one attribute.
pub(super) trait AttributeFilter {
    /// The filter on that attribute.
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError>;
}

/// The filter on an attribute that was given.
pub(super) fn tested<A: Copy>(
    given: Option<impl AttributeFilter>,
    attribute: A,
) -> Result<Option<Filter<A>>, ApiError> {
    given.map(|filter| filter.on(attribute)).transpose()
}

impl<F: AttributeFilter> AttributeFilter for Box<F> {
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError> {
        (*self).on(attribute)
    }
}

/// Collects the operators that were given.
struct Operators<A> {
    attribute: A,
    parts: Vec<Filter<A>>,
}

impl<A: Copy> Operators<A> {
    fn of(attribute: A) -> Self {
        Self { attribute, parts: Vec::new() }
    }

    fn and(mut self, test: Option<Test>) -> Self {
        self.parts.extend(test.map(|test| Filter::Is(self.attribute, test)));
        self
    }

    fn and_not(mut self, test: Option<Test>) -> Self {
        self.parts.extend(test.map(|test| Filter::Is(self.attribute, test).negated()));
        self
    }

    fn and_is_null(self, is_null: Option<bool>) -> Self {
        match is_null {
            Some(true) => self.and(Some(Test::IsNull)),
            Some(false) => self.and_not(Some(Test::IsNull)),
            None => self,
        }
    }

    fn done(self) -> Result<Filter<A>, ApiError> {
        all_of(self.parts)
    }
}

/// Everything that an attribute is tested for.
fn all_of<A>(tests: Vec<Filter<A>>) -> Result<Filter<A>, ApiError> {
    if tests.is_empty() {
        let message = "An attribute without an operator tests nothing: leave the attribute out, or give every variable of it.";
        return Err(ApiError::bad_input(message));
    }
    Ok(Filter::All(tests))
}

fn given<T>(operator: &str, value: MaybeUndefined<T>) -> Result<Option<T>, ApiError> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Value(value) => Ok(Some(value)),
        MaybeUndefined::Null => Err(ApiError::bad_input(format!(
            "`{operator}: null` tests nothing: leave it out, or use `isNull`."
        ))),
    }
}
