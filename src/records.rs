//! What the lines of a file of notes say beside what every note has: gold to learn from.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, bail};
use clinlink_model::{CharOffsets, Note, Span};
use serde::de::DeserializeOwned;

/// Hands each record of JSON lines to `take`. `expected` says what a record looks like, for the message about a line
/// that is none: serde's own may quote a value.
pub fn each<R: DeserializeOwned>(path: &Path, expected: &str, mut take: impl FnMut(R)) -> anyhow::Result<()> {
    let file = File::open(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.with_context(|| format!("{}:{number}: cannot be read", path.display()))?;
        if line.trim().is_empty() {
            continue;
        }
        let Ok(record) = serde_json::from_str(&line) else {
            bail!("{}:{number}: {expected}", path.display());
        };
        take(record);
    }
    Ok(())
}

/// The span of the characters `start` to `end`. `what` names the part of the record that holds them.
pub fn span(
    note: &Note,
    offsets: &CharOffsets,
    (start, end): (usize, usize),
    what: impl std::fmt::Display,
) -> anyhow::Result<Span> {
    let bytes = offsets.to_byte(start).zip(offsets.to_byte(end));
    bytes.and_then(|(first, last)| note.span(first..last).ok()).with_context(|| {
        format!("note {}: {what}: characters {start} to {end} are not in the text", note.id())
    })
}
