//! rust-bert 0.23 asks for tch ^0.17, but its source compiles unchanged against 0.24, the version for
//! libtorch 2.11. `[patch.crates-io]` in the workspace puts this crate where rust-bert looks for tch.

pub use tch_current::*;
