//! A compiled pack of vocabularies, opened by memory map.

mod codes;
mod crosswalk;
mod hierarchy;
mod notes;
mod search;

pub use crosswalk::{Crosswalk, Step};

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bytemuck::Pod;
use clinlink_fetch::sha256_file;
use clinlink_model::{Label, System};
use memmap2::Mmap;

use crate::columns::{Column, ConceptRow, KindText, Lists, MapRow, SurfaceRow, TextRef, map_file};
use crate::entry::{Concept, ConceptId, Fact, Posting, Surface, TermKind};
use crate::manifest::Manifest;
use crate::pack_error::PackError;
use crate::text_index::TextIndex;
use crate::write::{
    CHILDREN, CONCEPTS, DETAILS, FACTS, GENERAL, KIND_SHIFT, MAPS, NOTES, PARENTS, POSTINGS, STRINGS,
    SURFACES, TERMS,
};

/// An open pack. Shared by all threads; nothing in it changes.
pub struct Pack {
    path: PathBuf,
    manifest: Manifest,
    /// The system of each number and its first concept.
    systems: Vec<(System, u32)>,
    concepts: Column<ConceptRow>,
    strings: Mmap,
    terms: fst::Map<Mmap>,
    postings: Lists<u32>,
    general: Column<u32>,
    surfaces: Lists<SurfaceRow>,
    parents: Lists<u32>,
    children: Lists<u32>,
    maps: Lists<MapRow>,
    details: Column<TextRef>,
    notes: Lists<KindText>,
    facts: Lists<KindText>,
    /// Opened by the first search: much of the work is done without one.
    text_index: OnceLock<TextIndex>,
}

impl std::fmt::Debug for Pack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pack")
            .field("path", &self.path)
            .field("concepts", &self.len())
            .finish_non_exhaustive()
    }
}

impl Pack {
    /// Opens the pack in folder `path`. The sizes of all files are checked, not their hashes (see
    /// [`verify`](Self::verify)).
    ///
    /// # Errors
    /// If it is missing, of another format version, or damaged.
    pub fn open(path: &Path) -> Result<Self, PackError> {
        let manifest = Manifest::read(path)?;
        for (name, entry) in &manifest.files {
            let path = path.join(name);
            let found = std::fs::metadata(&path).map_err(PackError::io(&path))?.len();
            if found != entry.bytes {
                return Err(PackError::Size { path, expected: entry.bytes, found });
            }
        }
        let file = path.join(TERMS);
        let terms = fst::Map::new(map_file(&file)?).map_err(|cause| PackError::damaged(&file, cause))?;
        let mut systems = Vec::with_capacity(manifest.systems.len());
        let mut count = 0;
        for system in &manifest.systems {
            systems.push((system.system.clone(), count));
            count += system.concepts;
        }
        let file = path.join(CONCEPTS);
        let concepts = Column::<ConceptRow>::open(&file)?;
        if concepts.rows().len() != count as usize {
            return Err(PackError::damaged(&file, "its concepts are not those of the manifest"));
        }
        let keys = concepts.rows().len();
        Ok(Self {
            postings: lists(path, POSTINGS, terms.len())?,
            general: Column::open(&path.join(GENERAL))?,
            surfaces: lists(path, SURFACES, keys)?,
            parents: lists(path, PARENTS, keys)?,
            children: lists(path, CHILDREN, keys)?,
            maps: lists(path, MAPS, keys)?,
            details: Column::open(&path.join(DETAILS))?,
            notes: lists(path, NOTES, keys)?,
            facts: lists(path, FACTS, keys)?,
            strings: map_file(&path.join(STRINGS))?,
            path: path.to_owned(),
            manifest,
            systems,
            concepts,
            terms,
            text_index: OnceLock::new(),
        })
    }

    /// Checks the hash of every file. Reads all of the pack.
    ///
    /// # Errors
    /// For the first file whose content is not what the manifest says.
    pub fn verify(&self) -> Result<(), PackError> {
        for (name, entry) in &self.manifest.files {
            let path = self.path.join(name);
            let found = sha256_file(&path).map_err(PackError::io(&path))?;
            if found != entry.sha256 {
                return Err(PackError::Hash { path, expected: entry.sha256.clone(), found });
            }
        }
        Ok(())
    }

    /// What the pack says of itself: sources, licences, counts.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The number of concepts. Their ids are the numbers below it.
    pub fn len(&self) -> usize {
        self.concepts.rows().len()
    }

