//! Users in the API.

mod input;
mod mutation;
mod object;
mod query;
mod select;

pub(super) use mutation::UserMutations;
pub(super) use query::UserQueries;
