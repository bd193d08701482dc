//! Synonyms of ontologies that mean something else than their concept: broader words (`GI bleeding` of an active peptic
//! ulcer), or one of its signs.
//!
//! Tab-separated (four spaces here), `#` before a comment, a row `system`, `code`, `term`:
//!
//! ```text
//! Mondo    MONDO:0004242    GI bleeding
//! ```
//!
//! The term stays with its concept as related, where people find it and no link is made of it. A row whose concept or term the
//! pack lacks changes nothing: releases differ, and a pack may leave the source out.

use std::path::Path;

use clinlink_model::System;

use super::at;
use super::text::{lines, read_utf8};
use crate::builder::PackBuilder;
use crate::vocab_error::VocabError;

pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_utf8(path)?;
    for (number, line) in lines(&text).filter(|(_, line)| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [system, code, term] = columns[..] else {
            builder.skip(at(path, number, "expected a system, a code and a term with tabs between"))?;
            continue;
        };
        if builder.select(&System::from(system), code) {
            builder.demote(term);
        }
    }
    Ok(())
}
