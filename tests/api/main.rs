//! The product as its clients see it: the real router over a fresh database for each test, on SQLite or, with
//! `BACKDESK_TEST_DATABASE=postgres`, on PostgreSQL. One binary, because linking is what takes the time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod door;
mod import;
mod papers;

mod both_databases;
mod user_read;
mod users_cursors;
mod users_fields;
mod users_filter;
mod users_filter_edges;
mod users_filter_limits;
mod users_list;
mod users_pages;
mod users_search;
