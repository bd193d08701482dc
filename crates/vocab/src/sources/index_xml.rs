//! The indexes and tables that CDC (ICD-10-CM) and CMS (ICD-10-PCS) publish as XML of one schema.
//!
//! ```xml
//! <ICD10CM.index>
//!   <letter><title>B</title>
//!     <mainTerm><title>Bronchitis<nemod>(diffuse) (acute)</nemod></title><code>J40</code>
//!       <term level="1"><title>with</title>
//!         <term level="2"><title>influenza</title><see>Influenza, with, respiratory manifestations</see></term>
//! ```
//!
//! A `term` is narrower than the `mainTerm` or `term` around it; `level` is its depth. `nemod` holds nonessential
//! modifiers, `see` and `seeAlso` name other entries, `manif` is the code of a manifestation that is coded beside
//! `code`. Tables (neoplasms, drugs) have `cell`s by column instead, whose headings `indexHeading` has. In the index of
//! ICD-10-PCS a code is also in `codes` or `tab`, as the first characters of codes, and `use` names the value of an axis.
//! See the schema `cm_index` (2011-05-29) that CDC publishes with the files.

use std::path::Path;

use quick_xml::events::BytesStart;

use super::text::read_utf8;
use super::xml::{Piece, Xml, one_line};
use crate::vocab_error::VocabError;

/// A file.
#[derive(Default)]
pub(super) struct Index {
    /// `ICD10CM.index` or `ICD10PCS.index`.
    pub root: String,
    /// The headings of a table's columns, the first one's first; empty if the file is no table.
    pub heads: Vec<String>,
    /// Its entries in order.
    pub rows: Vec<Row>,
}

/// An entry with those above it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it stands.
    pub line: usize,
    /// The titles, the main term's first.
    pub path: Vec<String>,
    /// What stands in parentheses in its own title: words that change nothing about the code.
    pub modifiers: Vec<String>,
    /// The entry that has the code instead.
    pub see: String,
    /// An entry that may have a better code.
    pub see_also: String,
    /// As printed: it may end in a hyphen.
    pub code: String,
    /// The code of the manifestation, in brackets in print.
    pub manifestation: String,
    /// What it is called in the tables of ICD-10-PCS.
    pub uses: Vec<String>,
    /// Codes by the number of their column, which starts at 1.
    pub cells: Vec<(usize, String)>,
}

/// Reads a file; `None` if it is XML of another schema.
pub(super) fn read(path: &Path) -> Result<Option<Index>, VocabError> {
    let text = read_utf8(path)?;
    let mut parser = Parser::new(path, &text);
    loop {
        match parser.xml.next()? {
            Piece::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                if parser.index.root.is_empty() {
                    if !matches!(name.as_str(), "ICD10CM.index" | "ICD10PCS.index") {
                        return Ok(None);
                    }
                    parser.root(name, &tag)?;
                } else {
                    parser.start(&name, &tag)?;
                }
            }
            Piece::Text(text) => parser.text(&text),
            Piece::End(name) => parser.end(&name)?,
            Piece::Eof if parser.index.rows.is_empty() => {
                return Err(parser.xml.error("the index has no entry"));
            }
            Piece::Eof => return Ok(Some(parser.index)),
        }
    }
}

/// What the text that is being read belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Nothing,
    Head,
    Title,
    Modifiers,
    See,
    SeeAlso,
    Code,
    Manifestation,
    Use,
    Cell,
}

struct Parser<'t> {
    xml: Xml<'t>,
    index: Index,
    /// The numbers of the entries that are open, the main term's first.
    open: Vec<usize>,
    /// The places of the elements that are open, the innermost last.
    places: Vec<Place>,
    modifiers: String,
}

impl<'t> Parser<'t> {
    fn new(path: &'t Path, text: &'t str) -> Self {
        let (open, places) = (Vec::new(), Vec::new());
        Self { xml: Xml::new(path, text), index: Index::default(), open, places, modifiers: String::new() }
    }

