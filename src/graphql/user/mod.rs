//! Users in the API.

mod filter;
mod input;
mod mutation;
mod object;
mod parts;
mod query;
mod select;
mod viewer;

pub(super) use mutation::UserMutations;
pub(super) use query::UserQueries;
