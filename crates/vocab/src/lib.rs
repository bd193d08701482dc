//! Reads vocabularies, compiles them into a pack, opens the pack by memory map.

mod normal;
mod pack;

pub use normal::{NormalWord, normal_form, normal_words};
pub use pack::{Concept, ConceptId, NoteKind, Pack, PackError, Posting, Relation, TermKind};
