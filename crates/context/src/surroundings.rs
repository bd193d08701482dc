//! What stands around an abbreviation: the words of its sentence and of its note, its section, the note's type.

use std::cell::OnceCell;
use std::collections::HashSet;

use clinlink_model::{Layout, Note, SectionKind, Sentence, Span, Token};

use crate::abbreviation_lexicon::{Nearness, Surroundings};

/// How many tokens to either side count as near.
const NEAR: usize = 40;

/// A note with what the lexicon asks of it.
pub(crate) struct Text<'n> {
    pub note: &'n Note,
    pub layout: &'n Layout,
    /// Its words; made when the first abbreviation of several senses is met.
    words: OnceCell<HashSet<String>>,
}

/// The place of an abbreviation in its note.
pub(crate) struct Around<'t, 'n> {
    text: &'t Text<'n>,
    short: Span,
    /// The words near it.
    words: HashSet<String>,
}

impl<'n> Text<'n> {
    pub(crate) const fn new(note: &'n Note, layout: &'n Layout) -> Self {
        Self { note, layout, words: OnceCell::new() }
    }

    pub(crate) fn around(&self, short: Span) -> Around<'_, 'n> {
        let sentence = self.layout.sentence_of(short);
        let tokens = sentence.map_or(&[][..], |sentence| window(self.layout, sentence, short));
        let words = words(self.note, tokens.iter().filter(|token| !short.contains(token.span)));
        Around { text: self, short, words }
    }
}

impl Surroundings for Around<'_, '_> {
    fn section(&self) -> SectionKind {
        self.text.layout.kind_at(self.short)
    }

    fn is_specialty(&self, start: &str) -> bool {
        let kind = self.text.note.kind.as_deref().unwrap_or_default();
        let words = kind.split(|c: char| !c.is_alphanumeric());
        words.filter_map(|word| word.get(..start.len())).any(|word| word.eq_ignore_ascii_case(start))
    }

    fn nearness(&self, word: &str) -> Nearness {
        let Text { note, layout, words: all } = self.text;
        if word == "#" {
            let number = is_number_after(note, layout, self.short);
            return if number { Nearness::Sentence } else { Nearness::Nowhere };
        }
        if self.words.contains(word) {
            return Nearness::Sentence;
        }
        let elsewhere = all.get_or_init(|| telling_words(note, layout)).contains(word);
        if elsewhere { Nearness::Note } else { Nearness::Nowhere }
    }
}

/// The words of tokens in lower case, plurals also without their "s".
fn words<'t>(note: &Note, tokens: impl Iterator<Item = &'t Token>) -> HashSet<String> {
    let mut words = HashSet::new();
    for token in tokens.filter(|token| token.span.len() <= MAX_WORD) {
        let word = note[token.span].to_lowercase();
        if let Some(stem) = word.strip_suffix('s').filter(|stem| stem.len() > 2) {
            words.insert(stem.to_owned());
        }
        words.insert(word);
    }
    words
}

/// The words of a note, without marks and short ones, which any note holds.
fn telling_words(note: &Note, layout: &Layout) -> HashSet<String> {
    let telling = |token: &&Token| token.span.len() > 2 && note[token.span].starts_with(char::is_alphabetic);
    words(note, layout.tokens.iter().filter(telling))
}

/// The longest word that is looked at, in bytes.
const MAX_WORD: usize = 24;

/// Whether a number follows right after `short`: "BS 180", "PT: 13.2".
fn is_number_after(note: &Note, layout: &Layout, short: Span) -> bool {
    let next = layout.tokens.partition_point(|token| token.span.start() < short.end());
    let mut after = layout.tokens[next..].iter().take(2).map(|token| &note[token.span]);
    let first = after.next().unwrap_or_default();
    let word =
        if matches!(first, ":" | "=" | "#" | "of" | "was" | "is") { after.next() } else { Some(first) };
    word.is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

/// The tokens of a sentence around `span`, in which a word counts as near.
fn window<'l>(layout: &'l Layout, sentence: &Sentence, span: Span) -> &'l [Token] {
    let tokens = layout.tokens_of(sentence);
    let at = tokens.partition_point(|t| t.span.end() <= span.start());
    &tokens[at.saturating_sub(NEAR)..tokens.len().min(at + NEAR)]
}
