//! The Orphanet Rare Disease Ontology (ORDO) as OWL in RDF/XML: `ORDO_en_4.6.owl`, in any language.
//!
//! The layout is that of the program with which Orphanet writes the file, release 4.4:
//!
//! ```xml
//! <owl:Class rdf:about="http://www.orpha.net/ORDO/Orphanet_990001">
//!   <rdfs:subClassOf rdf:resource="http://www.orpha.net/ORDO/Orphanet_557493"/>
//!   <rdfs:subClassOf><owl:Restriction>
//!     <owl:onProperty rdf:resource="http://purl.obolibrary.org/obo/BFO_0000050"/>
//!     <owl:someValuesFrom rdf:resource="http://www.orpha.net/ORDO/Orphanet_990002"/>
//!   </owl:Restriction></rdfs:subClassOf>
//!   <efo:alternative_term xml:lang="en">Silent cat syndrome</efo:alternative_term>
//!   <oboInOwl:hasDbXref>ICD-10:Q01.0</oboInOwl:hasDbXref>
//!   <rdfs:label>Purr failure</rdfs:label>
//!   <skos:notation>ORPHA:990001</skos:notation>
//! </owl:Class>
//! <owl:Axiom>
//!   <owl:annotatedSource rdf:resource="http://www.orpha.net/ORDO/Orphanet_990001"/>
//!   <owl:annotatedProperty rdf:resource="http://www.geneontology.org/formats/oboInOwl#hasDbXref"/>
//!   <owl:annotatedTarget>ICD-10:Q01.0</owl:annotatedTarget>
//!   <obo:ECO_0000218>- NTBT (narrower term maps to a broader term).
//! - Inclusion term.</obo:ECO_0000218>
//! </owl:Axiom>
//! ```
//!
//! - A class with a notation `ORPHA:…` is an entry; genes, types, ages of onset and prevalences have none.
//! - The parent is what it is part of (`BFO_0000050`, the classifications), or a subclass of.
//! - The relation of a reference stands in an axiom on it (`ECO_0000218`); in older releases the relation to ICD is an
//!   axiom and the relation itself an axiom on that one. A reference without an axiom is approximate.
//! - Below the classes of obsolete and of deprecated entries (`C051`…, `C043`…) stands what is retired, with its heir
//!   under `C056` (moved to) or `C057` (referred to). What is not rare in Europe (`C047`…) is in use.

use std::collections::HashMap;
use std::path::Path;

use clinlink_model::System;

use super::orphanet_entry::{Entry, Reference, is_relation};
use super::xml_elements::{Element, read_elements};
use crate::builder::PackBuilder;
use crate::vocab_error::VocabError;

/// Types of entries: group of disorders, disorder, subtype of a disorder.
const GROUP: &str = "557492";
const TYPES: [&str; 3] = [GROUP, "557493", "557494"];
/// Deprecated and obsolete groups, disorders, subtypes.
const RETIRED: [&str; 6] = ["C043", "C044", "C045", "C051", "C052", "C053"];
const NOT_RARE: [&str; 3] = ["C047", "C048", "C049"];
const PART_OF: &str = "BFO_0000050";
const HEIR: [&str; 2] = ["Orphanet_C056", "Orphanet_C057"];

/// What an axiom says of a reference, by the entry's code and the reference as it stands.
type Assertions = HashMap<(String, String), Vec<String>>;

/// Reads a file; returns how many entries it has.
pub(super) fn read(path: &Path, icd10cm: bool, builder: &mut PackBuilder) -> Result<usize, VocabError> {
    let mut classes: Vec<(Entry, Vec<String>)> = Vec::new();
    let mut assertions = Assertions::new();
    read_elements(path, &["Class", "Axiom"], builder, |element, _| {
        if element.name == "Axiom" {
            let mut said = Vec::new();
            if let Some(reference) = annotated(element, &mut said) {
                assertions.entry(reference).or_default().extend(said);
            }
        } else if let Some(class) = class(element)? {
            classes.push(class);
        }
        Ok(())
    })?;
    for (entry, _) in &mut classes {
        for reference in &mut entry.references {
            let key = (entry.code.clone(), format!("{}:{}", reference.source, reference.code));
            for said in assertions.get(&key).into_iter().flatten() {
                let place = if is_relation(said) { &mut reference.relation } else { &mut reference.in_icd };
                said.clone_into(place);
            }
        }
        entry.add(icd10cm, builder);
    }
    for (entry, parents) in &classes {
        builder.select(&System::ORDO, &entry.code);
        for parent in parents {
            builder.parent(parent);
        }
    }
    Ok(classes.len())
}

