//! The product as its clients see it: the real router over a fresh database for each test, on SQLite or, with
//! `BACKDESK_TEST_DATABASE=postgres`, on PostgreSQL. One binary, because linking is what takes the time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod aborts;
mod audit;
mod audit_story;
mod authority;
mod door;
mod edge;
mod edge_limits;
mod idempotency;
mod import;
mod options;
mod papers;
mod schema;
mod scope;
mod start;
mod user_acts;
mod user_create;
mod user_formats;
mod user_update;
