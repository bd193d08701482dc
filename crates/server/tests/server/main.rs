//! The review desk over its REST service, on SQLite and on PostgreSQL.

#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

mod access;
mod again;
mod concurrency;
mod conflicts;
mod desk;
mod double_coding;
mod hostile;
mod journey;
mod machines;
mod oidc;
mod postgres;
