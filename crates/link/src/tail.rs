//! What is said behind a term of which sort it is: `atrial fibrillation, permanent`, `systolic HF, acute on chronic`.
//!
//! The mention takes it in where a term of the pack says the same: with the qualifiers in front (`permanent atrial
//! fibrillation`) or, leaving open what is absent, in the same order (`major depressive disorder, recurrent severe without
//! psychotic features`). The mention's concepts are the linker's to find.

use std::ops::Range;

use clinlink_vocab::is_function_word;
use fst::Map;
use memmap2::Mmap;

use crate::qualifier::{goes_on, is_qualifier, may_end, opens_phrase};
use crate::walk::Walker;
use crate::words::Words;

/// A row of qualifiers has at most this many words.
const MOST_QUALIFIERS: usize = 6;
/// A phrase behind it (`with acute exacerbation`) has at most this many.
const MOST_PHRASE: usize = 6;

/// The word after the last one of the term at `term` with what is said of it behind.
pub(crate) fn with_tail(walker: &Walker<'_>, terms: &Map<Mmap>, words: &Words, term: Range<usize>) -> usize {
    let comma = (term.start + 1..term.end).find(|&at| words.comma_before(at));
    let next = term.end < words.len() && !is_cut(words, term.end) && is_qualifier(words.form(term.end));
    if !next {
        return term.end;
    }
    let tail = Tail { walker, terms, words, head: term.start..comma.unwrap_or(term.end) };
    let end = tail.qualified(term.end);
    if end > tail.head.end { tail.phrased(end) } else { end }
}

/// Whether word `at` cannot go on with what stands before it.
fn is_cut(words: &Words, at: usize) -> bool {
    words.breaks_before(at) && !(words.comma_before(at) && is_qualifier(words.form(at)))
}

struct Tail<'a> {
    walker: &'a Walker<'a>,
    terms: &'a Map<Mmap>,
    words: &'a Words,
    /// The term up to its first comma.
    head: Range<usize>,
}

impl Tail<'_> {
    /// After the qualifiers from `start` on that a term has with the head.
    fn qualified(&self, start: usize) -> usize {
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
                && self.is_known(self.head.end..end)
                && self.walker.is_whole(words, start, end)
        };
        (start + 1..=stop).rev().find(fits).unwrap_or(start)
    }

    /// Whether a term says the head with the qualifiers.
    fn is_known(&self, qualifiers: Range<usize>) -> bool {
        let head = self.words.written(self.head.clone());
        let qualifiers = self.words.forms(qualifiers);
        self.terms.contains_key(format!("{qualifiers} {head}"))
            || self.walker.begins(&format!("{head} {qualifiers} without"))
    }

    /// After the phrase from `start` on that a term has with the head and its qualifiers.
    fn phrased(&self, start: usize) -> usize {
        let words = self.words;
        if start >= words.len() || is_cut(words, start) || !opens_phrase(words.form(start)) {
            return start;
        }
        let most = words.len().min(start + MOST_PHRASE);
        let stop = (start + 1..most).find(|&at| words.breaks_before(at)).unwrap_or(most);
        let head = words.written(self.head.clone());
        let qualifiers = words.forms(self.head.end..start);
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
