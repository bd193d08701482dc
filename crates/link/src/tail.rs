//! What is said behind a term of where it is and which sort it is: `pressure ulcer of the sacrum`, `atrial fibrillation,
//! permanent`, `systolic HF (acute on chronic)`.
//!
//! The mention takes it in where a term of the pack says the same: with the place or the qualifiers in front (`sacral
//! pressure ulcer`, `permanent atrial fibrillation`) or, leaving open what is absent, in the same order (`major
//! depressive disorder, recurrent severe without psychotic features`). The mention's concepts are the linker's to find.

use std::ops::Range;

use clinlink_vocab::is_function_word;
use fst::Map;
use memmap2::Mmap;

use crate::qualifier::{goes_on, is_qualifier, is_side, may_end, opens_phrase};
use crate::walk::{MOST_FILLERS, Walker};
use crate::words::Words;

/// A row of qualifiers has at most this many words.
const MOST_QUALIFIERS: usize = 6;
/// A phrase behind it (`with acute exacerbation`) has at most this many.
const MOST_PHRASE: usize = 6;

/// The word after the last one of the term at `term` with what is said of it behind.
pub(crate) fn with_tail(walker: &Walker<'_>, terms: &Map<Mmap>, words: &Words, term: Range<usize>) -> usize {
    let pause = (term.start + 1..term.end).find(|&at| words.pauses_before(at));
    let head = term.start..pause.unwrap_or(term.end);
    let tail = Tail { walker, terms, words, head };
    let place = tail.placed(term.end);
    if place >= words.len() || is_cut(words, place) || !is_qualifier(words.form(place)) {
        return place;
    }
    // Qualifiers inside the term are those of its row too.
    let first = if place > term.end { place } else { tail.head.end };
    let end = tail.qualified(first, place);
    if end > first { tail.phrased(first, end) } else { end }
}

/// Whether word `at` cannot go on with what stands before it.
fn is_cut(words: &Words, at: usize) -> bool {
    words.breaks_before(at) && !(words.pauses_before(at) && is_qualifier(words.form(at)))
}

struct Tail<'a> {
    walker: &'a Walker<'a>,
    terms: &'a Map<Mmap>,
    words: &'a Words,
    /// The term up to its first comma or bracket.
    head: Range<usize>,
}

impl Tail<'_> {
    /// After the place from `start` on that a term has in front of the head: of `pressure ulcer` that of `sacral pressure
    /// ulcer`, `of the sacrum`.
    fn placed(&self, start: usize) -> usize {
        let words = self.words;
        let is_open = |at: usize| at < words.len() && !words.breaks_before(at);
        if start > self.head.end || !is_open(start) {
            return start;
        }
        // `Pressure ulcer right heel` goes without a preposition.
        let first = match words.form(start) {
            "of" | "in" | "on" | "at" => start + 1,
            "l" | "r" | "lt" | "rt" => start,
            form if is_side(form) => start,
            _ => return start,
        };
        let stop = words.len().min(first + MOST_FILLERS);
        let Some(at) = (first..stop).find(|&at| !is_open(at) || !self.walker.is_filler(words.form(at)))
        else {
            return start;
        };
        let head = || words.written(self.head.clone());
        let is_known = |form: &str| self.terms.contains_key(format!("{form} {}", head()));
        if is_open(at) && self.walker.forms_of(words.form(at)).any(is_known) { at + 1 } else { start }
    }

    /// After the qualifiers from `start` on that a term has with the head, in the row that begins at `first`.
    fn qualified(&self, first: usize, start: usize) -> usize {
        let words = self.words;
        let is_in = |&at: &usize| {
            let form = words.form(at);
            let opens = is_qualifier(form) && !opens_phrase(form);
            !is_cut(words, at)
                && (at == start && opens
                    || at > start && words.breaks_before(at) && opens
                    || at > start && !words.breaks_before(at) && goes_on(words.form(at - 1), form))
        };
        let most = words.len().min(start + MOST_QUALIFIERS);
        let stop = (start..most).take_while(is_in).last().map_or(start, |last| last + 1);
        let fits = |&end: &usize| {
            may_end(words.form(end - 1))
                && self.is_known(first..end)
                && self.walker.is_whole(words, start, end)
        };
        (start + 1..=stop).rev().find(fits).unwrap_or(start)
    }

    /// Whether a term says the head with the qualifiers.
    fn is_known(&self, qualifiers: Range<usize>) -> bool {
        let head = self.words.written(self.head.clone());
        let end = qualifiers.end;
        let qualifiers = self.words.forms(qualifiers);
        let without = format!("{head} {qualifiers} without");
        self.terms.contains_key(format!("{qualifiers} {head}"))
            || self.walker.begins(&without) && !self.is_named(end, &without)
    }

    /// Whether the text names behind word `at` what such a term says to be absent: `severe with psychotic features`.
    fn is_named(&self, at: usize, without: &str) -> bool {
        let words = self.words;
        at + 1 < words.len()
            && !is_cut(words, at)
            && words.form(at) == "with"
            && self.walker.begins(&format!("{without} {}", words.form(at + 1)))
    }

    /// After the phrase from `start` on that a term has with the head and its qualifiers, from `first` on.
    fn phrased(&self, first: usize, start: usize) -> usize {
        let words = self.words;
        if start >= words.len() || is_cut(words, start) || !opens_phrase(words.form(start)) {
            return start;
        }
        let most = words.len().min(start + MOST_PHRASE);
        let stop = (start + 1..most).find(|&at| words.breaks_before(at)).unwrap_or(most);
        let head = words.written(self.head.clone());
        let qualifiers = words.forms(first..start);
        let fits = |&end: &usize| {
            if is_function_word(words.form(end - 1)) || !self.walker.is_whole(words, end - 1, end) {
                return false;
            }
            let phrase = words.written(start..end);
            self.terms.contains_key(format!("{qualifiers} {head} {phrase}"))
                || self.terms.contains_key(format!("{head} {qualifiers} {phrase}"))
        };
        (start + 2..=stop).rev().find(fits).unwrap_or(start)
    }
}
