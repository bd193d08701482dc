//! SNOMED CT in Release Format 2.
//!
//! Given is a release's folder or its files. The *Snapshot* files are found by the pattern of their names
//! (`sct2_Concept_Snapshot_INT_20260101.txt`, and likewise those of national editions), and their columns by the
//! header, as in the *SNOMED CT Release File Specification*:
//!
//! | file | used columns | what becomes of it |
//! |---|---|---|
//! | `sct2_Concept_` | id, active | concepts; inactive ones only if an association says what became of them |
//! | `sct2_Description_` | id, active, conceptId, typeId, term | names: see below |
//! | `sct2_TextDefinition_` | the same | definitions |
//! | `sct2_Relationship_` | active, sourceId, destinationId, typeId | is-a (116680003) as parents |
//! | `der2_…Refset_Language` | active, refsetId, referencedComponentId, acceptabilityId | which names hold where |
//! | `der2_…Refset_ExtendedMap`, `…ComplexMap` | map columns | cross-references, see `snomed_maps` |
//! | `der2_…Refset_Association` | refsetId, referencedComponentId, targetComponentId | heirs of retired concepts |
//!
//! The title is the name that the first of the language reference sets prefers; the fully specified name without its
//! semantic tag, and all other preferred or acceptable names, are synonyms; names in none of the reference sets are
//! left out. The tag (`disorder`) gives the label and the fact `SemanticType`. Metadata are headings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clinlink_model::{Label, System};
use serde::Deserialize;

use super::given::{all_files, file_name, missing};
use super::map_rules::split_tag;
use super::rows::{Form, read_named};
use super::snomed_history::History;
use super::snomed_maps::{self, default_targets};
use crate::builder::PackBuilder;
use crate::entry::{Fact, TermKind};
use crate::recipe::Recipe;
use crate::vocab_error::VocabError;

/// Release Format 2: tabs, no quotes.
pub(super) const FORM: Form = Form::plain(b'\t');

/// What a recipe may choose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Options {
    /// Language reference sets by their concept, the preferred one first.
    language_refsets: Vec<String>,
    /// Semantic tags that are kept; empty for all.
    tags: Vec<String>,
    /// Map reference sets and the code systems of their targets.
    pub map_targets: BTreeMap<String, System>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            // US English, then British English.
            language_refsets: vec!["900000000000509007".to_owned(), "900000000000508004".to_owned()],
            tags: Vec::new(),
            map_targets: default_targets(),
        }
    }
}

/// A file of a release, by the pattern of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Concepts,
    Descriptions,
    Definitions,
    Relationships,
    Languages,
    Maps,
    Associations,
}

/// The Snapshot files of a release.
pub(super) struct Snapshot {
    files: Vec<(Part, PathBuf)>,
}

impl Snapshot {
    fn find(given: &[PathBuf]) -> Result<Self, VocabError> {
        let files = all_files(given)?;
        let parts: Vec<_> =
            files.into_iter().filter_map(|path| Some((part(file_name(&path))?, path))).collect();
        for (needed, pattern) in
            [(Part::Concepts, "sct2_Concept_"), (Part::Descriptions, "sct2_Description_")]
        {
            if !parts.iter().any(|(part, _)| *part == needed) {
                let cause =
                    format!("no {pattern}…Snapshot….txt here; give the release's folder (RF2, Snapshot)");
                return Err(missing(given, &cause));
            }
        }
        Ok(Self { files: parts })
    }

    pub fn files(&self, wanted: Part) -> impl Iterator<Item = &Path> {
        self.files.iter().filter(move |(part, _)| *part == wanted).map(|(_, path)| path.as_path())
    }
}

/// What a file of a release is; `None` for files that are not read, such as Full, Delta and stated relationships.
fn part(name: &str) -> Option<Part> {
    // Beta releases put an x in front.
    let name = name.strip_prefix('x').unwrap_or(name);
    if !name.contains("Snapshot") {
        return None;
    }
    let (kind, rest) = name.strip_suffix(".txt")?.split_once('_')?;
    match (kind, rest.split('_').next()?) {
        ("sct2", "Concept") => Some(Part::Concepts),
        ("sct2", "Description") => Some(Part::Descriptions),
        ("sct2", "TextDefinition") => Some(Part::Definitions),
        ("sct2", "Relationship") => Some(Part::Relationships),
        ("der2", _) if rest.contains("Language") => Some(Part::Languages),
        ("der2", _) if rest.contains("ExtendedMap") || rest.contains("ComplexMap") => Some(Part::Maps),
        ("der2", _) if rest.contains("Association") => Some(Part::Associations),
        _ => None,
    }
}

