//! The JSON line of a note or an episode that failed. It stands where its record would have stood.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::json_lines::write_line;
use crate::record_error::RecordError;
use crate::schema::Schema;

/// A note that could not be read or processed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureRecord {
    /// The schema of the records around it.
    pub schema: Schema,
    /// The note's id; `null` if it could not be read.
    pub note: Option<String>,
    /// What is wrong. Never holds text of the note.
    pub error: String,
    /// The file; `-` for standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line of the file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

impl FailureRecord {
    /// The failure of a note that was read but could not be processed. `error` must not hold text of the note.
    pub fn new(schema: Schema, note: &str, error: &(impl ToString + ?Sized)) -> Self {
        Self { schema, note: Some(note.to_owned()), error: error.to_string(), file: None, line: None }
    }

    /// The failure of a note that could not be read.
    pub fn unread(schema: Schema, error: &RecordError) -> Self {
        Self {
            schema,
            note: error.id.clone(),
            error: error.cause.to_string(),
            file: Some(error.path.display().to_string()),
            line: error.line,
        }
    }
}

/// Writes a failure as one JSON line.
///
/// # Errors
/// If `out` refuses.
pub fn write_failure(failure: &FailureRecord, out: &mut impl Write) -> io::Result<()> {
    write_line(failure, out)
}
