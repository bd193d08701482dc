use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why gold or predictions could not be scored. No message holds text of a note.
#[derive(Debug, Error)]
pub enum ScoreError {
    /// A file could not be opened or read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line is not JSON, or not of the format that belongs there.
    #[error("{}:{line}: {cause}; each line must be {expected}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        cause: String,
        /// What the line should have been.
        expected: &'static str,
    },
    /// Two lines are about the same note or episode.
    #[error("{}:{line}: {id:?} has a line already, line {first}; keep one of them", path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// Line of the second one, from 1.
        line: usize,
        /// The note or episode.
        id: String,
        /// Line of the first one, from 1.
        first: usize,
    },
    /// The gold holds no record, so there is nothing to measure against.
    #[error("{}: no records; give gold with at least one line", path.display())]
    NoGold {
        /// The file.
        path: PathBuf,
    },
    /// A label was asked for that the gold never has.
    #[error("{}: no mention has the label {label:?}; there are: {}", path.display(), known.join(", "))]
    UnknownLabel {
        /// The gold file.
        path: PathBuf,
        /// The label asked for.
        label: String,
        /// The labels that the gold has.
        known: Vec<String>,
    },
    /// A file has nothing that the measure is about.
    #[error("{}: {what}", path.display())]
    NothingToScore {
        /// The file.
        path: PathBuf,
        /// What is missing, and what to give instead.
        what: String,
    },
}
