//! The Human Phenotype Ontology in OBO format.
//!
//! Phenotypic abnormalities only (the terms below HP:0000118): modes of inheritance, modifiers and frequencies name
//! no problem of a patient. Exact synonyms are synonyms, those of another scope related terms. Obsolete terms are
//! left out.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use clinlink_model::{Label, System};

use super::at;
use crate::builder::PackBuilder;
use crate::entry::{Relation, TermKind};
use crate::vocab_error::VocabError;

const ROOT: &str = "HP:0000118";

#[derive(Default)]
struct Term<'t> {
    id: &'t str,
    name: &'t str,
    synonyms: Vec<(String, TermKind)>,
    xrefs: Vec<&'t str>,
    parents: Vec<&'t str>,
    obsolete: bool,
}

pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = fs::read_to_string(path).map_err(VocabError::io(path))?;
    let terms = terms(path, &text)?;
    let wanted = below_root(&terms);
    for term in terms.iter().filter(|term| wanted.contains(term.id)) {
        builder.concept(&System::HPO, term.id, term.name, Label::Disease);
        for (synonym, kind) in &term.synonyms {
            builder.term(synonym, *kind);
        }
        for parent in &term.parents {
            builder.parent(parent);
        }
        for xref in &term.xrefs {
            if let Some(code) = xref.strip_prefix("MSH:") {
                builder.map(&System::MESH, code, Relation::Approximate);
            }
        }
    }
    Ok(())
}

/// The `[Term]` stanzas that are not obsolete.
fn terms<'t>(path: &Path, text: &'t str) -> Result<Vec<Term<'t>>, VocabError> {
    let mut terms: Vec<Term<'t>> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            inside = line == "[Term]";
            if inside {
                terms.push(Term::default());
            }
            continue;
        }
        let (Some(term), true, Some((tag, value))) = (terms.last_mut(), inside, line.split_once(": ")) else {
            continue;
        };
        match tag {
            "id" => term.id = value,
            "name" => term.name = value,
            "xref" => term.xrefs.push(value.split(' ').next().unwrap_or(value)),
            "is_a" => term.parents.push(value.split(' ').next().unwrap_or(value)),
            "is_obsolete" => term.obsolete = value == "true",
            "synonym" => term.synonyms.push(
                synonym(value)
                    .ok_or_else(|| at(path, number + 1, "a synonym without closing quote or scope"))?,
            ),
            _ => {}
        }
    }
    terms.retain(|term| !term.obsolete);
    match terms.iter().find(|term| term.id.is_empty() || term.name.is_empty()) {
        Some(term) => Err(at(path, 1, format!("a term without id or name ({:?} {:?})", term.id, term.name))),
        None => Ok(terms),
    }
}

/// The text and the kind of `"text" EXACT layperson []`.
fn synonym(value: &str) -> Option<(String, TermKind)> {
    let inside = value.strip_prefix('"')?;
    let mut text = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => text.push(chars.next()?.1),
            '"' => {
                let rest = inside[at + 1..].trim_start();
                let kind = if rest.starts_with("EXACT") && !rest.contains("obsolete_synonym") {
                    TermKind::Synonym
                } else {
                    TermKind::Related
                };
                return (!rest.is_empty()).then_some((text, kind));
            }
            _ => text.push(c),
        }
    }
    None
}

/// The ids of the root and of everything below it.
fn below_root<'t>(terms: &[Term<'t>]) -> HashSet<&'t str> {
    let mut children: HashMap<&str, Vec<&'t str>> = HashMap::new();
    for term in terms {
        for parent in &term.parents {
            children.entry(parent).or_default().push(term.id);
        }
    }
    let mut wanted = HashSet::new();
    let mut open: Vec<&'t str> = terms.iter().map(|term| term.id).filter(|&id| id == ROOT).collect();
    while let Some(id) = open.pop() {
        if wanted.insert(id) {
            open.extend(children.get(id).into_iter().flatten());
        }
    }
    wanted
}
