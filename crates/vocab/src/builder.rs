//! Collects concepts, terms, cross-references and notes, and writes them as a pack.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use clinlink_model::{Label, System};

use crate::entry::{Fact, NoteKind, Relation, TermKind};
use crate::manifest::{Manifest, Source};
use crate::normal::normal_form;
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
/// assert_eq!(pack.code(posting.concept), "A00.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct PackBuilder {
    pub(crate) systems: Vec<System>,
    pub(crate) concepts: Vec<Draft>,
    /// For each system, the draft of each code.
    numbers: Vec<HashMap<String, u32>>,
    current: Option<u32>,
    pub(crate) terms: Vec<DraftTerm>,
    pub(crate) maps: Vec<DraftMap>,
    /// Where the cross-references stand whose targets must be in the pack, with their numbers.
    must_hold: Vec<(usize, PathBuf, usize)>,
    pub(crate) notes: Vec<(u32, NoteKind, String)>,
    pub(crate) parents: Vec<DraftParent>,
    pub(crate) facts: Vec<(u32, Fact, String)>,
    pub(crate) sources: Vec<Source>,
    /// Normal forms that are a mention on their own, whatever other terms hold them.
    pub(crate) said_alone: HashSet<String>,
    pub(crate) lenient: bool,
    /// The line that a reader of rows is at.
    pub(crate) line: usize,
    /// Codes that the current source gave another title before: the draft and that title.
    twice: Vec<(u32, String)>,
    /// What was skipped, by the number of the source.
    problems: Vec<(u8, VocabError)>,
}

/// More problems of a source than these are counted only.
const PROBLEMS_KEPT: usize = 20;

/// The number of the source where there is none.
pub(crate) const NO_SOURCE: u8 = u8::MAX;

/// A concept before it has its final number.
#[derive(Debug)]
pub(crate) struct Draft {
    pub system: u8,
    pub code: String,
    pub title: String,
    pub label: Label,
    pub billable: bool,
    pub source: u8,
}

/// A term of a concept.
#[derive(Debug)]
pub(crate) struct DraftTerm {
    pub concept: u32,
    pub kind: TermKind,
    pub source: u8,
    /// Whether a rule made it of the source's words.
    pub made: bool,
    pub text: String,
}

/// A parent of a concept, of the same system.
#[derive(Debug)]
pub(crate) struct DraftParent {
    pub child: u32,
    pub source: u8,
    /// Whether it may be left out for a circle.
    pub yields: bool,
    pub code: String,
}

/// A cross-reference from a concept to a code that may or may not be in the pack.
#[derive(Debug)]
pub(crate) struct DraftMap {
    pub from: u32,
    pub system: u8,
    pub code: String,
    pub relation: Relation,
    pub source: u8,
    /// The source's own words on when or how it holds; mostly empty.
    pub detail: String,
}

