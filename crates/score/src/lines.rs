//! Reads JSON lines. An error names file, line and cause, and never quotes a value of the line.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::error::ScoreError;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Hands each line's record to `each`, with the line's number from 1. Blank lines are skipped.
///
/// `expected` says what a line should be, for the error.
pub(crate) fn read<T: DeserializeOwned>(
    path: &Path,
    expected: &'static str,
    mut each: impl FnMut(T, Line<'_>) -> Result<(), ScoreError>,
) -> Result<(), ScoreError> {
    let cannot_read = |source| ScoreError::Read { path: path.to_owned(), source };
    let mut file = BufReader::new(File::open(path).map_err(cannot_read)?);
    let mut bytes = Vec::new();
    let mut number = 0;
    while file.read_until(b'\n', &mut bytes).map_err(cannot_read)? > 0 {
        number += 1;
        let json = if number == 1 { bytes.strip_prefix(BOM).unwrap_or(&bytes) } else { &bytes };
        let json = json.trim_ascii_end();
        if !json.is_empty() {
            let line = Line { path, number, expected };
            let record = serde_json::from_slice(json).map_err(|error| line.error(cause(&error)))?;
            each(record, line)?;
        }
        bytes.clear();
    }
    Ok(())
}

/// Where a record stands.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) path: &'a Path,
    pub(crate) number: usize,
    expected: &'static str,
}

impl Line<'_> {
    pub(crate) fn error(self, cause: impl Into<String>) -> ScoreError {
        ScoreError::Line {
            path: self.path.to_owned(),
            line: self.number,
            cause: cause.into(),
            expected: self.expected,
        }
    }
}

/// What `serde_json` says, without the value that it quotes: that may be text of a note.
fn cause(error: &serde_json::Error) -> String {
    let message = error.to_string();
    // The record is one line, so its own line number is always 1.
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    let column = error.column();
    let safe = match error.classify() {
        // These messages are fixed strings, and those of a missing field name the field.
        Category::Syntax | Category::Eof | Category::Io => message.to_owned(),
        Category::Data if message.starts_with("missing field ") => message.to_owned(),
        // "invalid type: string \"…\", expected u32": only what follows the value is ours.
        Category::Data => match message.rsplit_once(", expected ") {
            Some((_, expected)) => format!("wrong value, expected {expected}"),
            None => "wrong value".to_owned(),
        },
    };
    format!("column {column}: {safe}")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde::Deserialize;

    use super::cause;

    #[derive(Debug, Deserialize)]
    struct Record {
        #[expect(dead_code, reason = "only its type matters")]
        start: u32,
    }

    #[rstest]
    #[case::syntax(r#"{"start": "#, "column 10: EOF while parsing a value")]
    #[case::missing("{}", "column 2: missing field `start`")]
    #[case::value(r#"{"start": "John, expected today"}"#, "column 32: wrong value, expected u32")]
    fn a_cause_quotes_no_value(#[case] json: &str, #[case] said: &str) {
        let error = serde_json::from_str::<Record>(json).unwrap_err();
        assert_eq!(cause(&error), said);
    }
}
