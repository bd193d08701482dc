//! Finds all cues of a note in one pass of one automaton.
//!
//! The automaton reads a copy of the text in lower case with single spaces, so that cues match across line breaks
//! and double spaces. A match counts if it neither starts nor ends inside a word. Of matches that overlap, the one
//! that starts first wins, then the longest: in "no increase in edema" the pseudo-cue hides "no". What must follow a
//! cue counts for its length and is then free again: in "no change in vision", "no >change in vision" wins over the
//! pseudo-cue "no change in", and only "no" is taken. What must precede a cue ("tetanus ^given") is taken with it.

use std::borrow::Cow;
use std::path::Path;

use aho_corasick::{AhoCorasick, MatchKind};
use clinlink_model::Note;

use crate::cue_table::parse;
use crate::error::{LexiconError, read};
use crate::rules::{Phrase, Rule};

/// The rules with the automaton of their phrases.
#[derive(Debug, Clone)]
pub(crate) struct CueFinder {
    rules: Vec<Rule>,
    /// For each pattern of the automaton, its phrase.
    phrases: Vec<Phrase>,
    automaton: AhoCorasick,
}

/// A cue in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    /// Its rule, as an index.
    pub rule: u32,
    /// In bytes of the note.
    pub start: usize,
    /// In bytes of the note.
    pub end: usize,
    /// The relative that it names.
    pub relative: Option<&'static str>,
}

impl CueFinder {
    /// The rules that come with clinlink.
    #[expect(clippy::expect_used, reason = "the embedded file is read by a test of this module")]
    pub(crate) fn embedded() -> Self {
        let text = include_str!("../../../vocab/cues.tsv");
        Self::new("vocab/cues.tsv", text, Cow::Borrowed).expect("the embedded file is sound")
    }

    pub(crate) fn from_tsv(path: &Path) -> Result<Self, LexiconError> {
        Self::new(&path.display().to_string(), &read(path)?, |id| Cow::Owned(id.to_owned()))
    }

    fn new<'t>(
        file: &str,
        text: &'t str,
        own: impl Fn(&'t str) -> Cow<'static, str>,
    ) -> Result<Self, LexiconError> {
        let rules = parse(file, text, own)?;
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(rules.phrases.iter().map(|phrase| &phrase.text))
            .map_err(|error| LexiconError::TooMany { file: file.to_owned(), cause: error.to_string() })?;
        Ok(Self { rules: rules.rules, phrases: rules.phrases, automaton })
    }

    pub(crate) fn rule(&self, hit: &Hit) -> &Rule {
        &self.rules[hit.rule as usize]
    }

    /// The cues of a note, in text order and without overlap.
    pub(crate) fn find(&self, note: &Note) -> Vec<Hit> {
        let plain = Plain::new(note.text());
        let text = plain.text.as_bytes();
        let mut found: Vec<(usize, usize, usize)> = self
            .automaton
            .find_overlapping_iter(text)
            .filter(|m| stands_alone(text, m.start(), m.end()))
            .map(|m| (m.start(), m.end(), m.pattern().as_usize()))
            .collect();
        found.sort_unstable_by_key(|&(start, end, _)| (start, std::cmp::Reverse(end)));
        let mut taken = 0;
        found.retain(|&(start, _, phrase)| {
            let free = start >= taken;
            if free {
                taken = start + self.phrases[phrase].lead + self.phrases[phrase].cue;
            }
            free
        });
        let mut offsets = plain.offsets();
        let mut hits = Vec::with_capacity(found.len());
        for (start, _, phrase) in found {
            let Phrase { lead, cue, ref rules, relative, .. } = self.phrases[phrase];
            let start = start + lead;
            let last = start + cue - 1;
            let start = offsets.original(start);
            // No cue ends with white space, so that its last byte and the one after it are as far apart as here.
            let end = offsets.original(last) + 1;
            hits.extend(rules.iter().map(|&rule| Hit { rule, start, end, relative }));
        }
        hits
    }
}

/// Whether a match is made of whole words. "no" in "no-reflow" is not.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let word = |at: usize| text.get(at).is_some_and(|&b| b.is_ascii_alphanumeric() || b >= 0x80);
    let starts = start == 0 || !word(start) || !word(start - 1);
    let ends = !word(end - 1) || !(word(end) || (text.get(end) == Some(&b'-') && word(end + 1)));
    starts && ends
}

/// A text in lower case, every run of white space as one space, curly apostrophes straight.
struct Plain {
    text: String,
    /// Where the distance to the original changes: (offset here, offset in the original).
    shifts: Vec<(usize, usize)>,
}

impl Plain {
    fn new(original: &str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut shifts = Vec::new();
        let mut space = false;
        for (at, c) in original.char_indices() {
            if c.is_whitespace() || c == '\u{feff}' {
                space = true;
                continue;
            }
            if space && !text.is_empty() {
                text.push(' ');
            }
            space = false;
            if shifts.last().map_or(text.len(), |&(here, there): &(usize, usize)| text.len() - here + there)
                != at
            {
                shifts.push((text.len(), at));
            }
            if c == '’' {
                text.push('\'');
            } else {
                text.push(c.to_ascii_lowercase());
            }
        }
        Self { text, shifts }
    }

    fn offsets(&self) -> Offsets<'_> {
        Offsets { shifts: &self.shifts, next: 0 }
    }
}

/// Turns offsets into the plain text into those of the original. Offsets must be asked in rising order.
struct Offsets<'p> {
    shifts: &'p [(usize, usize)],
    next: usize,
}

impl Offsets<'_> {
    fn original(&mut self, plain: usize) -> usize {
        while self.shifts.get(self.next).is_some_and(|&(here, _)| here <= plain) {
            self.next += 1;
        }
        self.next.checked_sub(1).map_or(plain, |last| plain - self.shifts[last].0 + self.shifts[last].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn found(text: &str) -> Vec<(String, String)> {
        let finder = CueFinder::embedded();
        let note = Note::new("n", text).unwrap();
        finder
            .find(&note)
            .iter()
            .map(|h| (text[h.start..h.end].to_owned(), finder.rule(h).id.to_string()))
            .collect()
    }

    #[rstest]
    #[case::plain("No fever", "No", "neg.no")]
    #[case::across_lines("There is no\r\n  evidence of mass", "no\r\n  evidence of", "neg.no_evidence")]
    #[case::curly("he doesn’t have it", "doesn’t have", "neg.doesnt")]
    #[case::mark("Fever (-)", "(-)", "neg.post.minus")]
    #[case::after_wide("µ 👨‍👩‍👧  w/o pain", "w/o", "neg.without")]
    #[case::longest("no increase in edema", "no increase in", "pseudo.change")]
    fn cues(#[case] text: &str, #[case] cue: &str, #[case] rule: &str) {
        let cues = found(text);
        assert!(cues.contains(&(cue.to_owned(), rule.to_owned())), "{cues:?}");
    }

    #[rstest]
    #[case("nodule abnormal")]
    #[case("no-reflow")]
    #[case("")]
    fn no_cue(#[case] text: &str) {
        assert_eq!(found(text), []);
    }
}
