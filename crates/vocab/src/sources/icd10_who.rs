//! WHO's ICD-10, in either form in which WHO publishes it: `ClaML` (XML, see `icd10_claml`) or the meta files (text,
//! see `icd10_meta`). National editions of WHO's layout (ICD-10-GM) are read by the same rules; the recipe then names
//! another `system`.

use std::path::PathBuf;

use clinlink_model::System;
use serde::Deserialize;

use super::given::{all_files, file_name, has_extension, missing};
use super::rows::Encoding;
use super::{icd10_claml, icd10_meta};
use crate::builder::PackBuilder;
use crate::recipe::Recipe;
use crate::vocab_error::VocabError;

/// What a recipe may choose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Options {
    pub system: System,
    /// What the bytes of the meta files mean.
    pub encoding: Encoding,
    /// Whether the optional fifth characters of `ClaML` (place of occurrence, activity) become codes.
    pub fifth_characters: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { system: System::ICD10, encoding: Encoding::Utf8, fifth_characters: false }
    }
}

pub(super) fn read(recipe: &Recipe, files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let options: Options = recipe.options()?;
    let all = all_files(files)?;
    if let Some(path) = all.iter().find(|path| has_extension(path, "xml")) {
        return icd10_claml::read(path, &options, builder);
    }
    // A single text file is the codes, whatever its name.
    let codes =
        all.iter().find(|path| file_name(path).to_ascii_lowercase().ends_with("codes.txt")).or(all.first());
    match codes {
        Some(codes) => icd10_meta::read(codes, &all, &options, builder),
        None => Err(missing(files, "no file here; give WHO's ClaML (.xml) or the meta files (…_codes.txt)")),
    }
}
