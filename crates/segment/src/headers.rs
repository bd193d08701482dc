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
//! Inside a line, only a known heading in capitals with a colon, after the end of a sentence or a gap, is one:
//! "... in 10 years.  PLAN: await biopsy". The letters S, O, A, P are headers only in that order.
//!
//! Nothing is looked for beyond [`MAX_HEADING`] bytes, so the work a line is bounded by its length.

use clinlink_model::SectionKind;

use crate::header_lexicon::{HeaderLexicon, Opens, normalize};
use crate::lines::{is_blank, is_void, trim};

/// The longest heading, in bytes.
const MAX_HEADING: usize = 90;
/// The longest heading, in words.
const MAX_WORDS: usize = 10;

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
}

/// What is around a line that may hold a header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    /// Whether a blank line or nothing stands before it.
    pub after_gap: bool,
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

/// How a heading is parted from what follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    Colon,
    Dash,
    Gap,
    LineEnd,
}

/// A stretch of a line that may be a heading.
struct Heading<'a> {
    words: &'a str,
    separator: Separator,
    own_line: bool,
    /// Behind a bullet or a number: in a list, an unknown heading is an item.
    listed: bool,
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
        if !rest.starts_with(|c: char| c.is_alphabetic()) {
            return None;
        }
        for (heading, end) in headings(rest, listed) {
            if heading.words.is_empty() || heading.words.split_whitespace().nth(MAX_WORDS).is_some() {
                continue;
            }
            if let Some(kind) = self.judge(&heading, around) {
                self.current = kind;
                let words = (name, name + heading.words.len());
                return Some(Header { start, words, end: name + end, kind });
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
        {
            return None;
        }
        normalize(words, &mut self.phrase);
        let Some(Opens::Section(kind)) = self.lexicon.whole(&self.phrase) else { return None };
        self.current = kind;
        Some(Header { start, words: (start, start + words.len()), end: colon + 1, kind })
    }

    /// The kind of section that a heading opens, if it opens one.
    fn judge(&mut self, heading: &Heading<'_>, around: Around<'_>) -> Option<SectionKind> {
        normalize(heading.words, &mut self.phrase);
        let capitals = is_capitals(heading.words);
        if let Some(opens) = self.lexicon.soap(&self.phrase) {
            return self.soap(heading, opens);
        }
        match self.lexicon.whole(&self.phrase) {
            Some(Opens::Section(kind)) => known_is_header(heading, capitals).then_some(kind),
            Some(Opens::Part) => (heading.separator == Separator::Colon && !self.keeps_parts())
                .then_some(SectionKind::PhysicalExam),
            None if unknown_is_header(heading, capitals, around) && !self.is_part_label(heading, around) => {
                match self.lexicon.by_part(&self.phrase) {
                    Some(Opens::Section(kind)) => Some(kind),
                    _ => Some(SectionKind::Unknown),
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

    /// Whether names of organs are no headers where we are: an examination goes on, a scan describes them.
    fn keeps_parts(&self) -> bool {
        use SectionKind::{Imaging, Impression, PhysicalExam, Procedure, Results, ReviewOfSystems};
        matches!(self.current, PhysicalExam | ReviewOfSystems | Imaging | Impression | Results | Procedure)
    }

    /// Whether an unknown heading is a label within an examination ("ROMBERG: negative").
    fn is_part_label(&self, heading: &Heading<'_>, around: Around<'_>) -> bool {
        use SectionKind::{PhysicalExam, ReviewOfSystems, VitalSigns};
        matches!(self.current, PhysicalExam | ReviewOfSystems | VitalSigns)
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

/// Skips list marks, numbering and marks of emphasis. Where the words start, and whether it was a list mark.
fn skip_marks(line: &str, start: usize) -> (usize, bool) {
    let mut at = start;
    let mut listed = false;
    // Three rounds: "**1. <b>Plan".
    for _ in 0..3 {
        let rest = &line[at..];
        let marks =
            rest.len() - rest.trim_start_matches(['*', '_', '#', '=', '[', '~', '>', '•', '·', ' ']).len();
        let bullet = rest.starts_with("• ") || rest.starts_with("* ") || rest.starts_with("· ");
        let dash = usize::from(rest.starts_with("- ")) * 2;
        let tag = if rest.starts_with('<') {
            rest.find('>').filter(|&end| end < 12).map_or(0, |end| end + 1)
        } else {
            0
        };
        let number = numbering(rest);
        let skip = [marks, dash, tag, number].into_iter().max().unwrap_or(0);
        if skip == 0 {
            break;
        }
        listed |= bullet || dash > 0 || number > 0;
        at += skip;
    }
    (at, listed)
}

/// The length of "1. ", "12) ", "IV. ", "a) ", "(2) " at the start of `text`; 0 if there is none.
pub(crate) fn numbering(text: &str) -> usize {
    let bytes = text.as_bytes();
    let open = usize::from(bytes.first() == Some(&b'('));
    let body = &bytes[open..];
    let digits = body.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    let roman = body.iter().take(5).take_while(|b| matches!(b, b'I' | b'V' | b'X')).count();
    let letter = usize::from(body.first().is_some_and(u8::is_ascii_alphabetic));
    for length in [digits, roman, letter] {
        let end = open + length;
        let closed = match bytes.get(end) {
            Some(b')') => true,
            Some(b'.') => open == 0,
            _ => false,
        };
        // "1.5 mg" is no number of an item, "1.Diabetes" is.
        let next = bytes.get(end + 1);
        let apart =
            next.is_none_or(|b| b.is_ascii_whitespace() || (length == digits && b.is_ascii_alphabetic()));
        if length > 0 && closed && apart {
            let after = &text[end + 1..];
            return end + 1 + (after.len() - after.trim_start_matches([' ', '\t']).len());
        }
    }
    0
}

/// What may be a heading at the start of `rest`, likeliest first, each with where the text after it starts.
fn headings(rest: &str, listed: bool) -> impl Iterator<Item = (Heading<'_>, usize)> {
    let mut limit = rest.len().min(MAX_HEADING);
    while !rest.is_char_boundary(limit) {
        limit -= 1;
    }
    let head = &rest[..limit];
    let colon = head.find(':').map(|at| (at, at + 1, Separator::Colon));
    let dash = [" - ", " -- ", " – ", " — "]
        .into_iter()
        .filter_map(|mark| head.find(mark).map(|at| (at, at + mark.len(), Separator::Dash)))
        .min_by_key(|found| found.0)
        .filter(|dash| colon.is_none_or(|colon| dash.0 < colon.0));
    let gap = head.find("  ").or_else(|| head.find('\t')).map(|at| (at, at + 1, Separator::Gap));
    let line_end = (rest.len() <= MAX_HEADING).then_some((rest.len(), rest.len(), Separator::LineEnd));
    [dash, colon, gap, line_end].into_iter().flatten().map(move |(at, end, separator)| {
        let end = end + closing_marks(&rest[end..]);
        let words = rest[..at]
            .trim_end_matches(|c: char| is_void(c) || matches!(c, '*' | '_' | '=' | ']' | '~' | '#'));
        let words = words.strip_suffix("</b>").unwrap_or(words).trim_end();
        (Heading { words, separator, own_line: is_blank(&rest[end..]), listed }, end)
    })
}

/// The length of marks of emphasis that close a header after its colon.
fn closing_marks(after: &str) -> usize {
    if let Some(length) = ["</b>", "**", "__"].into_iter().find(|mark| after.starts_with(mark)).map(str::len)
    {
        return length;
    }
    0
}

fn is_heading_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || matches!(byte, b' ' | b'/' | b'&' | b'-' | b'(' | b')' | b'\'')
}

/// Whether all letters are capitals, but for the plural "s" of "EKGs" and "(s)".
fn is_capitals(words: &str) -> bool {
    let words = trim(words);
    let words = words.strip_suffix("(s)").or_else(|| words.strip_suffix('s')).unwrap_or(words);
    words.contains(char::is_uppercase) && !words.contains(char::is_lowercase)
}

/// Whether every word starts with a capital, but for small ones.
fn is_title(words: &str) -> bool {
    words.starts_with(char::is_uppercase)
        && words
            .split_whitespace()
            .all(|w| w.len() <= 3 || w.starts_with(|c: char| c.is_uppercase() || !c.is_alphabetic()))
}
