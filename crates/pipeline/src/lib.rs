//! A `pipeline.toml` becomes running stages.
//!
//! [`PipelineConfig`] is the file: one slot a stage, each a closed set of choices. [`Pipeline`] holds the stages
//! and takes notes through them; [`Pipeline::run`] does so for a stream of notes on several threads, in bounded
//! memory, and gives the results back in the order of the notes. [`Episodes`] puts annotated notes together by
//! episode for the coder.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod config;
mod denial;
mod episodes;
mod error;
mod in_order;
mod learn_coder;
mod learn_linker;
mod merge;
mod pipeline;
mod run;
mod short_forms;
mod slot;

pub use clinlink_episode::{Coded, Profile, Tally};
pub use config::{
    AssertConfig, CodeConfig, ExpandConfig, LinkConfig, ModelConfig, PipelineConfig, SegmentConfig, TagConfig,
};
pub use episodes::Episodes;
pub use error::{NoteFailure, PipelineError};
pub use learn_coder::{CodedNote, LEARN_STEPS, learn_coder};
pub use learn_linker::{NoteLinks, learn_linker};
pub use merge::{MergedTagger, WithLearned};
pub use pipeline::{ExplainedMention, Mentions, Pipeline, gazetteer};
pub use run::{EpisodeOutcome, RunOptions};
