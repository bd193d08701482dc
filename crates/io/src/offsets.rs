use clinlink_model::{CharOffsets, Span};
use serde::{Deserialize, Serialize};

/// Where a stretch of text stands, in bytes and in characters of the note's text. Ends are exclusive.
///
/// Characters are Unicode scalar values, as Python counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Offsets {
    /// First byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// First character.
    pub start_char: usize,
    /// The character after the last one.
    pub end_char: usize,
}

impl Offsets {
    /// The offsets of `span`, by the index of the text that it belongs to.
    pub fn new(span: Span, chars: &CharOffsets<'_>) -> Self {
        Self {
            start: span.start(),
            end: span.end(),
            start_char: chars.to_char(span.start()),
            end_char: chars.to_char(span.end()),
        }
    }
}
