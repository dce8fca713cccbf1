//! The typed operators of every `where`. Operators of one input are combined by "and". A null operator is refused rather
//! than ignored: a variable that happens to be empty must not widen a list.

use async_graphql::MaybeUndefined;

use crate::{
    domain::list::{Filter, Test},
    service::error::ApiError,
};

mod text;
mod time;
mod word;

pub(super) use text::{CodeFilter, IdFilter, StringFilter};
pub(super) use time::{DateFilter, DateTimeFilter};
pub(super) use word::WordFilter;

/// Something that tests one attribute.
pub(super) trait AttributeFilter {
    /// The filter on that attribute.
    fn on<A: Copy>(self, attribute: A) -> Result<Filter<A>, ApiError>;
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

    fn done(self) -> Filter<A> {
        Filter::All(self.parts)
    }
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