    fn root(&mut self, name: String, tag: &BytesStart<'_>) -> Result<(), VocabError> {
        self.index.root = name;
        if let Ok(Some(addenda)) = tag.try_get_attribute("isAddenda")
            && &*addenda.value == "true"
        {
            return Err(self.xml.error("an addenda lists changes only; give the full index"));
        }
        self.places.push(Place::Nothing);
        Ok(())
    }

    fn start(&mut self, name: &str, tag: &BytesStart<'_>) -> Result<(), VocabError> {
        let place = match name {
            "mainTerm" => self.open_row(0)?,
            "term" => {
                let level = self.xml.number(tag, "level")?;
                self.open_row(level)?
            }
            "head" => {
                self.index.heads.push(String::new());
                Place::Head
            }
            // The title of the file or of a letter is none of an entry.
            "title" if self.open.is_empty() => Place::Nothing,
            "title" => Place::Title,
            "nemod" => Place::Modifiers,
            "see" => Place::See,
            "seeAlso" => Place::SeeAlso,
            "code" | "codes" | "tab" => Place::Code,
            "manif" => Place::Manifestation,
            "use" => Place::Use,
            "cell" => {
                let column = self.xml.number(tag, "col")?;
                if let Some(row) = self.row() {
                    row.cells.push((column, String::new()));
                }
                Place::Cell
            }
            _ => Place::Nothing,
        };
        if place == Place::Use
            && let Some(row) = self.row()
        {
            row.uses.push(String::new());
        }
        self.places.push(place);
        Ok(())
    }

    /// An entry at a depth, which must be one below the entry around it.
    fn open_row(&mut self, level: usize) -> Result<Place, VocabError> {
        if level != self.open.len() {
            let depth = self.open.len();
            return Err(self.xml.error(format!("an entry of level {level} at depth {depth}")));
        }
        let above = self.open.last().map(|&at| self.index.rows[at].path.clone());
        let line = self.xml.line();
        self.open.push(self.index.rows.len());
        let mut path = above.unwrap_or_default();
        path.push(String::new());
        self.index.rows.push(Row { line, path, ..Row::default() });
        Ok(Place::Nothing)
    }

    fn row(&mut self) -> Option<&mut Row> {
        self.open.last().map(|&at| &mut self.index.rows[at])
    }

    fn text(&mut self, text: &str) {
        let place = self.places.last().copied().unwrap_or(Place::Nothing);
        if place == Place::Head {
            if let Some(head) = self.index.heads.last_mut() {
                head.push_str(text);
            }
            return;
        }
        if place == Place::Modifiers {
            self.modifiers.push_str(text);
            return;
        }
        let Some(row) = self.row() else { return };
        let target = match place {
            Place::Nothing | Place::Head | Place::Modifiers => None,
            Place::Title => row.path.last_mut(),
            Place::See => Some(&mut row.see),
            Place::SeeAlso => Some(&mut row.see_also),
            Place::Code => Some(&mut row.code),
            Place::Manifestation => Some(&mut row.manifestation),
            Place::Use => row.uses.last_mut(),
            Place::Cell => row.cells.last_mut().map(|(_, code)| code),
        };
        if let Some(target) = target {
            target.push_str(text);
        }
    }

    fn end(&mut self, name: &str) -> Result<(), VocabError> {
        let place = self.places.pop();
        match (name, place) {
            ("mainTerm" | "term", _) => {
                if let Some(row) = self.open.pop().map(|at| &self.index.rows[at])
                    && row.path.last().is_some_and(String::is_empty)
                {
                    return Err(self.xml.error("an entry without title"));
                }
            }
            (_, Some(Place::Title)) => {
                let modifiers = std::mem::take(&mut self.modifiers);
                if let Some(row) = self.row() {
                    row.modifiers = in_parentheses(&modifiers);
                    if let Some(title) = row.path.last_mut() {
                        *title = one_line(title);
                    }
                }
            }
            // The modifiers stand between words.
            (_, Some(Place::Modifiers)) => {
                if let Some(title) = self.row().and_then(|row| row.path.last_mut()) {
                    title.push(' ');
                }
            }
            (_, Some(Place::Head)) => {
                if let Some(head) = self.index.heads.last_mut() {
                    *head = one_line(head);
                }
            }
            _ => self.tidy(place),
        }
        Ok(())
    }

