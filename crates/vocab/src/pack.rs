//! A compiled pack of vocabularies, opened by memory map.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bytemuck::Pod;
use clinlink_fetch::sha256_file;
use clinlink_model::{Label, System};
use memmap2::Mmap;

use crate::columns::{Column, ConceptRow, KindText, Lists, MapRow, NONE, TextRef, map_file};
use crate::entry::{Concept, ConceptId, Fact, NoteKind, Posting, Relation, TermKind};
use crate::manifest::Manifest;
use crate::normal::normal_words;
use crate::note_codes::{Named, named_codes};
use crate::pack_error::PackError;
use crate::text_index::TextIndex;
use crate::write::{
    CHILDREN, CONCEPTS, FACTS, KIND_SHIFT, MAPS, NOTES, POSTINGS, SEARCH, STRINGS, SURFACES, TERMS,
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
    surfaces: Lists<KindText>,
    children: Lists<u32>,
    maps: Lists<MapRow>,
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
        let known = |row: &ConceptRow| usize::from(row.system) < systems.len();
        if concepts.rows().len() != count as usize || !concepts.rows().iter().all(known) {
            return Err(PackError::damaged(&file, "its concepts are not those of the manifest"));
        }
        let keys = concepts.rows().len();
        Ok(Self {
            postings: lists(path, POSTINGS, terms.len())?,
            surfaces: lists(path, SURFACES, keys)?,
            children: lists(path, CHILDREN, keys)?,
            maps: lists(path, MAPS, keys)?,
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
            system: &self.systems[usize::from(row.system)].0,
            code: self.text(row.code),
            title: self.text(row.title),
            label: Label::ALL[usize::from(row.label).min(Label::ALL.len() - 1)],
            billable: row.billable != 0,
        }
    }

    /// The concept of a system with a code.
    pub fn find(&self, system: &System, code: &str) -> Option<ConceptId> {
        let at = self.lower_bound(system, code)?;
        let id = ConceptId(at);
        ((at as usize) < self.len() && self.concept(id).code == code && self.concept(id).system == system)
            .then_some(id)
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

    /// The terms of a concept as their source writes them, surest kind first.
    pub fn terms_of(&self, id: ConceptId) -> impl Iterator<Item = (&str, TermKind)> + '_ {
        let rows = self.surfaces.get(id.0 as usize).iter();
        rows.map(|row| (self.text(row.text), TermKind::from_number(row.kind)))
    }

    /// Whether the concept has `text` as a term, letter for letter but for case.
    pub fn is_surface(&self, id: ConceptId, text: &str) -> bool {
        self.terms_of(id).any(|(term, _)| same_but_for_case(term, text))
    }

    /// The parent in a mono-hierarchy, the first one in a poly-hierarchy.
    pub fn parent(&self, id: ConceptId) -> Option<ConceptId> {
        let parent = self.concepts.rows()[id.0 as usize].parent;
        (parent != NONE).then_some(ConceptId(parent))
    }

    /// The direct children, in the order of their codes.
    pub fn children(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> + '_ {
        self.children.get(id.0 as usize).iter().map(|&child| ConceptId(child))
    }

    /// Parent, its parent and so on to the root.
    pub fn ancestors(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> + '_ {
        // A pack whose hierarchy is a circle would never end.
        std::iter::successors(self.parent(id), |&id| self.parent(id)).take(MAX_DEPTH)
    }

    /// Cross-references from and to other systems' concepts, the surest relation first.
    pub fn maps(&self, id: ConceptId) -> impl Iterator<Item = (ConceptId, Relation)> + '_ {
        let rows = self.maps.get(id.0 as usize).iter();
        rows.map(|row| (ConceptId(row.concept), Relation::from_number(row.relation)))
    }

    /// The concept's concepts in another system: direct cross-references, else those over one system between. The
    /// surest relation first, then by id. Nothing for a concept of that system.
    pub fn map_to(&self, id: ConceptId, system: &System) -> Vec<(ConceptId, Relation)> {
        if self.concept(id).system == system {
            return Vec::new();
        }
        let in_system = |&(target, _): &(ConceptId, Relation)| self.concept(target).system == system;
        let mut found: Vec<_> = self.maps(id).filter(in_system).collect();
        if found.is_empty() {
            for (between, first) in self.maps(id) {
                let onward = self.maps(between).filter(in_system);
                found.extend(onward.map(|(target, second)| (target, first.then(second))));
            }
        }
        found.sort_unstable_by_key(|&(target, relation)| (target, relation));
        found.dedup_by_key(|&mut (target, _)| target);
        found.sort_unstable_by_key(|&(target, relation)| (relation, target));
        found
    }

    /// The notes of a kind that stand at the concept itself (not at its ancestors), as printed.
    pub fn notes(&self, id: ConceptId, kind: NoteKind) -> impl Iterator<Item = &str> + '_ {
        let rows = self.notes.get(id.0 as usize).iter();
        rows.filter(move |row| row.kind == kind as u32).map(|row| self.text(row.text))
    }

    /// What sources say of the concept beside its terms, cross-references and notes, by kind.
    pub fn facts(&self, id: ConceptId) -> impl Iterator<Item = (Fact, &str)> + '_ {
        let rows = self.facts.get(id.0 as usize).iter();
        rows.filter_map(|row| Some((*Fact::ALL.get(row.kind as usize)?, self.text(row.text))))
    }

    /// The codes that a note of that kind names, at the concept or above it, each as a prefix of codes (`E11`,
    /// `I10`, `O24.4`); ranges are written out. The nearest concept's first.
    pub fn note_codes(&self, id: ConceptId, kind: NoteKind) -> Vec<String> {
        let mut codes = Vec::new();
        for at in std::iter::once(id).chain(self.ancestors(id)) {
            for named in self.notes(at, kind).flat_map(named_codes) {
                match named {
                    Named::Prefix(code) => codes.push(code.to_owned()),
                    Named::Range(first, last) => {
                        self.write_out(self.concept(id).system, first, last, &mut codes);
                    }
                }
            }
        }
        let mut seen = std::collections::HashSet::new();
        codes.retain(|code| seen.insert(code.clone()));
        codes
    }

    /// Full-text search over terms: at most `limit` concepts with BM25 scores, best first, ties by concept id;
    /// of one label only if given.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn search(
        &self,
        words: &str,
        label: Option<Label>,
        limit: usize,
    ) -> Result<Vec<(ConceptId, f32)>, PackError> {
        let mut words: Vec<String> = normal_words(words).into_iter().map(|word| word.form).collect();
        words.sort_unstable();
        words.dedup();
        if words.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let index = self.text_index()?;
        let failed = |cause| PackError::TextIndex { path: self.path.join(SEARCH), cause };
        let mut wanted = limit.saturating_mul(2);
        loop {
            let terms = index.search(&words, wanted).map_err(failed)?;
            let complete = terms.len() < wanted;
            let concepts = self.named_by(&terms, label);
            if complete || concepts.len() >= limit {
                return Ok(concepts.into_iter().take(limit).collect());
            }
            wanted = wanted.saturating_mul(4);
        }
    }

    /// The concepts that terms name, each with its best score, best first, ties by id.
    fn named_by(&self, terms: &[(u64, f32)], label: Option<Label>) -> Vec<(ConceptId, f32)> {
        let mut best: HashMap<ConceptId, f32> = HashMap::new();
        for &(term, score) in terms {
            for posting in self.postings(term) {
                if label.is_none_or(|label| self.concept(posting.concept).label == label) {
                    // Terms come best first.
                    best.entry(posting.concept).or_insert(score);
                }
            }
        }
        let mut found: Vec<_> = best.into_iter().collect();
        found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found
    }

    fn text_index(&self) -> Result<&TextIndex, PackError> {
        if let Some(open) = self.text_index.get() {
            return Ok(open);
        }
        let opened = TextIndex::open(&self.path.join(SEARCH))?;
        Ok(self.text_index.get_or_init(|| opened))
    }

    fn text(&self, text: TextRef) -> &str {
        let (start, len) = (text.start as usize, text.len as usize);
        let bytes = self.strings.get(start..start.saturating_add(len)).unwrap_or_default();
        // Only a file that was changed after it was written can fail here; `verify` finds that.
        std::str::from_utf8(bytes).unwrap_or("\u{FFFD}")
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
        Some(numbers.start + rows.partition_point(|row| self.text(row.code) < code) as u32)
    }

    /// Adds the codes from `first` to `last` that have their length.
    fn write_out(&self, system: &System, first: &str, last: &str, codes: &mut Vec<String>) {
        let (Some(start), Some(numbers)) = (self.lower_bound(system, first), self.numbers(system)) else {
            return;
        };
        let rows = &self.concepts.rows()[start as usize..numbers.end as usize];
        let inside = rows.iter().map(|row| self.text(row.code)).take_while(|&code| code <= last);
        codes.extend(inside.filter(|code| code.len() == first.len()).map(str::to_owned));
    }
}

/// No hierarchy of a vocabulary is deeper.
const MAX_DEPTH: usize = 64;

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
