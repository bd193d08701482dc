use std::ops::Range;

use thiserror::Error;

/// A range of bytes in the text of one note, on character boundaries.
///
/// Only [`Note::span`](crate::Note::span) makes one, so a span that exists is valid for its note and
/// `note[span]` cannot fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    start: u32,
    end: u32,
}

/// Why a range of bytes is not a span of a note.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SpanError {
    /// The range ends before it starts, or beyond the end of the text.
    #[error("note {note}: bytes {start}..{end} are not within the text of {len} bytes")]
    OutOfBounds {
        /// Id of the note.
        note: String,
        /// First byte asked for.
        start: usize,
        /// Byte after the last one asked for.
        end: usize,
        /// Length of the note's text in bytes.
        len: usize,
    },
    /// The range starts or ends inside a character.
    #[error("note {note}: bytes {start}..{end} cut a character in two")]
    InsideCharacter {
        /// Id of the note.
        note: String,
        /// First byte asked for.
        start: usize,
        /// Byte after the last one asked for.
        end: usize,
    },
}

impl Span {
    pub(crate) const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// First byte.
    pub const fn start(self) -> usize {
        self.start as usize
    }

    /// The byte after the last one.
    pub const fn end(self) -> usize {
        self.end as usize
    }

    /// Length in bytes.
    pub const fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span holds no text.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Start and end as a range of bytes.
    pub const fn range(self) -> Range<usize> {
        self.start()..self.end()
    }

    /// Whether all of `other` lies in this span.
    pub const fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte.
    pub const fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest span that holds both. Both must be of the same note.
    #[must_use]
    pub fn cover(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }
}
