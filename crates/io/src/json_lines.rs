//! Writes records as JSON lines, and reads them back.

use std::io::{self, BufRead, Write};

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::annotated_record::AnnotatedRecord;
use crate::code_set_record::CodeSetRecord;
use crate::failure_record::FailureRecord;
use crate::json_note::problem;
use crate::raw_lines::{RawLineFault, RawLines};
use crate::schema::Schema;

/// One line of clinlink's output.
#[derive(Debug, Clone, PartialEq)]
pub enum Line<T> {
    /// A note or an episode.
    Record(T),
    /// One that failed.
    Failure(FailureRecord),
}

/// A line that is not a record of the schema that was asked for. Holds no text of the line.
#[derive(Debug, Error)]
#[error("line {line}: {cause}")]
pub struct LineError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    #[source]
    pub cause: LineFault,
}

/// What is wrong with a line.
#[derive(Debug, Error)]
pub enum LineFault {
    /// The stream broke.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// The line is not JSON, or a field is missing or has another type.
    #[error("not a record of {}: {problem} at column {column}", .wanted.name())]
    NotARecord {
        /// The schema that was asked for.
        wanted: Schema,
        /// The byte of the line, from 1.
        column: usize,
        /// What sort of fault it is.
        problem: &'static str,
    },
    /// The line has no field `schema`, or one of another name or number.
    #[error("not of schema {}; write it with this version of clinlink", .wanted.name())]
    OtherSchema {
        /// The schema that was asked for.
        wanted: Schema,
    },
    /// The line is longer than the limit.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The most bytes that are read.
        limit: u64,
    },
}

/// A line of output may hold a note's text several times over.
const LIMIT: u64 = 1 << 36;

/// Reads what `annotate` wrote, line by line. Blank lines are passed over.
pub fn read_annotated(input: impl BufRead) -> impl Iterator<Item = Result<Line<AnnotatedRecord>, LineError>> {
    read(input, Schema::Annotate)
}

/// Reads what `code` wrote, line by line. Blank lines are passed over.
pub fn read_code_sets(input: impl BufRead) -> impl Iterator<Item = Result<Line<CodeSetRecord>, LineError>> {
    read(input, Schema::Code)
}

fn read<T: DeserializeOwned>(
    input: impl BufRead,
    wanted: Schema,
) -> impl Iterator<Item = Result<Line<T>, LineError>> {
    RawLines::new(input, LIMIT).map(move |(line, bytes)| {
        let parsed = match bytes {
            Ok(bytes) => parse(&bytes, wanted),
            Err(RawLineFault::TooLong) => Err(LineFault::TooLong { limit: LIMIT }),
            Err(RawLineFault::Unreadable(e)) => Err(LineFault::Unreadable(e)),
        };
        parsed.map_err(|cause| LineError { line, cause })
    })
}

/// The fields that tell which sort of line it is.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
    error: Option<IgnoredAny>,
}

fn parse<T: DeserializeOwned>(line: &[u8], wanted: Schema) -> Result<Line<T>, LineFault> {
    // Only the category and the place: serde's own message may quote a value.
    let fault = |e: serde_json::Error| LineFault::NotARecord {
        wanted,
        column: e.column(),
        problem: problem(e.classify()),
    };
    let head: Head = serde_json::from_slice(line).map_err(fault)?;
    if head.schema.as_deref() != Some(wanted.name()) {
        return Err(LineFault::OtherSchema { wanted });
    }
    if head.error.is_some() {
        return serde_json::from_slice(line).map(Line::Failure).map_err(fault);
    }
    serde_json::from_slice(line).map(Line::Record).map_err(fault)
}

pub(crate) fn write_line(record: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    // A failure of `out` comes back with its own kind, so that a broken pipe can be told.
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}
