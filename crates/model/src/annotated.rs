use crate::assertion::Assertion;
use crate::concept::Candidate;
use crate::layout::Layout;
use crate::mention::{Expansion, Mention, MentionSource};
use crate::note::Note;
use crate::span::Span;

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

impl AnnotatedNote {
    /// The mentions with their indices, but for those inside longer ones.
    pub fn outer_mentions(&self) -> impl Iterator<Item = (usize, &AnnotatedMention)> {
        let is_outer = |(_, one): &(usize, &AnnotatedMention)| one.mention.by != MentionSource::Nested;
        self.mentions.iter().enumerate().filter(is_outer)
    }
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
    /// Text that repeats earlier text of the episode, by note and place, without overlap.
    pub repeats: Vec<Repeat>,
}

/// A stretch of text of one note of an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The note, as an index into the episode's notes.
    pub note: usize,
    /// The text.
    pub span: Span,
}

/// Text that was copied forward: the same tokens stood earlier in the episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// Where the copy stands.
    pub place: Place,
    /// Where the text stood first: as many tokens, the same but for upper and lower case.
    pub first: Place,
}

impl Episode {
    /// Where the words at `place` stood first, if they are all within one repeat.
    pub fn first_of(&self, place: Place) -> Option<Place> {
        let after = self
            .repeats
            .partition_point(|r| (r.place.note, r.place.span.start()) <= (place.note, place.span.start()));
        let Repeat { place: copy, first } = self.repeats[after.checked_sub(1)?];
        if copy.note != place.note || place.span.is_empty() || !copy.span.contains(place.span) {
            return None;
        }
        // The two have the same tokens: those of the words have the same numbers within them.
        let tokens = &self.notes.get(copy.note)?.layout.tokens;
        let number = |byte: usize| tokens.partition_point(|token| token.span.end() <= byte);
        let start = number(place.span.start()) - number(copy.span.start());
        let end = number(place.span.end() - 1) - number(copy.span.start());
        let tokens = &self.notes.get(first.note)?.layout.tokens;
        let base = tokens.partition_point(|token| token.span.end() <= first.span.start());
        let words = tokens.get(base + start)?.span.cover(tokens.get(base + end)?.span);
        Some(Place { note: first.note, span: words })
    }
}
