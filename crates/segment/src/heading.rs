//! What may be a heading at the start of a line: the words after list marks, numbering and marks of emphasis, up to a
//! colon, a dash, a gap or the end of the line.

use crate::lines::{is_blank, is_void, trim};

/// The longest heading, in bytes.
pub(crate) const MAX_HEADING: usize = 90;

/// How a heading is parted from what follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    Colon,
    Dash,
    Gap,
    LineEnd,
}

/// A stretch of a line that may be a heading.
pub(crate) struct Heading<'a> {
    pub words: &'a str,
    pub separator: Separator,
    pub own_line: bool,
    /// Behind a bullet or a number: in a list, an unknown heading is an item.
    pub listed: bool,
    /// What follows on the line.
    pub after: &'a str,
}

/// Skips list marks, numbering and marks of emphasis. Where the words start, and whether it was a list mark.
pub(crate) fn skip_marks(line: &str, start: usize) -> (usize, bool) {
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
    let roman = body.iter().take(5).take_while(|b| matches!(b, b'I' | b'V' | b'X' | b'i' | b'v')).count();
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
pub(crate) fn headings(rest: &str, listed: bool) -> impl Iterator<Item = (Heading<'_>, usize)> {
    let mut limit = rest.len().min(MAX_HEADING);
    while !rest.is_char_boundary(limit) {
        limit -= 1;
    }
    let head = &rest[..limit];
    let colon = head.find(':').map(|at| (at, at + 1, Separator::Colon));
    let dash = first_dash(&head[..colon.map_or(limit, |colon| colon.0)]);
    let gap = head.find("  ").or_else(|| head.find('\t')).map(|at| (at, at + 1, Separator::Gap));
    let line_end = (rest.len() <= MAX_HEADING).then_some((rest.len(), rest.len(), Separator::LineEnd));
    [dash, colon, gap, line_end].into_iter().flatten().map(move |(at, end, separator)| {
        let end = end + closing_marks(&rest[end..]);
        let words =
            rest[..at].trim_end_matches(|c: char| is_void(c) || matches!(c, '*' | '_' | '=' | '~' | '#'));
        let words = words.strip_suffix("</b>").unwrap_or(words).trim_end();
        let words = if words.contains('[') { words } else { words.trim_end_matches(']') };
        let after = &rest[end..];
        (Heading { words, separator, own_line: is_blank(after), listed, after }, end)
    })
}

/// The first dash between spaces: where it starts and ends.
fn first_dash(head: &str) -> Option<(usize, usize, Separator)> {
    let at = head.match_indices([' ']).map(|(at, _)| at).find(|&at| {
        let rest = &head[at + 1..];
        rest.starts_with(['-', '–', '—']) && rest.trim_start_matches(['-', '–', '—']).starts_with(' ')
    })?;
    let dashes = &head[at + 1..];
    let length = dashes.len() - dashes.trim_start_matches(['-', '–', '—']).len();
    Some((at, at + length + 2, Separator::Dash))
}

/// The length of marks of emphasis that close a header after its colon.
fn closing_marks(after: &str) -> usize {
    if let Some(length) = ["</b>", "**", "__"].into_iter().find(|mark| after.starts_with(mark)).map(str::len)
    {
        return length;
    }
    0
}

/// Whether all letters are capitals, but for the plural "s" of "EKGs" and "(s)".
pub(crate) fn is_capitals(words: &str) -> bool {
    let words = trim(words);
    let words = words.strip_suffix("(s)").or_else(|| words.strip_suffix('s')).unwrap_or(words);
    words.contains(char::is_uppercase) && !words.contains(char::is_lowercase)
}

/// Whether every word starts with a capital, but for small ones.
pub(crate) fn is_title(words: &str) -> bool {
    words.starts_with(char::is_uppercase)
        && words
            .split_whitespace()
            .all(|w| w.len() <= 3 || w.starts_with(|c: char| c.is_uppercase() || !c.is_alphabetic()))
}
