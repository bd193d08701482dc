//! Which statements are copies of earlier ones, so that notes copied forward do not count twice.
//!
//! A claim is a copy if the same code was claimed before
//!
//! - at the first occurrence of the text that it stands in ([`Episode::first_of`]), on the same ground: `no pneumonia`
//!   that became `pneumonia` when the note was edited is not a copy;
//! - or by the same words of the same sentence, however short, on the same ground: `hypertension` of the family is not
//!   the patient's.

use std::collections::HashMap;

use clinlink_model::{AnnotatedNote, Episode, Place};
use clinlink_vocab::ConceptId;

use crate::assess::Ground;

/// The claims of an episode so far.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    /// By code and place: the ground, and the place of which it is a copy, or its own.
    claims: HashMap<(ConceptId, Place), (Ground, Place)>,
    /// By code, ground, number of the sentence and words before the mention.
    statements: HashMap<(ConceptId, Ground, usize, usize), Place>,
    /// The sentences, numbered: a long one holds many mentions.
    sentences: HashMap<String, usize>,
}

impl Copies {
    /// Remembers a claim and returns the place of the claim of which it is a copy, if it is one.
    pub(crate) fn first(
        &mut self,
        episode: &Episode,
        id: ConceptId,
        ground: Ground,
        place: Place,
    ) -> Option<Place> {
        let earlier = episode.first_of(place).and_then(|first| self.claims.get(&(id, first)));
        let copied = earlier.filter(|(first, _)| *first == ground).map(|&(_, first)| first);
        let (sentence, before) = statement(&episode.notes[place.note], place);
        let number = self.sentences.len();
        let sentence = *self.sentences.entry(sentence).or_insert(number);
        let stated = *self.statements.entry((id, ground, sentence, before)).or_insert(place);
        let first = copied.or_else(|| Some(stated).filter(|&stated| stated != place));
        self.claims.insert((id, place), (ground, first.unwrap_or(place)));
        first
    }
}

/// The sentence of a mention, without regard to white space, and how many words stand before the mention in it.
fn statement(note: &AnnotatedNote, place: Place) -> (String, usize) {
    let span = place.span;
    let Some(sentence) = note.layout.sentence_of(span) else {
        return (note.note[span].to_owned(), 0);
    };
    let words: Vec<_> = note.note[sentence.span].split_whitespace().collect();
    // The place within the sentence counts in words, so that other line breaks do not make another statement.
    let before = note.note.text()[sentence.span.start()..span.start()].split_whitespace().count();
    (words.join(" "), before)
}