/// An entry with its parents; `None` for a class that is no entry.
fn class(class: &Element) -> Result<Option<(Entry, Vec<String>)>, String> {
    let Some(id) = class.attribute("about").and_then(id) else { return Ok(None) };
    let code = format!("ORPHA:{id}");
    let mut notations = class.children("notation").map(Element::text);
    let Some(notation) = notations.find(|notation| notation.starts_with("ORPHA:")) else { return Ok(None) };
    if notation != code {
        return Err(format!("the class Orphanet_{id} has the notation {notation:?}, expected {code}"));
    }
    if TYPES.contains(&id) {
        return Ok(None);
    }
    let name = class.text_of(&["label"]);
    if name.is_empty() {
        return Err(format!("{code} has no label"));
    }
    let texts = |name| class.children(name).map(Element::text).collect::<Vec<_>>();
    let above = Above::of(class);
    let has = |ids: &[&str]| above.classes.iter().any(|id| ids.contains(id));
    let references = texts("hasDbXref").iter().filter_map(|text| reference(text)).collect();
    let in_use = |id: &&&str| !TYPES.contains(*id) && !id.starts_with('C');
    let parents = above.whole.iter().chain(above.classes.iter().filter(in_use));
    let parents = parents.map(|id| format!("ORPHA:{id}")).collect();
    let entry = Entry {
        name,
        synonyms: texts("alternative_term"),
        definition: class.text_of(&["definition"]),
        is_group: has(&[GROUP]),
        is_retired: !has(&NOT_RARE) && (has(&RETIRED) || class.text_of(&["deprecated"]) == "true"),
        heirs: above.heirs.iter().map(|id| format!("ORPHA:{id}")).collect(),
        references,
        code,
    };
    Ok(Some((entry, parents)))
}

/// What stands above a class.
#[derive(Default)]
struct Above<'e> {
    /// What it is a subclass of.
    classes: Vec<&'e str>,
    /// What it is part of.
    whole: Vec<&'e str>,
    heirs: Vec<&'e str>,
}

impl<'e> Above<'e> {
    fn of(class: &'e Element) -> Self {
        let mut above = Self::default();
        for super_class in class.children("subClassOf") {
            above.classes.extend(resource(super_class));
            for restriction in super_class.children("Restriction") {
                let property =
                    restriction.children("onProperty").next().and_then(|p| p.attribute("resource"));
                let property = property.and_then(|iri| iri.rsplit(['/', '#']).next()).unwrap_or_default();
                let value = restriction.children("someValuesFrom").next().and_then(resource);
                if property == PART_OF {
                    above.whole.extend(value);
                } else if HEIR.contains(&property) {
                    above.heirs.extend(value);
                }
            }
        }
        above
    }
}

/// What an axiom says, and the entry and the reference that it says it of.
fn annotated(axiom: &Element, said: &mut Vec<String>) -> Option<(String, String)> {
    let property = axiom.children("annotatedProperty").next()?.attribute("resource")?;
    let target = axiom.children("annotatedTarget").next()?;
    let mut say = |text: &str| {
        // Several are the lines of a list.
        let lines = text.split("- ").map(|line| line.trim().trim_end_matches('.'));
        said.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
    };
    axiom.children("ECO_0000218").for_each(|assertion| say(&assertion.text()));
    let source = axiom.children("annotatedSource").next()?;
    if property.ends_with("#hasDbXref") {
        return Some((format!("ORPHA:{}", resource(source)?), target.text()));
    }
    if property.ends_with("/ECO_0000218") {
        say(&target.text());
    }
    annotated(source.children("Axiom").next()?, said)
}

/// `ICD-10:Q01.0`.
fn reference(text: &str) -> Option<Reference> {
    let (source, code) = text.split_once(':')?;
    Some(Reference { source: source.to_owned(), code: code.trim().to_owned(), ..Reference::default() })
}

/// The id of the class that an element refers to.
fn resource(element: &Element) -> Option<&str> {
    element.attribute("resource").and_then(id)
}

/// `558` of `http://www.orpha.net/ORDO/Orphanet_558`.
fn id(iri: &str) -> Option<&str> {
    iri.strip_prefix("http://www.orpha.net/ORDO/Orphanet_")
}
