//! Collects concepts, terms, cross-references and notes, and writes them as a pack.

use std::collections::HashMap;
use std::path::Path;

use clinlink_model::{Label, System};

use crate::entry::{Fact, NoteKind, Relation, TermKind};
use crate::manifest::{Manifest, Source};
use crate::pack_error::PackError;
use crate::vocab_error::VocabError;
use crate::write::write_pack;

/// Collects what goes into a pack. Calls after [`concept`](Self::concept) add to that concept:
///
/// ```
/// use clinlink_model::{Label, System};
/// use clinlink_vocab::{Pack, PackBuilder, Relation, TermKind};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("pack");
/// PackBuilder::new()
///     .concept(&System::ICD10CM, "A00", "Cholera", Label::Disease)
///     .concept(&System::ICD10CM, "A00.0", "Cholera due to Vibrio cholerae 01", Label::Disease)
///     .term("classical cholera", TermKind::Synonym)
///     .parent("A00")
///     .concept(&System::DOID, "DOID:1498", "cholera", Label::Disease)
///     .map(&System::ICD10CM, "A00", Relation::Exact)
///     .write(&path)?;
/// let pack = Pack::open(&path)?;
/// let value = pack.terms().get("classical cholera").unwrap();
/// let posting = pack.postings(value).next().unwrap();
/// assert_eq!(pack.concept(posting.concept).code, "A00.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct PackBuilder {
    pub(crate) systems: Vec<System>,
    pub(crate) concepts: Vec<Draft>,
    numbers: HashMap<(u8, String), u32>,
    current: Option<u32>,
    pub(crate) terms: Vec<DraftTerm>,
    pub(crate) maps: Vec<DraftMap>,
    pub(crate) notes: Vec<(u32, NoteKind, String)>,
    pub(crate) parents: Vec<(u32, String)>,
    pub(crate) facts: Vec<(u32, Fact, String)>,
    pub(crate) sources: Vec<Source>,
    lenient: bool,
    problems: Vec<VocabError>,
}

/// A concept before it has its final number.
#[derive(Debug)]
pub(crate) struct Draft {
    pub system: u8,
    pub code: String,
    pub title: String,
    pub label: Label,
    pub billable: bool,
}

/// A term of a concept.
#[derive(Debug)]
pub(crate) struct DraftTerm {
    pub concept: u32,
    pub kind: TermKind,
    pub text: String,
}

/// A cross-reference from a concept to a code that may or may not be in the pack.
#[derive(Debug)]
pub(crate) struct DraftMap {
    pub from: u32,
    pub system: u8,
    pub code: String,
    pub relation: Relation,
    /// The source's own words on when or how it holds; mostly empty.
    #[expect(dead_code, reason = "written with the next format of maps.bin")]
    pub detail: String,
}

