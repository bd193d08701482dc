//! Codes that episodes were given: a CSV file with the columns `episode` and `code`, or JSON lines.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

/// Why codes cannot be read.
#[derive(Debug, Error)]
pub enum GivenCodesError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The first line of a CSV file does not name a column.
    #[error("{}: no column {column:?}; name the columns in the first line: episode,code", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The column that is missing.
        column: &'static str,
    },
    /// A line is not what it should be.
    #[error("{}:{line}: no given code; each line is {expected}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What the line should have been.
        expected: &'static str,
    },
}

const CSV: &str = "episode,code";
const JSON: &str = r#"{"episode": …, "code": …} or {"episode": …, "codes": [code, …]}"#;

/// A line of JSON.
#[derive(Deserialize)]
struct Record {
    #[serde(alias = "id")]
    episode: String,
    code: Option<String>,
    #[serde(default)]
    codes: Vec<String>,
}

/// The codes that each episode was given, in the order of the file; `.jsonl` and `.ndjson` are JSON lines, all else is
/// CSV. Other columns and fields are passed over.
///
/// # Errors
/// If the file cannot be read or a line is broken.
pub fn read_given_codes(path: &Path) -> Result<BTreeMap<String, Vec<String>>, GivenCodesError> {
    let file = File::open(path).map_err(|cause| unreadable(path, cause))?;
    let is_json = path.extension().is_some_and(|ending| ending == "jsonl" || ending == "ndjson");
    if is_json { json(path, BufReader::new(file)) } else { csv(path, file) }
}

fn unreadable(path: &Path, cause: io::Error) -> GivenCodesError {
    GivenCodesError::Unreadable { path: path.to_owned(), cause }
}

fn json(path: &Path, input: impl BufRead) -> Result<BTreeMap<String, Vec<String>>, GivenCodesError> {
    let mut given: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (line, text) in (1..).zip(input.lines()) {
        let text = text.map_err(|cause| unreadable(path, cause))?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let broken = || GivenCodesError::Line { path: path.to_owned(), line, expected: JSON };
        // serde's own message may quote a value.
        let record: Record = serde_json::from_str(text).map_err(|_| broken())?;
        given.entry(record.episode).or_default().extend(record.codes.into_iter().chain(record.code));
    }
    Ok(given)
}

fn csv(path: &Path, input: File) -> Result<BTreeMap<String, Vec<String>>, GivenCodesError> {
    let broken = |line| GivenCodesError::Line { path: path.to_owned(), line, expected: CSV };
    let mut reader = csv::Reader::from_reader(input);
    let headers = reader.headers().map_err(|_| broken(1))?.clone();
    let column = |column: &'static str| {
        let named = |name: &str| name.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(column);
        headers
            .iter()
            .position(named)
            .ok_or_else(|| GivenCodesError::NoColumn { path: path.to_owned(), column })
    };
    let (episode, code) = (column("episode")?, column("code")?);
    let mut given: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(error.position().map_or(0, csv::Position::line)))?;
        let line = record.position().map_or(0, csv::Position::line);
        let (Some(episode), Some(code)) = (record.get(episode), record.get(code)) else {
            return Err(broken(line));
        };
        if code.trim().is_empty() {
            return Err(broken(line));
        }
        given.entry(episode.trim().to_owned()).or_default().push(code.trim().to_owned());
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(name: &str, text: &str) -> Result<BTreeMap<String, Vec<String>>, GivenCodesError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        read_given_codes(&path)
    }

    #[rstest]
    #[case::csv("c.csv", "\u{feff}Code,who,Episode\nI10,x,a\n\"E11.9\",y,b\nR05,x,a\n")]
    #[case::json_lists(
        "c.jsonl",
        "{\"episode\": \"a\", \"codes\": [\"I10\", \"R05\"]}\n\n{\"id\": \"b\", \"codes\": [\"E11.9\"]}\n"
    )]
    #[case::json_single(
        "c.ndjson",
        "{\"episode\": \"a\", \"code\": \"I10\"}\n{\"episode\": \"b\", \"code\": \"E11.9\"}\n{\"episode\": \"a\", \"code\": \"R05\"}"
    )]
    fn codes_by_episode(#[case] name: &str, #[case] text: &str) {
        let given = read(name, text).unwrap();
        let given: Vec<(&str, Vec<&str>)> = given
            .iter()
            .map(|(id, codes)| (id.as_str(), codes.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(given, [("a", vec!["I10", "R05"]), ("b", vec!["E11.9"])]);
    }

    #[rstest]
    #[case::no_column("c.csv", "episode,icd\na,I10\n", "no column \"code\"")]
    #[case::no_code("c.csv", "episode,code\na,I10\na,\n", "c.csv:3: no given code")]
    #[case::ragged("c.csv", "episode,code\na,I10,x\n", "c.csv:2: no given code")]
    #[case::broken_json(
        "c.jsonl",
        "{\"episode\": \"a\", \"codes\": [\"I10\"]}\n{\"secret\": 1}\n",
        "c.jsonl:2: no given code"
    )]
    fn a_broken_line_is_named(#[case] name: &str, #[case] text: &str, #[case] says: &str) {
        let error = read(name, text).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("secret"), "{error}");
    }
}
