//! Decisions as training data for the recogniser of mentions.
//!
//! What a decision says of words: the evidence of a code that stands is a mention, and so is that of a code that was refused
//! for how the words are meant (denied, a relative's, over, …). Where a coder found that no words support a code
//! (`not-supported`), its evidence is none. Nobody looked at the other words with this question in mind, so of them holds what
//! the recogniser said before. Left open, they would let it drift: who is only told what is a mention finds more and more.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clinlink_model::{CharOffsets, Label, Mention, Note, Segmenter, Span, Tagger};
use clinlink_ner::Recogniser;
use clinlink_ner::train::{Document, TrainConfig, is_held_out, taught};
use clinlink_pipeline::{ModelConfig, PipelineConfig, TagConfig, gazetteer};
use clinlink_segment::RuleSegmenter;
use serde::{Deserialize, Serialize};

use super::decisions::{Decisions, Part};
use crate::commands::train::train_recogniser;
use crate::home::Home;

/// The model's folder in that of the new pipeline.
pub const FOLDER: &str = "model";
/// Marked words below which nothing can be learnt honestly.
const LEAST: usize = 100;
/// Reasons to refuse a code whose words are a mention all the same: they are meant otherwise, or coded otherwise.
const MENTIONED: [&str; 8] =
    ["negated", "family", "historical", "hypothetical", "uncertain", "not-specific", "symptom", "excluded"];
/// The reason to refuse a code whose words are no mention.
const NONE: &str = "not-supported";

/// A record of the review desk, as far as it says something of words.
#[derive(Deserialize)]
struct Record {
    id: String,
    text: String,
    #[serde(default)]
    mentions: Vec<Marked>,
    #[serde(default)]
    rejected: Vec<Refused>,
}

/// Words that support a code, in characters.
#[derive(Deserialize)]
struct Marked {
    start: usize,
    end: usize,
    label: Label,
    /// `SYSTEM:CODE`.
    #[serde(default)]
    ids: Vec<String>,
}

/// A code that was refused.
#[derive(Deserialize)]
struct Refused {
    system: String,
    code: String,
    #[serde(default = "disease")]
    label: Label,
    reason: String,
    #[serde(default)]
    evidence: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    start: usize,
    end: usize,
}

const fn disease() -> Label {
    Label::Disease
}

/// What decisions say of the words of a note.
struct Said {
    note: Note,
    mentions: Vec<(Span, Label)>,
    /// Words that are no mention.
    denied: Vec<Span>,
}

impl Said {
    fn new(record: Record) -> anyhow::Result<Self> {
        let note = Note::new(record.id, record.text).context("a note is too long")?;
        let offsets = CharOffsets::new(note.text());
        let span = |start: usize, end: usize| {
            let (start, end) = (offsets.to_byte(start)?, offsets.to_byte(end)?);
            note.span(start..end).ok().filter(|span| span.start() < span.end())
        };
        let (mut mentions, mut denied) = (Vec::new(), Vec::new());
        for marked in record.mentions.iter().filter(|marked| marked.ids.iter().all(|id| names_itself(id))) {
            mentions.extend(span(marked.start, marked.end).map(|span| (span, marked.label)));
        }
        for refused in &record.rejected {
            let places = refused.evidence.iter().filter_map(|place| span(place.start, place.end));
            if refused.reason == NONE {
                denied.extend(places);
            } else if MENTIONED.contains(&refused.reason.as_str())
                && names_itself(&format!("{}:{}", refused.system, refused.code))
            {
                mentions.extend(places.map(|span| (span, refused.label)));
            }
        }
        mentions.sort_by_key(|(span, _)| (span.start(), std::cmp::Reverse(span.end())));
        mentions.dedup_by(|next, kept| kept.0.overlaps(next.0));
        // Words that do not support one code may support another.
        denied.retain(|span| mentions.iter().all(|(marked, _)| !marked.overlaps(*span)));
        denied.sort();
        denied.dedup_by(|next, kept| kept.overlaps(*next));
        Ok(Self { note, mentions, denied })
    }

    /// As training takes it: of words that nothing is said of, what the recogniser found before holds.
    fn document(&self, found: &[Mention], labels: &[Label]) -> Document {
        let is_said = |span: Span| {
            let marked = self.mentions.iter().map(|(span, _)| span);
            marked.chain(&self.denied).any(|said| said.overlaps(span))
        };
        let kept = found.iter().filter(|mention| !is_said(mention.span));
        let mut mentions = self.mentions.clone();
        mentions.extend(kept.map(|mention| (mention.span, mention.label)));
        Document { note: self.note.clone(), mentions, annotated: labels.to_vec(), share: 1.0 }
    }
}

