//! Decides each axis of each mention: the nearest cue in scope, else the section, else the plain reading.

use std::borrow::Cow;
use std::path::Path;

use clinlink_model::{
    Answer, Asserter, Assertion, Certainty, CheckBox, Course, Cue as SpokenCue, Experiencer, Label, Layout,
    Mention, Note, Polarity, Section, SectionKind, StatedTime, Temporality,
};

use crate::answers::{Question, Reply, questions};
use crate::cue_finder::CueFinder;
use crate::error::LexiconError;
use crate::rules::{AXES, MAX_REACH, Value};
use crate::scope::{Cue, cues};
use crate::signs::SignRules;
use crate::times::Times;

/// Says how mentions are meant, by cues with scope and terminators (ConText) and by sections.
///
/// On each axis the nearest cue in whose scope a mention lies decides. Where none does, the section may: its rule is
/// then called `section:` and the section's name, and its span is the header. What neither decides is affirmed,
/// certain, recent, the patient's.
#[derive(Debug, Clone)]
pub struct Context {
    finder: CueFinder,
    times: Times,
    signs: SignRules,
}

impl Context {
    /// With the cues that come with clinlink (`vocab/cues.tsv`).
    pub fn embedded() -> Self {
        Self::new(CueFinder::embedded())
    }

    /// With cues from a file of the same layout as `vocab/cues.tsv`.
    ///
    /// # Errors
    /// If the file cannot be read, or a line of it is not sound; the message names the line and the cause.
    pub fn from_tsv(path: &Path) -> Result<Self, LexiconError> {
        Ok(Self::new(CueFinder::from_tsv(path)?))
    }

    fn new(finder: CueFinder) -> Self {
        Self { finder, times: Times::new(), signs: SignRules::new() }
    }
}

impl Asserter for Context {
    fn assert(&self, note: &Note, layout: &Layout, mentions: &[Mention]) -> Vec<Assertion> {
        let cues = cues(&self.finder, &self.times, &self.signs, note, layout);
        let questions = questions(note, layout);
        mentions.iter().map(|mention| assert_one(layout, &cues, &questions, mention)).collect()
    }
}

fn assert_one(layout: &Layout, cues: &[Cue<'_>], questions: &[Question], mention: &Mention) -> Assertion {
    let mut assertion = Assertion::plain();
    let first = layout.tokens.partition_point(|t| t.span.end() <= mention.span.start()) as u32;
    let last = layout.tokens.partition_point(|t| t.span.start() < mention.span.end()) as u32;
    let mut nearest = nearest(cues, first, last.max(first + 1));
    let question = questions.get(questions.partition_point(|question| question.tokens.1 <= first));
    let question = question.filter(|question| question.tokens.0 <= first);
    if let Some(question) = question {
        nearest.leave_to(question);
    }
    for found in nearest.axes.iter().flatten() {
        set(&mut assertion, found);
        if !matches!(found.value, Value::Time(_)) {
            note_cue(&mut assertion, found.cue, layout);
        }
    }
    if let (Experiencer::Family, Some((_, cue))) = (assertion.experiencer, nearest.relative) {
        assertion.relative = cue.relative;
        note_cue(&mut assertion, cue, layout);
    }
    let mut decided = nearest.axes.map(|axis| axis.is_some());
    // What is planned is not done yet; the disorder that it is planned for is there all the same.
    if mention.label == Label::Procedure && assertion.course == Some(Course::Planned) && !decided[TIME_AXIS] {
        assertion.temporality = Temporality::Hypothetical;
        decided[TIME_AXIS] = true;
    }
    let existing = nearest.axes[TIME_AXIS].is_some_and(|found| found.value == Value::Existing);
    if let Some(question) = question {
        by_answer(&mut assertion, layout, question, &mut decided);
    }
    by_check_box(&mut assertion, layout, mention, &mut decided);
    if let Some(section) = layout.known_section_of(mention.span) {
        // What the patient has by now may still stand under past history.
        decided[TIME_AXIS] &= !existing || section.kind == SectionKind::Instructions;
        by_section(&mut assertion, section, decided);
    }
    assertion
}

/// The cues that decide about one mention.
#[derive(Clone, Copy, Default)]
struct Nearest<'c, 'r> {
    axes: [Option<Found<'c, 'r>>; AXES.len()],
    /// The nearest that names a relative, with its distance.
    relative: Option<(u32, &'c Cue<'r>)>,
}

impl Nearest<'_, '_> {
    /// Drops the cues on the axes that an answer decides: the question mark is then no doubt.
    fn leave_to(&mut self, question: &Question) {
        self.axes[CERTAINTY_AXIS] = None;
        if matches!(question.reply, Reply::Says(_)) {
            self.axes[POLARITY_AXIS] = None;
        }
    }
}

/// The cue that decides an axis.
#[derive(Clone, Copy)]
struct Found<'c, 'r> {
    cue: &'c Cue<'r>,
    value: Value,
    distance: u32,
}

/// The nearest cue on each axis in whose scope tokens `first..last` lie. Of two as near, the one before them.
fn nearest<'c, 'r>(cues: &'c [Cue<'r>], first: u32, last: u32) -> Nearest<'c, 'r> {
    let mut found = Nearest::default();
    let start = cues.partition_point(|cue| cue.tokens.1 + MAX_REACH < first);
    for cue in cues[start..].iter().take_while(|cue| cue.tokens.0 <= last + MAX_REACH) {
        let Some(distance) = cue.distance(first, last) else { continue };
        for &value in cue.values() {
            // Words of the mention that end it may deny it; the others belong to its name.
            let names = match value {
                Value::Polarity(_) => cue.is_inside(first, last) && !cue.trails(first, last),
                Value::Experiencer(_) => cue.is_inside(first, last),
                _ => cue.trails(first, last),
            };
            if names {
                continue;
            }
            let best = &mut found.axes[value.axis()];
            if best.is_none_or(|best| (rank(value), distance) < (rank(best.value), best.distance)) {
                *best = Some(Found { cue, value, distance });
            }
            let relative = value == FAMILY && cue.relative.is_some();
            if relative && found.relative.is_none_or(|(nearest, _)| distance < nearest) {
                found.relative = Some((distance, cue));
            }
        }
    }
    found
}

