//! KYC reviews in the API.

mod mutation;
mod object;
mod query;

pub(super) use mutation::KycMutations;
pub(super) use object::{KycReview, KycReviewWhere};
pub(super) use query::{KycQueries, oldest_first};