/// Whether the words that support a code name what it stands for. The words for a factor or an external cause of ICD-10-CM
/// ("aspirin" for Z79.82, "fell") name something else.
fn names_itself(id: &str) -> bool {
    !id.strip_prefix("ICD-10-CM:").is_some_and(|code| code.starts_with(['V', 'W', 'X', 'Y', 'Z']))
}

/// Training that goes on from the recogniser of the pipeline that annotates now.
pub struct FineTuning {
    live: ModelConfig,
    base: PathBuf,
    settings: TrainConfig,
    gazetteer: Option<Arc<dyn Tagger>>,
}

impl FineTuning {
    pub fn new(live: &PipelineConfig, folder: &Path, home: &Home) -> anyhow::Result<Self> {
        let (TagConfig::Model(live_model) | TagConfig::Merged(live_model)) = &live.tag else {
            bail!("{}: has no recogniser that could learn, only the dictionary", folder.display());
        };
        let base = folder.join(&live_model.model);
        let (labels, sees_matches) = taught(&base)?;
        let pack = sees_matches.then(|| live.pack.clone());
        let settings = TrainConfig {
            labels,
            gazetteer: pack.clone(),
            // Gently: the decisions say little, and what the model knows beside them must stay.
            epochs: 3,
            learning_rate: 2e-5,
            ..TrainConfig::default()
        };
        let gazetteer = pack.map(|pack| gazetteer(&home.packs().join(pack))).transpose()?;
        Ok(Self { live: live_model.clone(), base, settings, gazetteer })
    }

    /// Trains on a part of the decisions, into the folder of the new pipeline.
    pub fn train(&self, decisions: &Decisions, part: Part, out: &Path) -> anyhow::Result<()> {
        let said = said(decisions, part)?;
        let marked: usize = said.iter().map(|said| said.mentions.len()).sum();
        if marked < LEAST {
            bail!("too few marked words to fine-tune the recogniser: {marked}, of at least {LEAST}");
        }
        let found = self.find(&self.base, &said)?;
        let document = |(said, found): (&Said, &Vec<Mention>)| said.document(found, &self.settings.labels);
        let documents: Vec<Document> = said.iter().zip(&found).map(document).collect();
        // Of what the report holds out by the ids of episodes, which may be those of their notes, nothing is left here.
        let chooses = |document: &Document| is_held_out(&format!("pass of {}", document.note.id()));
        let (held_out, kept): (Vec<_>, Vec<_>) = documents.into_iter().partition(chooses);
        if held_out.is_empty() || kept.is_empty() {
            bail!("too few notes to fine-tune the recogniser: one in ten chooses among the passes");
        }
        let folder = out.join(FOLDER);
        // A run of other decisions cannot be gone on with.
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("{}: cannot be removed", folder.display()))?;
        }
        train_recogniser(&self.settings, &self.base, (&kept, &held_out), self.gazetteer.clone(), &folder)?;
        let checkpoint = folder.join("checkpoint");
        fs::remove_dir_all(&checkpoint)
            .with_context(|| format!("{}: cannot be removed", checkpoint.display()))
    }

    /// How the recogniser does on the held-out decisions before and after; written to `recogniser.json`, too.
    pub fn report(&self, decisions: &Decisions, out: &Path) -> anyhow::Result<Comparison> {
        let said = said(decisions, Part::HeldOut)?;
        let comparison = Comparison {
            before: self.count(&self.base, &said)?,
            after: self.count(&out.join(FOLDER), &said)?,
        };
        let path = out.join("recogniser.json");
        fs::write(&path, serde_json::to_string_pretty(&comparison)? + "\n")
            .with_context(|| format!("{}: cannot be written", path.display()))?;
        Ok(comparison)
    }

    /// What a model finds in each note.
    fn find(&self, model: &Path, said: &[Said]) -> anyhow::Result<Vec<Vec<Mention>>> {
        let mut recogniser = Recogniser::load(model, &self.live.labels, self.live.precision)?;
        if let Some(gazetteer) = &self.gazetteer {
            recogniser = recogniser.with_gazetteer(Arc::clone(gazetteer));
        }
        let segmenter = RuleSegmenter::embedded();
        let layouts: Vec<_> = said.iter().map(|said| segmenter.segment(&said.note)).collect();
        let batch: Vec<_> = said.iter().map(|said| &said.note).zip(&layouts).collect();
        Ok(recogniser.tag(&batch)?)
    }

    fn count(&self, model: &Path, said: &[Said]) -> anyhow::Result<Counts> {
        let mut counts = Counts::default();
        for (said, found) in said.iter().zip(self.find(model, said)?) {
            let is_found = |wanted: Span, label: Label| {
                found.iter().any(|mention| mention.span == wanted && mention.label == label)
            };
            let touches = |wanted: Span| found.iter().any(|mention| mention.span.overlaps(wanted));
            counts.notes += 1;
            counts.marked += said.mentions.len();
            counts.exact += said.mentions.iter().filter(|(span, label)| is_found(*span, *label)).count();
            counts.touched += said.mentions.iter().filter(|(span, _)| touches(*span)).count();
            counts.refused += said.denied.len();
            counts.taken += said.denied.iter().filter(|span| touches(**span)).count();
            counts.mentions += found.len();
        }
        Ok(counts)
    }
}

