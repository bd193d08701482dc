//! The index of ICD-10-PCS as CMS's XML (`index_xml`), with the keys of body parts, devices and substances in it.
//!
//! | entry | what becomes of it |
//! |---|---|
//! | `Anoscopy` 0DJD8ZZ | a term of the code |
//! | `Abdominohysterectomy` *see* Resection, Uterus 0UT9 | a term of the row `0UT9` |
//! | `Bypass` / `Ileum` 0D1B | `bypass ileum`, `ileum bypass` …, terms of the row `0D1B` |
//! | `Splenotomy` *see* Drainage, Lymphatic and Hemic Systems 079 | a related term of the table `079`: it says too little |
//! | `Abdominal esophagus` *use* Esophagus, Lower | nothing: a part of the body is no procedure |
//!
//! Entries are said as those of the index of ICD-10-CM are (`index_terms`). A code of five or six characters stands for
//! the row above it; a row that the list of codes does not have gives no term.

use std::path::Path;

use clinlink_model::System;

use super::index_terms::{says_nothing, terms};
use super::index_xml::Row;
use super::{at, index_xml};
use crate::builder::PackBuilder;
use crate::entry::TermKind;
use crate::icd_codes::is_icd10pcs_value;
use crate::vocab_error::VocabError;

/// The length of the code of a row of a table.
const ROW: usize = 4;
/// The length of a code.
const FULL: usize = 7;

pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let index = index_xml::read(path)?.filter(|index| index.root == "ICD10PCS.index");
    let index = index.ok_or_else(|| at(path, 1, "expected CMS's index of ICD-10-PCS (ICD10PCS.index)"))?;
    for row in &index.rows {
        let code = row.code.as_str();
        if code.len() > FULL || !code.bytes().all(is_icd10pcs_value) {
            builder.skip(at(path, row.line, format!("{code:?} is no start of a code of ICD-10-PCS")))?;
            continue;
        }
        if !row.path.iter().any(|part| says_nothing(part)) {
            add(row, code, builder);
        }
    }
    Ok(())
}

fn add(row: &Row, code: &str, builder: &mut PackBuilder) {
    let (code, kind) = match code.len() {
        FULL | ROW => (code, TermKind::Index),
        5..FULL => (&code[..ROW], TermKind::Related),
        1..ROW => (code, TermKind::Related),
        _ => return,
    };
    if builder.select(&System::ICD10PCS, code) {
        for (number, term) in terms(&row.path, &row.modifiers).iter().enumerate() {
            if number == 0 {
                builder.term(term, kind)
            } else {
                builder.variant(term, kind)
            };
        }
    }
}
