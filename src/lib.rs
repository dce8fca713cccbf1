//! Backdesk: the user back office of regulated platforms as one GraphQL API. A request walks one way through the house,
//! http, graphql, service, store, and each room uses only the rooms below it: see ARCHITECTURE.md.

// an answer is one future, of lists in users in lists: the compiler goes down all of it to see that threads may share it
#![recursion_limit = "256"]

pub mod app;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod files;
pub mod graphql;
#[cfg(test)]
mod hostile;
pub mod http;
pub mod mail;
pub mod place;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod workers;
