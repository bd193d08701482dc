//! The subcommands, one file each.

pub mod annotate;
pub mod audit;
pub mod code;
pub mod eval;
pub mod explain;
pub mod import;
pub mod learn;
mod notes;
pub mod pipeline;
pub mod promote;
pub mod serve;
pub mod shell;
pub mod train;
pub mod train_coder;
pub mod train_linker;
pub mod train_ranker;
pub mod user;
pub mod vocab;
