//! Trains an encoder of terms on sets of synonyms, the way of `SapBERT` (Liu et al., NAACL 2021).
//!
//! A step draws some hundred sets, of each two of its terms, and pulls the two together and away from all other terms of
//! the step (`InfoNCE` with both terms of every other set as negatives). A random draw is too easy, so sets come in groups
//! that share a word: `chronic kidney disease` beside `polycystic kidney disease`.
//!
//! The encoder is made smaller first: its lower layers only, its word pieces as far as the terms use them, and a linear
//! layer to fewer dimensions on top.

mod batches;
mod quiz;
mod settings;
mod student;
mod trainer;

pub use quiz::{Quiz, Recall};
pub use settings::TermTrainConfig;
pub use trainer::{Progress, TermTrainReport, ask, train};

use sha2::{Digest, Sha256};

/// What an encoder of terms is trained and judged on. Terms are in normal form.
#[derive(Debug, Clone, Default)]
pub struct SynonymSets {
    /// The terms that mean the same, set by set, without those that are held out.
    pub sets: Vec<Vec<String>>,
    /// Held-out terms, system by system.
    pub quizzes: Vec<Quiz>,
}

/// Whether a term is held out of training, as about one in twenty is: those of which the first byte of the SHA-256
/// (UTF-8) is below 13. The rule needs no list and holds for every vocabulary alike.
pub fn is_held_out(term: &str) -> bool {
    Sha256::digest(term.as_bytes())[0] < 13
}
