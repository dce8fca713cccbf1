//! What every test starts from: a desk with a database of its own, people with roles, and answers that are easy to ask.

mod acts;
mod answer;
mod arranged;
mod database;
mod desk;
pub(crate) mod dice;
pub(crate) mod documents;
pub(crate) mod facets;
pub(crate) mod kyc;
pub(crate) mod outbox;
mod person;
pub(crate) mod policies;
pub(crate) mod population;
pub(crate) mod program;
pub(crate) mod property;
pub(crate) mod recorded;
pub(crate) mod recording;
pub(crate) mod reference;
pub(crate) mod server;
mod sight;
pub(crate) mod sign_in;
pub(crate) mod smtp;
pub(crate) mod sorted;
pub(crate) mod staff;
pub(crate) mod twins;
pub(crate) mod walk;
pub(crate) mod wire;

pub(crate) use acts::{MUTATIONS, WHOLE, document, document_answering, fifty};
pub(crate) use answer::Answer;
pub(crate) use database::{Fresh, is_postgres};
pub(crate) use desk::{Desk, POOL, READS};
pub(crate) use person::Person;
pub(crate) use sight::uuid;
