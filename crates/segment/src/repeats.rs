//! Text that was copied forward from an earlier place of an episode ("note bloat").
//!
//! A run of the same tokens, at least [`SEED`] of them, is found by the hash of its first window of that many tokens
//! and grown to both sides as far as the words agree; letters' case, white space and line breaks do not matter. Runs
//! that follow one another within [`GAP`] tokens are a passage that was copied and then edited, and a passage counts
//! from [`PASSAGE`] tokens on. For example, in
//!
//! ```text
//! day 1: CT of the abdomen on 03/01 shows acute appendicitis with a 4 mm appendicolith and no abscess.
//! day 2: CT of the abdomen on 03/01 shows acute appendicitis with a 4 mm appendicolith and a small abscess.
//! ```
//!
//! all of day 2 up to "appendicolith and" is a repeat, and "a small abscess" is new.
//!
//! What this is for: evidence in a copy is shown in its place, with a link to where it stood first, and the two count
//! once ([`Episode::first_of`](clinlink_model::Episode::first_of)). The recogniser computes identical windows of a
//! batch once. Mentions, context and codes are still found anew in each copy, on purpose: what a copied sentence means
//! depends on the header above it, on the definitions and on the date of the note that it was copied into ("MI in
//! 2014" or "PMH:" a line up), and finding it costs less than proving that nothing of this differs.
//!
//! A place is a repeat of its first occurrence, never of another repeat. The notes are read in the order in which
//! they are given, each token a bounded number of times, so the time is linear in the length of all notes.

use std::collections::HashMap;
use std::ops::Range;

use clinlink_model::{Layout, Note, Place, Repeat};

/// The shortest run, in tokens.
const SEED: usize = 6;
/// The shortest passage, in tokens of its runs.
const PASSAGE: usize = 16;
/// The longest edit within a passage, in tokens.
const GAP: usize = 5;

/// The text of `notes` that repeats earlier text, in the order of the notes and in text order; the notes of one episode,
/// the earliest first. [`Place::note`] counts within `notes`.
pub fn repeats(notes: &[(&Note, &Layout)]) -> Vec<Repeat> {
    let mut search = Search { texts: Vec::with_capacity(notes.len()), seen: HashMap::new() };
    let mut repeats = Vec::new();
    for (note, layout) in notes {
        search.texts.push(Text::new(note, layout));
        let runs = search.runs_of_last();
        repeats.extend(passages(&runs).flat_map(|passage| &runs[passage]).map(|run| search.repeat(run)));
    }
    repeats
}

/// A note as the search reads it.
struct Text<'a> {
    note: &'a Note,
    layout: &'a Layout,
    /// A hash of each token, the same in upper and lower case.
    hashes: Vec<u64>,
    /// Whether each token is part of a run, so that it is not its first occurrence.
    copied: Vec<bool>,
}

/// A token of a note, by their numbers.
type At = (usize, usize);

/// Tokens of the last note that are the same as earlier ones.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: At,
    first: At,
    len: usize,
}

struct Search<'a> {
    texts: Vec<Text<'a>>,
    /// Where each window of `SEED` tokens stood first.
    seen: HashMap<u64, At>,
}

impl<'a> Text<'a> {
    fn new(note: &'a Note, layout: &'a Layout) -> Self {
        let hashes = layout.tokens.iter().map(|token| hash(&note[token.span])).collect();
        Self { note, layout, hashes, copied: vec![false; layout.tokens.len()] }
    }

    fn word(&self, token: usize) -> &'a str {
        &self.note[self.layout.tokens[token].span]
    }
}

impl Search<'_> {
    /// The runs of the last text, in text order; its windows that are new are remembered.
    fn runs_of_last(&mut self) -> Vec<Run> {
        let note = self.texts.len() - 1;
        let windows = windows(&self.texts[note].hashes);
        let mut runs: Vec<Run> = Vec::new();
        let (mut at, mut end) = (0, 0);
        while at < windows.len() {
            let run = self.seen.get(&windows[at]).and_then(|&first| self.grow((note, at), first, end));
            if let Some(run) = run {
                end = run.start.1 + run.len;
                self.texts[note].copied[run.start.1..end].fill(true);
                runs.push(run);
                at = end;
            } else {
                self.seen.entry(windows[at]).or_insert((note, at));
                at += 1;
            }
        }
        runs
    }

    /// The longest run through `start` and `first` that neither goes back before token `end` of its note nor overlaps
    /// its first occurrence.
    fn grow(&self, start: At, first: At, end: usize) -> Option<Run> {
        let (here, there) = (&self.texts[start.0], &self.texts[first.0]);
        let most = if start.0 == first.0 { start.1 - first.1 } else { usize::MAX };
        let same = |a: usize, b: usize| {
            here.hashes[a] == there.hashes[b]
                && !there.copied[b]
                && here.word(a).eq_ignore_ascii_case(there.word(b))
        };
        let back = (1..=(start.1 - end).min(first.1))
            .take_while(|&back| back + SEED <= most && same(start.1 - back, first.1 - back))
            .count();
        let left = (here.hashes.len() - start.1).min(there.hashes.len() - first.1).min(most - back);
        let ahead = (0..left).take_while(|&ahead| same(start.1 + ahead, first.1 + ahead)).count();
        let run =
            Run { start: (start.0, start.1 - back), first: (first.0, first.1 - back), len: back + ahead };
        (ahead >= SEED).then_some(run)
    }

    fn repeat(&self, run: &Run) -> Repeat {
        let place = |(note, token): At| {
            let tokens = &self.texts[note].layout.tokens;
            Place { note, span: tokens[token].span.cover(tokens[token + run.len - 1].span) }
        };
        Repeat { place: place(run.start), first: place(run.first) }
    }
}

/// The passages that are long enough, as ranges of `runs`.
fn passages(runs: &[Run]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        runs.get(start)?;
        at += 1;
        while at < runs.len() && runs[at].start.1 - (runs[at - 1].start.1 + runs[at - 1].len) <= GAP {
            at += 1;
        }
        Some(start..at)
    })
    .filter(|passage| runs[passage.clone()].iter().map(|run| run.len).sum::<usize>() >= PASSAGE)
}

/// The hash of every window of `SEED` tokens, each from the one before it.
fn windows(hashes: &[u64]) -> Vec<u64> {
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
    let Some(first) = hashes.get(..SEED) else { return Vec::new() };
    let top = (1..SEED).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let add = |window: u64, hash: u64| window.wrapping_mul(BASE).wrapping_add(hash);
    let mut window = first.iter().fold(0, |window, &hash| add(window, hash));
    let mut windows = Vec::with_capacity(hashes.len() + 1 - SEED);
    windows.push(window);
    for (gone, new) in hashes.iter().zip(&hashes[SEED..]) {
        window = add(window.wrapping_sub(gone.wrapping_mul(top)), *new);
        windows.push(window);
    }
    windows
}

/// FNV-1a over the bytes in lower case.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01B3)
    })
}
