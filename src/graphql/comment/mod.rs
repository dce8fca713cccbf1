//! Comments on users in the API.

mod mutation;
mod object;

pub(super) use mutation::CommentMutations;
pub(super) use object::{Comment, CommentWhere};
