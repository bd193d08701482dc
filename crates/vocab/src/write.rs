//! Writes a pack: concepts sorted by system and code, terms by normal form, everything else by these numbers.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use clinlink_fetch::sha256_file;
use clinlink_model::{Label, System};
use sha2::{Digest, Sha256};

use crate::builder::PackBuilder;
use crate::columns::{ConceptRow, KindText, NONE, TextRef, write_column, write_lists};
use crate::cross_references::{cross_references, write_maps};
use crate::entry::TermKind;
use crate::manifest::{FORMAT, FileEntry, Manifest, SystemCount};
use crate::normal::normal_form;
use crate::pack_error::PackError;
use crate::text_index;

pub(crate) const STRINGS: &str = "strings.bin";
pub(crate) const CONCEPTS: &str = "concepts.bin";
pub(crate) const TERMS: &str = "terms.fst";
pub(crate) const POSTINGS: &str = "postings.bin";
pub(crate) const SURFACES: &str = "surfaces.bin";
pub(crate) const CHILDREN: &str = "children.bin";
pub(crate) const MAPS: &str = "maps.bin";
pub(crate) const NOTES: &str = "notes.bin";
pub(crate) const FACTS: &str = "facts.bin";
pub(crate) const SEARCH: &str = "search";

/// A posting is a concept's number with the kind of term in the bits above.
pub(crate) const KIND_SHIFT: u32 = 30;

/// Writes the pack into a temporary folder beside `path` and puts it in the place of what is there.
pub(crate) fn write_pack(builder: &PackBuilder, path: &Path) -> Result<Manifest, PackError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(PackError::io(parent))?;
    let work = tempfile::Builder::new().prefix(".pack-").tempdir_in(parent).map_err(PackError::io(parent))?;
    let manifest = write_files(builder, work.path())?;
    if path.exists() {
        fs::remove_dir_all(path).map_err(PackError::io(path))?;
    }
    fs::rename(work.path(), path).map_err(PackError::io(path))?;
    let _ = work.keep();
    Ok(manifest)
}

fn write_files(builder: &PackBuilder, folder: &Path) -> Result<Manifest, PackError> {
    let order = Order::of(builder);
    let mut strings = Strings::default();
    write_concepts(builder, &order, &mut strings, &folder.join(CONCEPTS))?;
    let forms = forms(builder, &order);
    let terms = write_terms(&forms, folder)?;
    write_surfaces(builder, &order, &mut strings, &folder.join(SURFACES))?;
    write_children(builder, &order, &folder.join(CHILDREN))?;
    let maps = cross_references(builder, &|draft| order.number(draft), &forms);
    write_maps(&maps, builder.concepts.len(), &folder.join(MAPS))?;
    write_notes(builder, &order, &mut strings, &folder.join(NOTES))?;
    write_facts(builder, &order, &mut strings, &folder.join(FACTS))?;
    let path = folder.join(STRINGS);
    fs::write(&path, strings.bytes).map_err(PackError::io(&path))?;
    let files = file_entries(folder)?;
    let manifest = Manifest {
        format: FORMAT,
        version: version(&files),
        sources: builder.sources.clone(),
        systems: systems(builder),
        terms,
        postings: forms.len() as u64,
        maps: maps.len() as u64 / 2,
        files,
    };
    manifest.write(folder)?;
    Ok(manifest)
}

/// The order of concepts in the pack: by system name, then by code.
struct Order {
    /// Draft numbers in pack order.
    drafts: Vec<u32>,
    /// Pack number of each draft.
    numbers: Vec<u32>,
    /// Builder's system number to the pack's.
    systems: Vec<u8>,
}

impl Order {
    fn of(builder: &PackBuilder) -> Self {
        let mut names: Vec<usize> = (0..builder.systems.len()).collect();
        names.sort_by_key(|&system| builder.systems[system].name());
        let mut systems = vec![0_u8; names.len()];
        for (rank, &system) in names.iter().enumerate() {
            systems[system] = rank as u8;
        }
        let mut drafts: Vec<u32> = (0..builder.concepts.len() as u32).collect();
        drafts.sort_by_key(|&draft| {
            let concept = &builder.concepts[draft as usize];
            (systems[usize::from(concept.system)], concept.code.as_str())
        });
        let mut numbers = vec![0; drafts.len()];
        for (number, &draft) in drafts.iter().enumerate() {
            numbers[draft as usize] = number as u32;
        }
        Self { drafts, numbers, systems }
    }

