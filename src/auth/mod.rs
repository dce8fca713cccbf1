//! From a token to a caller to a permit, and the table of who may do what. Knows nothing of requests or tables.

pub mod caller;
pub mod keys;
pub mod link;
pub mod opaque;
pub mod password;
pub mod policy;
pub mod roles;
pub mod sealing;
pub mod second_factor;
pub mod token;