fn said(decisions: &Decisions, part: Part) -> anyhow::Result<Vec<Said>> {
    let records = decisions.records(part).map(|record| {
        let id = record["id"].as_str().unwrap_or_default().to_owned();
        let record = serde_json::from_value(record).ok();
        record.with_context(|| format!("{id}: its text, mentions or refused codes cannot be read"))
    });
    records.map(|record| Said::new(record?)).collect()
}

/// What a recogniser finds of the words of held-out decisions.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Counts {
    notes: usize,
    /// Words that coders marked.
    marked: usize,
    /// Those found with their borders and label.
    exact: usize,
    /// Those of which any part is found.
    touched: usize,
    /// Words that coders said to be no mention.
    refused: usize,
    /// Those of which any part is taken for a mention.
    taken: usize,
    /// All mentions that are found: far more than before, and it finds too much.
    mentions: usize,
}

/// The recogniser before and after.
#[derive(Debug, Serialize)]
pub struct Comparison {
    before: Counts,
    after: Counts,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { before, after } = self;
        write!(f, "recogniser, {} held-out notes: of {} marked words ", before.notes, before.marked)?;
        write!(f, "{} found with their borders before, {} after; ", before.exact, after.exact)?;
        write!(f, "{} and {} in part; ", before.touched, after.touched)?;
        write!(
            f,
            "of {} that are no mention {} and {} taken for one; ",
            before.refused, before.taken, after.taken
        )?;
        write!(f, "{} and {} mentions in all", before.mentions, after.mentions)
    }
}

#[cfg(test)]
mod tests {
    use clinlink_model::MentionSource;
    use serde_json::json;

    use super::*;

    fn said_of(text: &str, rest: &serde_json::Value) -> Said {
        let mut record = json!({"id": "n", "text": text});
        for (name, value) in rest.as_object().unwrap() {
            record[name] = value.clone();
        }
        Said::new(serde_json::from_value(record).unwrap()).unwrap()
    }

    fn found(said: &Said, words: &str, label: Label) -> Mention {
        let start = said.note.text().find(words).unwrap();
        let span = said.note.span(start..start + words.len()).unwrap();
        Mention { span, label, score: 0.9, by: MentionSource::Model }
    }

    fn texts(said: &Said, spans: impl IntoIterator<Item = Span>) -> Vec<&str> {
        spans.into_iter().map(|span| &said.note[span]).collect()
    }

    #[test]
    fn of_what_decisions_do_not_say_the_former_reading_holds() {
        let at = |start, end| json!({"start": start, "end": end});
        let refused = |code: &str, reason: &str, start, end| json!({"system": "ICD-10-CM", "code": code, "reason": reason, "evidence": [at(start, end)]});
        let text = "µ pneumonia, no fever; flu vaccine, aspirin, old MI.";
        let said = said_of(
            text,
            &json!({
                "mentions": [
                    {"start": 2, "end": 11, "label": "disease", "ids": ["ICD-10-CM:J18.9"]},
                    {"start": 36, "end": 43, "label": "disease", "ids": ["ICD-10-CM:Z79.82"]},
                ],
                "rejected": [
                    refused("R50.9", "negated", 16, 21),
                    refused("J11.1", "not-supported", 23, 26),
                    // Words that do not support one code may support another.
                    refused("J12.9", "not-supported", 2, 11),
                    refused("I21.9", "wrong-concept", 49, 51),
                ],
            }),
        );
        assert_eq!(texts(&said, said.mentions.iter().map(|(span, _)| *span)), ["pneumonia", "fever"]);
        assert_eq!(texts(&said, said.denied.clone()), ["flu"]);
        // Of the rest holds what was found before: not of the vaccine, whose words are said to be none.
        let found = [
            found(&said, "fever", Label::Disease),
            found(&said, "flu vaccine", Label::Chemical),
            found(&said, "MI", Label::Disease),
        ];
        let document = said.document(&found, &[Label::Disease, Label::Chemical]);
        let mentions = document.mentions.iter().map(|(span, _)| *span);
        assert_eq!(texts(&said, mentions), ["pneumonia", "fever", "MI"]);
        assert_eq!(document.annotated, [Label::Disease, Label::Chemical]);
    }
}