    fn number(&self, draft: u32) -> u32 {
        self.numbers[draft as usize]
    }
}

/// The systems by name with the numbers of their concepts.
fn systems(builder: &PackBuilder) -> Vec<SystemCount> {
    let mut counts: Vec<SystemCount> =
        builder.systems.iter().map(|system| SystemCount { system: system.clone(), concepts: 0 }).collect();
    for concept in &builder.concepts {
        counts[usize::from(concept.system)].concepts += 1;
    }
    counts.sort_by(|a, b| System::name(&a.system).cmp(System::name(&b.system)));
    counts
}

/// All strings one after another, each distinct one once.
#[derive(Default)]
struct Strings<'b> {
    bytes: Vec<u8>,
    seen: HashMap<&'b str, TextRef>,
}

impl<'b> Strings<'b> {
    fn add(&mut self, text: &'b str) -> Result<TextRef, PackError> {
        if let Some(&known) = self.seen.get(text) {
            return Ok(known);
        }
        let start = u32::try_from(self.bytes.len()).map_err(|_| PackError::TooLarge { what: STRINGS })?;
        let added = TextRef { start, len: text.len() as u32 };
        self.bytes.extend_from_slice(text.as_bytes());
        self.seen.insert(text, added);
        Ok(added)
    }
}

fn write_concepts<'b>(
    builder: &'b PackBuilder,
    order: &Order,
    strings: &mut Strings<'b>,
    path: &Path,
) -> Result<(), PackError> {
    let mut parents = vec![NONE; builder.concepts.len()];
    for (child, code) in builder.parents.iter().rev() {
        let system = builder.concepts[*child as usize].system;
        if let Some(parent) = builder.number(system, code) {
            parents[*child as usize] = order.number(parent);
        }
    }
    let mut rows = Vec::with_capacity(builder.concepts.len());
    for &draft in &order.drafts {
        let concept = &builder.concepts[draft as usize];
        let label =
            Label::ALL.iter().position(|&label| label == concept.label).unwrap_or(Label::ALL.len() - 1);
        rows.push(ConceptRow {
            code: strings.add(&concept.code)?,
            title: strings.add(&concept.title)?,
            parent: parents[draft as usize],
            system: order.systems[usize::from(concept.system)],
            label: label as u8,
            billable: concept.billable.into(),
            unused: 0,
        });
    }
    write_column(path, &rows)
}

/// The pairs of normal form and concept, each once with its surest kind, by form, then by kind, then by concept.
fn forms(builder: &PackBuilder, order: &Order) -> Vec<(String, TermKind, u32)> {
    let mut forms: Vec<(String, TermKind, u32)> = builder
        .terms
        .iter()
        .map(|term| (normal_form(&term.text), term.kind, order.number(term.concept)))
        .filter(|(form, ..)| is_usable(form))
        .collect();
    forms.sort_unstable_by(|a, b| (&a.0, a.2, a.1).cmp(&(&b.0, b.2, b.1)));
    forms.dedup_by(|later, first| first.0 == later.0 && first.2 == later.2);
    forms.sort_unstable();
    forms
}

/// Whether a normal form can name something: not a single character, and not a number.
fn is_usable(form: &str) -> bool {
    form.chars().nth(1).is_some() && !form.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
}

/// Writes terms, postings and the text index; returns the number of terms.
fn write_terms(forms: &[(String, TermKind, u32)], folder: &Path) -> Result<u64, PackError> {
    let path = folder.join(TERMS);
    let file = BufWriter::new(File::create(&path).map_err(PackError::io(&path))?);
    let damaged = |cause: fst::Error| PackError::damaged(&path, cause);
    let mut map = fst::MapBuilder::new(file).map_err(damaged)?;
    let mut postings = Vec::with_capacity(forms.len());
    let mut terms = 0_u32;
    for same in forms.chunk_by(|a, b| a.0 == b.0) {
        map.insert(&same[0].0, u64::from(terms)).map_err(damaged)?;
        postings
            .extend(same.iter().map(|&(_, kind, concept)| (terms, (kind as u32) << KIND_SHIFT | concept)));
        terms += 1;
    }
    map.finish().map_err(damaged)?;
    write_lists(&folder.join(POSTINGS), terms as usize, postings.into_iter())?;
    text_index::write(
        &folder.join(SEARCH),
        forms.chunk_by(|a, b| a.0 == b.0).map(|same| same[0].0.as_str()),
    )?;
    Ok(terms.into())
}

