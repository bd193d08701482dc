//! Where headers stand.
//!
//! A heading at the start of a line, after list marks, numbering ("1.", "IV.", "a)") and marks of emphasis
//! (`**PMH:**`, `# Plan`, `<b>HPI</b>`), is a header if
//!
//! - it is known and a colon follows ("PMH: HTN"), or a dash ("PLAN - home"), or a gap of two spaces if it is in
//!   capitals, or nothing at all (a line of its own that starts with a capital);
//! - it is not known, in capitals, and a colon follows;
//! - it is not known, and stands on a line of its own after a blank line: with a colon and up to six words that
//!   mostly start with a capital, or in capitals with ordinary text below.
//!
//! Inside a line, only a known heading with a colon, after the end of a sentence or a gap, is one: "... in 10 years.
//! PLAN: await biopsy", "... hypothyroid. Meds: lisinopril". One that is not in capitals has at most [`MAX_INSIDE`] words.
//! The letters S, O, A, P are headers only in that order.
//!
//! The name of an organ is a header ("HEENT: clear") unless an examination is open, of which it is then a label. The
//! names of speakers in a dialogue are none. "EXAM: CT of the head" is imaging, not an examination of the body.
//!
//! Nothing is looked for beyond [`MAX_HEADING`] bytes, so the work a line is bounded by its length.

use clinlink_model::SectionKind;

use crate::header_lexicon::{HeaderLexicon, Opens, normalize};
use crate::heading::{Heading, MAX_HEADING, Separator, headings, is_capitals, is_title, skip_marks};
use crate::lines::is_void;

/// The longest heading, in words.
const MAX_WORDS: usize = 10;
/// The longest one inside a line that is not in capitals, in words.
const MAX_INSIDE: usize = 3;

/// Kinds of scans, as they stand after "EXAM:".
const SCANS: [&str; 20] = [
    "ct",
    "cta",
    "mri",
    "mra",
    "mr",
    "us",
    "xr",
    "pet",
    "ray",
    "radiograph",
    "radiographs",
    "ultrasound",
    "sonogram",
    "mammogram",
    "mammography",
    "scan",
    "doppler",
    "fluoroscopy",
    "echocardiogram",
    "angiogram",
];
/// The longest of them, in bytes.
const MAX_SCAN: usize = 14;

/// A header in a line; offsets in bytes of that line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Where its numbering, its marks or else its words start.
    pub start: usize,
    /// The words, without colon and numbering.
    pub words: (usize, usize),
    /// Where the text under it may start.
    pub end: usize,
    /// What it stands for.
    pub kind: SectionKind,
    /// How it was told.
    pub origin: Origin,
    /// How many `#` mark it: its level in Markdown, or 0.
    pub level: usize,
}

/// How a header was told from other text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// By its words.
    Known,
    /// By its words, which name a part of a section.
    Part,
    /// By its looks.
    Looks,
}

/// What is around a line that may hold a header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    /// Whether a blank line or nothing stands before it.
    pub after_gap: bool,
    /// Whether it is a turn in a dialogue.
    pub spoken: bool,
    /// The next line, if there is one.
    pub next: Option<&'a str>,
}

/// Finds the headers of one note, line after line.
pub(crate) struct HeaderFinder<'l> {
    lexicon: &'l HeaderLexicon,
    /// The kind of the section that is open.
    current: SectionKind,
    /// The last letter of a SOAP note that opened a section.
    soap: char,
    phrase: String,
}

impl<'l> HeaderFinder<'l> {
    pub(crate) fn new(lexicon: &'l HeaderLexicon) -> Self {
        Self { lexicon, current: SectionKind::Unknown, soap: ' ', phrase: String::new() }
    }

