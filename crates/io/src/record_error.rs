use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A note that cannot be read. The other notes are read all the same.
#[derive(Debug, Error)]
#[error("{}{}: {cause}", place(&self.path, self.line), name(self.id.as_deref()))]
pub struct RecordError {
    /// The file; `-` for standard input.
    pub path: PathBuf,
    /// The line of a JSON-lines file, from 1.
    pub line: Option<u64>,
    /// The note's id, where it could be read.
    pub id: Option<String>,
    /// What is wrong.
    #[source]
    pub cause: RecordFault,
}

/// What is wrong with a note. No variant holds text of the note.
#[derive(Debug, Error)]
pub enum RecordFault {
    /// The file system refused.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// The bytes are not UTF-8.
    #[error("not UTF-8: byte {byte} is invalid; convert it to UTF-8 (iconv -t UTF-8)")]
    InvalidUtf8 {
        /// Offset of the first invalid byte, from 0, in the file of a text note or in the line of a JSON note.
        byte: usize,
    },
    /// The line is not JSON.
    #[error("broken JSON at column {column}: {problem}")]
    BrokenJson {
        /// The byte of the line at which parsing failed, from 1.
        column: usize,
        /// What sort of fault it is.
        problem: &'static str,
    },
    /// The line is JSON, but not an object.
    #[error("not a JSON object; a note is one object a line: {{\"id\": …, \"text\": …}}")]
    NotAnObject,
    /// A field that every note needs is not there, or is null.
    #[error("field \"{0}\" is missing")]
    MissingField(&'static str),
    /// The id is an empty string.
    #[error("field \"id\" is empty")]
    EmptyId,
    /// A field holds a value of another type.
    #[error("field \"{field}\" must be {expected}")]
    WrongType {
        /// The field.
        field: &'static str,
        /// The type that it must have.
        expected: &'static str,
    },
    /// The chart has a field that no chart has.
    #[error("field \"chart.{}\" is unknown (setting, labs, vitals, problems, medications, codes)", field.escape_debug())]
    ChartField {
        /// The field.
        field: String,
    },
    /// A list of the chart, or one of its entries, is wrong.
    #[error("chart.{list}{}: {fault}", index.map_or_else(String::new, |index| format!(" {index}")))]
    Chart {
        /// The list.
        list: &'static str,
        /// Which entry, from 0.
        index: Option<usize>,
        /// What is wrong with it.
        #[source]
        fault: ChartFault,
    },
    /// A given mention is wrong.
    #[error("mention {index}: {fault}")]
    Mention {
        /// Which one, from 0, in the order of the record.
        index: usize,
        /// What is wrong with it.
        #[source]
        fault: MentionFault,
    },
    /// A line of the brat standoff file beside the text is wrong.
    #[error("the .ann file beside it, line {line}: {fault}")]
    Standoff {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        fault: MentionFault,
    },
    /// A line of a CoNLL file has fewer than two columns.
    #[error("a token needs two columns or more, the token and its tag, with tabs or spaces between them")]
    Columns,
    /// A tag of a CoNLL file is none.
    #[error("the last column must be O or a type after B-, I-, E-, L-, S- or U-")]
    Tag,
    /// Another note of this run has the same id.
    #[error("an earlier note has the same id; ids must be unique within a run")]
    DuplicateId,
    /// The text or its line is longer than spans can address.
    #[error("longer than {limit} bytes; split it")]
    TooLong {
        /// The most bytes that are read.
        limit: u64,
    },
}

/// What is wrong with a structured fact of a chart. Holds no value of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChartFault {
    /// The list is none.
    #[error("must be an array")]
    NotAList,
    /// It is not a measurement.
    #[error("must be an object with \"loinc\" and \"value\"")]
    Measurement,
    /// The LOINC code has not the form of one.
    #[error("\"loinc\" must be a LOINC code, such as \"2823-3\"")]
    Loinc,
    /// A number is none.
    #[error("\"{field}\" must be a number")]
    Number {
        /// The field.
        field: &'static str,
    },
    /// A field that is words is none.
    #[error("\"{field}\" must be a string")]
    Word {
        /// The field.
        field: &'static str,
    },
    /// The reference range is upside down.
    #[error("\"low\" is above \"high\"")]
    Range,
    /// A field is misspelt or of no use here.
    #[error("field \"{}\" is unknown", field.escape_debug())]
    UnknownField {
        /// The field.
        field: String,
    },
    /// It is no medication.
    #[error("must be a drug's name, or an object with \"name\"")]
    Medication,
    /// It is no code.
    #[error("must be a code, or an object with \"code\" and, if it is not of ICD-10-CM, \"system\"")]
    Code,
}

/// What is wrong with a given mention.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MentionFault {
    /// It is not an object with whole, non-negative `start` and `end`, and text in `label` or `type`.
    #[error("must be an object with whole numbers \"start\" and \"end\" and, if any, a string \"label\"")]
    WrongShape,
    /// It is not a brat text-bound annotation.
    #[error("must be an id, a type with the first and last character, and the words, with tabs between them")]
    Brat,
    /// The words that brat noted are not those of the text.
    #[error("characters {start}..{end} of the text are other words; the .ann file belongs to another text")]
    OtherWords {
        /// First character, from 0.
        start: u64,
        /// The character after the last one.
        end: u64,
    },
    /// It ends beyond the text.
    #[error("characters {start}..{end} are not within the text of {chars} characters")]
    OutOfRange {
        /// First character, from 0.
        start: u64,
        /// The character after the last one.
        end: u64,
        /// Length of the text in characters.
        chars: usize,
    },
    /// It is empty or ends before it starts.
    #[error("start {start} must be less than end {end}")]
    NoText {
        /// First character, from 0.
        start: u64,
        /// The character after the last one.
        end: u64,
    },
}

fn place(path: &std::path::Path, line: Option<u64>) -> String {
    line.map_or_else(|| path.display().to_string(), |line| format!("{}:{line}", path.display()))
}

/// Ids come from outside: escaped, so that a line break in one cannot forge a line of a log.
fn name(id: Option<&str>) -> String {
    id.map_or_else(String::new, |id| format!(": note {}", id.escape_debug()))
}