impl PackBuilder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// What follows comes from `source`; its counts are filled in.
    pub fn source(&mut self, source: Source) -> &mut Self {
        self.sources.push(Source { concepts: 0, terms: 0, maps: 0, notes: 0, skipped: 0, ..source });
        self.current = None;
        self
    }

    /// Adds a concept with its title as a term. If it is there already, the title becomes a synonym.
    pub fn concept(&mut self, system: &System, code: &str, title: &str, label: Label) -> &mut Self {
        let kind = if self.select(system, code) { TermKind::Synonym } else { TermKind::Title };
        self.heading(system, code, title, label).term(title, kind)
    }

    /// Adds a concept whose title is no term: a chapter, or a code that text never names. If it is there already, it
    /// stays as it is.
    pub fn heading(&mut self, system: &System, code: &str, title: &str, label: Label) -> &mut Self {
        let number = self.system_number(system);
        if !self.select(system, code) {
            let concept = self.concepts.len() as u32;
            self.concepts.push(Draft {
                system: number,
                code: code.to_owned(),
                title: title.to_owned(),
                label,
                billable: true,
            });
            self.numbers.insert((number, code.to_owned()), concept);
            self.current = Some(concept);
            self.count(|source| source.concepts += 1);
        }
        self
    }

    /// Makes a concept that was added before the one that the next calls add to; false if there is none.
    pub fn select(&mut self, system: &System, code: &str) -> bool {
        let number = self.system_number(system);
        let found = self.numbers.get(&(number, code.to_owned())).copied();
        if found.is_some() {
            self.current = found;
        }
        found.is_some()
    }

    /// Whether a concept was added before.
    pub fn contains(&self, system: &System, code: &str) -> bool {
        self.systems
            .iter()
            .position(|known| known == system)
            .is_some_and(|number| self.numbers.contains_key(&(number as u8, code.to_owned())))
    }

    /// Adds a term. One whose normal form is empty, a single character or a number is left out when the pack is
    /// written.
    pub fn term(&mut self, text: &str, kind: TermKind) -> &mut Self {
        if let Some(concept) = self.current {
            self.terms.push(DraftTerm { concept, kind, text: text.to_owned() });
            self.count(|source| source.terms += 1);
        }
        self
    }

    /// Adds a cross-reference. It is left out when the pack is written if its target is not in the pack then.
    pub fn map(&mut self, system: &System, code: &str, relation: Relation) -> &mut Self {
        self.map_with(system, code, relation, "")
    }

    /// [`map`](Self::map) with the source's own words on when or how it holds: flags, a rule, an advice.
    pub fn map_with(&mut self, system: &System, code: &str, relation: Relation, detail: &str) -> &mut Self {
        let system = self.system_number(system);
        if let Some(from) = self.current {
            let (code, detail) = (code.to_owned(), detail.to_owned());
            self.maps.push(DraftMap { from, system, code, relation, detail });
            self.count(|source| source.maps += 1);
        }
        self
    }

    /// Adds a note as printed.
    pub fn note(&mut self, kind: NoteKind, text: &str) -> &mut Self {
        if let Some(concept) = self.current {
            self.notes.push((concept, kind, text.to_owned()));
            self.count(|source| source.notes += 1);
        }
        self
    }

    /// Adds what a source says of the concept beside its terms, cross-references and notes.
    pub fn fact(&mut self, fact: Fact, value: &str) -> &mut Self {
        if let Some(concept) = self.current {
            self.facts.push((concept, fact, value.to_owned()));
        }
        self
    }

    /// Whether records that cannot be read are skipped and counted. Without this call the first one ends the reading.
    pub fn lenient(&mut self, lenient: bool) -> &mut Self {
        self.lenient = lenient;
        self
    }

    /// Hears of a record that a reader cannot take in.
    ///
    /// # Errors
    /// `problem` itself, unless the builder is [lenient](Self::lenient).
    #[expect(dead_code, reason = "readers take it up one by one")]
    pub(crate) fn skip(&mut self, problem: VocabError) -> Result<(), VocabError> {
        if !self.lenient {
            return Err(problem);
        }
        self.count(|source| source.skipped += 1);
        self.problems.push(problem);
        Ok(())
    }

    /// What was skipped.
    pub fn problems(&self) -> &[VocabError] {
        &self.problems
    }

    /// Adds a parent of the same system, by its code. The first one counts as the parent; all of them have the
    /// concept as a child. Left out if it is not in the pack in the end.
    pub fn parent(&mut self, code: &str) -> &mut Self {
        if let Some(concept) = self.current {
            self.parents.push((concept, code.to_owned()));
        }
        self
    }

    /// Says whether the concept may be reported. Without this call it may.
    pub fn billable(&mut self, billable: bool) -> &mut Self {
        if let Some(concept) = self.current {
            self.concepts[concept as usize].billable = billable;
        }
        self
    }

    /// Writes the pack into the folder `path`, in place of what is there. The same calls give the same bytes.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(&self, path: &Path) -> Result<Manifest, PackError> {
        write_pack(self, path)
    }

    /// The number of a code, if it was added.
    pub(crate) fn number(&self, system: u8, code: &str) -> Option<u32> {
        self.numbers.get(&(system, code.to_owned())).copied()
    }

    fn system_number(&mut self, system: &System) -> u8 {
        if let Some(number) = self.systems.iter().position(|known| known == system) {
            return number as u8;
        }
        assert!(self.systems.len() < usize::from(u8::MAX), "a pack holds at most 255 code systems");
        self.systems.push(system.clone());
        (self.systems.len() - 1) as u8
    }

    fn count(&mut self, add: impl FnOnce(&mut Source)) {
        if let Some(source) = self.sources.last_mut() {
            add(source);
        }
    }
}
