//! Clinlink's own list of what clinicians write, with the ICD-10-CM code that a coder gives to these words.
//!
//! Tab-separated (four spaces here), `#` before a comment, a row `code`, `term`:
//!
//! ```text
//! I21.9    heart attack
//! J90    fluid in the lung
//! ```
//!
//! The code must be in the pack; a category is right where the words say no more. Each row gives its concept a term of
//! kind `Index`: like an entry of the alphabetic index, for which the list stands in where the index is not at hand; a
//! word of it (`febrile`, `covid`) is never too general to stand alone. On
//! codiesp/dev it brings the dictionary pipeline from 0.357 to 0.441 micro-F1; the index alone, to 0.423; both, to 0.445.

use std::path::Path;

use clinlink_model::System;

use super::at;
use super::text::{lines, read_utf8};
use crate::builder::PackBuilder;
use crate::entry::TermKind;
use crate::vocab_error::VocabError;

pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_utf8(path)?;
    for (number, line) in lines(&text).filter(|(_, line)| !line.starts_with('#')) {
        if let Err(cause) = add(line, builder) {
            builder.skip(at(path, number, cause))?;
        }
    }
    Ok(())
}

/// Adds the term of a row, or says why not.
fn add(line: &str, builder: &mut PackBuilder) -> Result<(), String> {
    let Some((code, term)) = line.split_once('\t') else {
        return Err("expected a code, a tab and a term".to_owned());
    };
    if term.is_empty() || term.contains('\t') || term.trim() != term {
        return Err(format!("expected one term after {code}, without spaces around it"));
    }
    if !builder.select(&System::ICD10CM, code) {
        return Err(format!("{code} is no code of the pack's ICD-10-CM"));
    }
    builder.term_said_alone(term, TermKind::Index);
    Ok(())
}
