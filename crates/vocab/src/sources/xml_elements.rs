//! XML files that are long lists of one kind of element: each is read as a small tree. Names are without prefix: which
//! prefix stands for a namespace (`owl:Class`, `Class`) is each file's own choice.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use quick_xml::events::BytesStart;

use super::at;
use super::text::{read_latin1, read_utf8};
use super::xml::{Piece, Xml};
use crate::builder::PackBuilder;
use crate::vocab_error::VocabError;

/// An element with all that is in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
    nodes: Vec<Node>,
    /// The line on which it starts.
    line: usize,
}

#[derive(Debug)]
enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The elements of that name directly below.
    pub fn children<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.nodes.iter().filter_map(move |node| match node {
            Node::Element(element) if element.name == name => Some(element),
            _ => None,
        })
    }

    /// The elements at the end of a path of names.
    pub fn below<'e>(&'e self, path: &[&'e str]) -> Vec<&'e Element> {
        let Some((first, rest)) = path.split_first() else { return vec![self] };
        self.children(first).flat_map(|child| child.below(rest)).collect()
    }

    /// The text of the first element at the end of a path; empty if there is none.
    pub fn text_of(&self, path: &[&str]) -> String {
        self.below(path).first().map(|element| element.text()).unwrap_or_default()
    }

    /// All text in it, white space made single.
    pub fn text(&self) -> String {
        self.text_without(&[])
    }

    /// The text outside of elements of the given names.
    pub fn text_without(&self, left_out: &[&str]) -> String {
        let mut text = String::new();
        self.collect(left_out, &mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn collect(&self, left_out: &[&str], text: &mut String) {
        for node in &self.nodes {
            match node {
                Node::Text(words) => text.push_str(words),
                Node::Element(element) if left_out.contains(&element.name.as_str()) => {}
                Node::Element(element) => {
                    // Fragments and paragraphs are words of their own.
                    text.push(' ');
                    element.collect(left_out, text);
                    text.push(' ');
                }
            }
        }
    }
}

/// Elements deeper than this are no list of records, and a tree of them could exhaust the stack.
const DEEPEST: usize = 64;

/// Reads a file. `take` gets each outermost element with one of the `names`, in order, and says what is wrong with it,
/// if anything is. An XML that is not well formed ends the reading. The file's text is UTF-8, or Latin-1 if its
/// declaration says ISO-8859-1.
pub(super) fn read_elements(
    path: &Path,
    names: &[&str],
    builder: &mut PackBuilder,
    mut take: impl FnMut(&Element, &mut PackBuilder) -> Result<(), String>,
) -> Result<(), VocabError> {
    let text = text(path)?;
    let mut xml = Xml::new(path, &text);
    let mut open: Vec<Element> = Vec::new();
    let mut depth = 0_usize;
    loop {
        let line = xml.line();
        match xml.next()? {
            Piece::Start(tag) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(xml.error("elements are nested too deeply"));
                }
                if !open.is_empty() || names.contains(&tag.local_name().as_ref()) {
                    open.push(element(&tag, line, &mut xml)?);
                }
            }
            Piece::Text(words) => add_text(&mut open, &words),
            Piece::End(_) => {
                depth = depth.saturating_sub(1);
                if let Some(done) = open.pop() {
                    close(done, &mut open, path, builder, &mut take)?;
                }
            }
            Piece::Eof => return Ok(()),
        }
    }
}

/// Puts an element that is complete into the one around it, or hands it over.
fn close(
    done: Element,
    open: &mut [Element],
    path: &Path,
    builder: &mut PackBuilder,
    take: &mut impl FnMut(&Element, &mut PackBuilder) -> Result<(), String>,
) -> Result<(), VocabError> {
    match open.last_mut() {
        Some(parent) => parent.nodes.push(Node::Element(done)),
        None => {
            if let Err(cause) = take(&done, builder) {
                builder.skip(at(path, done.line, cause))?;
            }
        }
    }
    Ok(())
}

fn add_text(open: &mut [Element], words: &str) {
    if let Some(element) = open.last_mut() {
        match element.nodes.last_mut() {
            Some(Node::Text(text)) => text.push_str(words),
            _ => element.nodes.push(Node::Text(words.to_owned())),
        }
    }
}

fn element(tag: &BytesStart<'_>, line: usize, xml: &mut Xml<'_>) -> Result<Element, VocabError> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|cause| xml.error(cause))?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), xml.value(&attribute)?));
    }
    Ok(Element { name: tag.local_name().as_ref().to_owned(), attributes, nodes: Vec::new(), line })
}

/// The text of an XML file.
fn text(path: &Path) -> Result<String, VocabError> {
    let file = File::open(path).map_err(VocabError::io(path))?;
    let mut start = Vec::new();
    file.take(200).read_to_end(&mut start).map_err(VocabError::io(path))?;
    let start = String::from_utf8_lossy(&start).to_ascii_lowercase();
    let is_latin =
        ["encoding=\"iso-8859-1\"", "encoding='iso-8859-1'"].iter().any(|name| start.contains(name));
    if is_latin { read_latin1(path) } else { read_utf8(path) }
}