/// Which of two cues in scope decides an axis: the lower one, of equal ones the nearest. A date within the episode
/// goes before all else: "history of fall on" that day is recent. "acute" or "new" says that a mention is recent, but
/// "call if new pain" is no less hypothetical for it.
const fn rank(value: Value) -> u8 {
    match value {
        Value::InEpisode => 0,
        Value::Temporality(Temporality::Recent) | Value::Existing => 2,
        _ => 1,
    }
}

fn set(assertion: &mut Assertion, found: &Found<'_, '_>) {
    match found.value {
        Value::Polarity(polarity) => assertion.polarity = polarity,
        Value::Certainty(certainty) => assertion.certainty = certainty,
        Value::Temporality(temporality) => assertion.temporality = temporality,
        Value::Existing | Value::InEpisode => assertion.temporality = Temporality::Recent,
        Value::Experiencer(experiencer) => assertion.experiencer = experiencer,
        Value::Course(course) => assertion.course = Some(course),
        Value::Time(kind) => assertion.time = Some(StatedTime { span: found.cue.span, kind }),
    }
}

fn note_cue(assertion: &mut Assertion, cue: &Cue<'_>, layout: &Layout) {
    let known = |spoken: &SpokenCue| spoken.span == cue.span && spoken.rule == cue.rule.id;
    if !assertion.cues.iter().any(known) {
        let scope = cue.scope(layout);
        assertion.cues.push(SpokenCue { span: cue.span, rule: cue.rule.id.clone(), scope });
    }
}

/// Sets what the answer to a question says of the words in it.
fn by_answer(
    assertion: &mut Assertion,
    layout: &Layout,
    question: &Question,
    decided: &mut [bool; AXES.len()],
) {
    if let Reply::Says(polarity) = question.reply {
        assertion.polarity = polarity;
        decided[POLARITY_AXIS] = true;
    }
    let start = layout.tokens[question.tokens.0 as usize].span;
    let (span, rule) = (question.mark, Cow::Borrowed(question.rule()));
    assertion.cues.push(SpokenCue { span, rule, scope: start.cover(span) });
}

/// Sets what a ticked, unticked or unanswered box says of the words beside it, unless a cue has `decided` that axis:
/// `[ ] Fever` denies, and of `Fever: Yes / No` nothing is known.
fn by_check_box(
    assertion: &mut Assertion,
    layout: &Layout,
    mention: &Mention,
    decided: &mut [bool; AXES.len()],
) {
    let Some(CheckBox { mark, about, answer }) = layout.check_box_of(mention.span) else { return };
    let (axis, rule) = match answer {
        Answer::Yes => (POLARITY_AXIS, "form:yes"),
        Answer::No => (POLARITY_AXIS, "form:no"),
        Answer::Open => (TIME_AXIS, "form:open"),
    };
    if decided[axis] {
        return;
    }
    decided[axis] = true;
    match answer {
        Answer::Yes => {}
        Answer::No => assertion.polarity = Polarity::Negated,
        Answer::Open => assertion.temporality = Temporality::Hypothetical,
    }
    assertion.cues.push(SpokenCue { span: *mark, rule: Cow::Borrowed(rule), scope: mark.cover(*about) });
}

/// Sets what a section says of everything in it, unless a cue has `decided` that axis.
fn by_section(assertion: &mut Assertion, section: &Section, decided: [bool; AXES.len()]) {
    let (value, rule) = match section.kind {
        SectionKind::FamilyHistory => (FAMILY, "section:family_history"),
        SectionKind::PastMedicalHistory => (HISTORICAL, "section:past_medical_history"),
        SectionKind::PastSurgicalHistory => (HISTORICAL, "section:past_surgical_history"),
        SectionKind::Allergies => (HISTORICAL, "section:allergies"),
        SectionKind::Immunizations => (HYPOTHETICAL, "section:immunizations"),
        SectionKind::Instructions => (HYPOTHETICAL, "section:instructions"),
        _ => return,
    };
    let Some(header) = section.header.filter(|_| !decided[value.axis()]) else { return };
    match value {
        Value::Temporality(temporality) => assertion.temporality = temporality,
        _ => assertion.experiencer = Experiencer::Family,
    }
    assertion.cues.push(SpokenCue { span: header, rule: Cow::Borrowed(rule), scope: section.span });
}

const FAMILY: Value = Value::Experiencer(Experiencer::Family);
const HISTORICAL: Value = Value::Temporality(Temporality::Historical);
const HYPOTHETICAL: Value = Value::Temporality(Temporality::Hypothetical);
/// The axis of polarity.
const POLARITY_AXIS: usize = Value::Polarity(Polarity::Negated).axis();
/// The axis of certainty.
const CERTAINTY_AXIS: usize = Value::Certainty(Certainty::Certain).axis();
/// The axis of temporality.
const TIME_AXIS: usize = HISTORICAL.axis();
