//! What the gold says, as it stands in its JSON lines.

use std::collections::HashMap;
use std::path::Path;

use clinlink_model::{Certainty, Experiencer, Polarity, Temporality};
use serde::Deserialize;

use crate::error::ScoreError;
use crate::evidence::Piece;
use crate::identifiers;
use crate::labels;
use crate::lines::{self, Line};

const NOTE: &str = r#"gold of a note, {"id": …, "mentions": [{"start": …, "end": …, "label": …, "ids": …, "assertion": …}]}"#;
const EPISODE: &str =
    r#"gold of an episode, {"id": …, "codes": [code, …], "evidence": [{"code": …, "start": …, "end": …}]}"#;

/// The gold of one note or episode: `T` for each thing in it.
pub(crate) struct Gold<T> {
    pub(crate) id: String,
    pub(crate) items: T,
}

/// A mention that the gold has.
#[derive(Debug, Clone)]
pub(crate) struct GoldMention {
    /// Start and end in characters.
    pub(crate) span: (usize, usize),
    pub(crate) label: String,
    pub(crate) ids: Vec<String>,
    pub(crate) assertion: Option<GoldAssertion>,
}

/// The gold of an episode's codes.
#[derive(Debug, Clone, Default)]
pub(crate) struct GoldCodes {
    pub(crate) codes: Vec<String>,
    /// The words behind the codes; `None` if the gold does not say.
    pub(crate) evidence: Option<Vec<Piece>>,
}

/// The axes that the gold speaks of. An axis that it leaves out is not scored.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct GoldAssertion {
    pub(crate) polarity: Option<Polarity>,
    pub(crate) certainty: Option<Certainty>,
    pub(crate) temporality: Option<Temporality>,
    pub(crate) experiencer: Option<Experiencer>,
}

#[derive(Deserialize)]
struct Record {
    id: Option<String>,
    episode: Option<String>,
    mentions: Option<Vec<RawMention>>,
    entities: Option<Vec<RawMention>>,
    codes: Option<Vec<String>>,
    evidence: Option<Vec<RawEvidence>>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct RawEvidence {
    code: String,
    start: usize,
    end: usize,
    /// The note, where the episode has several.
    note: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct RawMention {
    start: usize,
    end: usize,
    label: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    ids: Vec<String>,
    assertion: Option<GoldAssertion>,
}

/// The gold mentions of each note.
pub(crate) fn read_mentions(path: &Path) -> Result<Vec<Gold<Vec<GoldMention>>>, ScoreError> {
    read(path, NOTE, |record, line| {
        let id = record.id.or(record.episode).ok_or_else(|| line.error("no \"id\""))?;
        let mentions = record
            .mentions
            .or(record.entities)
            .ok_or_else(|| line.error("no \"mentions\" and no \"entities\""))?;
        let items = mentions.into_iter().map(|raw| mention(raw, line)).collect::<Result<_, _>>()?;
        Ok(Gold { id, items })
    })
}

/// The gold codes of each episode.
pub(crate) fn read_codes(path: &Path) -> Result<Vec<Gold<GoldCodes>>, ScoreError> {
    read(path, EPISODE, |record, line| {
        let id = record.episode.or(record.id).ok_or_else(|| line.error("no \"episode\" and no \"id\""))?;
        let codes = record.codes.ok_or_else(|| line.error("no \"codes\""))?;
        let text = record.text.as_deref();
        let evidence = record.evidence.map(|all| all.into_iter().map(|raw| piece(raw, &id, text)).collect());
        Ok(Gold { id, items: GoldCodes { codes, evidence } })
    })
}

/// Evidence without a note is of the only one, which bears the record's id and text.
fn piece(raw: RawEvidence, id: &str, text: Option<&str>) -> Piece {
    let RawEvidence { code, start, end, note, text: own } = raw;
    let in_record = |text: &str| text.chars().skip(start).take(end.saturating_sub(start)).collect();
    let text = own.or_else(|| text.filter(|_| note.is_none()).map(in_record));
    let note = note.unwrap_or_else(|| id.to_owned());
    Piece { code: identifiers::code(&code), note, span: (start, end), text }
}

fn read<T>(
    path: &Path,
    expected: &'static str,
    convert: impl Fn(Record, Line<'_>) -> Result<Gold<T>, ScoreError>,
) -> Result<Vec<Gold<T>>, ScoreError> {
    let mut all = Vec::new();
    let mut seen = HashMap::new();
    lines::read(path, expected, |record, line| {
        let gold = convert(record, line)?;
        if let Some(first) = seen.insert(gold.id.clone(), line.number) {
            return Err(ScoreError::Twice { path: path.to_owned(), line: line.number, id: gold.id, first });
        }
        all.push(gold);
        Ok(())
    })?;
    if all.is_empty() {
        return Err(ScoreError::NoGold { path: path.to_owned() });
    }
    Ok(all)
}

fn mention(raw: RawMention, line: Line<'_>) -> Result<GoldMention, ScoreError> {
    let RawMention { start, end, label, kind, ids, assertion } = raw;
    if start >= end {
        return Err(line.error(format!("mention {start}..{end} has no characters")));
    }
    let label = label.or(kind).map_or_else(|| labels::UNLABELLED.to_owned(), |name| labels::canonical(&name));
    Ok(GoldMention { span: (start, end), label, ids, assertion })
}
