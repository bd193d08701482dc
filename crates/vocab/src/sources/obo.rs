//! The Human Phenotype Ontology, the Human Disease Ontology and Mondo in OBO format, as their owners publish them.
//!
//! ```text
//! [Term]
//! id: HP:0000822
//! name: Hypertension
//! def: "The presence of chronic increased pressure in the systemic arterial system." [HPO:probinson]
//! synonym: "High blood pressure" EXACT layperson []
//! xref: MSH:D006973
//! is_a: HP:0030972 ! Abnormal systemic blood pressure
//! ```
//!
//! Only what is below the root of patients' problems is read (HP:0000118, DOID:4, MONDO:0000001): modes of inheritance,
//! modifiers and frequencies name none. Exact synonyms are synonyms, those of another scope or marked as obsolete or
//! deprecated related terms. Obsolete terms are left out. A cross-reference is approximate, unless Mondo says that it is
//! exact (`{source="MONDO:equivalentTo"}`). See the OBO flat file format 1.4.
//!
//! Why this reader and not fastobo (MIT): seven tags of one stanza are needed, a bad stanza must be skipped with its line
//! where the rest is read on, and fastobo's whole syntax tree brings its grammar's parser generator into every build.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use clinlink_model::{Label, System};

use super::at;
use super::indra_json::target;
use super::text::{lines, read_utf8};
use crate::builder::PackBuilder;
use crate::entry::{Fact, Relation, TermKind};
use crate::vocab_error::VocabError;

/// What is read of an ontology.
pub(super) struct Ontology {
    system: System,
    /// The term above all that is read.
    root: &'static str,
    /// Whether the root's names stand for nothing in particular ("disease").
    root_is_heading: bool,
}

pub(super) const HPO: Ontology = Ontology { system: System::HPO, root: "HP:0000118", root_is_heading: false };
pub(super) const DOID: Ontology = Ontology { system: System::DOID, root: "DOID:4", root_is_heading: true };
pub(super) const MONDO: Ontology =
    Ontology { system: System::MONDO, root: "MONDO:0000001", root_is_heading: true };

#[derive(Default)]
struct Term<'t> {
    /// The line of its stanza.
    line: usize,
    id: &'t str,
    name: &'t str,
    definition: Option<String>,
    synonyms: Vec<(String, TermKind)>,
    xrefs: Vec<(&'t str, Relation)>,
    parents: Vec<&'t str>,
    obsolete: bool,
    /// What is wrong with it, and where.
    fault: Option<(usize, String)>,
}

pub(super) fn read(path: &Path, ontology: &Ontology, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_utf8(path)?;
    let terms = sound(path, terms(&text), builder)?;
    let wanted = below(ontology.root, &terms);
    if wanted.is_empty() {
        let cause =
            format!("no term {}; expected the ontology {} in OBO format", ontology.root, ontology.system);
        return Err(at(path, 1, cause));
    }
    for term in terms.iter().filter(|term| wanted.contains(term.id)) {
        add(term, ontology, builder);
    }
    Ok(())
}

fn add(term: &Term<'_>, ontology: &Ontology, builder: &mut PackBuilder) {
    if term.id == ontology.root && ontology.root_is_heading {
        builder.heading(&ontology.system, term.id, term.name, Label::Disease);
    } else {
        builder.concept(&ontology.system, term.id, term.name, Label::Disease);
        for (synonym, kind) in &term.synonyms {
            builder.term(synonym, *kind);
        }
    }
    if let Some(definition) = &term.definition {
        builder.fact(Fact::Definition, definition);
    }
    for parent in &term.parents {
        builder.parent(parent);
    }
    for (xref, relation) in &term.xrefs {
        let Some((namespace, id)) = xref.split_once(':') else { continue };
        if let Some((system, code)) = target(namespace, id) {
            builder.map(&system, &code, *relation);
        }
    }
}

/// The `[Term]` stanzas.
fn terms(text: &str) -> Vec<Term<'_>> {
    let mut terms: Vec<Term<'_>> = Vec::new();
    let mut inside = false;
    for (line, content) in lines(text) {
        if content.starts_with('[') {
            inside = content == "[Term]";
            if inside {
                terms.push(Term { line, ..Term::default() });
            }
        } else if let (Some(term), true) = (terms.last_mut(), inside) {
            match content.split_once(": ") {
                Some((tag, value)) => take(term, tag, value, line),
                None if content.starts_with('!') || content.ends_with(':') => {}
                None => term.fault = Some((line, format!("{content:?} is no tag with a value"))),
            }
        }
    }
    terms
}

