//! A table of the user's own: a row a term.
//!
//! CSV or, by the file's extension (`.tsv`, `.tab`, `.txt`), separated by tabs; with a header. Columns, whose names the
//! recipe may change:
//!
//! | column | what |
//! |---|---|
//! | `id` | the concept; several rows may have the same |
//! | `term` | a name of it |
//! | `kind` | optional: `title`, `synonym`, `index` or `related`; left empty, the first row of an id is the title and the others are synonyms |
//! | `code` | optional: codes in `code_system` that mean the same, separated by `\|`; one that the pack's release does not have is a problem |
//! | `label` | optional: `disease`, `chemical`, `procedure`, `anatomy` or `other` |
//! | `parent` | optional: ids of broader concepts, separated by `\|` |
//!
//! ```text
//! id,term,kind,code
//! W1,Bent whisker,title,Q02
//! W1,crooked whisker,synonym,
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clinlink_model::{Label, System};
use serde::Deserialize;

use super::given::{all_files, has_extension};
use super::rows::{Encoding, Form, read_named};
use crate::builder::PackBuilder;
use crate::entry::{Relation, TermKind};
use crate::recipe::Recipe;
use crate::vocab_error::VocabError;

/// What a recipe may choose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// The code system that the ids belong to.
    system: System,
    /// The code system of the column `code`.
    code_system: System,
    /// How the codes relate to the concept.
    relation: Relation,
    /// The label of rows that state none.
    label: Label,
    /// Names of the columns.
    id: String,
    term: String,
    kind: String,
    code: String,
    label_column: String,
    parent: String,
    /// What the file's bytes mean.
    encoding: Encoding,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            system: System::from("Local"),
            code_system: System::ICD10CM,
            relation: Relation::Exact,
            label: Label::Disease,
            id: "id".to_owned(),
            term: "term".to_owned(),
            kind: "kind".to_owned(),
            code: "code".to_owned(),
            label_column: "label".to_owned(),
            parent: "parent".to_owned(),
            encoding: Encoding::Utf8,
        }
    }
}

/// A concept of the table.
#[derive(Default)]
struct Entry {
    /// Terms with their kinds; `None` where the row states none.
    terms: Vec<(String, Option<TermKind>)>,
    /// Each with the number of its file and the line where it stands first.
    codes: BTreeMap<String, (usize, usize)>,
    parents: Vec<String>,
    label: Option<Label>,
}

pub(super) fn read(recipe: &Recipe, files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let options: Options = recipe.options()?;
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    let files = all_files(files)?;
    for (number, path) in files.iter().enumerate() {
        read_file((number, path), &options, &mut entries, builder)?;
    }
    for (id, entry) in &entries {
        add(id, entry, &options, &files, builder);
    }
    Ok(())
}

fn read_file(
    (number, path): (usize, &Path),
    options: &Options,
    entries: &mut BTreeMap<String, Entry>,
    builder: &mut PackBuilder,
) -> Result<(), VocabError> {
    let tabs = ["tsv", "tab", "txt"].iter().any(|extension| has_extension(path, extension));
    let form = Form { encoding: options.encoding, ..Form::quoted(if tabs { b'\t' } else { b',' }) };
    let optional = |name: &str| format!("?{name}");
    let (kind, code) = (optional(&options.kind), optional(&options.code));
    let (label, parent) = (optional(&options.label_column), optional(&options.parent));
    let columns = [options.id.as_str(), &options.term, &kind, &code, &label, &parent];
    read_named(path, form, columns, builder, |[id, term, kind, code, label, parent], builder| {
        for (value, column) in [(id, &options.id), (term, &options.term)] {
            if value.is_empty() {
                return Err(format!("the column {column:?} is empty"));
            }
        }
        let (kind, label) = (kind_of(kind)?, label_of(label)?);
        let entry = entries.entry(id.to_owned()).or_default();
        if kind == Some(TermKind::Title) && entry.terms.iter().any(|(_, kind)| *kind == Some(TermKind::Title))
        {
            return Err(format!("{id:?} has a title already"));
        }
        entry.terms.push((term.to_owned(), kind));
        entry.label = entry.label.or(label);
        for code in listed(code) {
            entry.codes.entry(code).or_insert((number, builder.line));
        }
        entry.parents.extend(listed(parent));
        Ok(())
    })
}

/// The values of a field that may hold several.
fn listed(field: &str) -> impl Iterator<Item = String> + '_ {
    field.split('|').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}

fn kind_of(text: &str) -> Result<Option<TermKind>, String> {
    Ok(Some(match text.to_ascii_lowercase().as_str() {
        "" => return Ok(None),
        "title" | "preferred" => TermKind::Title,
        "synonym" => TermKind::Synonym,
        "index" => TermKind::Index,
        "related" => TermKind::Related,
        _ => return Err(format!("unknown kind {text:?} (title, synonym, index, related, or empty)")),
    }))
}

fn label_of(text: &str) -> Result<Option<Label>, String> {
    let unknown =
        || format!("unknown label {text:?} (disease, chemical, procedure, anatomy, other, or empty)");
    if text.is_empty() { Ok(None) } else { Label::from_name(text).map(Some).ok_or_else(unknown) }
}

fn add(id: &str, entry: &Entry, options: &Options, files: &[PathBuf], builder: &mut PackBuilder) {
    let place = entry.terms.iter().position(|(_, kind)| *kind == Some(TermKind::Title)).unwrap_or(0);
    let Some((title, kind)) = entry.terms.get(place) else { return };
    let label = entry.label.unwrap_or(options.label);
    if matches!(kind, None | Some(TermKind::Title)) {
        builder.concept(&options.system, id, title, label);
    } else {
        // Every row states another kind: the first gives the title's words, but stays the kind of term that it is.
        builder.heading(&options.system, id, title, label).term(title, kind.unwrap_or(TermKind::Synonym));
    }
    for (at, (term, kind)) in entry.terms.iter().enumerate() {
        if at != place {
            builder.term(term, kind.unwrap_or(TermKind::Synonym));
        }
    }
    for (code, &(file, line)) in &entry.codes {
        builder.map_that_must_hold((&options.code_system, code, options.relation), (&files[file], line));
    }
    for parent in &entry.parents {
        builder.parent(parent);
    }
}