    /// The header at the start of `line`, if there is one.
    pub(crate) fn at_start(&mut self, line: &str, around: Around<'_>) -> Option<Header> {
        let start = line.len() - line.trim_start_matches(is_void).len();
        let (name, listed) = skip_marks(line, start);
        let rest = &line[name..];
        if around.spoken || !rest.starts_with(|c: char| c.is_alphabetic()) {
            return None;
        }
        for (heading, end) in headings(rest, listed) {
            if heading.words.is_empty() || heading.words.split_whitespace().nth(MAX_WORDS).is_some() {
                continue;
            }
            if let Some((kind, origin)) = self.judge(&heading, around) {
                self.current = kind;
                let words = (name, name + heading.words.len());
                let level = line[start..name].bytes().filter(|&b| b == b'#').count();
                return Some(Header { start, words, end: name + end, kind, origin, level });
            }
        }
        None
    }

    /// The next header inside `line` at or after byte `from`.
    pub(crate) fn inside(&mut self, line: &str, from: usize) -> Option<Header> {
        let mut from = from;
        while let Some(colon) = line[from..].find(':').map(|at| from + at) {
            if let Some(header) = self.before_colon(line, from, colon) {
                return Some(header);
            }
            from = colon + 1;
        }
        None
    }

    fn before_colon(&mut self, line: &str, from: usize, colon: usize) -> Option<Header> {
        let bytes = line.as_bytes();
        let floor = from.max(colon.saturating_sub(MAX_HEADING));
        let length = bytes[floor..colon].iter().rev().take_while(|b| is_heading_byte(**b)).count();
        let run = &line[colon - length..colon];
        // The heading starts after the last gap or sentence end before the colon.
        let gap = run.rfind("  ").map_or(0, |at| at + 2);
        let start = colon - length + gap + (run[gap..].len() - run[gap..].trim_start().len());
        let words = line[start..colon].trim_end();
        let before = line[..start].trim_end();
        let apart = gap > 0 || start - before.len() >= 2;
        let after_sentence = before.ends_with(['.', ';', '?', '!']) && before.len() < start;
        if words.len() < 3
            || !(apart || after_sentence)
            || !words.starts_with(|c: char| c.is_ascii_uppercase())
            || !is_capitals(words) && words.split_whitespace().nth(MAX_INSIDE).is_some()
        {
            return None;
        }
        normalize(words, &mut self.phrase);
        let Some(Opens::Section(kind)) = self.lexicon.whole(&self.phrase) else { return None };
        // `Pain: 3/10. Location: left knee` is a label.
        if kind == SectionKind::Unknown && !is_capitals(&line[start..colon]) {
            return None;
        }
        self.current = kind;
        let words = (start, start + words.len());
        Some(Header { start, words, end: colon + 1, kind, origin: Origin::Known, level: 0 })
    }

    /// The kind of section that a heading opens, if it opens one.
    fn judge(&mut self, heading: &Heading<'_>, around: Around<'_>) -> Option<(SectionKind, Origin)> {
        normalize(heading.words, &mut self.phrase);
        let capitals = is_capitals(heading.words);
        if let Some(opens) = self.lexicon.soap(&self.phrase) {
            return self.soap(heading, opens).map(|kind| (kind, Origin::Known));
        }
        match self.lexicon.whole(&self.phrase) {
            Some(Opens::Section(kind)) => {
                let kind = if names_a_scan(kind, heading.after) { SectionKind::Imaging } else { kind };
                (known_is_header(heading, capitals) && !is_order(kind, heading, capitals, around))
                    .then_some((kind, Origin::Known))
            }
            Some(Opens::Part(kind)) => (heading.separator == Separator::Colon && !self.keeps_parts(kind))
                .then_some((kind, Origin::Part)),
            None if unknown_is_header(heading, capitals, around) && !self.is_part_label(heading, around) => {
                match self.lexicon.by_part(&self.phrase) {
                    Some(Opens::Section(kind)) => Some((kind, Origin::Looks)),
                    _ => Some((SectionKind::Unknown, Origin::Looks)),
                }
            }
            None => None,
        }
    }

