//! The tabular list of ICD-10-CM as CDC's XML.
//!
//! Chapters and sections are headings, coded by their range (`A00-A09`). A category's and a code's title is a term,
//! its inclusion terms and *Includes* notes are synonyms, and so are variants of all of them (see `title_variants`).
//! Codes that need a 7th character are generated from the definition that stands at or above them, padded with `X`;
//! they are named by no term, since no text spells them out. A code is billable if nothing stands below it.

use std::path::Path;

use clinlink_model::{Label, System};
use quick_xml::events::BytesStart;

use super::text::read_utf8;
use super::title_variants::title_variants;
use super::xml::{Piece, Xml, one_line};
use crate::builder::PackBuilder;
use crate::entry::{NoteKind, TermKind};
use crate::vocab_error::VocabError;

/// A chapter, a section, a category or a code.
#[derive(Default)]
struct Entry {
    rank: Rank,
    code: String,
    title: String,
    inclusion_terms: Vec<String>,
    notes: Vec<(NoteKind, String)>,
    seventh: Vec<(String, String)>,
    children: Vec<Entry>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Rank {
    Chapter,
    Section,
    #[default]
    Diagnosis,
}

/// What kind of text the element that is being read holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    None,
    Name,
    Title,
    Extension,
    /// The notes below one of the lists.
    Inclusion,
    Note(NoteKind),
}

pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_utf8(path)?;
    for chapter in Parser::new(path, &text).parse()? {
        add(&chapter, None, &[], builder);
    }
    Ok(())
}

struct Parser<'t> {
    xml: Xml<'t>,
    open: Vec<Entry>,
    chapters: Vec<Entry>,
    place: Place,
    list: Place,
}

impl<'t> Parser<'t> {
    fn new(path: &'t Path, text: &'t str) -> Self {
        let xml = Xml::new(path, text);
        Self { xml, open: Vec::new(), chapters: Vec::new(), place: Place::None, list: Place::None }
    }

