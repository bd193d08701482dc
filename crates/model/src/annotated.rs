use crate::assertion::Assertion;
use crate::concept::Candidate;
use crate::layout::Layout;
use crate::mention::{Expansion, Mention};
use crate::note::Note;

/// A note with everything the per-note stages found in it.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnotatedNote {
    /// The note, unaltered.
    pub note: Note,
    /// Sections, sentences, tokens.
    pub layout: Layout,
    /// Abbreviations with their long forms, in text order.
    pub expansions: Vec<Expansion>,
    /// The mentions, in text order.
    pub mentions: Vec<AnnotatedMention>,
}

/// A mention, how it is meant and what it may stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnotatedMention {
    /// The words.
    pub mention: Mention,
    /// How they are meant; `None` if no stage has assessed it, and then nothing may be coded from it.
    pub assertion: Option<Assertion>,
    /// Concepts, best first; empty if nothing is good enough (NIL).
    pub links: Vec<Candidate>,
}

/// All annotated notes of one episode of care, in the order of their dates where they have them.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// The identifier.
    pub id: String,
    /// The notes.
    pub notes: Vec<AnnotatedNote>,
}
