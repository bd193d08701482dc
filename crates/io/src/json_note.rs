//! One JSON object → a note with its given mentions.
//!
//! `{"id", "text", "episode"?, "patient"?, "type"?, "date"?, "mentions"?: [{"start", "end", "label"?}], "chart"?}` with
//! offsets in characters. A record with a [`chart`] needs no text. `entities` stands for `mentions`, and in a mention `type` for `label`, since public
//! corpora call them so. Other fields are passed over. Ids may be numbers.

use std::collections::BTreeMap;

use clinlink_model::{CharOffsets, Label, Mention, MentionSource, Note};
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::chart::{self, Chart};
use crate::offsets;
use crate::read::Input;
use crate::record_error::{MentionFault, RecordFault};
use crate::text_note::LIMIT;

/// Whether the mentions of a record are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mentions {
    Read,
    PassOver,
}

/// A fault, and the id of the note if that much could be read.
pub(crate) type Failed = (Option<String>, RecordFault);

/// Reads the note of one line. `folder` is the episode of a record that names none.
pub(crate) fn parse(line: &[u8], folder: Option<&str>, mentions: Mentions) -> Result<Input, Failed> {
    let mut fields = object(line).map_err(|fault| (None, fault))?;
    let id = match word(&mut fields, "id").map_err(|fault| (None, fault))? {
        None => return Err((None, RecordFault::MissingField("id"))),
        Some(id) if id.is_empty() => return Err((None, RecordFault::EmptyId)),
        Some(id) => id,
    };
    note(&id, fields, folder, mentions).map_err(|fault| (Some(id), fault))
}

fn object(line: &[u8]) -> Result<Map<String, Value>, RecordFault> {
    let line = std::str::from_utf8(line).map_err(|e| RecordFault::InvalidUtf8 { byte: e.valid_up_to() })?;
    match serde_json::from_str(line) {
        Ok(Value::Object(fields)) => Ok(with_written_numbers(fields, line)),
        Ok(_) => Err(RecordFault::NotAnObject),
        Err(e) => Err(RecordFault::BrokenJson { column: e.column(), problem: problem(e.classify()) }),
    }
}

/// The fields that are a string, or a number that is kept as it is written.
const WORDS: [&str; 5] = ["id", "episode", "patient", "type", "date"];

/// The fields of a line, with the numbers that stand for words as the line writes them: `Value` keeps no more digits than a
/// float has, and two long ids would become one.
fn with_written_numbers(mut fields: Map<String, Value>, line: &str) -> Map<String, Value> {
    if WORDS.iter().any(|&word| fields.get(word).is_some_and(Value::is_number)) {
        // Does not fail: the line is an object.
        let written: BTreeMap<String, &RawValue> = serde_json::from_str(line).unwrap_or_default();
        for word in WORDS {
            if let (Some(value), Some(written)) = (fields.get_mut(word), written.get(word))
                && value.is_number()
            {
                *value = Value::String(written.get().to_owned());
            }
        }
    }
    fields
}

/// The category only: serde's own message may quote a value.
pub(crate) fn problem(category: Category) -> &'static str {
    match category {
        Category::Eof => "the line ends too early",
        Category::Syntax => "syntax error",
        Category::Data => "a field is missing or has a value of the wrong type",
        Category::Io => "reading failed",
    }
}

fn note(
    id: &str,
    mut fields: Map<String, Value>,
    folder: Option<&str>,
    mentions: Mentions,
) -> Result<Input, RecordFault> {
    let chart = fields.remove("chart").filter(|chart| !chart.is_null()).map(chart::read).transpose()?;
    let text = match fields.remove("text") {
        None | Some(Value::Null) if chart.is_some() => String::new(),
        None | Some(Value::Null) => return Err(RecordFault::MissingField("text")),
        Some(Value::String(text)) => text,
        Some(_) => return Err(RecordFault::WrongType { field: "text", expected: "a string" }),
    };
    let mut note = Note::new(id, text).map_err(|_| RecordFault::TooLong { limit: LIMIT })?;
    note.episode = word(&mut fields, "episode")?.or_else(|| folder.map(str::to_owned));
    note.patient = word(&mut fields, "patient")?;
    note.kind = word(&mut fields, "type")?;
    note.date = word(&mut fields, "date")?;
    let Chart { setting, facts } = chart.unwrap_or_default();
    (note.setting, note.facts) = (setting, facts);
    let given = match mentions {
        Mentions::Read => given(&note, &mut fields)?,
        Mentions::PassOver => None,
    };
    Ok(Input { note, given })
}

/// One of the [`WORDS`].
fn word(fields: &mut Map<String, Value>, field: &'static str) -> Result<Option<String>, RecordFault> {
    match fields.remove(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(word)) => Ok(Some(word)),
        Some(_) => Err(RecordFault::WrongType { field, expected: "a string or a number" }),
    }
}

fn given(note: &Note, fields: &mut Map<String, Value>) -> Result<Option<Vec<Mention>>, RecordFault> {
    let field = if fields.get("mentions").is_some_and(|v| !v.is_null()) { "mentions" } else { "entities" };
    let records = match fields.remove(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(records)) => records,
        Some(_) => return Err(RecordFault::WrongType { field, expected: "an array of objects" }),
    };
    let offsets = CharOffsets::new(note.text());
    let mut mentions = Vec::with_capacity(records.len());
    for (index, record) in records.iter().enumerate() {
        let mention =
            mention(note, &offsets, record).map_err(|fault| RecordFault::Mention { index, fault })?;
        mentions.push(mention);
    }
    mentions.sort_by_key(|mention| mention.span);
    Ok(Some(mentions))
}

fn mention(note: &Note, offsets: &CharOffsets<'_>, record: &Value) -> Result<Mention, MentionFault> {
    let offset = |field| record.get(field).and_then(Value::as_u64).ok_or(MentionFault::WrongShape);
    let (start, end) = (offset("start")?, offset("end")?);
    Ok(Mention {
        span: offsets::span(note, offsets, start, end)?,
        label: label(record)?,
        score: 1.0,
        by: MentionSource::Given,
    })
}

/// The label: `label` if clinlink knows it, else `type`; some corpora have both, with a concept's name in `label`.
/// A label that clinlink does not know (`Gene`) is `other`: the mention can be assessed and linked all the same.
fn label(record: &Value) -> Result<Label, MentionFault> {
    for field in ["label", "type"] {
        match record.get(field) {
            None | Some(Value::Null) => {}
            Some(Value::String(name)) => {
                if let Some(label) = Label::from_name(name) {
                    return Ok(label);
                }
            }
            Some(_) => return Err(MentionFault::WrongShape),
        }
    }
    Ok(Label::Other)
}
