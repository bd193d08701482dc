//! The tables of ICD-10-PCS as CMS's XML: what the values of each axis are called.
//!
//! ```xml
//! <ICD10PCS.tabular>
//!   <pcsTable>
//!     <axis pos="1" values="1"><title>Section</title><label code="0">Medical and Surgical</label></axis>
//!     <axis pos="2" values="1"><title>Body System</title><label code="D">Gastrointestinal System</label></axis>
//!     <axis pos="3" values="1"><title>Operation</title><label code="T">Resection</label>
//!       <definition>Cutting out or off, without replacement, all of a body part</definition></axis>
//!     <pcsRow codes="4">
//!       <axis pos="4" values="1"><title>Body Part</title><label code="J">Appendix</label></axis>
//!       <axis pos="5" values="4"><title>Approach</title><label code="0">Open</label> …
//! ```
//!
//! The first three axes name a section, a body system and a table (`0`, `0D`, `0DT`), which become headings with the
//! operation's definition. A table gets a fact for each value of its other axes (`body part J: Appendix`, `approach 0:
//! Open`), each once though several rows may have it. Which values go together is said by the codes that there are.

use std::path::Path;

use clinlink_model::{Label, System};
use quick_xml::events::BytesStart;

use super::text::read_utf8;
use super::xml::{Piece, Xml, one_line};
use crate::builder::PackBuilder;
use crate::entry::Fact;
use crate::icd_codes::is_icd10pcs_value;
use crate::vocab_error::VocabError;

/// The axes of a table's own code.
const TABLE_AXES: usize = 3;
/// The axes of a code.
const AXES: usize = 7;

pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_utf8(path)?;
    let mut parser = Parser::new(path, &text);
    let mut tables = 0;
    loop {
        match parser.xml.next()? {
            Piece::Start(tag) => parser.start(&tag)?,
            Piece::Text(text) => parser.text.push_str(&text),
            Piece::End(name) if name == "pcsTable" => {
                parser.add(builder)?;
                tables += 1;
            }
            Piece::End(name) => parser.end(&name)?,
            Piece::Eof if tables == 0 => return Err(parser.xml.error("no pcsTable; expected CMS's tables")),
            Piece::Eof => return Ok(()),
        }
    }
}

struct Parser<'t> {
    xml: Xml<'t>,
    /// The text since the last start of an element.
    text: String,
    axis: usize,
    axis_name: String,
    value: String,
    /// The values of the first three axes with their names.
    above: Vec<(String, String)>,
    definition: String,
    /// What the values of the other axes are called.
    facts: Vec<String>,
}

impl<'t> Parser<'t> {
    fn new(path: &'t Path, text: &'t str) -> Self {
        Self {
            xml: Xml::new(path, text),
            text: String::new(),
            axis: 0,
            axis_name: String::new(),
            value: String::new(),
            above: Vec::new(),
            definition: String::new(),
            facts: Vec::new(),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), VocabError> {
        self.text.clear();
        match tag.name().as_ref() {
            "axis" => {
                self.axis = self.xml.number(tag, "pos")?;
                if !(1..=AXES).contains(&self.axis) {
                    let cause = format!("axis {}, expected 1 to {AXES}", self.axis);
                    return Err(self.xml.error(cause));
                }
            }
            "label" => {
                self.value = self.xml.attribute(tag, "code")?;
                if !(self.value.len() == 1 && self.value.bytes().all(is_icd10pcs_value)) {
                    let cause =
                        format!("value {:?}, expected a digit or a capital other than I and O", self.value);
                    return Err(self.xml.error(cause));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), VocabError> {
        let text = one_line(&self.text);
        match name {
            // The file's own title stands before any axis.
            "title" if self.axis > 0 => self.axis_name = text.to_lowercase(),
            "definition" if self.axis == TABLE_AXES => self.definition = text,
            "label" if text.is_empty() => return Err(self.xml.error("a value without name")),
            "label" if self.axis <= TABLE_AXES => self.above.push((std::mem::take(&mut self.value), text)),
            "label" => {
                let fact = format!("{} {}: {text}", self.axis_name, self.value);
                if !self.facts.contains(&fact) {
                    self.facts.push(fact);
                }
            }
            "axis" => self.axis = 0,
            _ => {}
        }
        Ok(())
    }

    /// Adds the table that ends here.
    fn add(&mut self, builder: &mut PackBuilder) -> Result<(), VocabError> {
        if self.above.len() != TABLE_AXES {
            let cause = format!("a table with {} of its axes 1 to 3, each with one value", self.above.len());
            return Err(self.xml.error(cause));
        }
        let mut code = String::new();
        for (value, name) in std::mem::take(&mut self.above) {
            let parent = code.clone();
            code.push_str(&value);
            builder.heading(&System::ICD10PCS, &code, &name, Label::Procedure).billable(false);
            if !parent.is_empty() {
                builder.parent(&parent);
            }
        }
        let definition = std::mem::take(&mut self.definition);
        if !definition.is_empty() {
            builder.fact(Fact::Definition, &definition);
        }
        for fact in std::mem::take(&mut self.facts) {
            builder.fact(Fact::Axis, &fact);
        }
        Ok(())
    }
}
