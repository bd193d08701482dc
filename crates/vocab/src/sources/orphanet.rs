//! Orphanet's nomenclature of rare diseases with its cross-references: `en_product1.xml` of Orphadata, in any language.
//!
//! The layout, from Orphadata's files and the code of others that read them: `JDBOR / DisorderList / Disorder`, in each
//! `OrphaCode`, `Name`, `SynonymList / Synonym`, `DisorderFlagList / DisorderFlag / Label`, `DisorderGroup / Name`,
//! `SummaryInformationList / … / Contents` (definition), `ExternalReferenceList / ExternalReference` with `Source`,
//! `Reference`, `DisorderMappingRelation / Name`, `DisorderMappingICDRelation / Name`.
//!
//! The relation's name starts with its sign, said from Orphanet's side: `E` exact; `NTBT` its narrower term maps to a
//! broader one, so the target is broader; `BTNT` narrower; `NTBT/E` broader with an exact synonym; all others
//! approximate. The relation to ICD in words (*specific code*, *inclusion term*, *index term*, *attributed code*) is
//! kept as detail. Orphanet's ICD-10 is WHO's; since many packs hold ICD-10-CM only, the same code there is a
//! cross-reference too, approximate, unless the recipe says `icd10cm = false`.
//!
//! A name that starts with `OBSOLETE:` is a retired entry: a heading with its heir, if the file gives one. `NON RARE IN
//! EUROPE:` is left off the term, for the disease is the same.
//!
//! `en_product7.xml` (linearisation: one preferred parent) or `en_product3_….xml` (classifications), if given too, make
//! the hierarchy: the classification's trees of `ClassificationNode` give every parent.

use std::path::PathBuf;

use clinlink_model::{Label, System};
use serde::Deserialize;

use super::given::{all_files, has_extension, missing};
use super::xml_elements::{Element, read_elements};
use crate::builder::PackBuilder;
use crate::entry::{Fact, Relation, TermKind};
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

pub(super) fn read(recipe: &Recipe, files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let options: Options = recipe.options()?;
    let mut disorders = 0_usize;
    let mut parents: Vec<(String, String)> = Vec::new();
    for path in all_files(files)?.iter().filter(|path| has_extension(path, "xml")) {
        read_elements(path, &["Disorder", "ClassificationNode"], builder, |element, builder| {
            if element.name == "ClassificationNode" {
                return add_node(element, None, &mut parents);
            }
            if element.children("DisorderDisorderAssociationList").next().is_some()
                && !is_nomenclature(element)
            {
                return add_preferred_parent(element, &mut parents);
            }
            disorders += 1;
            add(element, &options, builder)
        })?;
    }
    if disorders == 0 {
        return Err(missing(files, "no <Disorder> with a name here; give Orphadata's en_product1.xml"));
    }
    for (child, parent) in &parents {
        if builder.select(&System::ORDO, child) {
            builder.parent(parent);
        }
    }
    Ok(())
}

/// Product 1 has synonyms and references; the linearisation, product 7, has neither.
fn is_nomenclature(disorder: &Element) -> bool {
    ["SynonymList", "ExternalReferenceList"].iter().any(|list| disorder.children(list).next().is_some())
}

fn code(disorder: &Element) -> Result<String, String> {
    let number = disorder.text_of(&["OrphaCode"]);
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("OrphaCode is {number:?}, expected a number"));
    }
    Ok(format!("ORPHA:{number}"))
}