/// An identifier of a component.
pub(super) type Sctid = u64;

pub(super) fn sctid(text: &str) -> Result<Sctid, String> {
    text.parse().map_err(|_| format!("{text:?} is no SNOMED CT identifier"))
}

/// Whether a row is active: `1` or `0`.
pub(super) fn is_active(text: &str) -> Result<bool, String> {
    match text {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(format!("active is {text:?}, expected 1 or 0")),
    }
}

/// A concept with the names that have been read.
#[derive(Default)]
pub(super) struct Entry {
    pub active: bool,
    pub full_name: String,
    /// How well a name stands (0 is best), and the name.
    names: Vec<(usize, String)>,
    definition: String,
}

/// All concepts by number.
pub(super) type Entries = BTreeMap<Sctid, Entry>;

pub(super) fn read(recipe: &Recipe, files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let options: Options = recipe.options()?;
    let snapshot = Snapshot::find(files)?;
    let mut entries = concepts(&snapshot, builder)?;
    let standings = standings(&snapshot, &options, files, builder)?;
    names(&snapshot, standings.as_ref(), &mut entries, builder)?;
    definitions(&snapshot, &mut entries, builder)?;
    for (id, entry) in entries.iter().filter(|(_, entry)| entry.active) {
        add(*id, entry, &options, builder);
    }
    add_parents(&snapshot, builder)?;
    snomed_maps::read(&snapshot, &options.map_targets, builder)?;
    History::read(&snapshot, builder)?.add(&entries, builder);
    Ok(())
}

fn concepts(snapshot: &Snapshot, builder: &mut PackBuilder) -> Result<Entries, VocabError> {
    let mut entries = Entries::new();
    for path in snapshot.files(Part::Concepts) {
        read_named(path, FORM, ["id", "active"], builder, |[id, active], _| {
            entries.insert(sctid(id)?, Entry { active: is_active(active)?, ..Entry::default() });
            Ok(())
        })?;
    }
    Ok(entries)
}

/// How well descriptions stand, by their number: twice the place of the language reference set, plus one if the name
/// is only acceptable there. `None` if the release has no language reference sets.
fn standings(
    snapshot: &Snapshot,
    options: &Options,
    given: &[PathBuf],
    builder: &mut PackBuilder,
) -> Result<Option<BTreeMap<Sctid, usize>>, VocabError> {
    const PREFERRED: &str = "900000000000548007";
    let mut standings = BTreeMap::new();
    let mut others = BTreeSet::new();
    let mut is_there = false;
    for path in snapshot.files(Part::Languages) {
        is_there = true;
        let columns = ["active", "refsetId", "referencedComponentId", "acceptabilityId"];
        read_named(path, FORM, columns, builder, |[active, refset, description, acceptability], _| {
            let description = sctid(description)?;
            let Some(place) = options.language_refsets.iter().position(|known| known == refset) else {
                others.insert(refset.to_owned());
                return Ok(());
            };
            if is_active(active)? {
                let standing = place * 2 + usize::from(acceptability != PREFERRED);
                let best = standings.entry(description).or_insert(standing);
                *best = standing.min(*best);
            }
            Ok(())
        })?;
    }
    if is_there && standings.is_empty() {
        let (wanted, found) = (options.language_refsets.join(", "), Vec::from_iter(others).join(", "));
        let cause = format!(
            "no name in the language reference sets {wanted}; the release has {found}: set \
                             language_refsets in [options] of the recipe"
        );
        return Err(missing(given, &cause));
    }
    Ok(is_there.then_some(standings))
}

