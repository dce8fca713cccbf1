//! Users in the API.

mod filter;
mod input;
mod mutation;
mod object;
mod parts;
mod query;
mod select;

pub(super) use mutation::UserMutations;
pub(super) use query::UserQueries;
