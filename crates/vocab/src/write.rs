//! Writes a pack: concepts sorted by system and code, terms by normal form, everything else by these numbers.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;
use std::thread;

use clinlink_fetch::sha256_file;
use clinlink_model::Label;
use sha2::{Digest, Sha256};

use crate::builder::{DraftTerm, PackBuilder};
use crate::columns::{ConceptRow, KindText, NONE, SurfaceRow, TextRef, write_column, write_lists};
use crate::cross_references::{CrossReferences, count_lost};
use crate::entry::{Fact, NoteKind};
use crate::forms::{Form, forms};
use crate::general::general_terms;
use crate::hierarchy::Hierarchy;
use crate::manifest::{FORMAT, FileEntry, Manifest, Source};
use crate::order::Order;
use crate::pack_error::PackError;
use crate::text_index;

pub(crate) const STRINGS: &str = "strings.bin";
pub(crate) const CONCEPTS: &str = "concepts.bin";
pub(crate) const TERMS: &str = "terms.fst";
pub(crate) const GENERAL: &str = "general.bin";
pub(crate) const POSTINGS: &str = "postings.bin";
pub(crate) const SURFACES: &str = "surfaces.bin";
pub(crate) const PARENTS: &str = "parents.bin";
pub(crate) const CHILDREN: &str = "children.bin";
pub(crate) const MAPS: &str = "maps.bin";
pub(crate) const DETAILS: &str = "details.bin";
pub(crate) const NOTES: &str = "notes.bin";
pub(crate) const FACTS: &str = "facts.bin";
pub(crate) const SEARCH: &str = "search";

/// A posting is a concept's number with the kind of term in the bits above.
pub(crate) const KIND_SHIFT: u32 = 30;

/// Writes the pack into a temporary folder beside `path` and puts it in the place of what is there.
pub(crate) fn write_pack(builder: &PackBuilder, path: &Path) -> Result<Written, PackError> {
    if builder.concepts.len() >= 1 << KIND_SHIFT {
        return Err(PackError::TooLarge { what: CONCEPTS });
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(PackError::io(parent))?;
    let work = tempfile::Builder::new().prefix(".pack-").tempdir_in(parent).map_err(PackError::io(parent))?;
    let written = write_files(builder, work.path())?;
    if path.exists() {
        fs::remove_dir_all(path).map_err(PackError::io(path))?;
    }
    fs::rename(work.path(), path).map_err(PackError::io(path))?;
    let _ = work.keep();
    Ok(written)
}

/// What was written.
pub(crate) struct Written {
    pub manifest: Manifest,
    /// The circles of a hierarchy that were broken up, with the names of their sources.
    pub circles: Vec<(String, PackError)>,
}

fn write_files(builder: &PackBuilder, folder: &Path) -> Result<Written, PackError> {
    let order = Order::of(builder);
    let hierarchy = Hierarchy::of(builder, |draft| order.number(draft), &order.drafts);
    let mut sources = builder.sources.clone();
    let circles = circles(&hierarchy, &mut sources, builder.lenient)?;
    count_lost(builder, &order, &mut sources);
    let forms = forms(builder, |draft| order.number(draft));
    let search = folder.join(SEARCH);
    let (terms, maps) = thread::scope(|scope| {
        let index = scope.spawn(|| text_index::write(&search, texts(&forms)));
        let written = write_columns(builder, &order, &hierarchy, &forms, folder);
        // A panic of the index is a panic of the whole, with its own message.
        index.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause))?;
        written
    })?;
    let files = file_entries(folder)?;
    let manifest = Manifest {
        format: FORMAT,
        version: version(&files),
        sources,
        systems: order.counts,
        terms,
        postings: forms.len() as u64,
        maps,
        files,
    };
    manifest.write(folder)?;
    Ok(Written { manifest, circles })
}

/// Counts the circles of the hierarchy; the first one is an error unless the build is lenient.
fn circles(
    hierarchy: &Hierarchy,
    sources: &mut [Source],
    lenient: bool,
) -> Result<Vec<(String, PackError)>, PackError> {
    let mut circles = Vec::new();
    for (source, codes) in &hierarchy.circles {
        let source = sources.get_mut(usize::from(*source));
        let source_name = source.as_ref().map_or_else(String::new, |source| source.name.clone());
        let circle = PackError::Circle { source_name: source_name.clone(), codes: codes.clone() };
        if !lenient {
            return Err(circle);
        }
        if let Some(source) = source {
            source.skipped += 1;
        }
        circles.push((source_name, circle));
    }
    Ok(circles)
}

