//! Documents and pictures of users in the API.

mod mutation;
mod object;
mod query;

pub(super) use mutation::{DocumentMutations, PictureMutations};
pub(super) use object::{Document, DocumentWhere, UserDocuments};
pub(super) use query::DocumentQueries;
