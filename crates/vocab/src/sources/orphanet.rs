//! Orphanet's nomenclature of rare diseases with its cross-references: `en_product1.xml` of Orphadata, in any language;
//! or the ontology ORDO as OWL (see `ordo_owl`). What an entry becomes is said in `orphanet_entry`.
//!
//! The layout, from Orphadata's files and the code of others that read them: `JDBOR / DisorderList / Disorder`, in each
//! `OrphaCode`, `Name`, `SynonymList / Synonym`, `DisorderFlagList / DisorderFlag`, `DisorderGroup / Name`,
//! `SummaryInformationList / … / Contents` (definition), `ExternalReferenceList / ExternalReference` with `Source`,
//! `Reference`, `DisorderMappingRelation / Name`, `DisorderMappingICDRelation / Name`.
//!
//! An entry is retired if its name starts with `OBSOLETE:` or it has one of the flags 455 (obsolete), 459 (deprecated:
//! moved to another) and 461 (obsolete, with resources). The flag *Inactive* is not looked at: what is not rare in
//! Europe has it too.
//!
//! Three more files may be given beside it:
//!
//! - `en_product3_….xml` (classifications) or `en_product7.xml` (linearisation: one preferred parent) make the hierarchy:
//!   the classification's trees of `ClassificationNode` give every parent.
//! - `en_product4.xml` (phenotypes) gives the fact `Phenotype`: `very frequent (99-80%): HP:0001945 Fever`.

use std::path::{Path, PathBuf};

use clinlink_model::System;
use serde::Deserialize;

use super::given::{all_files, has_extension, missing};
use super::ordo_owl;
use super::orphanet_entry::{Entry, Reference};
use super::xml_elements::{Element, read_elements};
use crate::builder::PackBuilder;
use crate::entry::Fact;
use crate::recipe::Recipe;
use crate::vocab_error::VocabError;

/// What a recipe may choose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// Whether references to ICD-10 are approximate references to ICD-10-CM too.
    icd10cm: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { icd10cm: true }
    }
}

/// What files beside the nomenclature say of its entries.
#[derive(Default)]
struct Beside {
    /// Child and parent.
    parents: Vec<(String, String)>,
    /// A disorder, and a finding with its frequency.
    phenotypes: Vec<(String, String)>,
}

pub(super) fn read(recipe: &Recipe, files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let options: Options = recipe.options()?;
    let mut entries = 0;
    let mut beside = Beside::default();
    for path in all_files(files)? {
        if has_extension(&path, "owl") {
            entries += ordo_owl::read(&path, options.icd10cm, builder)?;
        } else if has_extension(&path, "xml") {
            entries += read_product(&path, options.icd10cm, &mut beside, builder)?;
        }
    }
    if entries == 0 {
        let cause = "no entry of Orphanet's here; give Orphadata's en_product1.xml or ORDO as .owl";
        return Err(missing(files, cause));
    }
    for (child, parent) in &beside.parents {
        if builder.select(&System::ORDO, child) {
            builder.parent(parent);
        }
    }
    for (code, phenotype) in &beside.phenotypes {
        if builder.select(&System::ORDO, code) {
            builder.fact(Fact::Phenotype, phenotype);
        }
    }
    Ok(())
}

/// Reads one of Orphadata's products; returns how many entries it has.
fn read_product(
    path: &Path,
    icd10cm: bool,
    beside: &mut Beside,
    builder: &mut PackBuilder,
) -> Result<usize, VocabError> {
    let mut entries = 0;
    read_elements(path, &["Disorder", "ClassificationNode"], builder, |element, builder| {
        let has = |list: &str| element.children(list).next().is_some();
        if element.name == "ClassificationNode" {
            add_node(element, None, &mut beside.parents)
        } else if has("HPODisorderAssociationList") {
            add_phenotypes(element, &mut beside.phenotypes)
        } else if has("DisorderDisorderAssociationList")
            && !has("SynonymList")
            && !has("ExternalReferenceList")
        {
            // Product 7.
            add_preferred_parent(element, &mut beside.parents)
        } else {
            entries += 1;
            entry(element)?.add(icd10cm, builder);
            Ok(())
        }
    })?;
    Ok(entries)
}