    fn parse(mut self) -> Result<Vec<Entry>, VocabError> {
        loop {
            match self.xml.next()? {
                Piece::Start(tag) => self.start(&tag)?,
                Piece::Text(text) => self.text(&text),
                Piece::End(name) => self.end(&name)?,
                Piece::Eof if self.chapters.is_empty() => {
                    return Err(self.xml.error("no chapter; expected CDC's XML of the tabular list"));
                }
                Piece::Eof => return Ok(self.chapters),
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), VocabError> {
        let open = |rank| Entry { rank, ..Entry::default() };
        match tag.name().as_ref() {
            "chapter" => self.open.push(open(Rank::Chapter)),
            "section" => {
                let code = self.xml.attribute(tag, "id")?;
                self.open.push(Entry { code: as_range(&code), ..open(Rank::Section) });
            }
            "diag" => self.open.push(open(Rank::Diagnosis)),
            "name" => self.place = Place::Name,
            "desc" => self.place = Place::Title,
            "extension" => {
                let char = self.xml.attribute(tag, "char")?;
                if let Some(entry) = self.open.last_mut() {
                    entry.seventh.push((char, String::new()));
                }
                self.place = Place::Extension;
            }
            "note" => {
                self.place = self.list;
                let Some(entry) = self.open.last_mut() else { return Ok(()) };
                match self.list {
                    Place::Inclusion => entry.inclusion_terms.push(String::new()),
                    Place::Note(kind) => entry.notes.push((kind, String::new())),
                    _ => {}
                }
            }
            name => self.list = list_place(name).unwrap_or(self.list),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let Some(entry) = self.open.last_mut() else { return };
        let target = match self.place {
            Place::None => None,
            Place::Name => Some(&mut entry.code),
            Place::Title => Some(&mut entry.title),
            Place::Extension => entry.seventh.last_mut().map(|(_, text)| text),
            Place::Inclusion => entry.inclusion_terms.last_mut(),
            Place::Note(_) => entry.notes.last_mut().map(|(_, text)| text),
        };
        if let Some(target) = target {
            target.push_str(text);
        }
    }

    fn end(&mut self, name: &str) -> Result<(), VocabError> {
        match name {
            "chapter" | "section" | "diag" => {
                let Some(mut entry) = self.open.pop() else { return Ok(()) };
                entry.tidy();
                if entry.code.is_empty() || entry.title.is_empty() {
                    return Err(self.xml.error("an entry without code or title"));
                }
                match self.open.last_mut() {
                    Some(parent) => parent.children.push(entry),
                    None => self.chapters.push(entry),
                }
            }
            "name" | "desc" | "extension" | "note" => self.place = Place::None,
            name if list_place(name).is_some() => self.list = Place::None,
            _ => {}
        }
        Ok(())
    }
}

/// The list that an element opens.
fn list_place(element: &str) -> Option<Place> {
    Some(match element {
        "inclusionTerm" => Place::Inclusion,
        "includes" => Place::Note(NoteKind::Includes),
        "excludes1" => Place::Note(NoteKind::Excludes1),
        "excludes2" => Place::Note(NoteKind::Excludes2),
        "codeFirst" => Place::Note(NoteKind::CodeFirst),
        "useAdditionalCode" => Place::Note(NoteKind::UseAdditional),
        "codeAlso" => Place::Note(NoteKind::CodeAlso),
        "sevenChrNote" => Place::Note(NoteKind::SeventhCharacter),
        "notes" | "visualImpairment" | "sectionIndex" => Place::None,
        _ => return None,
    })
}

/// A section of one category (`B20`) is written as a range too, so that it is not taken for the category.
fn as_range(code: &str) -> String {
    if code.contains('-') { code.to_owned() } else { format!("{code}-{code}") }
}

impl Entry {
    /// Takes line breaks and double spaces out of all texts; gives a chapter its range as a code and takes the range
    /// off the titles of chapters and sections.
    fn tidy(&mut self) {
        let tidy = |text: &mut String| *text = one_line(text);
        let notes = self.notes.iter_mut().map(|(_, text)| text);
        let seventh = self.seventh.iter_mut().map(|(_, text)| text);
        [&mut self.code, &mut self.title]
            .into_iter()
            .chain(&mut self.inclusion_terms)
            .chain(notes)
            .chain(seventh)
            .for_each(tidy);
        if self.rank == Rank::Diagnosis {
            return;
        }
        if let Some((title, range)) = self.title.rsplit_once('(') {
            if self.rank == Rank::Chapter {
                self.code = as_range(range.trim_end_matches(')'));
            }
            self.title = title.trim_end().to_owned();
        }
    }
}

/// Adds an entry and all below it. `seventh` is the definition of the 7th character that is in force above.
fn add(entry: &Entry, parent: Option<&str>, seventh: &[(String, String)], builder: &mut PackBuilder) {
    let seventh = if entry.seventh.is_empty() { seventh } else { &entry.seventh };
    let takes_seventh = entry.children.is_empty()
        && !seventh.is_empty()
        && entry.rank == Rank::Diagnosis
        && entry.code.len() < FULL_LENGTH;
    if entry.rank == Rank::Diagnosis {
        builder.concept(&System::ICD10CM, &entry.code, &entry.title, Label::Disease);
        add_terms(entry, builder);
    } else {
        builder.heading(&System::ICD10CM, &entry.code, &entry.title, Label::Disease);
    }
    builder.billable(entry.rank == Rank::Diagnosis && entry.children.is_empty() && !takes_seventh);
    if let Some(parent) = parent {
        builder.parent(parent);
    }
    for (kind, note) in &entry.notes {
        builder.note(*kind, note);
    }
    if takes_seventh {
        for (char, meaning) in seventh.iter().filter(|(char, _)| may_take(&entry.code, char)) {
            let title = format!("{}, {meaning}", entry.title);
            builder.heading(&System::ICD10CM, &full_code(&entry.code, char), &title, Label::Disease);
            builder.parent(&entry.code);
        }
    }
    for child in &entry.children {
        add(child, Some(&entry.code), seventh, builder);
    }
}

/// Whether a code may take a 7th character that is defined for it. The note at S06 leaves out later encounters and
/// sequelae of injuries that ended in death; it is in words, so it is written out here.
fn may_take(code: &str, seventh: &str) -> bool {
    let died = code.starts_with("S06.") && code.len() == FULL_LENGTH - 1 && code.ends_with(['7', '8']);
    !(died && matches!(seventh, "D" | "S"))
}

/// *Includes* notes "further define, or give examples of, the content" of a code (guideline I.A.10), so they are
/// inclusion terms in all but name.
fn add_terms(entry: &Entry, builder: &mut PackBuilder) {
    let notes = entry.notes.iter().filter(|(kind, _)| *kind == NoteKind::Includes).map(|(_, note)| note);
    let terms: Vec<&String> = entry.inclusion_terms.iter().chain(notes).collect();
    for term in &terms {
        builder.term(term, TermKind::Synonym);
    }
    for term in std::iter::once(&entry.title).chain(terms) {
        for (variant, kind) in title_variants(term) {
            builder.variant(&variant, kind);
        }
    }
}

/// Length of a code of seven characters with its point.
const FULL_LENGTH: usize = 8;

/// A code with its 7th character: `S52.5` and `A` make `S52.5XXA`, `T81` and `A` make `T81.XXXA`.
fn full_code(code: &str, seventh: &str) -> String {
    let mut full = code.to_owned();
    if !full.contains('.') {
        full.push('.');
    }
    while full.len() < FULL_LENGTH - 1 {
        full.push('X');
    }
    full.push_str(seventh);
    full
}
