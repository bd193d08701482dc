//! The review desk: a REST service and a page on which clinical coders accept, correct and teach.
//!
//! Episodes are imported into a [`Database`], annotated in the background by an [`Engine`], reviewed on the page and
//! exported. [`Server`] puts it together. Everything a person decides is an event in a log that only grows; a review is
//! the fold of its events over the code set that the machine proposed, so the audit trail is the data.
//!
//! Inference is done on threads of its own, never on those that answer requests.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod annotator;
mod app;
mod caller;
mod clock;
mod database;
mod desk;
mod engine;
mod episodes;
mod error;
mod extract;
mod limits;
mod log;
mod metrics;
mod oidc;
mod options;
mod review;
mod role;
mod routes;
mod secrets;
mod server;
mod sessions;
mod training;
mod users;

pub use database::{Database, DatabaseError};
pub use engine::{Engine, EngineError};
pub use episodes::Imported;
pub use oidc::OidcError;
pub use options::{Oidc, Purpose, ServerOptions, Tls};
pub use role::Role;
pub use server::{Server, ServerError, openapi};
pub use users::{User, UserError};
