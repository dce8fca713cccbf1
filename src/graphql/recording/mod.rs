//! What other systems record of users, in the API.

mod input;
mod mutation;

pub(super) use mutation::ActivityMutations;
