//! General equivalence mappings between ICD-9-CM and ICD-10 (CMS, final edition 2018).
//!
//! One file holds one direction, as CMS's text or as CSV with a header:
//!
//! ```text
//! 0010  A000  00000                        icd9cm,icd10cm,flags,…
//! 24951 E0865 10112                        0010,A000,00000,…
//! ```
//!
//! The five flags are: approximate (1) or identical (0); no map (1, the target is `NoDx` or `NoPCS`); combination (1:
//! the target is one of several codes that together mean the source); scenario (which combination, 1 to 9); choice list
//! (which place in the combination, 1 to 9). See CMS, *Diagnosis Code Set General Equivalence Mappings: documentation
//! and user's guide*. A row becomes a cross-reference: exact if it is identical and no combination, else approximate,
//! with a combination in words (`combination 1, choice list 2`). A source without a map gives none.
//!
//! The recipe's options `from` and `to` name the direction. The mappings are frozen while ICD-10-CM moves on: a row
//! whose source the pack's edition no longer has is left out, one whose target it no longer has counts as unknown.

use std::path::Path;

use clinlink_model::System;
use serde::Deserialize;

use super::at;
use super::text::{lines, read_utf8};
use crate::builder::PackBuilder;
use crate::entry::Relation;
use crate::icd_codes::{icd9cm_diagnosis, icd9cm_procedure, icd10cm, is_icd10pcs};
use crate::recipe::Recipe;
use crate::vocab_error::VocabError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    from: System,
    to: System,
}

pub(super) fn read(recipe: &Recipe, path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let options: Options = recipe.options()?;
    let text = read_utf8(path)?;
    let mut lines = lines(&text).peekable();
    let is_table = lines.peek().is_some_and(|(_, first)| first.contains(','));
    if is_table && let Some((number, header)) = lines.next() {
        check_header(header, &options).map_err(|cause| at(path, number, cause))?;
    }
    for (number, line) in lines {
        let row = fields(line, is_table).and_then(|fields| Row::of(fields, &options));
        match row {
            Ok(row) => row.add(&options, builder),
            Err(cause) => builder.skip(at(path, number, cause))?,
        }
    }
    Ok(())
}

/// The header of a CSV file must name the systems in the recipe's order: the two directions look alike otherwise.
fn check_header(header: &str, options: &Options) -> Result<(), String> {
    let [from, to, flags] = fields(header, true)?;
    let short = |system: &System| system.name().replace('-', "").to_lowercase();
    if from == short(&options.from) && to == short(&options.to) && flags == "flags" {
        return Ok(());
    }
    let expected = format!("{},{},flags", short(&options.from), short(&options.to));
    Err(format!("the header is {from},{to},{flags}, expected {expected}; do `from` and `to` fit the file?"))
}

/// The first three fields of a line.
fn fields(line: &str, is_table: bool) -> Result<[&str; 3], String> {
    let fields: Vec<&str> = if is_table {
        line.split(',').take(3).map(|field| field.trim().trim_matches('"')).collect()
    } else {
        line.split_whitespace().collect()
    };
    let count = fields.len();
    fields.try_into().map_err(|_| format!("{count} columns, expected a source, a target and five flags"))
}

/// One mapping, with the codes' points.
struct Row {
    from: String,
    /// `None` if there is no map.
    to: Option<String>,
    relation: Relation,
    detail: String,
}

impl Row {
    fn of([from, to, flags]: [&str; 3], options: &Options) -> Result<Self, String> {
        let flags: [u8; 5] = flags
            .bytes()
            .map(|byte| if byte.is_ascii_digit() { byte - b'0' } else { u8::MAX })
            .collect::<Vec<_>>()
            .try_into()
            .map_err(|_| format!("flags {flags:?}, expected five digits"))?;
        let [approximate @ 0..=1, no_map @ 0..=1, combination @ 0..=1, scenario @ 0..=9, choice @ 0..=9] =
            flags
        else {
            return Err(format!("flags {flags:?}, expected 0 or 1 three times and two digits"));
        };
        if (combination == 1) != (scenario > 0 && choice > 0) {
            return Err(format!(
                "flags {flags:?}: a combination, and only that, has a scenario and a choice list"
            ));
        }
        let pcs = [&options.from, &options.to].contains(&&System::ICD10PCS);
        let of = |code: &str, system: &System| {
            pointed(code, system, pcs)
                .ok_or_else(|| format!("{code:?} has not the form of a code of {system}"))
        };
        // The relation says what the flag of approximation says, but that a part of a combination may be identical.
        let detail = match (combination, approximate) {
            (0, _) => String::new(),
            (_, 0) => format!("identical, combination {scenario}, choice list {choice}"),
            _ => format!("combination {scenario}, choice list {choice}"),
        };
        Ok(Self {
            from: of(from, &options.from)?,
            to: if no_map == 1 { None } else { Some(of(to, &options.to)?) },
            relation: if approximate + combination == 0 { Relation::Exact } else { Relation::Approximate },
            detail,
        })
    }

    fn add(&self, options: &Options, builder: &mut PackBuilder) {
        let Some(to) = &self.to else { return };
        if builder.select(&options.from, &self.from) {
            builder.map_with(&options.to, to, self.relation, &self.detail);
        }
    }
}

/// A code with its point. In the mappings to and from ICD-10-PCS, codes of ICD-9-CM are procedures.
fn pointed(code: &str, system: &System, pcs: bool) -> Option<String> {
    if *system == System::ICD10PCS {
        is_icd10pcs(code).then(|| code.to_owned())
    } else if *system != System::ICD9CM {
        icd10cm(code)
    } else if pcs {
        icd9cm_procedure(code)
    } else {
        icd9cm_diagnosis(code)
    }
}
