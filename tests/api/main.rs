//! The product as its clients see it: the real router over a fresh database for each test, on SQLite or, with
//! `BACKDESK_TEST_DATABASE=postgres`, on PostgreSQL. One binary, because linking is what takes the time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod aborts;
mod abuse;
mod answers;
mod audit;
mod audit_story;
mod authority;
mod availability;
mod both_databases;
mod comments;
mod company;
mod documents;
mod documents_list;
mod door;
mod edge;
mod edge_abuse;
mod edge_errors;
mod edge_limits;
mod edge_rates;
mod facets;
mod files;
mod files_s3;
mod finance_report;
mod idempotency;
mod import;
mod import_ties;
mod leads;
mod lists_below;
mod money;
mod options;
mod origins;
mod overload;
mod page_numbers;
mod papers;
mod parties;
mod pictures;
mod preview;
mod program;
mod schema;
mod scope;
mod sensitive;
mod server;
mod start;
mod telemetry;
mod ties;
mod user_acts;
mod user_create;
mod user_formats;
mod user_parts;
mod user_read;
mod user_update;
mod users_cursors;
mod users_fields;
mod users_filter;
mod users_filter_edges;
mod users_filter_limits;
mod users_list;
mod users_pages;
mod users_search;
mod validation;
mod verifications;
mod viewer_actions;