fn names(
    snapshot: &Snapshot,
    standings: Option<&BTreeMap<Sctid, usize>>,
    entries: &mut Entries,
    builder: &mut PackBuilder,
) -> Result<(), VocabError> {
    const FULLY_SPECIFIED_NAME: &str = "900000000000003001";
    for path in snapshot.files(Part::Descriptions) {
        let columns = ["id", "active", "conceptId", "typeId", "term"];
        read_named(path, FORM, columns, builder, |[id, active, concept, kind, term], _| {
            let (id, concept) = (sctid(id)?, sctid(concept)?);
            if !is_active(active)? {
                return Ok(());
            }
            if term.is_empty() {
                return Err("a description without a term".to_owned());
            }
            let unknown =
                || format!("a description of the concept {concept}, which the release does not have");
            let entry = entries.get_mut(&concept).ok_or_else(unknown)?;
            let standing = match standings {
                Some(standings) => standings.get(&id).copied(),
                None => Some(0),
            };
            if kind == FULLY_SPECIFIED_NAME {
                // Editions translate full names: the one that stands best is kept.
                if entry.full_name.is_empty() || standing == Some(0) {
                    term.clone_into(&mut entry.full_name);
                }
            } else if let Some(standing) = standing {
                entry.names.push((standing, term.to_owned()));
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn definitions(
    snapshot: &Snapshot,
    entries: &mut Entries,
    builder: &mut PackBuilder,
) -> Result<(), VocabError> {
    for path in snapshot.files(Part::Definitions) {
        read_named(path, FORM, ["active", "conceptId", "term"], builder, |[active, concept, term], _| {
            if is_active(active)?
                && let Some(entry) = entries.get_mut(&sctid(concept)?)
            {
                term.clone_into(&mut entry.definition);
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Adds an active concept; one of another tag than the wanted ones is left out.
fn add(id: Sctid, entry: &Entry, options: &Options, builder: &mut PackBuilder) {
    let (full_name, tag) = split_tag(&entry.full_name);
    let tag = tag.unwrap_or_default();
    if !options.tags.is_empty() && !options.tags.iter().any(|wanted| wanted == tag) {
        return;
    }
    let mut names: Vec<&(usize, String)> = entry.names.iter().collect();
    names.sort();
    let title = names.first().map_or(full_name, |(_, name)| name.as_str());
    if title.is_empty() {
        return;
    }
    let code = id.to_string();
    if tag.contains("metadata") || tag == "namespace concept" {
        builder.heading(&System::SNOMED_CT, &code, title, Label::Other);
    } else {
        builder.concept(&System::SNOMED_CT, &code, title, label(tag));
        let others: BTreeSet<&str> = names.iter().map(|(_, name)| name.as_str()).chain([full_name]).collect();
        for name in others.into_iter().filter(|&name| name != title && !name.is_empty()) {
            builder.term(name, TermKind::Synonym);
        }
    }
    if !tag.is_empty() {
        builder.fact(Fact::SemanticType, tag);
    }
    if !entry.definition.is_empty() {
        builder.fact(Fact::Definition, &entry.definition);
    }
}

fn label(tag: &str) -> Label {
    match tag {
        "disorder" | "finding" | "morphologic abnormality" | "event" | "situation" => Label::Disease,
        "substance"
        | "product"
        | "medicinal product"
        | "medicinal product form"
        | "clinical drug"
        | "real clinical drug"
        | "packaged clinical drug" => Label::Chemical,
        "procedure" | "regime/therapy" => Label::Procedure,
        "body structure" | "cell structure" | "cell" => Label::Anatomy,
        _ => Label::Other,
    }
}

fn add_parents(snapshot: &Snapshot, builder: &mut PackBuilder) -> Result<(), VocabError> {
    const IS_A: &str = "116680003";
    let mut pairs = Vec::new();
    for path in snapshot.files(Part::Relationships) {
        let columns = ["active", "sourceId", "destinationId", "typeId"];
        read_named(path, FORM, columns, builder, |[active, child, parent, kind], _| {
            let pair = (sctid(child)?, sctid(parent)?);
            if is_active(active)? && kind == IS_A {
                pairs.push(pair);
            }
            Ok(())
        })?;
    }
    pairs.sort_unstable();
    pairs.dedup();
    for (child, parent) in pairs {
        if builder.select(&System::SNOMED_CT, &child.to_string()) {
            builder.parent(&parent.to_string());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("sct2_Concept_Snapshot_INT_20260101.txt", Some(Part::Concepts))]
    #[case("xsct2_Description_Snapshot-en_INT_20260101.txt", Some(Part::Descriptions))]
    #[case("sct2_Relationship_Snapshot_US1000124_20260301.txt", Some(Part::Relationships))]
    #[case("sct2_StatedRelationship_Snapshot_INT_20260101.txt", None)]
    #[case("sct2_RelationshipConcreteValues_Snapshot_INT_20260101.txt", None)]
    #[case("sct2_Concept_Full_INT_20260101.txt", None)]
    #[case("der2_cRefset_LanguageSnapshot-en_INT_20260101.txt", Some(Part::Languages))]
    #[case("der2_iisssccRefset_ExtendedMapSnapshot_INT_20260101.txt", Some(Part::Maps))]
    #[case("der2_cRefset_AssociationSnapshot_INT_20260101.txt", Some(Part::Associations))]
    #[case("sct2_Concept_UKEDSnapshot_GB_20260101.txt", Some(Part::Concepts))]
    #[case("der2_cRefset_SimpleMapSnapshot_INT_20260101.txt", None)]
    fn files_by_their_names(#[case] name: &str, #[case] expected: Option<Part>) {
        assert_eq!(part(name), expected);
    }
}