    /// Takes line breaks and double blanks out of a text that is complete.
    fn tidy(&mut self, place: Option<Place>) {
        let Some(row) = self.row() else { return };
        let text = match place {
            Some(Place::See) => &mut row.see,
            Some(Place::SeeAlso) => &mut row.see_also,
            Some(Place::Code) => &mut row.code,
            Some(Place::Manifestation) => &mut row.manifestation,
            Some(Place::Use) => match row.uses.last_mut() {
                Some(text) => text,
                None => return,
            },
            Some(Place::Cell) => match row.cells.last_mut() {
                Some((_, text)) => text,
                None => return,
            },
            _ => return,
        };
        *text = one_line(text);
    }
}

/// `(acute) (chronic)` as two words.
pub(super) fn in_parentheses(text: &str) -> Vec<String> {
    text.split('(')
        .skip(1)
        .filter_map(|part| part.split_once(')'))
        .map(|(inside, _)| one_line(inside))
        .filter(|inside| !inside.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Vec<Row>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("<ICD10CM.index>\n{body}</ICD10CM.index>\n")).unwrap();
        match read(file.path()) {
            Ok(index) => Ok(index.unwrap().rows),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn an_entry_knows_those_above_it() {
        let rows = parse(
            "<letter><title>B</title><mainTerm><title>Bend<nemod>(old) (new)</nemod> NEC</title><code>Q02</code>\n\
             <term level=\"1\"><title>tail &amp; paw</title><see>Kink,\n tail</see></term></mainTerm></letter>\n",
        )
        .unwrap();
        assert_eq!(rows[0].path, ["Bend NEC"]);
        assert_eq!(
            (rows[0].modifiers.as_slice(), rows[0].code.as_str()),
            (&["old".into(), "new".into()][..], "Q02")
        );
        assert_eq!(rows[1].path, ["Bend NEC", "tail & paw"]);
        assert_eq!((rows[1].see.as_str(), rows[1].line), ("Kink, tail", 3));
    }

    #[test]
    fn cells_keep_their_columns() {
        let rows = parse(
            "<letter><mainTerm><title>Fur</title><cell col=\"2\">C1</cell><cell col=\"5\"/></mainTerm></letter>",
        );
        assert_eq!(rows.unwrap()[0].cells, [(2, "C1".to_owned()), (5, String::new())]);
    }

    #[rstest::rstest]
    #[case::level(
        "<mainTerm><title>A</title>\n<term level=\"2\"><title>b</title></term></mainTerm>",
        ":3: an entry of level 2 at depth 1"
    )]
    #[case::no_level(
        "<mainTerm><title>A</title><term><title>b</title></term></mainTerm>",
        "without attribute level"
    )]
    #[case::no_title("<mainTerm><code>A</code>\n</mainTerm>", ":3: an entry without title")]
    #[case::column(
        "<mainTerm><title>A</title><cell col=\"x\">b</cell></mainTerm>",
        "col=\"x\", expected a number"
    )]
    #[case::mismatch("<mainTerm><title>A</titel></mainTerm>", ":2: ")]
    #[case::nothing("<version>1</version>\n", "the index has no entry")]
    fn broken(#[case] body: &str, #[case] expected: &str) {
        let message = parse(body).unwrap_err();
        assert!(message.contains(expected), "{message}");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

        /// Elements in any order give entries or an error with a line, and nothing worse.
        #[test]
        fn any_elements(pieces in proptest::collection::vec(proptest::sample::select(vec![
            "<mainTerm>", "</mainTerm>", "<term level=\"1\">", "</term>", "<title>", "</title>", "<nemod>(é", "</nemod>",
            "<cell col=\"2\">", "</cell>", "<code/>", "<see>", "</see>", "A00.-", "&amp;", "&x;", "\n", "<head>", "</head>",
        ]), 0..24)) {
            if let Err(message) = parse(&pieces.concat()) {
                let line = message.split(':').nth(1).and_then(|line| line.parse::<usize>().ok());
                proptest::prop_assert!(line.is_some_and(|line| line > 0), "{message}");
            }
        }
    }
}
