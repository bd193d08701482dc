//! Entities of ICD-11 as WHO's API gives them: JSON objects, in an array, one after the other, or one a line.
//!
//! Used are `@id` or `code`, `definition`, `codingNote`, `inclusion`, `exclusion`, `indexTerm`, `synonym` and
//! `postcoordinationScale`. The last says with which extension codes a code may be combined: each axis has a name,
//! whether it is required, whether it takes several values, and its values as URIs. It becomes the fact `Axis`:
//! `laterality: XK8G | XK9J`, `specificAnatomy (required, several): XA0000`. An extension code below a value is
//! allowed too.

use std::path::Path;

use clinlink_model::System;
use serde::Deserialize;
use serde_json::Value;

use super::at;
use super::icd11::{ByUri, uri_end};
use super::text::read_utf8;
use crate::builder::PackBuilder;
use crate::entry::{Fact, NoteKind, TermKind};
use crate::vocab_error::VocabError;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entity {
    #[serde(rename = "@id", default)]
    id: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    definition: Option<Text>,
    #[serde(default)]
    coding_note: Option<Text>,
    #[serde(default)]
    inclusion: Vec<Labelled>,
    #[serde(default)]
    exclusion: Vec<Labelled>,
    #[serde(default)]
    index_term: Vec<Labelled>,
    #[serde(default)]
    synonym: Vec<Labelled>,
    #[serde(default)]
    postcoordination_scale: Vec<Scale>,
}

#[derive(Deserialize)]
struct Text {
    #[serde(rename = "@value")]
    value: String,
}

#[derive(Deserialize)]
struct Labelled {
    label: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scale {
    axis_name: String,
    #[serde(default)]
    required_postcoordination: Value,
    #[serde(default)]
    allow_multiple_values: String,
    #[serde(default, rename = "scaleEntity")]
    values: Vec<String>,
}

pub(super) fn read(path: &Path, by_uri: &ByUri, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_utf8(path)?;
    let mut stream = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    loop {
        let start = stream.byte_offset();
        let Some(value) = stream.next() else { return Ok(()) };
        let line = text[..start].bytes().filter(|&byte| byte == b'\n').count() + 1;
        // What follows a broken object cannot be told from it, so this ends the reading.
        let value = value.map_err(|error| at(path, error.line(), error))?;
        let entities = if let Value::Array(entities) = value { entities } else { vec![value] };
        for entity in entities {
            let entity = serde_json::from_value::<Entity>(entity).map_err(|error| error.to_string());
            if let Err(cause) = entity.and_then(|entity| add(&entity, by_uri, builder)) {
                builder.skip(at(path, line, cause))?;
            }
        }
    }
}

fn add(entity: &Entity, by_uri: &ByUri, builder: &mut PackBuilder) -> Result<(), String> {
    let by_id = by_uri.get(&uri_end(&entity.id)).map(String::as_str);
    let code = by_id.or((!entity.code.is_empty()).then_some(&entity.code));
    let code = code.ok_or_else(|| format!("an entity {:?} that the tabulation does not have", entity.id))?;
    if !builder.select(&System::ICD11, code) {
        return Err(format!("{code} is not in the tabulation"));
    }
    for (text, fact) in [(&entity.definition, Fact::Definition), (&entity.coding_note, Fact::CodingNote)] {
        if let Some(text) = text {
            builder.fact(fact, text.value.trim());
        }
    }
    for (labels, kind) in [
        (&entity.inclusion, TermKind::Synonym),
        (&entity.synonym, TermKind::Synonym),
        (&entity.index_term, TermKind::Index),
    ] {
        for labelled in labels {
            builder.term(&labelled.label.value, kind);
        }
    }
    for (labels, kind) in [(&entity.inclusion, NoteKind::Includes), (&entity.exclusion, NoteKind::Excludes1)]
    {
        for labelled in labels {
            builder.note(kind, &labelled.label.value);
        }
    }
    for scale in &entity.postcoordination_scale {
        builder.fact(Fact::Axis, &axis(scale, by_uri));
    }
    Ok(())
}

/// An axis in words. Values that the tabulation does not have are left out.
fn axis(scale: &Scale, by_uri: &ByUri) -> String {
    let name = scale.axis_name.rsplit('/').next().unwrap_or_default();
    let required = scale.required_postcoordination == Value::Bool(true)
        || scale.required_postcoordination.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let several = scale.allow_multiple_values.starts_with("Allow");
    let how = match (required, several) {
        (true, true) => " (required, several)",
        (true, false) => " (required)",
        (false, true) => " (several)",
        (false, false) => "",
    };
    let values: Vec<&str> =
        scale.values.iter().filter_map(|uri| by_uri.get(&uri_end(uri))).map(String::as_str).collect();
    format!("{name}{how}: {}", values.join(" | "))
}
