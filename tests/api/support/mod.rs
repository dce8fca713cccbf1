//! What every test starts from: a desk with a database of its own, people with roles, and answers that are easy to ask.

mod answer;
pub(crate) mod database;
mod desk;
mod person;

pub(crate) mod dice;
pub(crate) mod population;
pub(crate) mod property;
pub(crate) mod reference;
pub(crate) mod sorted;
pub(crate) mod twins;
pub(crate) mod walk;

pub(crate) use answer::Answer;
pub(crate) use desk::Desk;
pub(crate) use person::Person;
