//! Finds pack terms in a row of words by walking the pack's transducer node by node.
//!
//! A term is its normal words with one space between them, so a row of words is matched by following their bytes
//! and a space in turn; no n-gram is ever built or hashed. Two liberties are taken, both counted against the match:
//!
//! - words that only say which, where or how much may be passed over (`fracture of the left radius` is the term
//!   `fracture radius`);
//! - an adjective of a body part may stand for its noun and the reverse (`ureteral stenosis`, `stenosis ureter`).

use fst::raw::{CompiledAddr, Fst, Output};
use memmap2::Mmap;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::lexicon::Lexicon;
use crate::words::Words;

/// More fillers than this between two words of a term and it is no longer one phrase.
const MOST_FILLERS: usize = 4;

/// A term that starts at a given word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TermMatch {
    /// The word after the last one.
    pub(crate) end: usize,
    /// The value that the pack holds for the term.
    pub(crate) value: u64,
    /// Words of the text that are words of the term.
    pub(crate) used: usize,
    /// Words that were passed over.
    pub(crate) passed: usize,
    /// Words that were taken in another form.
    pub(crate) varied: usize,
}

impl TermMatch {
    /// What makes one match better than another from the same word: more words used, then the plainer match.
    pub(crate) fn rank(&self) -> (usize, std::cmp::Reverse<usize>) {
        (self.used, std::cmp::Reverse(self.passed + self.varied))
    }
}

/// Walks the terms of a pack.
pub(crate) struct Walker<'a> {
    fst: &'a Fst<Mmap>,
    fillers: &'a FxHashSet<String>,
    variants: &'a FxHashMap<String, Vec<String>>,
}

#[derive(Clone, Copy)]
struct State {
    addr: CompiledAddr,
    out: Output,
    used: usize,
    passed: usize,
    varied: usize,
    /// Fillers passed over since the last word used.
    gap: usize,
}

impl<'a> Walker<'a> {
    pub(crate) fn new(terms: &'a fst::Map<Mmap>, lexicon: &'a Lexicon) -> Self {
        Self { fst: terms.as_fst(), fillers: &lexicon.fillers, variants: &lexicon.variants }
    }

    /// Every term that starts at word `start`, into `found`, which is emptied first.
    pub(crate) fn terms_at(&self, words: &Words, start: usize, found: &mut Vec<TermMatch>) {
        found.clear();
        if start >= words.len() {
            return;
        }
        let root = self.fst.root();
        let state = State { addr: root.addr(), out: Output::zero(), used: 0, passed: 0, varied: 0, gap: 0 };
        self.take(words, start, state, found);
    }

    /// Goes on with word `at` as it stands and in its other forms.
    fn take(&self, words: &Words, at: usize, state: State, found: &mut Vec<TermMatch>) {
        let form = words.form(at);
        if let Some(next) = self.follow(state, form, false) {
            self.go_on(words, at, next, found);
        }
        for variant in self.variants.get(form).into_iter().flatten() {
            if let Some(next) = self.follow(state, variant, true) {
                self.go_on(words, at, next, found);
            }
        }
    }

    /// After word `at` was taken: notes a term that ends here, then tries the next words.
    fn go_on(&self, words: &Words, at: usize, state: State, found: &mut Vec<TermMatch>) {
        let node = self.fst.node(state.addr);
        if node.is_final() {
            let value = state.out.cat(node.final_output()).value();
            let State { used, passed, varied, .. } = state;
            found.push(TermMatch { end: at + 1, value, used, passed, varied });
        }
        let Some(space) = node.find_input(b' ') else { return };
        let step = node.transition(space);
        let mut state = State { addr: step.addr, out: state.out.cat(step.out), gap: 0, ..state };
        let mut next = at + 1;
        while next < words.len() && !words.breaks_before(next) {
            self.take(words, next, state, found);
            if state.gap == MOST_FILLERS || !self.fillers.contains(words.form(next)) {
                return;
            }
            state.gap += 1;
            state.passed += 1;
            next += 1;
        }
    }

    fn follow(&self, state: State, form: &str, varied: bool) -> Option<State> {
        let mut state = state;
        for &byte in form.as_bytes() {
            let node = self.fst.node(state.addr);
            let step = node.transition(node.find_input(byte)?);
            state.addr = step.addr;
            state.out = state.out.cat(step.out);
        }
        state.used += 1;
        state.varied += usize::from(varied);
        Some(state)
    }
}
