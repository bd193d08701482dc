//! The words around a cue: clauses, lists, brackets, headers and answers.

use std::ops::Range;

use clinlink_model::{Layout, Note, SectionKind};

use crate::rules::MAX_REACH;
use crate::scope::Cue;

/// How far before an answer its question stands, in tokens.
pub(crate) const ANSWER_REACH: u32 = 6;

/// How many tokens the subject of a general statement has at most.
const MOST_SUBJECT: u32 = 6;

/// Words that join the last member of a denied row.
pub(crate) const JOINTS: [&str; 2] = ["or", "nor"];

/// Words that give a finding to somebody or point at it.
const OWNERS: [&str; 16] = [
    "his",
    "her",
    "your",
    "my",
    "their",
    "our",
    "the",
    "this",
    "these",
    "that",
    "which",
    "a",
    "an",
    "patient",
    "patient's",
    "pt",
];

/// Words that may follow a closing cue.
const CLOSERS: [&str; 36] = [
    "and",
    "or",
    "but",
    "on",
    "by",
    "in",
    "at",
    "for",
    "to",
    "with",
    "as",
    "per",
    "this",
    "since",
    "today",
    "x",
    "throughout",
    "bilaterally",
    "however",
    "although",
    "while",
    "so",
    "he",
    "she",
    "patient",
    "from",
    "given",
    "except",
    "because",
    "due",
    "based",
    "initially",
    "clinically",
    "after",
    "if",
    "without",
];

/// Whether `word` is one of `words`, in any case.
pub(crate) fn is_in(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The words of a sentence.
pub(crate) struct Words<'n> {
    pub note: &'n Note,
    pub layout: &'n Layout,
    /// Its tokens.
    pub sentence: &'n Range<u32>,
}

