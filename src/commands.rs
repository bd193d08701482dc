//! The subcommands, one file each.

pub mod annotate;
pub mod audit;
pub mod code;
pub mod eval;
pub mod explain;
mod notes;
pub mod pipeline;
pub mod shell;
pub mod train;
pub mod train_coder;
pub mod train_linker;
pub mod train_ranker;
pub mod vocab;
