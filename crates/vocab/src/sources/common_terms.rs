//! Clinlink's own lists of what clinicians write, with the code that a coder gives to these words: one list for ICD-10-CM,
//! one for ICD-10-PCS, one for HPO, one of drugs for MeSH.
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
use serde::Deserialize;

use super::at;
use super::text::{lines, read_utf8};
use crate::builder::PackBuilder;
use crate::entry::TermKind;
use crate::recipe::Recipe;
use crate::vocab_error::VocabError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// The system of the codes.
    system: System,
}

impl Default for Options {
    fn default() -> Self {
        Self { system: System::ICD10CM }
    }
}

pub(super) fn read(recipe: &Recipe, path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let Options { system } = recipe.options()?;
    let text = read_utf8(path)?;
    for (number, line) in lines(&text).filter(|(_, line)| !line.starts_with('#')) {
        if let Err(cause) = add(line, &system, builder) {
            builder.skip(at(path, number, cause))?;
        }
    }
    Ok(())
}

/// Adds the term of a row, or says why not.
fn add(line: &str, system: &System, builder: &mut PackBuilder) -> Result<(), String> {
    let Some((code, term)) = line.split_once('\t') else {
        return Err("expected a code, a tab and a term".to_owned());
    };
    if term.is_empty() || term.contains('\t') || term.trim() != term {
        return Err(format!("expected one term after {code}, without spaces around it"));
    }
    if !builder.select(system, code) {
        return Err(format!("{code} is no code of the pack's {system}"));
    }
    builder.term_said_alone(term, TermKind::Index);
    Ok(())
}
