//! Tables as text: rows of fields between separators, read one at a time.
//!
//! A table with a header is read by the names of its columns, so that a release with more columns or another order is
//! read all the same. One without is read by place and must have the number of columns that its owner documents. A row
//! that does not fit, or whose text is not in the stated encoding, is a problem with its line: see
//! [`PackBuilder::skip`].

use std::fs::File;
use std::mem;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, StringRecord, Terminator};
use serde::Deserialize;

use super::at;
use crate::builder::PackBuilder;
use crate::vocab_error::VocabError;

/// How a table is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub separator: u8,
    /// Whether a field may stand in double quotes, so that it can hold separators and line breaks.
    pub quotes: bool,
    pub encoding: Encoding,
    /// Whether a row may end before the header does.
    pub short_rows: bool,
    /// Whether a separator stands behind the last field too.
    pub closed_rows: bool,
}

/// What the bytes of a text file mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "latin-1")]
    Latin1,
}

impl Form {
    /// Fields without quotes, in UTF-8.
    pub const fn plain(separator: u8) -> Self {
        Self { separator, quotes: false, encoding: Encoding::Utf8, short_rows: false, closed_rows: false }
    }

    /// Fields that may be quoted, in UTF-8.
    pub const fn quoted(separator: u8) -> Self {
        Self { quotes: true, ..Self::plain(separator) }
    }
}

/// Reads a table with a header. `wanted` names columns, in any case; `a|b` is either of two names, `?a` may be missing
/// and is empty then. `take` gets the fields of a row in that order and says what is wrong with it, if anything is.
pub(super) fn read_named<const N: usize>(
    path: &Path,
    form: Form,
    wanted: [&str; N],
    builder: &mut PackBuilder,
    mut take: impl FnMut([&str; N], &mut PackBuilder) -> Result<(), String>,
) -> Result<(), VocabError> {
    let mut rows = Rows::open(path, form)?;
    let (line, header) = rows.next()?.ok_or_else(|| at(path, 1, "the file is empty; expected a header"))?;
    let header = header.map_err(|cause| at(path, line, cause))?;
    let width = header.len();
    let places = columns(header, wanted).map_err(|cause| at(path, line, cause))?;
    while let Some((line, row)) = rows.next()? {
        builder.line = line;
        let taken = row.and_then(|row| {
            if row.len() > width || (row.len() < width && !form.short_rows) {
                return Err(format!("{} columns, expected the {width} of the header", row.len()));
            }
            take(fields(row, places), builder)
        });
        if let Err(cause) = taken {
            builder.skip(at(path, line, cause))?;
        }
    }
    Ok(())
}

/// Reads a table without a header. `width` is the number of columns; `places` says which of them `take` gets, counted
/// from 0.
pub(super) fn read_placed<const N: usize>(
    path: &Path,
    form: Form,
    width: usize,
    places: [usize; N],
    builder: &mut PackBuilder,
    mut take: impl FnMut([&str; N], &mut PackBuilder) -> Result<(), String>,
) -> Result<(), VocabError> {
    let mut rows = Rows::open(path, form)?;
    let places = places.map(Some);
    while let Some((line, row)) = rows.next()? {
        builder.line = line;
        let taken = row.and_then(|row| {
            let is_closed = row.len() > 1 && row.get(row.len() - 1).is_some_and(|end| end.trim().is_empty());
            if form.closed_rows && !is_closed {
                let sign = char::from(form.separator);
                return Err(format!(
                    "the row does not end with {sign}; expected {width} columns, each with it"
                ));
            }
            let found = row.len() - usize::from(form.closed_rows);
            if found != width {
                return Err(format!("{found} columns, expected {width}"));
            }
            take(fields(row, places), builder)
        });
        if let Err(cause) = taken {
            builder.skip(at(path, line, cause))?;
        }
    }
    Ok(())
}

/// The places of the wanted columns; `None` for one that may be missing and is.
fn columns<const N: usize>(header: &StringRecord, wanted: [&str; N]) -> Result<[Option<usize>; N], String> {
    let mut places = [None; N];
    for (place, name) in places.iter_mut().zip(wanted) {
        let (optional, names) = name.strip_prefix('?').map_or((false, name), |rest| (true, rest));
        *place = names.split('|').find_map(|name| {
            header.iter().position(|found| found.trim().trim_matches('"').eq_ignore_ascii_case(name))
        });
        if place.is_none() && !optional {
            let found: Vec<&str> = header.iter().map(str::trim).collect();
            let names = names.replace('|', "\" or \"");
            return Err(format!("no column \"{names}\"; the header has: {}", found.join(", ")));
        }
    }
    Ok(places)
}

fn fields<const N: usize>(row: &StringRecord, places: [Option<usize>; N]) -> [&str; N] {
    places.map(|place| place.and_then(|place| row.get(place)).unwrap_or_default().trim())
}

/// A row with its line, or what is wrong with it.
type Numbered<'r> = (usize, Result<&'r StringRecord, String>);

/// The rows of a file.
struct Rows<'p> {
    path: &'p Path,
    encoding: Encoding,
    reader: csv::Reader<File>,
    bytes: ByteRecord,
    row: StringRecord,
}

impl<'p> Rows<'p> {
    fn open(path: &'p Path, form: Form) -> Result<Self, VocabError> {
        let file = File::open(path).map_err(VocabError::io(path))?;
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(form.separator)
            .quoting(form.quotes)
            // A carriage return before it is white space at the end of the last field, which is taken off.
            .terminator(Terminator::Any(b'\n'))
            .buffer_capacity(1 << 18)
            .from_reader(file);
        Ok(Self { path, encoding: form.encoding, reader, bytes: ByteRecord::new(), row: StringRecord::new() })
    }

    fn next(&mut self) -> Result<Option<Numbered<'_>>, VocabError> {
        loop {
            let more = self.reader.read_byte_record(&mut self.bytes).map_err(|error| {
                let line = error.position().map_or(1, csv::Position::line);
                at(self.path, usize::try_from(line).unwrap_or(usize::MAX), error)
            })?;
            if !more {
                return Ok(None);
            }
            let is_blank = self.bytes.len() == 1 && self.bytes[0].trim_ascii().is_empty();
            if !is_blank {
                break;
            }
        }
        let line = self.bytes.position().map_or(1, csv::Position::line);
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        if self.encoding == Encoding::Latin1 {
            self.row.clear();
            for field in &self.bytes {
                self.row.push_field(&field.iter().map(|&byte| char::from(byte)).collect::<String>());
            }
            return Ok(Some((line, Ok(&self.row))));
        }
        match StringRecord::from_byte_record(mem::take(&mut self.bytes)) {
            Ok(row) => {
                self.bytes = mem::replace(&mut self.row, row).into_byte_record();
                Ok(Some((line, Ok(&self.row))))
            }
            Err(error) => {
                let cause = "a byte that is not UTF-8; convert the file to UTF-8 (iconv does it)";
                self.bytes = error.into_byte_record();
                Ok(Some((line, Err(cause.to_owned()))))
            }
        }
    }
}