fn write_surfaces<'b>(
    builder: &'b PackBuilder,
    order: &Order,
    strings: &mut Strings<'b>,
    path: &Path,
) -> Result<(), PackError> {
    let mut surfaces: Vec<(u32, &str, TermKind)> = builder
        .terms
        .iter()
        .map(|term| (order.number(term.concept), term.text.as_str(), term.kind))
        .collect();
    surfaces.sort_unstable();
    surfaces.dedup_by(|later, first| (later.0, later.1) == (first.0, first.1));
    surfaces.sort_unstable_by_key(|&(concept, text, kind)| (concept, kind, text));
    let mut rows = Vec::with_capacity(surfaces.len());
    for (concept, text, kind) in surfaces {
        rows.push((concept, KindText { text: strings.add(text)?, kind: kind as u32 }));
    }
    write_lists(path, builder.concepts.len(), rows.into_iter())
}

fn write_children(builder: &PackBuilder, order: &Order, path: &Path) -> Result<(), PackError> {
    let mut pairs = Vec::new();
    for (child, code) in &builder.parents {
        if let Some(parent) = builder.number(builder.concepts[*child as usize].system, code) {
            pairs.push((order.number(parent), order.number(*child)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    write_lists(path, builder.concepts.len(), pairs.into_iter())
}

fn write_notes<'b>(
    builder: &'b PackBuilder,
    order: &Order,
    strings: &mut Strings<'b>,
    path: &Path,
) -> Result<(), PackError> {
    // A stable sort: the notes of a concept keep their printed order.
    let mut notes: Vec<_> = builder.notes.iter().collect();
    notes.sort_by_key(|(concept, kind, _)| (order.number(*concept), *kind));
    let mut rows = Vec::with_capacity(notes.len());
    for (concept, kind, text) in notes {
        rows.push((order.number(*concept), KindText { text: strings.add(text)?, kind: *kind as u32 }));
    }
    write_lists(path, builder.concepts.len(), rows.into_iter())
}

fn write_facts<'b>(
    builder: &'b PackBuilder,
    order: &Order,
    strings: &mut Strings<'b>,
    path: &Path,
) -> Result<(), PackError> {
    let mut facts: Vec<_> =
        builder.facts.iter().map(|(c, fact, value)| (order.number(*c), *fact, value.as_str())).collect();
    facts.sort_unstable();
    facts.dedup();
    let mut rows = Vec::with_capacity(facts.len());
    for (concept, fact, value) in facts {
        rows.push((concept, KindText { text: strings.add(value)?, kind: fact as u32 }));
    }
    write_lists(path, builder.concepts.len(), rows.into_iter())
}

/// Size and hash of every file below `folder`.
fn file_entries(folder: &Path) -> Result<BTreeMap<String, FileEntry>, PackError> {
    let mut files = BTreeMap::new();
    for (prefix, folder) in [("", folder.to_owned()), ("search/", folder.join(SEARCH))] {
        for entry in fs::read_dir(&folder).map_err(PackError::io(&folder))? {
            let path = entry.map_err(PackError::io(&folder))?.path();
            if path.is_file() {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let bytes = fs::metadata(&path).map_err(PackError::io(&path))?.len();
                let sha256 = sha256_file(&path).map_err(PackError::io(&path))?;
                files.insert(format!("{prefix}{name}"), FileEntry { bytes, sha256 });
            }
        }
    }
    Ok(files)
}

/// The first 12 digits of the hash over all files' names and hashes.
fn version(files: &BTreeMap<String, FileEntry>) -> String {
    let mut hasher = Sha256::new();
    for (name, entry) in files {
        hasher.update(format!("{} {name}\n", entry.sha256));
    }
    let digest = hasher.finalize();
    let start = digest.iter().take(6).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    format!("{start:012x}")
}
