//! Which line breaks part sentences, and which are only wrapping.
//!
//! A line starts a new unit (a list item, a table row, a paragraph) if it
//!
//! - comes after a blank line or a header;
//! - starts with a list mark ("- ", "•", "2.", "a)", "[x]", "[doctor]"), or is a table row (a tab, a `|`, or a
//!   gap of three spaces inside), or comes after one;
//! - starts with a label ("Temp: 98.6"), or comes after an answered question of a form ("Stroke? No");
//! - starts with a capital or a digit although its first word would have fitted on the line before, or the line
//!   before is short: the break was meant. A line that ends with a comma or a word like "and" or "of" goes on.

use crate::check_boxes::is_answer;
use crate::heading::numbering;
use crate::lines::trim;
use crate::tables::is_row;

/// A line below this many bytes is not filled, whatever the width of the paragraph.
const SHORT_LINE: usize = 45;

/// Words after which a sentence goes on in the next line.
const OPEN_WORDS: [&str; 32] = [
    "a", "about", "than", "an", "and", "any", "as", "at", "by", "for", "from", "has", "have", "her", "his",
    "in", "is", "no", "not", "of", "on", "or", "the", "their", "to", "was", "were", "who", "with", "without",
    "dr", "denies",
];

/// Whether `line` starts a unit of its own after `previous`; both not blank, of a paragraph `width` bytes wide.
pub(crate) fn starts_unit(previous: &str, line: &str, width: usize) -> bool {
    let (full, previous, line) = (line, trim(previous), trim(line));
    has_list_mark(line) || is_row(line) || is_row(previous) || has_label(line) || is_answered(previous) || {
        let indented = full.len() - full.trim_start().len() >= 2 && has_list_mark(previous);
        !indented && is_meant(previous, line, width)
    }
}

fn has_list_mark(line: &str) -> bool {
    let mut chars = line.chars();
    let (Some(first), second) = (chars.next(), chars.next()) else { return false };
    match first {
        '\u{f0b7}' | '•' | '·' | '▪' | '●' | '◦' | '‣' | '■' | '□' | '→' | '➢' | '►' | '☐' | '☑' | '☒'
        | '✓' | '✔' | '[' => true,
        '-' | '–' | '—' => second.is_some_and(|c| c.is_whitespace() || c.is_alphabetic()),
        '*' => second.is_some_and(|c| c != '*'),
        '+' | '>' | 'o' => second.is_some_and(char::is_whitespace),
        '#' => second.is_some_and(|c| c.is_whitespace() || c.is_alphanumeric()),
        '(' => line.starts_with("( )") || numbering(line) > 0,
        _ => numbering(line) > 0,
    }
}

/// Whether a line starts with up to four words and a colon, the first with a capital.
fn has_label(line: &str) -> bool {
    let bytes = &line.as_bytes()[..line.len().min(40)];
    let Some(colon) = bytes.iter().position(|&b| b == b':') else { return false };
    let label = &bytes[..colon];
    bytes.first().is_some_and(u8::is_ascii_uppercase)
        && label.split(|b| *b == b' ').count() <= 4
        && label
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'/' | b'-' | b'(' | b')' | b'&'))
}

/// Whether a line is a question of a form with its answer.
fn is_answered(line: &str) -> bool {
    line.rsplit([' ', '\t', '/']).next().is_some_and(is_answer) && line.contains([':', '?'])
}

/// Whether a writer broke the line before `line` on purpose.
fn is_meant(previous: &str, line: &str, width: usize) -> bool {
    if !line.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
        return false;
    }
    let word = line.find(char::is_whitespace).unwrap_or(line.len());
    if previous.len() >= SHORT_LINE && previous.len() + 1 + word > width {
        return false;
    }
    if previous.ends_with([',', '(', '/', '-', '&', '+']) {
        return false;
    }
    let last = previous.rsplit(char::is_whitespace).next().unwrap_or_default().trim_end_matches('.');
    !OPEN_WORDS.iter().any(|open| last.eq_ignore_ascii_case(open))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const WIDE: &str = "The patient is a pleasant man of 62 years who was brought to us by";

    #[rstest]
    #[case::wrapped_name(WIDE, "Smith after a fall", 70, false)]
    #[case::lower_case(WIDE, "ambulance after a fall", 70, false)]
    #[case::would_have_fitted("He went home in good condition and on his own feet yesterday", "He", 80, true)]
    #[case::short_items("Hypertension", "Diabetes", 12, true)]
    #[case::short_but_open("Seen with", "Smith", 12, false)]
    #[case::item("- fever", "- chills", 8, true)]
    #[case::item_goes_on("- fever for three days and", "  Chills", 20, false)]
    #[case::number("1. Diabetes", "2. Gout", 12, true)]
    #[case::decimal("creatinine of about", "1.5 today", 80, false)]
    #[case::check_box("[x] fever", "[ ] cough", 10, true)]
    #[case::row("Na 140    K 4.1", "Cl 100    CO2 25", 16, true)]
    #[case::after_row("Na 140\tK 4.1", "normal", 80, true)]
    #[case::label(WIDE, "Temp: 98.6", 70, true)]
    fn line_breaks(#[case] previous: &str, #[case] line: &str, #[case] width: usize, #[case] starts: bool) {
        assert_eq!(starts_unit(previous, line, width), starts);
    }
}