/// Takes a tag of a term in.
fn take<'t>(term: &mut Term<'t>, tag: &str, value: &'t str, line: usize) {
    let first = || value.split(' ').next().unwrap_or(value);
    match tag {
        "id" => term.id = first(),
        "name" => term.name = value,
        "is_a" => term.parents.push(first()),
        "is_obsolete" => term.obsolete = value.starts_with("true"),
        "xref" => {
            let exact = value.contains("MONDO:equivalentTo");
            term.xrefs.push((first(), if exact { Relation::Exact } else { Relation::Approximate }));
        }
        "def" => term.definition = quoted(value).map(|(text, _)| text),
        "synonym" => match synonym(value) {
            Some(synonym) => term.synonyms.push(synonym),
            None => {
                term.fault = Some((line, "a synonym without closing quote or scope".to_owned()));
            }
        },
        _ => {}
    }
}

/// The terms in use that have an id and a name, each id once.
fn sound<'t>(
    path: &Path,
    terms: Vec<Term<'t>>,
    builder: &mut PackBuilder,
) -> Result<Vec<Term<'t>>, VocabError> {
    let mut seen = HashSet::new();
    let mut kept = Vec::with_capacity(terms.len());
    for mut term in terms {
        let fault = term.fault.take().or_else(|| {
            let cause = if term.id.is_empty() {
                "a term without id".to_owned()
            } else if !seen.insert(term.id) {
                format!("{} stands here a second time", term.id)
            } else if term.name.is_empty() && !term.obsolete {
                format!("{} has no name", term.id)
            } else {
                return None;
            };
            Some((term.line, cause))
        });
        match fault {
            Some((line, cause)) => builder.skip(at(path, line, cause))?,
            None if term.obsolete => {}
            None => kept.push(term),
        }
    }
    Ok(kept)
}

/// The text and the kind of `"text" EXACT layperson []`.
fn synonym(value: &str) -> Option<(String, TermKind)> {
    let (text, rest) = quoted(value)?;
    let retired = rest.contains("obsolete_synonym") || rest.contains("DEPRECATED");
    let kind = if rest.starts_with("EXACT") && !retired { TermKind::Synonym } else { TermKind::Related };
    (!rest.is_empty()).then_some((text, kind))
}

/// The text in quotes at the start, without its escapes, and what follows.
fn quoted(value: &str) -> Option<(String, &str)> {
    let inside = value.strip_prefix('"')?;
    let mut text = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next()?.1 {
                'n' | 't' => text.push(' '),
                escaped => text.push(escaped),
            },
            '"' => return Some((text, inside[at + 1..].trim_start())),
            _ => text.push(c),
        }
    }
    None
}

/// The ids of the root and of everything below it.
fn below<'t>(root: &str, terms: &[Term<'t>]) -> HashSet<&'t str> {
    let mut children: HashMap<&str, Vec<&'t str>> = HashMap::new();
    for term in terms {
        for parent in &term.parents {
            children.entry(parent).or_default().push(term.id);
        }
    }
    let mut wanted = HashSet::new();
    let mut open: Vec<&'t str> = terms.iter().map(|term| term.id).filter(|&id| id == root).collect();
    while let Some(id) = open.pop() {
        if wanted.insert(id) {
            open.extend(children.get(id).into_iter().flatten());
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::exact("\"High pressure\" EXACT layperson []", Some(("High pressure", TermKind::Synonym)))]
    #[case::escaped(r#""So \"high\"" EXACT []"#, Some(("So \"high\"", TermKind::Synonym)))]
    #[case::broad("\"Pressure\" BROAD []", Some(("Pressure", TermKind::Related)))]
    #[case::obsolete("\"Old\" EXACT obsolete_synonym []", Some(("Old", TermKind::Related)))]
    #[case::deprecated("\"Old\" EXACT DEPRECATED [MONDO:x]", Some(("Old", TermKind::Related)))]
    #[case::open("\"Old EXACT []", None)]
    #[case::no_scope("\"Old\"", None)]
    fn synonyms(#[case] value: &str, #[case] expected: Option<(&str, TermKind)>) {
        assert_eq!(synonym(value), expected.map(|(text, kind)| (text.to_owned(), kind)));
    }

    proptest::proptest! {
        #[test]
        fn any_stanza(body in "(id|name|def|synonym|xref|is_a|!|\\[Term\\])?(: )?[\"\\\\a-zé:{} \n]{0,40}") {
            for term in terms(&format!("[Term]\n{body}")) {
                proptest::prop_assert!(term.line > 0);
            }
        }
    }
}
