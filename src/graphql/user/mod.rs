//! Users in the API.

mod circumstances;
mod company;
mod effects;
mod fees_input;
mod figures;
mod filed;
mod filter;
mod input;
mod kyc;
mod mutation;
mod object;
mod parts;
mod plain;
mod profile;
mod query;
mod recorded;
mod select;
mod tie_input;
mod tie_mutation;
mod tied;
mod ties;
mod view;
mod viewer;
mod wide;

pub(super) use input::patch_by;
pub(super) use mutation::{UserMutations, UserPayload, act, asked};
pub(super) use query::UserQueries;
pub(super) use select::selection_of;
pub(super) use tie_mutation::TieMutations;
pub(super) use ties::Category;
pub(super) use view::User;
