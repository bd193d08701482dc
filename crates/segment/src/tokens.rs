//! Tokens: words, numbers and single punctuation marks.
//!
//! The words are those of UAX #29 with clinical corrections: `q.d`, `w/o`, `n/v/d`, `120/80`, `10-15`, `10:30` and
//! `3/14/2024` are one token each; `stable.The`, where the space is missing, is three; a colon always stands alone
//! between words (`PMH:HTN`).

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::lines::is_void;

/// Calls `emit` with the byte range of every token of `text`, in order.
pub(crate) fn tokens(text: &str, mut emit: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if is_space(bytes[at]) {
            at += 1;
            continue;
        }
        let ascii = bytes[at..]
            .iter()
            .position(|&b| is_space(b) || !b.is_ascii())
            .map_or(bytes.len(), |len| at + len);
        if ascii == bytes.len() || bytes[ascii].is_ascii() {
            ascii_tokens(&bytes[at..ascii], |token| emit(at + token.start..at + token.end));
            at = ascii;
            continue;
        }
        // White space and marks beyond ASCII: by characters.
        let start = text[at..].find(|c| !is_void(c)).map_or(text.len(), |skip| at + skip);
        let end = text[start..].find(is_void).map_or(text.len(), |len| start + len);
        unicode_tokens(&text[start..end], |token| emit(start + token.start..start + token.end));
        at = end;
    }
}

/// White space of ASCII, as `char::is_whitespace` has it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// Tokens of a stretch with letters beyond ASCII, by UAX #29.
fn unicode_tokens(chunk: &str, mut emit: impl FnMut(Range<usize>)) {
    for (at, segment) in chunk.split_word_bound_indices() {
        // A segment is a word, or one mark with what combines with it. Older Unicode versions join words at a
        // colon, which would glue a header to its text.
        let mut start = at;
        for (colon, _) in segment.match_indices(':') {
            for range in [start..at + colon, at + colon..at + colon + 1] {
                if !range.is_empty() {
                    emit(range);
                }
            }
            start = at + colon + 1;
        }
        if start < at + segment.len() {
            emit(start..at + segment.len());
        }
    }
}

/// Tokens of a stretch of ASCII without white space.
fn ascii_tokens(chunk: &[u8], mut emit: impl FnMut(Range<usize>)) {
    let mut at = 0;
    while at < chunk.len() {
        let end = if is_word(chunk[at]) { word_end(chunk, at) } else { at + 1 };
        emit(at..end);
        at = end;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where the word that starts at `start` ends, with everything that belongs to it.
fn word_end(chunk: &[u8], start: usize) -> usize {
    let (mut piece, mut end) = (start, run_end(chunk, start));
    while end + 1 < chunk.len() && is_word(chunk[end + 1]) {
        let next = run_end(chunk, end + 1);
        if !joins(&chunk[piece..end], chunk[end], &chunk[end + 1..next]) {
            break;
        }
        (piece, end) = (end + 1, next);
    }
    end
}

fn run_end(chunk: &[u8], start: usize) -> usize {
    chunk[start..].iter().position(|&b| !is_word(b)).map_or(chunk.len(), |len| start + len)
}

/// Whether `mark` between two runs of letters and digits makes them one token.
fn joins(before: &[u8], mark: u8, after: &[u8]) -> bool {
    let (Some(&last), Some(&first)) = (before.last(), after.first()) else { return false };
    let letters = last.is_ascii_alphabetic() && first.is_ascii_alphabetic();
    let digits = last.is_ascii_digit() && first.is_ascii_digit();
    let initials = letters && before.len() == 1 && after.len() == 1;
    match mark {
        b'\'' => letters,
        // "q.d", "b.i.d", "Ph.D", but not "pain.No".
        b'.' => digits || initials || (letters && after.len() == 1 && before == b"Ph"),
        b',' | b'-' | b':' => digits,
        b'/' => digits || initials,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("No chest pain.", "No|chest|pain|.")]
    #[case("BP 120/80, T 98.6", "BP|120/80|,|T|98.6")]
    #[case("10-15 mg q.d. x3", "10-15|mg|q.d|.|x3")]
    #[case("w/o n/v/d", "w/o|n/v/d")]
    #[case("and/or", "and|/|or")]
    #[case("Fever (-)", "Fever|(|-|)")]
    #[case("seen 3/14/2024 10:30", "seen|3/14/2024|10:30")]
    #[case("patient's stable.The", "patient's|stable|.|The")]
    #[case("PMH:HTN", "PMH|:|HTN")]
    #[case("Größe:5 µg", "Größe|:|5|µg")]
    #[case("\u{feff}ok 👨‍👩‍👧 é\u{301}", "ok|👨‍👩‍👧|é\u{301}")]
    #[case("1,200 mL", "1,200|mL")]
    fn cuts(#[case] text: &str, #[case] expected: &str) {
        let mut found = Vec::new();
        tokens(text, |range| found.push(&text[range]));
        assert_eq!(found.join("|"), expected);
    }
}
