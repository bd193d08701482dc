//! Reads vocabularies, compiles them into a pack, opens the pack by memory map.
//!
//! A pack is a folder of flat files that are mapped into memory: opening one takes milliseconds, and all threads and
//! processes share its pages. [`PackBuilder`] makes one from calls, [`Pack`] opens it.
//!
//! [`fetch()`] gets the vocabularies that the recipes in `vocab/*.recipe.toml` name, [`build()`] compiles them.
//!
//! Terms are kept by their normal form ([`normal_form`]): a text and a term match if their normal words are the same.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod builder;
mod cluster_code;
mod columns;
mod cross_references;
mod current;
mod diff;
mod entry;
mod forms;
mod general;
mod hierarchy;
mod icd_codes;
mod listing;
mod make;
mod manifest;
mod migrate;
mod normal;
mod note_codes;
mod numerals;
mod order;
mod pack;
mod pack_error;
mod plural;
mod read_only;
mod recipe;
mod sources;
mod spelling;
mod text_index;
mod title_words;
mod vocab_error;
mod write;

pub use builder::PackBuilder;
pub use cluster_code::{ClusterCode, ClusterError, ClusterFault, Stem};
pub use current::is_current;
pub use diff::{Change, Diff, Difference, diff};
pub use entry::{
    Concept, ConceptId, CrossReference, Fact, MapOrigin, NoteKind, Posting, Relation, Surface, TermKind,
};
pub use listing::{RecipeInfo, recipes};
pub use make::{Ingredients, Report, build, build_with, compile, fetch, fetch_with};
pub use manifest::{FORMAT, FileEntry, Manifest, Source, SystemCount};
pub use migrate::{Doubt, Titled, Verdict, migrate};
pub use normal::{NormalWord, normal_form, normal_words, visit_normal_words};
pub use pack::{Crosswalk, Pack, Step};
pub use pack_error::PackError;
pub use title_words::{deciding_words, is_function_word};
pub use vocab_error::VocabError;
