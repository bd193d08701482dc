//! How sure a link is. All figures of the scores in one place.
//!
//! A link's score is the product of how the mention's words came to be those of a term (`way`), and what sort of
//! term of the concept that is (`kind`). 1 is a preferred name, letter for letter; 0.6 is the default threshold.

use clinlink_vocab::{Relation, TermKind};

/// The mention is the term, letter for letter but for case.
pub(crate) const EXACT: f32 = 1.0;
/// The mention has the term's normal form.
pub(crate) const NORMAL: f32 = 0.97;
/// The long form of the abbreviation is the term.
pub(crate) const ABBREVIATION: f32 = 0.93;
/// What is left of the mention's words after reductions is the term; less for each word lost.
pub(crate) const REDUCED: f32 = 0.92;
/// Lost for each word that was dropped, passed over or taken in another form.
pub(crate) const PER_WORD: f32 = 0.03;
/// Lost when the words stand in another order.
pub(crate) const REORDERED: f32 = 0.04;
/// Lost for each word that an ICD title says beyond the mention, up to three.
pub(crate) const PER_ADDED_WORD: f32 = 0.05;
/// Factor on the likeness (0 to 1) of the mention to a term found by full-text search.
pub(crate) const SEARCH: f32 = 0.85;

/// Factor on the likeness (at most 1) of what the mention means to what a term means.
pub(crate) const DENSE: f32 = 0.8;

/// Such words were linked to this concept whenever they were seen; times the share of the notes where they were.
pub(crate) const LEARNED: f32 = 0.98;
/// Lost when the mention names several things, of which this is one.
pub(crate) const COORDINATED: f32 = 0.06;
/// Lost when a word that says only that something is wrong (`damage`) is taken for another (`disease`).
pub(crate) const GENERAL: f32 = 0.1;
/// Lost when a word is written as two, or two as one.
pub(crate) const RESPACED: f32 = 0.04;
/// Lost when words are spelt otherwise.
pub(crate) const MISSPELT: f32 = 0.08;
/// Lost when a word has two mistakes.
pub(crate) const MISSPELT_TWICE: f32 = 0.16;
/// A term inside the mention holds the word that says what it is.
pub(crate) const PART_HEAD: f32 = 0.85;
/// A term inside the mention begins it.
pub(crate) const PART_START: f32 = 0.8;
/// A term stands inside the mention.
pub(crate) const PART_ELSEWHERE: f32 = 0.76;
/// Lost for each word around a term inside the mention, up to four.
pub(crate) const PER_WORD_AROUND: f32 = 0.02;

/// The very words are loosely related to a concept with one of them in its title, and nothing nearer was found.
pub(crate) const BELIEVED: f32 = 0.7;

/// Gained for each word of the mention that a subdivision of the code takes up.
pub(crate) const PER_WORD_VERIFIED: f32 = 0.04;
/// A subdivision scores no more.
pub(crate) const VERIFIED: f32 = 0.95;

/// What sort of term it is.
pub(crate) const fn kind(kind: TermKind) -> f32 {
    match kind {
        TermKind::Title => 1.0,
        TermKind::Synonym => 0.98,
        TermKind::Index => 0.94,
        // Broader, narrower or loosely related: kept for people, below the default threshold.
        TermKind::Related => 0.55,
    }
}

/// What a cross-reference costs.
pub(crate) const fn relation(relation: Relation) -> f32 {
    match relation {
        Relation::Exact => 0.9,
        Relation::Broader => 0.85,
        Relation::Approximate => 0.8,
        // More specific than the text.
        Relation::Narrower => 0.5,
    }
}

/// Score of a term reached by reductions.
pub(crate) fn reduced(lost: usize, reordered: bool) -> f32 {
    let order = if reordered { REORDERED } else { 0.0 };
    (REDUCED - PER_WORD * lost as f32 - order).max(0.0)
}