impl PackBuilder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// What follows comes from `source`; its counts are filled in.
    ///
    /// # Panics
    /// At the 256th source.
    pub fn source(&mut self, source: Source) -> &mut Self {
        assert!(self.sources.len() < usize::from(NO_SOURCE), "a pack holds at most 255 sources");
        let Source { name, package, version, licence, notice, sha256, .. } = source;
        self.sources.push(Source { name, package, version, licence, notice, sha256, ..Source::default() });
        self.current = None;
        self.twice.clear();
        self
    }

    /// Adds a concept with its title as a term. If it is there already, the title becomes a synonym.
    pub fn concept(&mut self, system: &System, code: &str, title: &str, label: Label) -> &mut Self {
        let kind = if self.select(system, code) { TermKind::Synonym } else { TermKind::Title };
        if let (TermKind::Synonym, Some(known)) = (kind, self.current) {
            let draft = &self.concepts[known as usize];
            if draft.source == self.source_number() && draft.title != title {
                self.twice.push((known, title.to_owned()));
            }
        }
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
                source: self.source_number(),
            });
            self.numbers[usize::from(number)].insert(code.to_owned(), concept);
            self.current = Some(concept);
            self.count(|source| source.concepts += 1);
        }
        self
    }

    /// Makes a concept that was added before the one that the next calls add to; false if there is none.
    pub fn select(&mut self, system: &System, code: &str) -> bool {
        let number = self.system_number(system);
        let found = self.number(number, code);
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
            .is_some_and(|number| self.numbers[number].contains_key(code))
    }

    /// The title of a concept that was added before.
    pub fn title(&self, system: &System, code: &str) -> Option<&str> {
        let number = self.systems.iter().position(|known| known == system)?;
        let concept = self.number(number as u8, code)?;
        Some(&self.concepts[concept as usize].title)
    }

    /// Adds a term. One whose normal form is empty, a single character or a number is left out when the pack is
    /// written.
    pub fn term(&mut self, text: &str, kind: TermKind) -> &mut Self {
        self.add_term(text, kind, false)
    }

    /// [`term`](Self::term) for words that a rule made of the source's own: they are found alike, and shown apart.
    pub fn variant(&mut self, text: &str, kind: TermKind) -> &mut Self {
        self.add_term(text, kind, true)
    }

    /// [`term`](Self::term) for words that somebody has seen stand alone for the concept: the pack does not hold them for
    /// too general.
    pub fn term_said_alone(&mut self, text: &str, kind: TermKind) -> &mut Self {
        self.said_alone.insert(normal_form(text));
        self.term(text, kind)
    }

    /// Takes the selected concept's terms with the normal form of `text` for no more than related, but for its title. Whether
    /// there is one.
    pub fn demote(&mut self, text: &str) -> bool {
        let (Some(concept), form) = (self.current, normal_form(text)) else { return false };
        let is_meant = |term: &&mut DraftTerm| term.concept == concept && normal_form(&term.text) == form;
        let mut found = false;
        for term in self.terms.iter_mut().filter(is_meant) {
            (term.kind, found) = (TermKind::Related, true);
        }
        found
    }

    fn add_term(&mut self, text: &str, kind: TermKind, made: bool) -> &mut Self {
        if let Some(concept) = self.current {
            let source = self.source_number();
            self.terms.push(DraftTerm { concept, kind, source, made, text: text.to_owned() });
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
            let (code, detail, source) = (code.to_owned(), detail.to_owned(), self.source_number());
            self.maps.push(DraftMap { from, system, code, relation, source, detail });
            self.count(|source| source.maps += 1);
        }
        self
    }

    /// [`map`](Self::map) from `line` of `file`, by somebody who means codes of this pack: if its system is in the pack
    /// in the end and the code is not, that is a problem.
    pub(crate) fn map_that_must_hold(
        &mut self,
        (system, code, relation): (&System, &str, Relation),
        (file, line): (&Path, usize),
    ) -> &mut Self {
        self.must_hold.push((self.maps.len(), file.to_owned(), line));
        self.map(system, code, relation)
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
            self.count(|source| source.facts += 1);
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
    pub(crate) fn skip(&mut self, problem: VocabError) -> Result<(), VocabError> {
        self.skip_of(self.source_number(), problem)
    }

    /// [`skip`](Self::skip) for a source by its number.
    fn skip_of(&mut self, number: u8, problem: VocabError) -> Result<(), VocabError> {
        if !self.lenient {
            return Err(problem);
        }
        if let Some(source) = self.sources.get_mut(usize::from(number)) {
            source.skipped += 1;
        }
        if self.problems.iter().filter(|(source, _)| *source == number).count() < PROBLEMS_KEPT {
            self.problems.push((number, problem));
        }
        Ok(())
    }

    /// Says that the current source has been read: hears of the codes that it gave two titles.
    ///
    /// # Errors
    /// The first of these, unless the builder is [lenient](Self::lenient): then the first title stands, the others
    /// are synonyms.
    pub(crate) fn end_source(&mut self) -> Result<(), VocabError> {
        for (concept, second) in std::mem::take(&mut self.twice) {
            let draft = &self.concepts[concept as usize];
            let problem = VocabError::Twice {
                source_name: self.sources.last().map(|source| source.name.clone()).unwrap_or_default(),
                code: format!("{} {}", self.systems[usize::from(draft.system)], draft.code),
                titles: Box::new([draft.title.clone(), second]),
            };
            self.skip(problem)?;
        }
        Ok(())
    }

    /// Says that all sources have been read: hears of the cross-references that must hold and do not.
    ///
    /// # Errors
    /// The first of these, unless the builder is [lenient](Self::lenient): then they are left out.
    pub(crate) fn end_sources(&mut self) -> Result<(), VocabError> {
        for (map, path, line) in std::mem::take(&mut self.must_hold) {
            let Some(map) = self.maps.get(map) else { continue };
            let system = &self.systems[usize::from(map.system)];
            let is_held = self.concepts.iter().any(|concept| concept.system == map.system);
            if is_held && self.number(map.system, &map.code).is_none() {
                let cause =
                    format!("{system} {} is not in the pack; expected a code of its release", map.code);
                let problem = VocabError::Source { path, line, cause };
                self.skip_of(map.source, problem)?;
            }
        }
        Ok(())
    }

    /// What was skipped, with the name of its source: the first 20 of each. Sources count all of them.
    pub(crate) fn take_problems(&mut self) -> Vec<(String, VocabError)> {
        let problems = std::mem::take(&mut self.problems);
        let name = |source: u8| self.sources.get(usize::from(source)).map_or("", |s| s.name.as_str());
        problems.into_iter().map(|(source, problem)| (name(source).to_owned(), problem)).collect()
    }

    /// Adds a parent of the same system, by its code. The first one counts as the parent; all of them have the
    /// concept as a child. Left out if it is not in the pack in the end. Parents that go round in a circle cannot be
    /// written.
    pub fn parent(&mut self, code: &str) -> &mut Self {
        self.add_parent(code, false)
    }

    /// [`parent`](Self::parent) for a source whose hierarchy is no strict one: left out where it would make a concept
    /// its own ancestor. The tree numbers of `MeSH` put some descriptors below each other.
    pub fn loose_parent(&mut self, code: &str) -> &mut Self {
        self.add_parent(code, true)
    }

    fn add_parent(&mut self, code: &str, yields: bool) -> &mut Self {
        if let Some(child) = self.current {
            let source = self.source_number();
            self.parents.push(DraftParent { child, source, yields, code: code.to_owned() });
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
    /// If a file cannot be written, or a concept is its own ancestor and the builder is not lenient.
    pub fn write(&self, path: &Path) -> Result<Manifest, PackError> {
        Ok(write_pack(self, path)?.manifest)
    }

    /// The number of a code, if it was added.
    pub(crate) fn number(&self, system: u8, code: &str) -> Option<u32> {
        self.numbers.get(usize::from(system))?.get(code).copied()
    }

    fn system_number(&mut self, system: &System) -> u8 {
        if let Some(number) = self.systems.iter().position(|known| known == system) {
            return number as u8;
        }
        assert!(self.systems.len() < usize::from(u8::MAX), "a pack holds at most 255 code systems");
        self.systems.push(system.clone());
        self.numbers.push(HashMap::new());
        (self.systems.len() - 1) as u8
    }

    /// The number of the current source.
    fn source_number(&self) -> u8 {
        self.sources.len().checked_sub(1).map_or(NO_SOURCE, |last| last as u8)
    }

    fn count(&mut self, add: impl FnOnce(&mut Source)) {
        if let Some(source) = self.sources.last_mut() {
            add(source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One source with a code twice under two titles, and again under the first.
    fn twice(lenient: bool) -> (PackBuilder, Result<(), VocabError>) {
        let mut builder = PackBuilder::new();
        builder.lenient(lenient).source(Source { name: "first".to_owned(), ..Source::default() });
        for title in ["One", "Another", "One"] {
            builder.concept(&System::HPO, "HP:1", title, Label::Disease);
        }
        let ended = builder.end_source();
        (builder, ended)
    }

    #[test]
    fn a_code_with_two_titles_is_a_problem() {
        let message = twice(false).1.unwrap_err().to_string();
        assert_eq!(message, "first: HPO HP:1 stands twice, as \"One\" and as \"Another\"");
    }

    #[test]
    fn a_lenient_builder_counts_it() {
        let (mut builder, ended) = twice(true);
        ended.unwrap();
        assert_eq!(builder.sources[0].skipped, 1);
        assert_eq!(builder.take_problems().len(), 1);
    }

    #[test]
    fn another_source_may_have_another_title() {
        let mut builder = PackBuilder::new();
        for (name, title) in [("first", "One"), ("second", "Another")] {
            builder.source(Source { name: name.to_owned(), ..Source::default() });
            builder.concept(&System::HPO, "HP:1", title, Label::Disease);
            builder.end_source().unwrap();
        }
        assert_eq!(builder.terms.len(), 2);
    }
}
