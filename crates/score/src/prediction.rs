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

/// What was predicted.
pub(crate) struct Predictions<T> {
    /// By note or episode; `None` for one that failed.
    pub(crate) by_id: HashMap<String, Option<Vec<T>>>,
    /// Error records that name no note.
    pub(crate) unnamed_errors: usize,
}

/// One line: what it is about, and what was found there, or `None` if it failed.
struct Outcome<T> {
    id: Option<String>,
    found: Option<Vec<T>>,
    /// Whether it is about one note of an episode, which has a line of its own if any of its notes could be read.
    part: bool,
}

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
    /// How strong its evidence is, 0 to 1; a probability, if the coder has learnt.
    pub(crate) score: Option<f64>,
    #[serde(default)]
    pub(crate) evidence: Vec<PredictedEvidence>,
}

/// Words behind a code.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PredictedEvidence {
    pub(crate) note: String,
    pub(crate) start_char: usize,
    pub(crate) end_char: usize,
    pub(crate) text: Option<String>,
}

#[derive(Deserialize)]
struct NoteRecord {
    /// `null` for a note whose id could not be read.
    note: Option<String>,
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
    let convert = |raw: RawMention| PredictedMention {
        span: (raw.start_char, raw.end_char),
        label: labels::canonical(&raw.label),
        assertion: raw.assertion,
        links: raw.links,
    };
    read(path, NOTE, |record: NoteRecord, line| {
        let found = outcome(record.mentions, record.error, "mentions", line)?;
        if found.is_some() && record.note.is_none() {
            return Err(line.error("no \"note\""));
        }
        let found = found.map(|mentions| mentions.into_iter().map(convert).collect());
        Ok(Outcome { id: record.note, found, part: false })
    })
}

/// The codes considered for each episode, best first.
pub(crate) fn read_codes(path: &Path) -> Result<Predictions<PredictedCode>, ScoreError> {
    read(path, EPISODE, |record: EpisodeRecord, line| {
        if record.episode.is_none() {
            return match record.error {
                Some(_) => Ok(Outcome { id: record.note, found: None, part: true }),
                None => Err(line.error("no \"episode\"")),
            };
        }
        let found = outcome(record.codes, record.error, "codes", line)?;
        Ok(Outcome { id: record.episode, found, part: false })
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
    convert: impl Fn(R, Line<'_>) -> Result<Outcome<T>, ScoreError>,
) -> Result<Predictions<T>, ScoreError> {
    let mut all = Predictions { by_id: HashMap::new(), unnamed_errors: 0 };
    let mut seen = HashMap::new();
    lines::read(path, expected, |record, line| {
        match convert(record, line)? {
            Outcome { id: None, .. } => all.unnamed_errors += 1,
            // A note that is an episode of its own may bear the episode's id; the episode's line decides.
            Outcome { id: Some(id), found, part: true } => {
                all.by_id.entry(id).or_insert(found);
            }
            Outcome { id: Some(id), found, part: false } => {
                if let Some(first) = seen.insert(id.clone(), line.number) {
                    return Err(ScoreError::Twice { path: path.to_owned(), line: line.number, id, first });
                }
                all.by_id.insert(id, found);
            }
        }
        Ok(())
    })?;
    Ok(all)
}
