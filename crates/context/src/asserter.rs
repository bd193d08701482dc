//! Decides each axis of each mention: the nearest cue in scope, else the section, else the plain reading.

use std::borrow::Cow;
use std::path::Path;

use clinlink_model::{
    Asserter, Assertion, Cue as SpokenCue, Experiencer, Layout, Mention, Note, Section, SectionKind,
    Temporality,
};

use crate::cue_finder::CueFinder;
use crate::error::LexiconError;
use crate::rules::{MAX_REACH, Value};
use crate::scope::{Cue, cues};
use crate::years::Years;

/// Says how mentions are meant, by cues with scope and terminators (ConText) and by sections.
///
/// On each of the four axes the nearest cue in whose scope a mention lies decides. Where none does, the section
/// may: its rule is then called `section:` and the section's name, and its span is the header. What neither decides
/// is affirmed, certain, recent, the patient's.
#[derive(Debug, Clone)]
pub struct Context {
    finder: CueFinder,
    years: Years,
}

impl Context {
    /// With the cues that come with clinlink (`vocab/cues.tsv`).
    pub fn embedded() -> Self {
        Self { finder: CueFinder::embedded(), years: Years::new() }
    }

    /// With cues from a file of the same layout as `vocab/cues.tsv`.
    ///
    /// # Errors
    /// If the file cannot be read, or a line of it is not sound; the message names the line and the cause.
    pub fn from_tsv(path: &Path) -> Result<Self, LexiconError> {
        Ok(Self { finder: CueFinder::from_tsv(path)?, years: Years::new() })
    }
}

impl Asserter for Context {
    fn assert(&self, note: &Note, layout: &Layout, mentions: &[Mention]) -> Vec<Assertion> {
        let cues = cues(&self.finder, &self.years, note, layout);
        mentions.iter().map(|mention| assert_one(layout, &cues, mention)).collect()
    }
}

fn assert_one(layout: &Layout, cues: &[Cue<'_>], mention: &Mention) -> Assertion {
    let mut assertion = Assertion::plain();
    let first = layout.tokens.partition_point(|t| t.span.end() <= mention.span.start()) as u32;
    let last = layout.tokens.partition_point(|t| t.span.start() < mention.span.end()) as u32;
    let nearest = nearest(cues, first, last.max(first + 1));
    for found in nearest.iter().flatten() {
        set(&mut assertion, found.value);
        let cue = SpokenCue { span: found.cue.span, rule: found.cue.rule.id.clone() };
        if !assertion.cues.contains(&cue) {
            assertion.cues.push(cue);
        }
    }
    if let Some(section) = layout.section_of(mention.span) {
        by_section(&mut assertion, section, nearest.map(|axis| axis.is_some()));
    }
    assertion
}

/// The cue that decides an axis.
#[derive(Clone, Copy)]
struct Nearest<'c, 'r> {
    cue: &'c Cue<'r>,
    value: Value,
    distance: u32,
}

/// The nearest cue on each axis in whose scope tokens `first..last` lie. Of two as near, the one before them.
fn nearest<'c, 'r>(cues: &'c [Cue<'r>], first: u32, last: u32) -> [Option<Nearest<'c, 'r>>; 4] {
    let mut found: [Option<Nearest<'c, 'r>>; 4] = [None; 4];
    let start = cues.partition_point(|cue| cue.tokens.1 + MAX_REACH < first);
    for cue in cues[start..].iter().take_while(|cue| cue.tokens.0 <= last + MAX_REACH) {
        let Some(distance) = cue.distance(first, last) else { continue };
        for &value in cue.values() {
            let names =
                matches!(value, Value::Polarity(_) | Value::Experiencer(_)) && cue.is_inside(first, last);
            let best = &mut found[value.axis()];
            if !names && best.is_none_or(|best| (weak(value), distance) < (weak(best.value), best.distance)) {
                *best = Some(Nearest { cue, value, distance });
            }
        }
    }
    found
}

/// "acute" or "new" says that a mention is recent, but "call if new pain" is no less hypothetical for it.
const fn weak(value: Value) -> bool {
    matches!(value, Value::Temporality(Temporality::Recent))
}

fn set(assertion: &mut Assertion, value: Value) {
    match value {
        Value::Polarity(polarity) => assertion.polarity = polarity,
        Value::Certainty(certainty) => assertion.certainty = certainty,
        Value::Temporality(temporality) => assertion.temporality = temporality,
        Value::Experiencer(experiencer) => assertion.experiencer = experiencer,
    }
}

/// Sets what a section says of everything in it, unless a cue has `decided` that axis.
fn by_section(assertion: &mut Assertion, section: &Section, decided: [bool; 4]) {
    let (value, rule) = match section.kind {
        SectionKind::FamilyHistory => (Value::Experiencer(Experiencer::Family), "section:family_history"),
        SectionKind::PastMedicalHistory => (HISTORICAL, "section:past_medical_history"),
        SectionKind::PastSurgicalHistory => (HISTORICAL, "section:past_surgical_history"),
        SectionKind::Allergies => (HISTORICAL, "section:allergies"),
        SectionKind::Instructions => (HYPOTHETICAL, "section:instructions"),
        _ => return,
    };
    let Some(header) = section.header.filter(|_| !decided[value.axis()]) else { return };
    set(assertion, value);
    assertion.cues.push(SpokenCue { span: header, rule: Cow::Borrowed(rule) });
}

const HISTORICAL: Value = Value::Temporality(Temporality::Historical);
const HYPOTHETICAL: Value = Value::Temporality(Temporality::Hypothetical);