fn add(disorder: &Element, options: &Options, builder: &mut PackBuilder) -> Result<(), String> {
    let code = code(disorder)?;
    let name = disorder.text_of(&["Name"]);
    if name.is_empty() {
        return Err(format!("{code} has no Name"));
    }
    if let Some(name) = name.strip_prefix("OBSOLETE:") {
        add_obsolete(&code, name.trim(), disorder, builder);
        return Ok(());
    }
    let term = name.strip_prefix("NON RARE IN EUROPE:").unwrap_or(&name).trim();
    builder.concept(&System::ORDO, &code, term, Label::Disease);
    for synonym in disorder.below(&["SynonymList", "Synonym"]) {
        builder.term(&synonym.text(), TermKind::Synonym);
    }
    // A group of disorders is too general to be what a patient has.
    builder.billable(!disorder.text_of(&["DisorderGroup", "Name"]).starts_with("Group"));
    let sections =
        ["SummaryInformationList", "SummaryInformation", "TextSectionList", "TextSection", "Contents"];
    let definition = disorder.text_of(&sections);
    if !definition.is_empty() {
        builder.fact(Fact::Definition, &definition);
    }
    for reference in disorder.below(&["ExternalReferenceList", "ExternalReference"]) {
        add_reference(reference, options, builder)?;
    }
    Ok(())
}

fn add_obsolete(code: &str, name: &str, disorder: &Element, builder: &mut PackBuilder) {
    builder.heading(&System::ORDO, code, name, Label::Disease).billable(false);
    let targets = disorder.below(&[
        "DisorderDisorderAssociationList",
        "DisorderDisorderAssociation",
        "TargetDisorder",
        "OrphaCode",
    ]);
    let heirs: Vec<String> = targets.iter().map(|heir| format!("ORPHA:{}", heir.text())).collect();
    let colon = if heirs.is_empty() { "" } else { ": " };
    builder.fact(Fact::Status, &format!("retired{colon}{}", heirs.join(", ")));
    for heir in &heirs {
        builder.map_with(&System::ORDO, heir, Relation::Approximate, "moved to");
    }
}

fn add_reference(reference: &Element, options: &Options, builder: &mut PackBuilder) -> Result<(), String> {
    let (source, target) = (reference.text_of(&["Source"]), reference.text_of(&["Reference"]));
    if source.is_empty() || target.is_empty() {
        return Err("an ExternalReference without Source or Reference".to_owned());
    }
    let relation = relation(&reference.text_of(&["DisorderMappingRelation", "Name"]));
    let detail = reference.text_of(&["DisorderMappingICDRelation", "Name"]);
    // `Specific code (The ORPHAcode has its own code in the ICD10)`: the first words say it.
    let detail = detail.split(" (").next().unwrap_or_default().to_lowercase();
    let system = match source.as_str() {
        "ICD-10" => System::ICD10,
        "ICD-11" => System::ICD11,
        "OMIM" => System::OMIM,
        "UMLS" => System::UMLS,
        "MeSH" | "MESH" => System::MESH,
        "MONDO" => System::MONDO,
        "SNOMED CT" | "SNOMEDCT" => System::SNOMED_CT,
        _ => return Ok(()),
    };
    builder.map_with(&system, &target, relation, &detail);
    if options.icd10cm && source == "ICD-10" {
        let detail = format!("stated for WHO's ICD-10 as {}", words(relation));
        builder.map_with(&System::ICD10CM, &target, Relation::Approximate, &detail);
    }
    Ok(())
}

fn words(relation: Relation) -> &'static str {
    match relation {
        Relation::Exact => "exact",
        Relation::Broader => "broader",
        Relation::Narrower => "narrower",
        Relation::Approximate => "approximate",
    }
}

fn relation(name: &str) -> Relation {
    match name.split([' ', '(']).next().unwrap_or_default() {
        "E" => Relation::Exact,
        "NTBT" | "NTBT/E" => Relation::Broader,
        "BTNT" | "BTNT/E" => Relation::Narrower,
        _ => Relation::Approximate,
    }
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
    let target =
        ["DisorderDisorderAssociationList", "DisorderDisorderAssociation", "TargetDisorder", "OrphaCode"];
    for parent in disorder.below(&target) {
        parents.push((child.clone(), format!("ORPHA:{}", parent.text())));
    }
    Ok(())
}
