//! Which MS-DRGs a code is a part of: the indexes of CMS's MS-DRG definitions manual, as text.
//!
//! ```text
//! I10 Dx  MDC DRG(s)      ICD-10-CM Description                    (appendix B)
//! A021    18  870-872     Salmonella sepsis
//!         25  974-976
//!
//! Proc     MDC  MS-DRG    Surgical Category                        (appendix E)
//! 0016070  01   031-033   Ventricular Shunt Procedures
//! 02HV33Z* 05   286-287
//! ```
//!
//! Each line is a fact of its code: [`Fact::DrgIndex`] `18 870-872`; a line without a code belongs to the one above. In
//! appendix E a procedure needs an operating room unless `*` stands behind it ([`Fact::OperatingRoom`]). `+`, a part of a
//! combination of procedures, is passed over, and so are the lists of combinations behind the index.

use std::path::{Path, PathBuf};

use clinlink_model::System;

use super::given::{all_files, missing};
use super::text::{lines, read_latin1};
use super::{at, groupers};
use crate::builder::PackBuilder;
use crate::entry::Fact;
use crate::icd_codes::is_icd10pcs;
use crate::vocab_error::VocabError;

/// One of the two indexes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Index {
    Diagnoses,
    Procedures,
}

/// Reads the indexes among the files given; other parts of the manual are passed over.
pub(super) fn read(given: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let mut found = Vec::new();
    for path in all_files(given)? {
        let text = read_latin1(&path)?;
        if let Some((index, below)) = index_of(&text) {
            found.push(index);
            read_index(index, &text, below, &path, builder)?;
        }
    }
    if found.contains(&Index::Diagnoses) {
        return Ok(());
    }
    Err(missing(
        given,
        "none of the files is appendix B of the MS-DRG definitions manual as text: a line \"Diagnosis Code/MDC/MS-DRG Index\" \
         and below it one of headings with MDC and DRG",
    ))
}

/// Which index a file is, and the number of its line of headings.
fn index_of(text: &str) -> Option<(Index, usize)> {
    let titled = |title: &str| lines(text).take(40).any(|(_, line)| line.contains(title));
    let index = match (titled("Diagnosis Code/MDC/MS-DRG Index"), titled("Procedure Code/MS-DRG Index")) {
        (true, false) => Index::Diagnoses,
        (false, true) => Index::Procedures,
        // A table of contents names both.
        _ => return None,
    };
    let is_heading = |line: &str| {
        let mut words = line.split_whitespace();
        words.any(|word| word == "MDC")
            && words.any(|word| word.starts_with("DRG") || word.starts_with("MS-DRG"))
    };
    lines(text).find(|(_, line)| is_heading(line)).map(|(number, _)| (index, number))
}

fn read_index(
    index: Index,
    text: &str,
    below: usize,
    path: &Path,
    builder: &mut PackBuilder,
) -> Result<(), VocabError> {
    let mut current = None;
    for (number, line) in lines(text).filter(|(number, _)| *number > below) {
        if index == Index::Procedures && line.contains("Procedure Cluster") {
            break;
        }
        let mut words: Vec<&str> = line.split_whitespace().collect();
        if !words.first().is_some_and(|word| is_mdc(word)) {
            current = Some(words.remove(0));
        }
        let read = match current {
            Some(code) => read_line(index, code, &words, builder),
            None => Err("an MDC without a code above it".to_owned()),
        };
        if let Err(cause) = read {
            builder.skip(at(path, number, cause))?;
        }
    }
    Ok(())
}

fn read_line(index: Index, code: &str, words: &[&str], builder: &mut PackBuilder) -> Result<(), String> {
    // The marks of a procedure stand at its code or behind it.
    let marks: Vec<&str> = words.iter().copied().take_while(|word| matches!(*word, "*" | "+")).collect();
    let (mdc, rest) = words[marks.len()..].split_first().unwrap_or((&"", &[]));
    if !is_mdc(mdc) {
        return Err(format!("MDC {mdc:?}, expected two digits or PRE"));
    }
    let ranges: Vec<&str> =
        rest.iter().map(|word| word.trim_end_matches(',')).take_while(|word| is_range(word)).collect();
    if ranges.is_empty() {
        let found = rest.first().copied().unwrap_or_default();
        return Err(format!(
            "MS-DRG {found:?}, expected three digits, or the first and last of a range (291-293)"
        ));
    }
    let value = format!("{mdc} {}", ranges.join(" "));
    if index == Index::Diagnoses {
        return groupers::state(code, Fact::DrgIndex, &value, builder);
    }
    let bare = code.trim_end_matches(['*', '+']);
    if !is_icd10pcs(bare) {
        return Err(format!("{code:?} has not the form of a code of ICD-10-PCS"));
    }
    if builder.contains(&System::ICD10PCS, bare) && builder.select(&System::ICD10PCS, bare) {
        let operating_room = !code.contains('*') && !marks.contains(&"*");
        builder.fact(Fact::DrgIndex, &value);
        builder.fact(Fact::OperatingRoom, if operating_room { "yes" } else { "no" });
    }
    Ok(())
}

fn is_mdc(word: &str) -> bool {
    word == "PRE" || word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a word is an MS-DRG or a range of them.
fn is_range(word: &str) -> bool {
    let is_drg = |drg: &str| drg.len() == 3 && drg.bytes().all(|byte| byte.is_ascii_digit());
    match word.split_once('-') {
        Some((first, last)) => is_drg(first) && is_drg(last) && first <= last,
        None => is_drg(word),
    }
}
