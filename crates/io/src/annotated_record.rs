//! The JSON line of an annotated note, schema `clinlink/annotate/1`. The order of fields is part of the format.

use std::collections::BTreeMap;
use std::io::Write;

use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Answer, Assertion, Candidate, Certainty, CharOffsets, CheckBox, Course,
    Expansion, ExpansionSource, Experiencer, Label, MentionSource, Polarity, SectionKind, Span, Speaker,
    System, Temporality, TimeKind, Turn, Via,
};
use serde::{Deserialize, Serialize};

use crate::json_lines::write_line;
use crate::offsets::Offsets;
use crate::schema::Schema;
use crate::write_error::WriteError;

/// One note with its annotations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnnotatedRecord {
    /// `clinlink/annotate/1`.
    pub schema: Schema,
    /// The note's id.
    pub note: String,
    /// The episode that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub episode: Option<String>,
    /// The sections in text order.
    pub sections: Vec<SectionRecord>,
    /// The sentences in text order.
    pub sentences: Vec<SentenceRecord>,
    /// The turns of a dialogue in text order; not there where nobody speaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<TurnRecord>,
    /// Check boxes and answers of forms in text order; not there where the note has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub check_boxes: Vec<CheckBoxRecord>,
    /// The abbreviations that the text defines, once a definition, in text order.
    pub abbreviations: Vec<AbbreviationRecord>,
    /// The mentions in text order.
    pub mentions: Vec<MentionRecord>,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionRecord {
    /// What it is about.
    pub kind: SectionKind,
    /// The words of its header; not there for text before the first header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// Header and body, without the sections within it.
    #[serde(flatten)]
    pub at: Offsets,
    /// The section that this one is within, by its number in the list of sections, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u32>,
}

/// A sentence, a list item, a table row or a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentenceRecord {
    /// Its text.
    #[serde(flatten)]
    pub at: Offsets,
}

/// What one speaker of a dialogue says before the next one speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnRecord {
    /// Who speaks.
    pub speaker: Speaker,
    /// Name and words.
    #[serde(flatten)]
    pub at: Offsets,
}

/// A check box, or an answer of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckBoxRecord {
    /// What it says of the words.
    pub answer: Answer,
    /// The box, or the answer where there is none.
    #[serde(flatten)]
    pub at: Offsets,
    /// The words that it is about.
    pub about: Offsets,
}

/// An abbreviation at the place that defines it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbbreviationRecord {
    /// The short form.
    pub short: String,
    /// The long form.
    pub long: String,
    /// The short form's place.
    #[serde(flatten)]
    pub at: Offsets,
}

/// A mention with how it is meant and what it may stand for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MentionRecord {
    /// Its place.
    #[serde(flatten)]
    pub at: Offsets,
    /// Its exact words.
    pub text: String,
    /// What sort of thing it names.
    pub label: Label,
    /// Confidence of the stage that found it, 0 to 1.
    pub score: f64,
    /// Who found it.
    pub by: MentionSource,
    /// The section that it stands in, or the nearest one around that of a known kind; `null` if the note has none.
    #[serde(default)]
    pub section: Option<SectionKind>,
    /// What it is short for, if it is an abbreviation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expansion: Option<ExpansionRecord>,
    /// How it is meant; `null` if no stage has assessed it.
    pub assertion: Option<AssertionRecord>,
    /// Concepts, best first; empty if nothing is good enough.
    pub links: Vec<LinkRecord>,
}

/// What an abbreviation stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpansionRecord {
    /// The long form.
    pub long: String,
    /// How that is known.
    pub by: ExpansionBy,
    /// How sure that is, 0 to 1.
    pub score: f64,
    /// What it stands for otherwise, where the lexicon has several senses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<RunnerUpRecord>,
}

/// The next best sense of an abbreviation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunnerUpRecord {
    /// The long form.
    pub long: String,
    /// Its own score, 0 to 1.
    pub score: f64,
}

/// How the long form of an abbreviation is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExpansionBy {
    /// The note defines it.
    Definition,
    /// The lexicon of common clinical abbreviations.
    Lexicon,
}

/// How a mention is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertionRecord {
    /// Denied or not.
    pub polarity: Polarity,
    /// How sure the author is.
    pub certainty: Certainty,
    /// When it holds.
    pub temporality: Temporality,
    /// Whose it is.
    pub experiencer: Experiencer,
    /// Which relative, where it is a relative's and the words name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<String>,
    /// Over, planned or only in a certain case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<Course>,
    /// The date or duration that stands beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeRecord>,
    /// The words that say so.
    pub cues: Vec<CueRecord>,
}

/// A date or duration, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRecord {
    /// Its place.
    #[serde(flatten)]
    pub at: Offsets,
    /// What sort of time it is.
    pub kind: TimeKind,
}

/// Words that decided an axis of an assertion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CueRecord {
    /// Their place.
    #[serde(flatten)]
    pub at: Offsets,
    /// The rule that they set off.
    pub rule: String,
}

