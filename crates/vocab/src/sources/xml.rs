//! XML with the line of what is wrong in it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::at;
use crate::vocab_error::VocabError;

/// What an element, its end or the text between may be.
pub(super) enum Piece<'t> {
    /// The start of an element; an empty element is a start and an end.
    Start(BytesStart<'t>),
    /// Text. An entity comes as a piece of its own.
    Text(String),
    /// The end of an element.
    End(String),
    /// The end of the file, at which every element must be closed.
    Eof,
}

/// A reader of one file's text.
pub(super) struct Xml<'t> {
    path: &'t Path,
    text: &'t str,
    reader: Reader<&'t [u8]>,
    /// How many elements are open.
    depth: usize,
    /// The bytes whose lines are counted, and the line that they end in.
    counted: (usize, usize),
    /// What the document type declares.
    entities: BTreeMap<String, String>,
}

impl<'t> Xml<'t> {
    /// A reader of `text`, which `path` holds.
    pub fn new(path: &'t Path, text: &'t str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { path, text, reader, depth: 0, counted: (0, 1), entities: BTreeMap::new() }
    }

    /// The next piece that is neither comment, declaration nor instruction.
    pub fn next(&mut self) -> Result<Piece<'t>, VocabError> {
        loop {
            match self.reader.read_event() {
                Ok(Event::Start(tag)) => {
                    self.depth += 1;
                    return Ok(Piece::Start(tag));
                }
                Ok(Event::End(tag)) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Piece::End(tag.name().as_ref().to_owned()));
                }
                Ok(Event::Text(text)) => return Ok(Piece::Text(text.to_string())),
                Ok(Event::CData(text)) => return Ok(Piece::Text(text.to_string())),
                Ok(Event::GeneralRef(entity)) => {
                    let name = &*entity;
                    let declared = self.entities.get(name).cloned();
                    let text = declared.or_else(|| resolve(name).map(String::from));
                    let text = text.ok_or_else(|| self.error(format!("unknown entity &{name};")))?;
                    return Ok(Piece::Text(text));
                }
                Ok(Event::DocType(declarations)) => self.entities = declared(&declarations),
                Ok(Event::Eof) if self.depth > 0 => {
                    return Err(self.error(format!("the file ends with {} elements open", self.depth)));
                }
                Ok(Event::Eof) => return Ok(Piece::Eof),
                Ok(_) => {}
                Err(cause) => return Err(self.error(cause)),
            }
        }
    }

    /// The line of the end of the last piece.
    pub fn line(&mut self) -> usize {
        let read = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX).min(self.text.len());
        let (counted, line) = self.counted;
        let between = self.text.as_bytes().get(counted..read).unwrap_or_default();
        let line = line + between.split(|&byte| byte == b'\n').count() - 1;
        self.counted = (read.max(counted), line);
        line
    }

    /// An error at the line of the last piece.
    pub fn error(&mut self, cause: impl Display) -> VocabError {
        let line = self.line();
        at(self.path, line, cause)
    }

    /// The value of an attribute with its entities written out.
    pub fn value(&mut self, attribute: &Attribute<'_>) -> Result<String, VocabError> {
        let resolve = |name: &str| {
            self.entities.get(name).map(String::as_str).or_else(|| resolve_predefined_entity(name))
        };
        let value = attribute.normalized_value_with(XmlVersion::Implicit1_0, 1, resolve);
        value.map(Cow::into_owned).map_err(|cause| self.error(cause))
    }

    /// The value of an attribute of `tag`.
    pub fn attribute(&mut self, tag: &BytesStart<'_>, name: &str) -> Result<String, VocabError> {
        let found = tag.try_get_attribute(name).map_err(|cause| self.error(cause))?;
        let value = found.ok_or_else(|| self.error(format!("an element without attribute {name}")))?;
        Ok(value.value.into_owned())
    }

    /// The value of an attribute that is a number.
    pub fn number(&mut self, tag: &BytesStart<'_>, name: &str) -> Result<usize, VocabError> {
        let value = self.attribute(tag, name)?;
        value.parse().map_err(|_| self.error(format!("{name}={value:?}, expected a number")))
    }
}

/// Longer texts of entities are left out: a short file could be made of them that has no end.
const LONGEST_ENTITY: usize = 200;

/// The entities that a document type declares as plain text: ontologies write the starts of their addresses so.
fn declared(document_type: &str) -> BTreeMap<String, String> {
    let entity = |declaration: &str| {
        let (name, rest) = declaration.trim_start().split_once(char::is_whitespace)?;
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|&c| matches!(c, '"' | '\''))?;
        let (value, _) = rest[1..].split_once(quote)?;
        let plain = value.len() <= LONGEST_ENTITY && !value.contains('&');
        plain.then(|| (name.to_owned(), value.to_owned()))
    };
    document_type.split("<!ENTITY").skip(1).filter_map(entity).collect()
}

/// The character that an XML entity stands for.
fn resolve(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let value = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(value.ok()?)
        }
    }
}

/// Text on one line, with single blanks.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
