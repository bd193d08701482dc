//! Files in Rich Release Format, in which the UMLS Metathesaurus and `RxNorm` are published.
//!
//! A row is a line, its fields end with `|`, there are no quotes and no header; the columns are those of the UMLS
//! Reference Manual, chapter 3 (<https://www.ncbi.nlm.nih.gov/books/NBK9685>). A row with another number of columns
//! comes from another release or another layout (ORF, MRCON) and is refused.

use std::path::{Path, PathBuf};

use super::given::{all_files, file_name, missing};
use super::rows::{Form, read_placed};
use crate::builder::PackBuilder;
use crate::vocab_error::VocabError;

const FORM: Form = Form { closed_rows: true, ..Form::plain(b'|') };

/// A file of a release: the end of its name and the number of its columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    pub name: &'static str,
    pub columns: usize,
}

pub(super) const CONSO: Table = Table { name: "CONSO.RRF", columns: 18 };
pub(super) const REL: Table = Table { name: "REL.RRF", columns: 16 };
pub(super) const STY: Table = Table { name: "STY.RRF", columns: 6 };
pub(super) const DEF: Table = Table { name: "DEF.RRF", columns: 8 };
pub(super) const RANK: Table = Table { name: "RANK.RRF", columns: 4 };
pub(super) const MAP: Table = Table { name: "MAP.RRF", columns: 26 };
pub(super) const SAT: Table = Table { name: "SAT.RRF", columns: 13 };

/// The files of a release, by their names with a prefix: `MR` (UMLS) or `RXN` (`RxNorm`).
pub(super) struct Release {
    prefix: &'static str,
    files: Vec<PathBuf>,
    given: Vec<PathBuf>,
}

impl Release {
    pub fn find(prefix: &'static str, given: &[PathBuf]) -> Result<Self, VocabError> {
        Ok(Self { prefix, files: all_files(given)?, given: given.to_vec() })
    }

    /// A file that the release may lack.
    pub fn file(&self, table: Table) -> Option<&Path> {
        let name = format!("{}{}", self.prefix, table.name);
        self.files.iter().map(PathBuf::as_path).find(|path| file_name(path).eq_ignore_ascii_case(&name))
    }

    /// A file that the release must have.
    pub fn required(&self, table: Table, why: &str) -> Result<&Path, VocabError> {
        self.file(table).ok_or_else(|| {
            let Self { prefix, given, .. } = self;
            missing(given, &format!("no {prefix}{} here: {why}", table.name))
        })
    }

    /// Reads a file, if the release has it.
    pub fn read<const N: usize>(
        &self,
        table: Table,
        places: [usize; N],
        builder: &mut PackBuilder,
        take: impl FnMut([&str; N], &mut PackBuilder) -> Result<(), String>,
    ) -> Result<(), VocabError> {
        match self.file(table) {
            Some(path) => read_placed(path, FORM, table.columns, places, builder, take),
            None => Ok(()),
        }
    }
}

/// A concept's identifier as a number: `C0011849` is 11849, `4603` is itself.
pub(super) fn concept_number(id: &str) -> Result<u32, String> {
    let digits = id.strip_prefix('C').unwrap_or(id);
    let number = if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None };
    number.ok_or_else(|| {
        format!("{id:?} is no concept identifier (C and seven digits, or a number); is this an RRF file?")
    })
}
