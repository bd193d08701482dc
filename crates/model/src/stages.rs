use thiserror::Error;

use crate::annotated::Episode;
use crate::assertion::Assertion;
use crate::code_set::CodeSet;
use crate::concept::Candidate;
use crate::layout::Layout;
use crate::mention::{Expansion, Mention};
use crate::note::Note;

/// Finds sections, sentences and tokens.
pub trait Segmenter: Send + Sync {
    /// The layout of `note`. Any text has one; that of an empty text is empty.
    fn segment(&self, note: &Note) -> Layout;
}

/// Finds mentions. The only stage that works on several notes at once, for the sake of the model.
pub trait Tagger: Send + Sync {
    /// The mentions of each note of the batch, in text order and without overlap. What is found in a note does
    /// not depend on the other notes of the batch.
    ///
    /// # Errors
    /// If the model fails; the notes of the batch are then tried one by one.
    fn tag(&self, batch: &[(&Note, &Layout)]) -> Result<Vec<Vec<Mention>>, TagError>;
}

/// Says what abbreviations stand for.
pub trait Expander: Send + Sync {
    /// The abbreviations of `note`, in text order: those that it defines, at every place where they stand, and
    /// those mentions that a lexicon knows.
    fn expand(&self, note: &Note, layout: &Layout, mentions: &[Mention]) -> Vec<Expansion>;
}

/// Says how mentions are meant.
pub trait Asserter: Send + Sync {
    /// One assertion for each mention, in the same order.
    fn assert(&self, note: &Note, layout: &Layout, mentions: &[Mention]) -> Vec<Assertion>;
}

/// Links mentions to concepts.
pub trait Linker: Send + Sync {
    /// For each mention, in the same order, its candidates, best first. Empty means that nothing fits (NIL).
    fn link(
        &self,
        note: &Note,
        layout: &Layout,
        mentions: &[Mention],
        expansions: &[Expansion],
    ) -> Vec<Vec<Candidate>>;
}

/// Makes the code set of an episode.
pub trait Coder: Send + Sync {
    /// The codes, with evidence and reasons.
    fn code(&self, episode: &Episode) -> CodeSet;
}

/// The token classifier could not run.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the token classifier failed: {cause}")]
pub struct TagError {
    /// What libtorch or the tokenizer said. Never holds text of a note.
    pub cause: String,
}
