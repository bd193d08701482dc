//! A text file → a note. The text is taken as it stands: BOM, CRLF and trailing space are part of it.
//!
//! A file name gives the date and the kind where it starts with a date:
//! `2024-03-01_discharge-summary.txt` is a discharge summary of 2024-03-01.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use clinlink_model::Note;

use crate::record_error::RecordFault;

/// Spans address texts of at most this many bytes.
pub(crate) const LIMIT: u64 = u32::MAX as u64;

/// Reads the note in a text file.
pub(crate) fn read(path: &Path, id: &str, episode: Option<&str>) -> Result<Note, RecordFault> {
    let mut note = Note::new(id, read_file(path)?).map_err(|_| RecordFault::TooLong { limit: LIMIT })?;
    note.episode = episode.map(str::to_owned);
    if let Some((date, kind)) = path.file_stem().and_then(|stem| date_and_kind(&stem.to_string_lossy())) {
        note.date = Some(date);
        note.kind = kind;
    }
    Ok(note)
}

/// Reads a file of text.
pub(crate) fn read_file(path: &Path) -> Result<String, RecordFault> {
    read_text(File::open(path).map_err(RecordFault::Unreadable)?, LIMIT)
}

fn read_text(file: impl Read, limit: u64) -> Result<String, RecordFault> {
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(RecordFault::Unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(RecordFault::TooLong { limit });
    }
    String::from_utf8(bytes).map_err(|e| RecordFault::InvalidUtf8 { byte: e.utf8_error().valid_up_to() })
}

/// The date at the start of a file name, and the kind of note after it: words between `_`, `-` or spaces,
/// without a serial number at the end.
fn date_and_kind(stem: &str) -> Option<(String, Option<String>)> {
    let date = stem.get(..10).filter(|date| is_date(date))?;
    let mut words: Vec<&str> = match &stem[10..] {
        "" => Vec::new(),
        rest if rest.starts_with(['_', '-', ' ']) => {
            rest.split(['_', '-', ' ']).filter(|w| !w.is_empty()).collect()
        }
        _ => return None,
    };
    while words.last().is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit())) {
        words.pop();
    }
    Some((date.to_owned(), (!words.is_empty()).then(|| words.join(" "))))
}

/// Whether `text` is a date as ISO 8601 writes it (`2024-03-01`).
fn is_date(text: &str) -> bool {
    let b = text.as_bytes();
    let number = |part: &[u8]| {
        part.iter().try_fold(0, |n, d| d.is_ascii_digit().then(|| n * 10 + u32::from(d - b'0')))
    };
    b.len() == 10
        && b[4] == b'-'
        && b[7] == b'-'
        && number(&b[..4]).is_some()
        && number(&b[5..7]).is_some_and(|month| (1..=12).contains(&month))
        && number(&b[8..]).is_some_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2024-03-01_discharge-summary", Some(("2024-03-01", Some("discharge summary"))))]
    #[case("2024-03-01 Progress Note 2", Some(("2024-03-01", Some("Progress Note"))))]
    #[case("2024-03-01-02_ct-abdomen", Some(("2024-03-01", Some("02 ct abdomen"))))]
    #[case("2024-03-01", Some(("2024-03-01", None)))]
    #[case("2024-03-01_2", Some(("2024-03-01", None)))]
    #[case("2024-13-01_plan", None)]
    #[case("2024-03-32_plan", None)]
    #[case("2024-03-011", None)]
    #[case("2024-0a-01_plan", None)]
    #[case("discharge-summary", None)]
    #[case("aµaµaµa_plan", None)]
    fn a_file_name_gives_date_and_kind(#[case] stem: &str, #[case] expected: Option<(&str, Option<&str>)>) {
        let expected = expected.map(|(date, kind)| (date.to_owned(), kind.map(str::to_owned)));
        assert_eq!(date_and_kind(stem), expected);
    }

    #[test]
    fn a_text_over_the_limit_is_refused_and_one_at_the_limit_is_not() {
        assert_eq!(read_text(&b"12345"[..], 5).unwrap(), "12345");
        assert!(matches!(read_text(&b"123456"[..], 5), Err(RecordFault::TooLong { limit: 5 })));
    }
}
