//! How PostgreSQL plans what it was sent before. Left alone it plans most pages anew each time, which costs more than to read
//! them: it believes a plan for the values at hand to be a little better. Where one index serves a list whatever the values
//! are, its plan is kept. Elsewhere values decide, and must be looked at: of whom a filter finds few, an index of that filter
//! is asked, and not that of the order.

use super::filter::{Attribute, Frame, Target};
use crate::domain::list::{Filter, Test};

/// How a statement is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Planning {
    /// Once, whatever its values are.
    Kept,
    /// By its values, where the database believes that this pays.
    ByValues,
}

impl Planning {
    /// The statement that has a connection plan so.
    pub(super) const fn setting(self) -> &'static str {
        match self {
            Self::Kept => "SET plan_cache_mode = force_generic_plan",
            Self::ByValues => "SET plan_cache_mode = auto",
        }
    }

    /// That of a list in the order of `served`, a column that indexes end with behind the columns that people filter by.
    pub(super) fn of<A: Attribute>(filter: &Filter<A>, served: Option<&str>, frame: &Frame<'_>) -> Self {
        match served {
            Some(column) if is_served(filter, column, frame) => Self::Kept,
            _ => Self::ByValues,
        }
    }
}

/// Whether all tests are for values that a column has, or for a part of the order.
fn is_served<A: Attribute>(filter: &Filter<A>, order: &str, frame: &Frame<'_>) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| is_served(part, order, frame)),
        Filter::Any(_) | Filter::Not(_) | Filter::ByOne(_) => false,
        Filter::Is(attribute, test) => match (attribute.target(frame), test) {
            (Target::Rows { .. }, _) => false,
            (Target::Column { .. }, Test::Eq(_) | Test::In(_) | Test::IsNull) => true,
            (
                Target::Column { column: (_, column), .. },
                Test::Gt(_) | Test::Gte(_) | Test::Lt(_) | Test::Lte(_) | Test::Within(_),
            ) => column == order,
            (Target::Column { .. }, Test::Contains(_) | Test::StartsWith(_) | Test::EndsWith(_)) => false,
        },
    }
}
