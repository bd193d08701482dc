use std::ops::{Index, Range};

use thiserror::Error;

use crate::chart::{CareSetting, ChartFact};
use crate::span::{Span, SpanError};

/// One clinical note as it came in. Its text is never altered: not line ends, not a BOM, not trailing space.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    id: String,
    text: String,
    /// The episode of care that the note belongs to.
    pub episode: Option<String>,
    /// The patient, by the source's own identifier.
    pub patient: Option<String>,
    /// The kind of document ("discharge summary", "radiology report"), in the source's words.
    pub kind: Option<String>,
    /// When it was written, in the source's words (ISO 8601 sorts by time).
    pub date: Option<String>,
    /// Structured facts that came with it.
    pub facts: Vec<ChartFact>,
    /// Where the patient was cared for, if the source says so.
    pub setting: Option<CareSetting>,
}

/// A text of 4 GiB or more, which spans cannot address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("note {id}: {len} bytes of text; the limit is {} bytes", u32::MAX)]
pub struct NoteTooLong {
    /// Id of the note.
    pub id: String,
    /// Length of its text in bytes.
    pub len: usize,
}

impl Note {
    /// A note with the given id and text and nothing else known of it.
    ///
    /// # Errors
    /// If the text is longer than `u32::MAX` bytes.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Result<Self, NoteTooLong> {
        let (id, text) = (id.into(), text.into());
        if u32::try_from(text.len()).is_err() {
            return Err(NoteTooLong { id, len: text.len() });
        }
        Ok(Self {
            id,
            text,
            episode: None,
            patient: None,
            kind: None,
            date: None,
            facts: Vec::new(),
            setting: None,
        })
    }

    /// The same but for the text, which is empty.
    #[must_use]
    pub fn without_text(&self) -> Self {
        Self { text: String::new(), ..self.clone() }
    }

    /// The identifier, unique within a run.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The whole text, as it came in.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The span of a range of bytes.
    ///
    /// # Errors
    /// If the range is out of bounds or not on character boundaries.
    pub fn span(&self, range: Range<usize>) -> Result<Span, SpanError> {
        let Range { start, end } = range;
        if start > end || end > self.text.len() {
            return Err(SpanError::OutOfBounds { note: self.id.clone(), start, end, len: self.text.len() });
        }
        if !self.text.is_char_boundary(start) || !self.text.is_char_boundary(end) {
            return Err(SpanError::InsideCharacter { note: self.id.clone(), start, end });
        }
        Ok(Span::new(start as u32, end as u32))
    }

    /// The span of a slice of this note's own text: what segmenters and matchers have at hand.
    ///
    /// # Panics
    /// If `part` is not a slice of this note's text.
    pub fn span_of(&self, part: &str) -> Span {
        let start = (part.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        assert!(
            start <= self.text.len() && start + part.len() <= self.text.len(),
            "not a slice of the text of note {}",
            self.id
        );
        Span::new(start as u32, (start + part.len()) as u32)
    }

    /// The span of the whole text.
    pub fn whole(&self) -> Span {
        Span::new(0, self.text.len() as u32)
    }
}

impl Index<Span> for Note {
    type Output = str;

    fn index(&self, span: Span) -> &str {
        &self.text[span.range()]
    }
}
