//! A compiled pack of vocabularies, opened by memory map.

use std::path::Path;

use clinlink_model::{Label, System};
use memmap2::Mmap;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A concept of a pack, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConceptId(pub u32);

/// What a pack knows of a concept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concept<'p> {
    /// Its number.
    pub id: ConceptId,
    /// The code system.
    pub system: &'p System,
    /// The code, as its owner writes it.
    pub code: &'p str,
    /// The preferred name.
    pub title: &'p str,
    /// What sort of thing it is.
    pub label: Label,
    /// Whether it is a leaf that may be reported (ICD) or a concept in use.
    pub billable: bool,
}

/// What sort of term of its concept a term is, from the surest to the least sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum TermKind {
    /// The preferred name.
    Title,
    /// An exact synonym or an inclusion term.
    Synonym,
    /// An entry of the alphabetic index.
    Index,
    /// A term of broader, narrower or related meaning.
    Related,
}

/// One concept that a term names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The concept.
    pub concept: ConceptId,
    /// How the term names it.
    pub kind: TermKind,
}

/// How the target of a cross-reference relates to its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Relation {
    /// The same meaning.
    Exact,
    /// The target is broader.
    Broader,
    /// The target is narrower.
    Narrower,
    /// Neither is known.
    Approximate,
}

/// A kind of note in the tabular list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are the tabular list's own")]
pub enum NoteKind {
    Includes,
    Excludes1,
    Excludes2,
    CodeFirst,
    UseAdditional,
    CodeAlso,
    SeventhCharacter,
}

/// An open pack. Shared by all threads; nothing in it changes.
pub struct Pack {}

/// Why a pack does not open.
#[derive(Debug, Error)]
pub enum PackError {}

impl Pack {
    /// Opens the pack in folder `path`.
    ///
    /// # Errors
    /// If it is missing, of another format version, or damaged.
    pub fn open(path: &Path) -> Result<Self, PackError> {
        todo!("{path:?}")
    }

    /// The number of concepts.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// A concept. Ids of this pack only.
    pub fn concept(&self, id: ConceptId) -> Concept<'_> {
        todo!("{id:?}")
    }

    /// The concept of a system with a code.
    pub fn find(&self, system: &System, code: &str) -> Option<ConceptId> {
        todo!("{system} {code}")
    }

    /// The terms: normal form to the number that [`postings`](Self::postings) takes.
    pub fn terms(&self) -> &fst::Map<Mmap> {
        todo!()
    }

    /// The concepts that a term names, surest kind first, by the value that [`terms`](Self::terms) holds for it.
    pub fn postings(&self, value: u64) -> impl Iterator<Item = Posting> + '_ {
        let _ = value;
        std::iter::empty()
    }

    /// Whether the concept has `text` as a term, letter for letter but for case.
    pub fn is_surface(&self, id: ConceptId, text: &str) -> bool {
        todo!("{id:?} {text}")
    }

    /// The parent in a mono-hierarchy, the first one in a poly-hierarchy.
    pub fn parent(&self, id: ConceptId) -> Option<ConceptId> {
        todo!("{id:?}")
    }

    /// The direct children.
    pub fn children(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> + '_ {
        let _ = id;
        std::iter::empty()
    }

    /// Parent, its parent and so on to the root.
    pub fn ancestors(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> + '_ {
        std::iter::successors(self.parent(id), |&id| self.parent(id))
    }

    /// Cross-references from and to other systems' concepts.
    pub fn maps(&self, id: ConceptId) -> impl Iterator<Item = (ConceptId, Relation)> + '_ {
        let _ = id;
        std::iter::empty()
    }

    /// The concept's concepts in another system: direct cross-references, else those over one system between.
    pub fn map_to(&self, id: ConceptId, system: &System) -> Vec<(ConceptId, Relation)> {
        todo!("{id:?} {system}")
    }

    /// The notes of a kind that stand at the concept itself (not at its ancestors), as printed.
    pub fn notes(&self, id: ConceptId, kind: NoteKind) -> impl Iterator<Item = &str> + '_ {
        let _ = (id, kind);
        std::iter::empty()
    }

    /// The codes that a note of that kind names, at the concept or above it, each as a prefix of codes (`E11`,
    /// `I10`, `O24.4`); ranges are written out.
    pub fn note_codes(&self, id: ConceptId, kind: NoteKind) -> Vec<String> {
        todo!("{id:?} {kind:?}")
    }

    /// Full-text search over terms: at most `limit` concepts with BM25 scores, best first, ties by concept id;
    /// of one label only if given.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn search(&self, words: &str, label: Option<Label>, limit: usize) -> Result<Vec<(ConceptId, f32)>, PackError> {
        todo!("{words} {label:?} {limit}")
    }
}
