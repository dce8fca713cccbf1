//! What every test starts from: a desk with a database of its own, people with roles, and answers that are easy to ask.

mod acts;
mod answer;
mod database;
mod desk;
mod person;
mod sight;

pub(crate) use acts::{MUTATIONS, WHOLE, document, fifty};
pub(crate) use answer::Answer;
pub(crate) use database::{Fresh, is_postgres};
pub(crate) use desk::Desk;
pub(crate) use person::Person;
pub(crate) use sight::uuid;
