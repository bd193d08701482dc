//! The JSON line of a coded episode, schema `clinlink/code/1`. The order of fields is part of the format.

use std::io::Write;

use clinlink_model::{
    CharOffsets, CodeEntry, CodeSet, DrgReport, Episode, Evidence, FactEvidence, FiredRule, Place,
    PresentOnAdmission, Purpose, Report, SectionKind, Span, Status, System, Weighs,
};
use serde::{Deserialize, Serialize};

use crate::annotated_record::{AssertionRecord, rounded};
use crate::json_lines::write_line;
use crate::offsets::Offsets;
use crate::schema::Schema;
use crate::write_error::WriteError;

/// One episode with its codes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeSetRecord {
    /// `clinlink/code/1`.
    pub schema: Schema,
    /// The episode's id.
    pub episode: String,
    /// The ids of its notes, in the order in which they were taken.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The codes, best first: accepted, then to review, then rejected; each group by score.
    pub codes: Vec<CodeRecord>,
    /// The rules that decided about any of the codes, each once.
    #[serde(default)]
    pub rules: Vec<FiredRule>,
    /// What the code set was made for, if it was made for something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The MS-DRG and what moves it, if the code set was made for a bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drg: Option<DrgReport>,
}

/// One code that was considered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// The code system.
    pub system: System,
    /// The code, as its owner writes it.
    pub code: String,
    /// Its title.
    pub title: String,
    /// How strong the evidence is, 0 to 1.
    pub score: f64,
    /// What became of it.
    pub status: Status,
    /// Why.
    pub reason: String,
    /// The ids of the rules that decided, in the order in which they fired.
    pub rules: Vec<String>,
    /// The words that support it.
    pub evidence: Vec<EvidenceRecord>,
    /// Structured facts that speak for or against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<FactRecord>,
    /// What a bill, a statistic or a study needs to know of it.
    #[serde(flatten)]
    pub report: ReportRecord,
}

/// A structured fact that speaks for or against a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactRecord {
    /// The id of the record that it came with.
    pub note: String,
    /// What it does.
    pub weighs: Weighs,
    /// The fact in words.
    pub says: String,
}

/// See [`clinlink_model::Report`], whose fields these are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the model's type")]
pub struct ReportRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present_on_admission: Option<PresentOnAdmission>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_chart: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ccsr: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// Words of one note that support a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRecord {
    /// The note's id.
    pub note: String,
    /// Their place.
    #[serde(flatten)]
    pub at: Offsets,
    /// The exact words.
    pub text: String,
    /// The section in which they stand.
    pub section: SectionKind,
    /// How they are meant; `null` if no stage has assessed them.
    pub assertion: Option<AssertionRecord>,
    /// The earlier evidence for the same code of which this is a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<PlaceRecord>,
}

/// Words of one note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRecord {
    /// The note's id.
    pub note: String,
    /// Their place.
    #[serde(flatten)]
    pub at: Offsets,
}

/// Writes the codes of an episode as one JSON line.
///
/// # Errors
/// If `out` refuses, or the evidence is not of this episode.
pub fn write_code_set(codes: &CodeSet, episode: &Episode, out: &mut impl Write) -> Result<(), WriteError> {
    Ok(write_line(&CodeSetRecord::new(codes, episode)?, out)?)
}

impl CodeSetRecord {
    /// The record of a code set and the episode that it is of.
    ///
    /// # Errors
    /// If the evidence is not of this episode.
    pub fn new(codes: &CodeSet, episode: &Episode) -> Result<Self, WriteError> {
        check(codes, episode)?;
        let chars: Vec<_> = episode.notes.iter().map(|n| CharOffsets::new(n.note.text())).collect();
        let place = |p: &Place| PlaceRecord {
            note: episode.notes[p.note].note.id().to_owned(),
            at: Offsets::new(p.span, &chars[p.note]),
        };
        let evidence = |e: &Evidence| {
            let (note, chars) = (&episode.notes[e.note].note, &chars[e.note]);
            EvidenceRecord {
                note: note.id().to_owned(),
                at: Offsets::new(e.span, chars),
                text: note[e.span].to_owned(),
                section: e.section,
                assertion: e.assertion.as_ref().map(|a| AssertionRecord::new(a, chars)),
                repeats: e.repeats.as_ref().map(place),
            }
        };
        let fact = |f: &FactEvidence| FactRecord {
            note: episode.notes[f.note].note.id().to_owned(),
            weighs: f.weighs,
            says: f.says.clone(),
        };
        let code = |c: &CodeEntry| CodeRecord {
            system: c.system.clone(),
            code: c.code.clone(),
            title: c.title.clone(),
            score: rounded(c.score),
            status: c.status,
            reason: c.reason.clone(),
            rules: c.rules.clone(),
            evidence: c.evidence.iter().map(evidence).collect(),
            facts: c.facts.iter().map(fact).collect(),
            report: ReportRecord::new(&c.report),
        };
        Ok(Self {
            schema: Schema::Code,
            episode: codes.episode.clone(),
            notes: episode.notes.iter().map(|n| n.note.id().to_owned()).collect(),
            codes: codes.codes.iter().map(code).collect(),
            rules: codes.rules.clone(),
            purpose: codes.purpose,
            drg: codes.drg.clone(),
        })
    }
}

impl ReportRecord {
    fn new(report: &Report) -> Self {
        let Report { sequence, principal, present_on_admission, in_chart, severity, ccsr, levels, remarks } =
            report.clone();
        Self { sequence, principal, present_on_admission, in_chart, severity, ccsr, levels, remarks }
    }
}

/// Every piece of evidence, every fact, every cue of it and every place that it repeats is a span of a note of the episode. All
/// writers of code sets rely on this.
pub(crate) fn check(codes: &CodeSet, episode: &Episode) -> Result<(), WriteError> {
    for (entry, evidence) in codes.codes.iter().flat_map(|c| c.evidence.iter().map(move |e| (c, e))) {
        let cues = evidence.assertion.iter().flat_map(|a| a.cues.iter().map(|cue| cue.span));
        let own = std::iter::once(evidence.span).chain(cues).map(|span| (evidence.note, span));
        let repeated = evidence.repeats.map(|place| (place.note, place.span));
        for (note, span) in own.chain(repeated) {
            check_place(note, span, entry, codes, episode)?;
        }
    }
    for (entry, fact) in codes.codes.iter().flat_map(|c| c.facts.iter().map(move |fact| (c, fact))) {
        if fact.note >= episode.notes.len() {
            let (episode_id, code) = (codes.episode.clone(), entry.code.clone());
            let (note, notes) = (fact.note, episode.notes.len());
            return Err(WriteError::NoSuchNote { episode: episode_id, code, note, notes });
        }
    }
    Ok(())
}

fn check_place(
    note: usize,
    span: Span,
    entry: &CodeEntry,
    codes: &CodeSet,
    episode: &Episode,
) -> Result<(), WriteError> {
    let (id, code) = (|| codes.episode.clone(), || entry.code.clone());
    let Some(annotated) = episode.notes.get(note) else {
        return Err(WriteError::NoSuchNote { episode: id(), code: code(), note, notes: episode.notes.len() });
    };
    if annotated.note.span(span.range()).is_err() {
        let (note, start, end) = (annotated.note.id().to_owned(), span.start(), span.end());
        return Err(WriteError::NoSuchSpan { episode: id(), code: code(), note, start, end });
    }
    Ok(())
}
