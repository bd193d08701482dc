//! CDC's alphabetic index as a CSV file, an entry a row.
//!
//! ```text
//! RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code
//! 1,B,0,Bronchitis,,,(diffuse) (acute),J40
//! 2,B,1,with,,,,
//! ```
//!
//! A row is narrower than the last row above it with a smaller level; main terms have level 0. Columns are found by
//! name.

use std::path::Path;

use serde::Deserialize;

use super::at;
use super::index_xml::{Row, in_parentheses};
use super::text::read_utf8;
use super::xml::one_line;
use crate::builder::PackBuilder;
use crate::vocab_error::VocabError;

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "Level")]
    level: usize,
    #[serde(rename = "Term")]
    term: String,
    #[serde(rename = "See")]
    see: String,
    #[serde(rename = "SeeAlso")]
    see_also: String,
    #[serde(rename = "NonEssModif")]
    modifiers: String,
    #[serde(rename = "Code")]
    code: String,
}

/// Reads the entries of a file.
pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<Vec<Row>, VocabError> {
    let text = read_utf8(path)?;
    let mut rows = Vec::new();
    let mut above: Vec<String> = Vec::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|cause| at(path, 1, cause))?.clone();
    for record in reader.records() {
        let record = record.map_err(|cause| at(path, line_of(cause.position()), cause))?;
        let number = line_of(record.position());
        let line: Line = match record.deserialize(Some(&headers)) {
            Ok(line) => line,
            Err(cause) => {
                builder.skip(at(path, number, cause))?;
                continue;
            }
        };
        if line.level > above.len() {
            let cause =
                format!("level {} below an entry of level {}", line.level, above.len().saturating_sub(1));
            builder.skip(at(path, number, cause))?;
            continue;
        }
        above.truncate(line.level);
        above.push(one_line(&line.term));
        rows.push(Row {
            line: number,
            path: above.clone(),
            modifiers: in_parentheses(&line.modifiers),
            see: one_line(&line.see),
            see_also: one_line(&line.see_also),
            code: line.code,
            ..Row::default()
        });
    }
    Ok(rows)
}

fn line_of(position: Option<&csv::Position>) -> usize {
    position.map_or(1, |position| usize::try_from(position.line()).unwrap_or(usize::MAX))
}
