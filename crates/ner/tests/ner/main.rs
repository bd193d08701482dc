//! The recogniser and the trainer, driven with tiny random models. One program, since linking libtorch is slow.
#![allow(clippy::unwrap_used, reason = "tests")]

mod load;
mod support;
mod tag;
mod train;