/// Writes everything but the text index; returns the numbers of terms and of pairs with a cross-reference.
fn write_columns(
    builder: &PackBuilder,
    order: &Order,
    hierarchy: &Hierarchy,
    forms: &[Form],
    folder: &Path,
) -> Result<(u64, u64), PackError> {
    let maps = CrossReferences::of(builder, order, forms);
    let mut strings = Strings::default();
    write_concepts(builder, order, hierarchy, &mut strings, &folder.join(CONCEPTS))?;
    let terms = write_terms(forms, folder)?;
    write_column(&folder.join(GENERAL), &general_terms(builder, order, forms))?;
    write_surfaces(builder, order, &mut strings, &folder.join(SURFACES))?;
    let concepts = builder.concepts.len();
    write_lists(&folder.join(PARENTS), concepts, hierarchy.parents.iter().copied())?;
    write_lists(&folder.join(CHILDREN), concepts, hierarchy.children().into_iter())?;
    write_lists(&folder.join(MAPS), concepts, maps.rows()?)?;
    let details: Result<Vec<TextRef>, _> = maps.details.iter().map(|detail| strings.add(detail)).collect();
    write_column(&folder.join(DETAILS), &details?)?;
    write_notes(builder, order, &mut strings, &folder.join(NOTES))?;
    write_facts(builder, order, &mut strings, &folder.join(FACTS))?;
    let path = folder.join(STRINGS);
    fs::write(&path, strings.bytes).map_err(PackError::io(&path))?;
    Ok((terms, maps.pairs()))
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
    hierarchy: &Hierarchy,
    strings: &mut Strings<'b>,
    path: &Path,
) -> Result<(), PackError> {
    let mut parents = vec![NONE; builder.concepts.len()];
    for &(child, parent) in hierarchy.parents.iter().rev() {
        parents[child as usize] = parent;
    }
    let mut rows = Vec::with_capacity(builder.concepts.len());
    for (&draft, &parent) in order.drafts.iter().zip(&parents) {
        let concept = &builder.concepts[draft as usize];
        let label =
            Label::ALL.iter().position(|&label| label == concept.label).unwrap_or(Label::ALL.len() - 1);
        rows.push(ConceptRow {
            code: strings.add(&concept.code)?,
            title: strings.add(&concept.title)?,
            parent,
            label: label as u8,
            billable: concept.billable.into(),
            unused: 0,
        });
    }
    write_column(path, &rows)
}

/// The distinct forms, in order.
fn texts(forms: &[Form]) -> impl Iterator<Item = &str> {
    forms.chunk_by(|a, b| a.0 == b.0).map(|same| same[0].0.as_str())
}

/// Writes terms and postings; returns the number of terms.
fn write_terms(forms: &[Form], folder: &Path) -> Result<u64, PackError> {
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
    Ok(terms.into())
}

/// Each term of a concept once: with its surest kind, then as a source has it rather than made by a rule, then with
/// the first source.
fn write_surfaces<'b>(
    builder: &'b PackBuilder,
    order: &Order,
    strings: &mut Strings<'b>,
    path: &Path,
) -> Result<(), PackError> {
    let row = |term: &'b DraftTerm| {
        (order.number(term.concept), term.text.as_str(), term.kind, term.made, term.source)
    };
    let mut surfaces: Vec<_> = builder.terms.iter().map(row).collect();
    surfaces.sort_unstable();
    surfaces.dedup_by(|later, first| (later.0, later.1) == (first.0, first.1));
    surfaces.sort_unstable_by_key(|&(concept, text, kind, ..)| (concept, kind, text));
    let mut rows = Vec::with_capacity(surfaces.len());
    for (concept, text, kind, made, source) in surfaces {
        let text = strings.add(text)?;
        rows.push((concept, SurfaceRow { text, kind: kind as u8, source, made: made.into(), unused: 0 }));
    }
    write_lists(path, builder.concepts.len(), rows.into_iter())
}

fn write_notes<'b>(
    builder: &'b PackBuilder,
    order: &Order,
    strings: &mut Strings<'b>,
    path: &Path,
) -> Result<(), PackError> {
    let row = |(concept, kind, text): &'b (u32, NoteKind, String)| {
        (order.number(*concept), *kind as u32, text.as_str())
    };
    let mut notes: Vec<_> = builder.notes.iter().map(row).collect();
    // A stable sort: the notes of a concept keep their printed order.
    notes.sort_by_key(|&(concept, kind, _)| (concept, kind));
    write_texts(&notes, builder.concepts.len(), strings, path)
}

fn write_facts<'b>(
    builder: &'b PackBuilder,
    order: &Order,
    strings: &mut Strings<'b>,
    path: &Path,
) -> Result<(), PackError> {
    let row = |(concept, fact, value): &'b (u32, Fact, String)| {
        (order.number(*concept), *fact as u32, value.as_str())
    };
    let mut facts: Vec<_> = builder.facts.iter().map(row).collect();
    facts.sort_unstable();
    facts.dedup();
    write_texts(&facts, builder.concepts.len(), strings, path)
}

/// Writes texts of concepts, each with what sort of text it is, in the order of the concepts.
fn write_texts<'b>(
    texts: &[(u32, u32, &'b str)],
    concepts: usize,
    strings: &mut Strings<'b>,
    path: &Path,
) -> Result<(), PackError> {
    let mut rows = Vec::with_capacity(texts.len());
    for &(concept, kind, text) in texts {
        rows.push((concept, KindText { text: strings.add(text)?, kind }));
    }
    write_lists(path, concepts, rows.into_iter())
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
