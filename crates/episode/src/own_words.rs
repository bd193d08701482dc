//! Codes that the words of a diagnosis bring beside its own: the organism of an infection, the dementia of a disease.
//!
//! `E. coli UTI` is N39.0 and B96.20, `Alzheimer's dementia` G30.9 and F02.80. The words stand in `vocab/rules/own-words.toml`.

use clinlink_model::AnnotatedNote;
use serde::Deserialize;

use crate::claim::{Claim, Rulebook};
use crate::rules;
use crate::tables::any_prefix;
use crate::words::{affirm, words_around, words_of};

/// A line of `own-words.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Beside {
    of: Vec<String>,
    words: Vec<String>,
    #[serde(default)]
    sentence: bool,
    gives: String,
}

/// The claims of other codes that the words of a linked one make.
pub(crate) fn told(claim: &Claim, note: &AnnotatedNote, with: &Rulebook<'_>) -> Vec<Claim> {
    let code = with.pack.code(claim.said.id);
    let of_code = with.tables.own_words.iter().filter(|beside| any_prefix(&beside.of, code));
    let says = |beside: &&Beside| {
        let span = claim.said.span;
        let words = if beside.sentence { words_around(note, span) } else { words_of(&note.note[span], 0) };
        affirm(&words, &beside.words)
    };
    let codes = of_code.filter(says).filter_map(|beside| with.pack.find(&with.config.system, &beside.gives));
    codes
        .map(|id| {
            let mut claim = claim.about(id, claim.ground);
            claim.said.detail = Some(rules::OWN_WORDS);
            claim
        })
        .collect()
}