fn code(disorder: &Element) -> Result<String, String> {
    let number = disorder.text_of(&["OrphaCode"]);
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("OrphaCode is {number:?}, expected a number"));
    }
    Ok(format!("ORPHA:{number}"))
}

fn entry(disorder: &Element) -> Result<Entry, String> {
    let code = code(disorder)?;
    let name = disorder.text_of(&["Name"]);
    if name.is_empty() {
        return Err(format!("{code} has no Name"));
    }
    let flags = disorder.below(&["DisorderFlagList", "DisorderFlag"]);
    let is_retired = |flag: &&Element| matches!(flag.attribute("id"), Some("455" | "459" | "461"));
    let definition =
        ["SummaryInformationList", "SummaryInformation", "TextSectionList", "TextSection", "Contents"];
    let references = disorder.below(&["ExternalReferenceList", "ExternalReference"]);
    Ok(Entry {
        synonyms: disorder.below(&["SynonymList", "Synonym"]).iter().map(|synonym| synonym.text()).collect(),
        definition: disorder.text_of(&definition),
        is_group: disorder.text_of(&["DisorderGroup", "Name"]).starts_with("Group"),
        is_retired: flags.iter().any(is_retired),
        heirs: targets(disorder),
        references: references.into_iter().map(reference).collect::<Result<_, _>>()?,
        code,
        name,
    })
}

fn reference(element: &Element) -> Result<Reference, String> {
    let (source, code) = (element.text_of(&["Source"]), element.text_of(&["Reference"]));
    if source.is_empty() || code.is_empty() {
        return Err("an ExternalReference without Source or Reference".to_owned());
    }
    let relation = element.text_of(&["DisorderMappingRelation", "Name"]);
    Ok(Reference { source, code, relation, in_icd: element.text_of(&["DisorderMappingICDRelation", "Name"]) })
}

/// The codes that the associations of a disorder lead to.
fn targets(disorder: &Element) -> Vec<String> {
    let path =
        ["DisorderDisorderAssociationList", "DisorderDisorderAssociation", "TargetDisorder", "OrphaCode"];
    disorder.below(&path).iter().map(|target| format!("ORPHA:{}", target.text())).collect()
}

/// A node of a classification: its disorder below that of the node above.
fn add_node(node: &Element, parent: Option<&str>, parents: &mut Vec<(String, String)>) -> Result<(), String> {
    let disorder = node.children("Disorder").next().ok_or("a ClassificationNode without a Disorder")?;
    let code = code(disorder)?;
    if let Some(parent) = parent {
        parents.push((code.clone(), parent.to_owned()));
    }
    for child in node.below(&["ClassificationNodeChildList", "ClassificationNode"]) {
        add_node(child, Some(&code), parents)?;
    }
    Ok(())
}

/// A disorder of the linearisation: below the disorder that its association names.
fn add_preferred_parent(disorder: &Element, parents: &mut Vec<(String, String)>) -> Result<(), String> {
    let child = code(disorder)?;
    parents.extend(targets(disorder).into_iter().map(|parent| (child.clone(), parent)));
    Ok(())
}

/// A disorder of product 4: its findings.
fn add_phenotypes(disorder: &Element, phenotypes: &mut Vec<(String, String)>) -> Result<(), String> {
    let code = code(disorder)?;
    for association in disorder.below(&["HPODisorderAssociationList", "HPODisorderAssociation"]) {
        let (id, term) = (association.text_of(&["HPO", "HPOId"]), association.text_of(&["HPO", "HPOTerm"]));
        if !id.starts_with("HP:") {
            return Err(format!("{code} has a finding with the HPOId {id:?}, expected HP: and a number"));
        }
        let frequency = association.text_of(&["HPOFrequency", "Name"]).to_lowercase();
        let colon = if frequency.is_empty() { "" } else { ": " };
        phenotypes.push((code.clone(), format!("{frequency}{colon}{id} {term}").trim_end().to_owned()));
    }
    Ok(())
}
