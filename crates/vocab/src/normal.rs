//! Normal forms: what terms and text are reduced to before they are compared.

use std::ops::Range;

/// A word of a text in its normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormalWord {
    /// Where it stands, in bytes of the text given.
    pub range: Range<usize>,
    /// Its normal form: never empty, without white space.
    pub form: String,
}

/// The words of `text` in normal form. Works word by word, so that the normal form of a term is found in a text by
/// comparing words one after another.
pub fn normal_words(text: &str) -> Vec<NormalWord> {
    todo!("{text}")
}

/// The normal form of `text`: its normal words with one space between them.
pub fn normal_form(text: &str) -> String {
    todo!("{text}")
}
