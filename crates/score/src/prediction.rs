//! What `clinlink annotate` and `clinlink code` write, as far as it is scored.

use std::collections::HashMap;
use std::path::Path;

use clinlink_model::{Certainty, Experiencer, Polarity, Status, Temporality};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::ScoreError;
use crate::labels;
use crate::lines::{self, Line};

const NOTE: &str =
    r#"output of "clinlink annotate", {"note": …, "mentions": […]} or {"note": …, "error": …}"#;
const EPISODE: &str =
    r#"output of "clinlink code", {"episode": …, "codes": […]} or {"episode": …, "error": …}"#;

/// Predictions by note or episode; `None` for one that failed.
pub(crate) type Predictions<T> = HashMap<String, Option<Vec<T>>>;

/// A mention that was found.
#[derive(Debug, Clone)]
pub(crate) struct PredictedMention {
    /// Start and end in characters.
    pub(crate) span: (usize, usize),
    pub(crate) label: String,
    pub(crate) assertion: Option<PredictedAssertion>,
    /// Best first, of all systems.
    pub(crate) links: Vec<PredictedLink>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct PredictedAssertion {
    pub(crate) polarity: Polarity,
    pub(crate) certainty: Certainty,
    pub(crate) temporality: Temporality,
    pub(crate) experiencer: Experiencer,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PredictedLink {
    pub(crate) system: String,
    pub(crate) code: String,
}

/// A code that was considered.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PredictedCode {
    pub(crate) system: Option<String>,
    pub(crate) code: String,
    pub(crate) status: Status,
}

#[derive(Deserialize)]
struct NoteRecord {
    note: String,
    mentions: Option<Vec<RawMention>>,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct RawMention {
    start_char: usize,
    end_char: usize,
    label: String,
    assertion: Option<PredictedAssertion>,
    #[serde(default)]
    links: Vec<PredictedLink>,
}

#[derive(Deserialize)]
struct EpisodeRecord {
    episode: Option<String>,
    note: Option<String>,
    codes: Option<Vec<PredictedCode>>,
    error: Option<IgnoredAny>,
}

/// The mentions found in each note.
pub(crate) fn read_mentions(path: &Path) -> Result<Predictions<PredictedMention>, ScoreError> {
    let mentions = read(path, NOTE, |record: NoteRecord, line| {
        let found = outcome(record.mentions, record.error, "mentions", line)?;
        Ok(Some((record.note, found)))
    })?;
    let convert = |raw: RawMention| PredictedMention {
        span: (raw.start_char, raw.end_char),
        label: labels::canonical(&raw.label),
        assertion: raw.assertion,
        links: raw.links,
    };
    Ok(mentions
        .into_iter()
        .map(|(id, found)| (id, found.map(|m| m.into_iter().map(convert).collect())))
        .collect())
}

/// The codes considered for each episode, best first.
pub(crate) fn read_codes(path: &Path) -> Result<Predictions<PredictedCode>, ScoreError> {
    read(path, EPISODE, |record: EpisodeRecord, line| {
        let Some(episode) = record.episode else {
            // One note of an episode failed: the episode has a line of its own.
            return match (record.note, record.error) {
                (Some(_), Some(_)) => Ok(None),
                _ => Err(line.error("no \"episode\"")),
            };
        };
        Ok(Some((episode, outcome(record.codes, record.error, "codes", line)?)))
    })
}

/// What was found, or `None` if it failed.
fn outcome<T>(
    found: Option<Vec<T>>,
    error: Option<IgnoredAny>,
    field: &str,
    line: Line<'_>,
) -> Result<Option<Vec<T>>, ScoreError> {
    match (error, found) {
        (Some(_), _) => Ok(None),
        (None, Some(found)) => Ok(Some(found)),
        (None, None) => Err(line.error(format!("no {field:?} and no \"error\""))),
    }
}

fn read<R: DeserializeOwned, T>(
    path: &Path,
    expected: &'static str,
    convert: impl Fn(R, Line<'_>) -> Result<Option<(String, Option<Vec<T>>)>, ScoreError>,
) -> Result<Predictions<T>, ScoreError> {
    let mut all = Predictions::new();
    let mut seen = HashMap::new();
    lines::read(path, expected, |record, line| {
        let Some((id, found)) = convert(record, line)? else { return Ok(()) };
        if let Some(first) = seen.insert(id.clone(), line.number) {
            return Err(ScoreError::Twice { path: path.to_owned(), line: line.number, id, first });
        }
        all.insert(id, found);
        Ok(())
    })?;
    Ok(all)
}