/// A concept that a mention may stand for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkRecord {
    /// The code system.
    pub system: System,
    /// The code, as its owner writes it.
    pub code: String,
    /// The concept's preferred name.
    pub title: String,
    /// How well it fits, 0 to 1.
    pub score: f64,
    /// How it was found.
    pub via: Via,
    /// Which of several things that the mention names, from 1; left out where it names one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub conjunct: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// Writes a note as one JSON line.
///
/// # Errors
/// If `out` refuses.
pub fn write_annotated(note: &AnnotatedNote, out: &mut impl Write) -> Result<(), WriteError> {
    Ok(write_line(&AnnotatedRecord::from(note), out)?)
}

/// A score as it is written: rounded to four decimals.
pub(crate) fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e4).round() / 1e4
}

impl From<&AnnotatedNote> for AnnotatedRecord {
    fn from(annotated: &AnnotatedNote) -> Self {
        let chars = CharOffsets::new(annotated.note.text());
        let at = |span| Offsets::new(span, &chars);
        let text = |span: Span| annotated.note[span].to_owned();
        let layout = &annotated.layout;
        let section = |s: &clinlink_model::Section| SectionRecord {
            kind: s.kind,
            header: s.header.map(text),
            at: at(s.span),
            parent: s.parent,
        };
        let turn = |turn: &Turn| TurnRecord { speaker: turn.speaker, at: at(turn.span) };
        let check_box =
            |b: &CheckBox| CheckBoxRecord { answer: b.answer, at: at(b.mark), about: at(b.about) };
        let definition = |e: &Expansion| match e.source {
            ExpansionSource::Defined(_) => {
                Some(AbbreviationRecord { short: text(e.short), long: e.long.clone(), at: at(e.short) })
            }
            ExpansionSource::DefinedElsewhere | ExpansionSource::Lexicon => None,
        };
        let expansions = by_place(&annotated.expansions);
        let mention = |m: &AnnotatedMention| MentionRecord {
            at: at(m.mention.span),
            text: text(m.mention.span),
            label: m.mention.label,
            score: rounded(m.mention.score),
            by: m.mention.by,
            section: layout.known_section_of(m.mention.span).map(|s| s.kind),
            expansion: expansions.get(&m.mention.span).map(|e| ExpansionRecord::from(*e)),
            assertion: m.assertion.as_ref().map(|a| AssertionRecord::new(a, &chars)),
            links: m.links.iter().map(LinkRecord::from).collect(),
        };
        Self {
            schema: Schema::Annotate,
            note: annotated.note.id().to_owned(),
            episode: annotated.note.episode.clone(),
            sections: layout.sections.iter().map(section).collect(),
            sentences: layout.sentences.iter().map(|s| SentenceRecord { at: at(s.span) }).collect(),
            turns: layout.turns.iter().map(turn).collect(),
            check_boxes: layout.check_boxes.iter().map(check_box).collect(),
            abbreviations: annotated.expansions.iter().filter_map(definition).collect(),
            mentions: annotated.mentions.iter().map(mention).collect(),
        }
    }
}

/// The expansions by the place of the short form. What the note says of a place goes before the lexicon.
fn by_place(expansions: &[Expansion]) -> BTreeMap<Span, &Expansion> {
    let mut places = BTreeMap::new();
    for expansion in expansions {
        match expansion.source {
            ExpansionSource::Lexicon => {
                places.entry(expansion.short).or_insert(expansion);
            }
            ExpansionSource::Defined(_) | ExpansionSource::DefinedElsewhere => {
                places.insert(expansion.short, expansion);
            }
        }
    }
    places
}

impl From<&Expansion> for ExpansionRecord {
    fn from(expansion: &Expansion) -> Self {
        let by = match expansion.source {
            ExpansionSource::Defined(_) | ExpansionSource::DefinedElsewhere => ExpansionBy::Definition,
            ExpansionSource::Lexicon => ExpansionBy::Lexicon,
        };
        let runner_up =
            |(long, score): &(String, f32)| RunnerUpRecord { long: long.clone(), score: rounded(*score) };
        Self {
            long: expansion.long.clone(),
            by,
            score: rounded(expansion.score),
            runner_up: expansion.runner_up.as_ref().map(runner_up),
        }
    }
}

impl AssertionRecord {
    /// The record of an assertion, by the index of the text that its cues stand in.
    pub fn new(assertion: &Assertion, chars: &CharOffsets<'_>) -> Self {
        let cue = |cue: &clinlink_model::Cue| CueRecord {
            at: Offsets::new(cue.span, chars),
            rule: cue.rule.clone().into_owned(),
        };
        Self {
            polarity: assertion.polarity,
            certainty: assertion.certainty,
            temporality: assertion.temporality,
            experiencer: assertion.experiencer,
            relative: assertion.relative.map(str::to_owned),
            course: assertion.course,
            time: assertion
                .time
                .map(|time| TimeRecord { at: Offsets::new(time.span, chars), kind: time.kind }),
            cues: assertion.cues.iter().map(cue).collect(),
        }
    }
}

impl From<&Candidate> for LinkRecord {
    fn from(candidate: &Candidate) -> Self {
        Self {
            system: candidate.system.clone(),
            code: candidate.code.clone(),
            title: candidate.title.clone(),
            score: rounded(candidate.score),
            via: candidate.via,
            conjunct: candidate.conjunct,
        }
    }
}
