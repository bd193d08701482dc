use clinlink_model::{CharOffsets, Note, Span};
use serde::{Deserialize, Serialize};

use crate::record_error::MentionFault;

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

/// The span of the characters `start..end` of a note.
pub(crate) fn span(
    note: &Note,
    offsets: &CharOffsets<'_>,
    start: u64,
    end: u64,
) -> Result<Span, MentionFault> {
    if start >= end {
        return Err(MentionFault::NoText { start, end });
    }
    // No text has more characters than bytes; the index is not asked for more.
    let within = |char| usize::try_from(char).ok().filter(|char| *char <= note.text().len());
    let byte = |char| within(char).and_then(|char| offsets.to_byte(char));
    let span = byte(start).zip(byte(end)).and_then(|(start, end)| note.span(start..end).ok());
    span.ok_or_else(|| MentionFault::OutOfRange { start, end, chars: offsets.to_char(note.text().len()) })
}