    fn soap(&mut self, heading: &Heading<'_>, opens: Opens) -> Option<SectionKind> {
        let letter = heading.words.chars().next()?;
        let order = matches!((self.soap, letter), (_, 'S') | ('S', 'O') | ('S' | 'O', 'A') | ('A', 'P'));
        let Opens::Section(kind) = opens else { return None };
        if !order || heading.separator == Separator::Gap {
            return None;
        }
        self.soap = letter;
        Some(kind)
    }

    /// Whether the names of parts of sections of that kind are no headers where we are: an examination goes on, a
    /// scan describes the organs.
    fn keeps_parts(&self, of: SectionKind) -> bool {
        use SectionKind::{
            AdmissionDiagnosis, AssessmentAndPlan, DischargeDiagnosis, Imaging, Impression, PhysicalExam,
            ProblemList, Procedure, Results, ReviewOfSystems,
        };
        match of {
            PhysicalExam => matches!(
                self.current,
                PhysicalExam | ReviewOfSystems | Imaging | Impression | Results | Procedure
            ),
            AssessmentAndPlan => matches!(
                self.current,
                AssessmentAndPlan | DischargeDiagnosis | AdmissionDiagnosis | ProblemList | Impression
            ),
            _ => self.current == of,
        }
    }

    /// Whether an unknown heading is a label within an examination, results or a scan ("ROMBERG: negative",
    /// "WBC: 12", "L5-S1: bulging disc").
    fn is_part_label(&self, heading: &Heading<'_>, around: Around<'_>) -> bool {
        use SectionKind::{Imaging, PhysicalExam, Results, ReviewOfSystems, VitalSigns};
        matches!(self.current, PhysicalExam | ReviewOfSystems | VitalSigns | Results | Imaging)
            && !heading.own_line
            && !around.after_gap
    }
}

fn known_is_header(heading: &Heading<'_>, capitals: bool) -> bool {
    let capital = heading.words.starts_with(char::is_uppercase);
    match heading.separator {
        Separator::Colon => true,
        Separator::Dash => capital,
        Separator::Gap => capitals,
        // "Plan" alone is a heading, "plan." is the end of a wrapped line, and "All" a word.
        Separator::LineEnd => {
            capital
                && (heading.words.len() > 3 || capitals)
                && !heading.words.ends_with(['.', ',', ';', '?', '!'])
                && (!heading.listed || capitals)
        }
    }
}

/// Whether an examination is one with a machine: "EXAM: CT of the head".
fn names_a_scan(kind: SectionKind, after: &str) -> bool {
    kind == SectionKind::PhysicalExam
        && after
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(3)
            .any(|word| word.len() <= MAX_SCAN && SCANS.iter().any(|scan| word.eq_ignore_ascii_case(scan)))
}

/// Whether a test alone on a line is an item of a list ("Telemetry" under a plan).
fn is_order(kind: SectionKind, heading: &Heading<'_>, capitals: bool, around: Around<'_>) -> bool {
    matches!(kind, SectionKind::Results | SectionKind::Imaging)
        && heading.separator == Separator::LineEnd
        && !capitals
        && !around.after_gap
}

fn unknown_is_header(heading: &Heading<'_>, capitals: bool, around: Around<'_>) -> bool {
    let words = heading.words.split_whitespace().count();
    if heading.words.ends_with(['.', ',', ';', '?', '!']) || heading.words.contains(". ") {
        return false;
    }
    let letters = heading.words.chars().filter(|c| c.is_alphabetic()).count();
    match heading.separator {
        Separator::Colon if capitals => letters >= 2 && words <= MAX_WORDS && !heading.listed,
        Separator::Colon => {
            heading.own_line && around.after_gap && !heading.listed && words <= 6 && is_title(heading.words)
        }
        Separator::LineEnd => {
            let below = around.next.is_some_and(|next| next.contains(|c: char| c.is_lowercase()));
            let digits = heading.words.contains(|c: char| c.is_ascii_digit());
            capitals && around.after_gap && below && !digits && !heading.listed && words <= 6 && letters >= 5
        }
        Separator::Dash | Separator::Gap => false,
    }
}

fn is_heading_byte(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'/' | b'&' | b'-' | b'(' | b')' | b'\'')
}