    /// Whether there is no concept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A concept. Ids of this pack only.
    ///
    /// # Panics
    /// If the id is not one of this pack.
    pub fn concept(&self, id: ConceptId) -> Concept<'_> {
        let row = &self.concepts.rows()[id.0 as usize];
        Concept {
            id,
            system: self.system_of(id),
            code: self.text(row.code),
            title: self.text(row.title),
            label: self.label_of(id),
            billable: row.billable != 0,
        }
    }

    /// The code of a concept. Cheaper than the whole [`concept`](Self::concept), whose strings are checked each time.
    ///
    /// # Panics
    /// If the id is not one of this pack.
    pub fn code(&self, id: ConceptId) -> &str {
        self.text(self.concepts.rows()[id.0 as usize].code)
    }

    /// The title of a concept. Cheaper than the whole [`concept`](Self::concept).
    ///
    /// # Panics
    /// If the id is not one of this pack.
    pub fn title(&self, id: ConceptId) -> &str {
        self.text(self.concepts.rows()[id.0 as usize].title)
    }

    /// Whether a concept may be reported. Cheaper than the whole [`concept`](Self::concept).
    ///
    /// # Panics
    /// If the id is not one of this pack.
    pub fn is_billable(&self, id: ConceptId) -> bool {
        self.concepts.rows()[id.0 as usize].billable != 0
    }

    /// What sort of thing a concept is. Cheaper than the whole [`concept`](Self::concept).
    ///
    /// # Panics
    /// If the id is not one of this pack.
    pub fn label_of(&self, id: ConceptId) -> Label {
        let label = self.concepts.rows()[id.0 as usize].label;
        Label::ALL[usize::from(label).min(Label::ALL.len() - 1)]
    }

    /// The concept of a system with a code.
    pub fn find(&self, system: &System, code: &str) -> Option<ConceptId> {
        let at = self.lower_bound(system, code)?;
        let id = ConceptId(at);
        let row = self.concepts.rows().get(at as usize)?;
        (self.bytes(row.code) == code.as_bytes() && self.system_of(id) == system).then_some(id)
    }

    /// The concepts of a system, in the order of their codes.
    pub fn concepts(&self, system: &System) -> impl Iterator<Item = ConceptId> + '_ {
        self.numbers(system).unwrap_or(0..0).map(ConceptId)
    }

    /// The terms: normal form to the number that [`postings`](Self::postings) takes.
    pub fn terms(&self) -> &fst::Map<Mmap> {
        &self.terms
    }

    /// The concepts that a term names, surest kind first, by the value that [`terms`](Self::terms) holds for it.
    pub fn postings(&self, value: u64) -> impl Iterator<Item = Posting> + '_ {
        let rows = usize::try_from(value).map_or(&[][..], |value| self.postings.get(value));
        rows.iter().map(|&row| Posting {
            concept: ConceptId(row & ((1 << KIND_SHIFT) - 1)),
            kind: TermKind::from_number(row >> KIND_SHIFT),
        })
    }

    /// Whether a term is too general to name a problem alone, by the value that [`terms`](Self::terms) holds for it: a
    /// word such as `hereditary` or `skin` that many diseases' terms hold and hardly any is about.
    pub fn is_general(&self, value: u64) -> bool {
        u32::try_from(value).is_ok_and(|value| self.general.rows().binary_search(&value).is_ok())
    }

    /// The terms of a concept as their source writes them, surest kind first.
    pub fn terms_of(&self, id: ConceptId) -> impl Iterator<Item = (&str, TermKind)> + '_ {
        self.surfaces(id).map(|surface| (surface.text, surface.kind))
    }

    /// The terms of a concept with where they come from, surest kind first.
    pub fn surfaces(&self, id: ConceptId) -> impl Iterator<Item = Surface<'_>> + '_ {
        let rows = self.surfaces.get(id.0 as usize).iter();
        rows.map(|row| Surface {
            text: self.text(row.text),
            kind: TermKind::from_number(row.kind.into()),
            source: self.manifest.sources.get(usize::from(row.source)).map_or("", |source| &source.name),
            made: row.made != 0,
        })
    }

    /// Whether the concept has `text` as a term, letter for letter but for case.
    pub fn is_surface(&self, id: ConceptId, text: &str) -> bool {
        self.terms_of(id).any(|(term, _)| same_but_for_case(term, text))
    }

    /// What sources say of the concept beside its terms, cross-references and notes, by kind.
    pub fn facts(&self, id: ConceptId) -> impl Iterator<Item = (Fact, &str)> + '_ {
        let rows = self.facts.get(id.0 as usize).iter();
        rows.filter_map(|row| Some((*Fact::ALL.get(row.kind as usize)?, self.text(row.text))))
    }

    fn bytes(&self, text: TextRef) -> &[u8] {
        let (start, len) = (text.start as usize, text.len as usize);
        self.strings.get(start..start.saturating_add(len)).unwrap_or_default()
    }

    fn text(&self, text: TextRef) -> &str {
        // Only a file that was changed after it was written can fail here; `verify` finds that.
        std::str::from_utf8(self.bytes(text)).unwrap_or("\u{FFFD}")
    }

    /// The system of a concept: the last one whose first concept is not behind it.
    pub fn system_of(&self, id: ConceptId) -> &System {
        let behind = self.systems.partition_point(|&(_, first)| first <= id.0);
        &self.systems[behind - 1].0
    }

    /// The numbers of a system's concepts.
    fn numbers(&self, system: &System) -> Option<std::ops::Range<u32>> {
        let at = self.systems.iter().position(|(known, _)| known == system)?;
        let end = self.systems.get(at + 1).map_or(self.len() as u32, |&(_, first)| first);
        Some(self.systems[at].1..end)
    }

    /// The first concept of a system whose code is not before `code`.
    fn lower_bound(&self, system: &System, code: &str) -> Option<u32> {
        let numbers = self.numbers(system)?;
        let rows = &self.concepts.rows()[numbers.start as usize..numbers.end as usize];
        Some(numbers.start + rows.partition_point(|row| self.bytes(row.code) < code.as_bytes()) as u32)
    }
}

/// Opens lists for `keys` keys.
fn lists<T: Pod>(folder: &Path, name: &str, keys: usize) -> Result<Lists<T>, PackError> {
    let path = folder.join(name);
    let lists = Lists::open(&path)?;
    if lists.len() == keys {
        return Ok(lists);
    }
    Err(PackError::damaged(&path, format!("lists for {} keys, there are {keys}", lists.len())))
}

/// Whether two texts are equal but for case.
fn same_but_for_case(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}
