use std::path::PathBuf;

use thiserror::Error;

/// Why a file of cues or abbreviations cannot be used. Every message names the file, the line and the cause.
#[derive(Debug, Error)]
pub enum LexiconError {
    /// The file cannot be opened or is not UTF-8.
    #[error("{}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line does not have the columns that the head of the file names.
    #[error("{file}:{line}: {found} columns, but {wanted} are wanted, parted by tabs")]
    Columns {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// How many columns it has.
        found: usize,
        /// The columns.
        wanted: &'static str,
    },
    /// A word that is none of those allowed in its place.
    #[error("{file}:{line}: unknown {what} {found:?} ({allowed})")]
    Unknown {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wanted.
        what: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        allowed: String,
    },
    /// A phrase that is empty, or that stands in the file before.
    #[error("{file}:{line}: {what} {found:?} is empty or stands in the file before; remove it")]
    Repeated {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is empty or repeated.
        what: &'static str,
        /// What stands there.
        found: String,
    },
    /// The senses of an abbreviation make up more than all its uses.
    #[error("{file}:{line}: the priors of {short:?} add up to {sum}; make them at most 1")]
    Shares {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The abbreviation.
        short: String,
        /// What they add up to.
        sum: f32,
    },
    /// More cues than the automaton can hold.
    #[error("{file}: the cues do not fit into one automaton ({cause}); use fewer")]
    TooMany {
        /// The file.
        file: String,
        /// What the automaton's builder says.
        cause: String,
    },
}

/// The rows of a table: its lines with their numbers from 1, without comments and blank lines.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    lines.filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty())
}

/// Reads a table's file.
pub(crate) fn read(path: &std::path::Path) -> Result<String, LexiconError> {
    std::fs::read_to_string(path).map_err(|source| LexiconError::Read { file: path.to_owned(), source })
}
