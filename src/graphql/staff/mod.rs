//! Staff members in the API.

mod filter;
mod mutation;
mod object;
mod query;

pub(super) use mutation::StaffMutations;
pub(super) use query::StaffQueries;