impl Words<'_> {
    pub(crate) fn at(&self, token: u32) -> &str {
        &self.note[self.layout.tokens[token as usize].span]
    }

    /// The byte of a token of one byte. Marks are looked for in long stretches, and this is faster than its text.
    fn mark(&self, token: u32) -> Option<u8> {
        let span = self.layout.tokens[token as usize].span;
        (span.end() - span.start() == 1).then(|| self.note.text().as_bytes()[span.start()])
    }

    pub(crate) fn is_comma(&self, token: u32) -> bool {
        matches!(self.mark(token), Some(b',' | b';'))
    }

    /// Whether the row of which a comma stands at `from`, or before it, goes on to an "or".
    pub(crate) fn goes_on(&self, from: u32) -> bool {
        self.last_joint(from).is_some()
    }

    /// The last "or" of the row that starts at `from`.
    pub(crate) fn last_joint(&self, from: u32) -> Option<u32> {
        let end = self.sentence.end.min(from + MAX_REACH);
        let row = (from..end).take_while(|&at| self.at(at) != ";");
        row.filter(|&at| is_in(&JOINTS, self.at(at))).last()
    }

    /// Whether a cue begins a clause of a review of systems and has words after it.
    pub(crate) fn opens_review(&self, cue: &Cue<'_>) -> bool {
        self.opens_clause(cue.tokens.0)
            && !self.close_their_clause(cue.tokens)
            && self.layout.kind_at(cue.span) == SectionKind::ReviewOfSystems
    }

    /// Whether the sentence begins with a few words that are nobody's, right before a token.
    pub(crate) fn has_bare_subject(&self, token: u32) -> bool {
        let bare = |at: u32| !is_in(&OWNERS, self.at(at));
        token - self.sentence.start <= MOST_SUBJECT && (self.sentence.start..token).all(bare)
    }

    /// Where what a cue in brackets says ends, if that is before `to`: "AF (converted, no CHF), gout".
    pub(crate) fn end_of_brackets(&self, cue: (u32, u32), to: u32) -> u32 {
        let mut open = 0_u32;
        for at in cue.1..to {
            match self.mark(at) {
                Some(b'(') => open += 1,
                Some(b')') if open > 0 => open -= 1,
                Some(b')') => {
                    let before = (self.sentence.start.max(cue.0.saturating_sub(MAX_REACH))..cue.0).rev();
                    let opened =
                        { before }.filter_map(|at| self.mark(at)).find(|mark| matches!(mark, b'(' | b')'));
                    return if opened == Some(b'(') { at } else { to };
                }
                _ => {}
            }
        }
        to
    }

    /// Whether a token begins its clause.
    pub(crate) fn opens_clause(&self, token: u32) -> bool {
        let mut before = (self.sentence.start..token).rev().map(|at| self.at(at));
        before.next().is_none_or(|mark| matches!(mark, "," | ";" | ":" | "." | "-" | "(" | "/"))
    }

    /// The first token of the header that stands right before the cue, where the sentence starts with the cue:
    /// "AKI: resolved".
    pub(crate) fn header_before(&self, sentence: usize, cue: u32) -> Option<u32> {
        let (before, here) =
            (self.layout.sentences.get(sentence.checked_sub(1)?)?, &self.layout.sentences[sentence]);
        // Looked at first: the rest must not grow with a sentence that is all marks.
        let near = cue - before.tokens.start <= ANSWER_REACH + 2;
        let header = self.layout.sections.get(here.section as usize)?.header?;
        let is_header = before.section == here.section && before.span.overlaps(header);
        (near && is_header && self.opens_sentence(cue)).then_some(before.tokens.start)
    }

    /// Whether no word stands before a token.
    pub(crate) fn opens_sentence(&self, token: u32) -> bool {
        (self.sentence.start..token).all(|at| !self.at(at).starts_with(char::is_alphanumeric))
    }

    /// Where the list under a header ends that begins with the cue, as a token: after the sentence beside the header
    /// ("Differential diagnosis: pneumonia, GERD."), or after the lines below it, up to a blank one.
    pub(crate) fn list_under_header(&self, sentence: usize, cue: (u32, u32)) -> Option<u32> {
        let header = &self.layout.sentences[sentence];
        let words = self.layout.sections.get(header.section as usize)?.header?;
        if !words.overlaps(header.span) || !self.opens_sentence(cue.0) {
            return None;
        }
        let (mut before, mut end) = (header, None);
        let below = &self.layout.sentences[sentence + 1..];
        for next in below.iter().take_while(|next| next.section == header.section) {
            let gap = &self.note.text()[before.span.end()..next.span.start()];
            let breaks = gap.matches('\n').count().max(gap.matches('\r').count());
            if end.is_some() && breaks > 1 {
                break;
            }
            let beside = end.is_none() && breaks == 0;
            end = Some(next.tokens.end);
            if beside || next.tokens.end > cue.1 + MAX_REACH {
                break;
            }
            before = next;
        }
        end
    }

    /// Whether a cue is the answer to a label or question before it and has nothing after it: "Fever: no",
    /// "Cough? denies."
    pub(crate) fn answer(&self, cue: (u32, u32), after_header: bool) -> bool {
        let asked = cue.0 > self.sentence.start && matches!(self.at(cue.0 - 1), ":" | "-" | "–" | "?" | "=");
        let closed = self.sentence.end <= cue.1
            || (cue.1 + 1 == self.sentence.end && matches!(self.at(cue.1), "." | "," | ";"));
        (asked || after_header) && closed
    }

    /// Whether a colon follows the cue, and words after it.
    pub(crate) fn heads_list(&self, cue: (u32, u32)) -> bool {
        cue.1 + 1 < self.sentence.end && self.at(cue.1) == ":"
    }

    /// Whether no noun follows that the cue could belong to: the sentence ends, or a mark or a joining word follows.
    pub(crate) fn close_their_clause(&self, cue: (u32, u32)) -> bool {
        if cue.1 >= self.sentence.end {
            return true;
        }
        let next = self.at(cue.1);
        !next.starts_with(|c: char| c.is_alphabetic()) || is_in(&CLOSERS, next)
    }
}
