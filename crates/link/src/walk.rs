//! Finds pack terms in a row of words by walking the pack's transducer node by node.
//!
//! A term is its normal words with one space between them, so a row of words is matched by following their bytes
//! and a space in turn; no n-gram is ever built or hashed. Some liberties are taken, all but the last counted against the match:
//!
//! - words that only say which, where or how much may be passed over (`fracture of the left radius` is the term
//!   `fracture radius`);
//! - an adjective of a body part may stand for its noun and the reverse (`ureteral stenosis`, `stenosis ureter`);
//! - an abbreviation may stand for its long form (`acute systolic HF`), if the words were asked for them;
//! - a comma or a bracket may stand before what says which sort it is, if that ends the phrase (`CKD, stage 3`, `CKD (stage 3)`);
//! - `with` may stand between a part of the body and what it has (`gallbladder with stones`).

use fst::raw::{CompiledAddr, Fst, Output};
use memmap2::Mmap;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::lexicon::Lexicon;
use crate::qualifier::{follows_phrase, is_qualifier, is_scale, is_side, joins_behind_comma};
use crate::words::Words;

/// More fillers than this between two words of a term and it is no longer one phrase.
pub(crate) const MOST_FILLERS: usize = 4;

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
    places: &'a FxHashSet<String>,
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
    /// The word after the first comma or bracket, if there is one.
    pause: Option<usize>,
}

impl<'a> Walker<'a> {
    pub(crate) fn new(terms: &'a fst::Map<Mmap>, lexicon: &'a Lexicon) -> Self {
        let Lexicon { fillers, variants, places, .. } = lexicon;
        Self { fst: terms.as_fst(), fillers, variants, places }
    }

    /// Every term that starts at word `start`, into `found`, which is emptied first.
    pub(crate) fn terms_at(&self, words: &Words, start: usize, found: &mut Vec<TermMatch>) {
        found.clear();
        if start >= words.len() {
            return;
        }
        let root = self.fst.root();
        let state = State {
            addr: root.addr(),
            out: Output::zero(),
            used: 0,
            passed: 0,
            varied: 0,
            gap: 0,
            pause: None,
        };
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
        self.take_long(words, at, state, found);
    }

    /// Goes on with the long form of the abbreviation at word `at`. A side at the start may be passed over: `LUE swelling`. An
    /// abbreviation alone is no term here.
    fn take_long(&self, words: &Words, at: usize, state: State, found: &mut Vec<TermMatch>) {
        let Some(long) = words.long(at) else { return };
        let last = at + long.words - 1;
        let forms = [Some(long.form), (state.used == 0).then(|| without_side(long.form)).flatten()];
        for (passed, form) in forms.into_iter().enumerate() {
            let Some(mut next) = form.and_then(|form| self.follow(state, form, true)) else { continue };
            next.used += long.words - 1;
            next.passed += passed;
            let first = found.len();
            self.go_on(words, last, next, found);
            if state.used == 0 && found.get(first).is_some_and(|term| term.end == last + 1) {
                found.remove(first);
            }
        }
    }

    /// After word `at` was taken: notes a term that ends here, then tries the next words.
    fn go_on(&self, words: &Words, at: usize, state: State, found: &mut Vec<TermMatch>) {
        let node = self.fst.node(state.addr);
        if node.is_final() {
            let value = state.out.cat(node.final_output()).value();
            let State { used, passed, varied, .. } = state;
            if state.pause.is_none_or(|pause| self.is_whole(words, pause, at + 1)) {
                found.push(TermMatch { end: at + 1, value, used, passed, varied });
            }
        }
        let Some(space) = node.find_input(b' ') else { return };
        let step = node.transition(space);
        let mut state = State { addr: step.addr, out: state.out.cat(step.out), gap: 0, ..state };
        let mut next = at + 1;
        while next < words.len() {
            if words.breaks_before(next) {
                if !words.pauses_before(next) || !is_qualifier(words.form(next)) {
                    return;
                }
                state.pause = state.pause.or(Some(next));
            }
            self.take(words, next, state, found);
            let form = words.form(next);
            let parts = state.pause.is_some() && !joins_behind_comma(form);
            let has = form == "with" && state.used == 1 && next == at + 1 && self.has_something(words, next);
            if state.gap == MOST_FILLERS || parts || !(has || self.is_filler(form)) {
                return;
            }
            state.gap += 1;
            state.passed += 1;
            next += 1;
        }
    }

    /// Whether the words from `start` to `end` say all that is said there, of which sort something is: `cough, chronic
    /// bronchitis` are two things, and so are `hypertension, chronic kidney disease`.
    pub(crate) fn is_whole(&self, words: &Words, start: usize, end: usize) -> bool {
        if !ends_phrase(words, end) {
            return false;
        }
        let mut others = Vec::new();
        (start..end).filter(|&at| is_qualifier(words.form(at))).all(|at| {
            self.terms_at(words, at, &mut others);
            // `Stage 3` is no thing of its own, nor is `left knee`.
            let most = match words.form(at) {
                form if is_scale(form) => usize::MAX,
                form if is_side(form) => 2,
                _ => 1,
            };
            others.iter().all(|other| other.end < end || other.end == end && other.used <= most)
        })
    }

    /// Whether `with` at word `with` stands between a part of the body and what it has, which is no other part.
    fn has_something(&self, words: &Words, with: usize) -> bool {
        let what = (with + 1..words.len()).map(|at| words.form(at)).find(|word| !self.is_filler(word));
        self.places.contains(words.form(with - 1)) && what.is_some_and(|what| !self.places.contains(what))
    }

    /// Whether a word may be passed over inside a term.
    pub(crate) fn is_filler(&self, form: &str) -> bool {
        self.fillers.contains(form)
    }

    /// A word in all its forms, as it stands first.
    pub(crate) fn forms_of<'f>(&'f self, form: &'f str) -> impl Iterator<Item = &'f str> {
        let others = self.variants.get(form).into_iter().flatten().map(String::as_str);
        std::iter::once(form).chain(others)
    }

    /// Whether a term begins with `form`, whole words in normal form.
    pub(crate) fn begins(&self, form: &str) -> bool {
        let mut addr = self.fst.root().addr();
        form.bytes().all(|byte| {
            let node = self.fst.node(addr);
            let step = node.find_input(byte).map(|at| node.transition(at).addr);
            addr = step.unwrap_or(addr);
            step.is_some()
        })
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

/// Whether a phrase may end before word `end`.
fn ends_phrase(words: &Words, end: usize) -> bool {
    if end >= words.len() || words.breaks_before(end) {
        return true;
    }
    let is_open = end > 0 && words.form(end - 1) == "acute" && words.form(end) == "on";
    follows_phrase(words.form(end)) && !is_open
}

/// A long form without the side that it begins with.
fn without_side(form: &str) -> Option<&str> {
    form.split_once(' ').and_then(|(side, rest)| is_side(side).then_some(rest))
}
