//! What the stages say of marked texts, beside what they should say.

use std::sync::LazyLock;

use clinlink_context::{Abbreviations, Context};
use clinlink_model::{
    Asserter, Assertion, Certainty, Course, Expander, Experiencer, Label, Mention, MentionSource, Note,
    Polarity, Segmenter, Temporality,
};
use clinlink_segment::RuleSegmenter;

use crate::markup::{Expected, read};

/// The sentences, by phenomenon.
const SENTENCES: &str = include_str!("sentences.txt");

/// One text of a phenomenon.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub phenomenon: &'static str,
    pub markup: &'static str,
    /// Whether it is known to go wrong.
    pub known: bool,
}

/// All texts, in the order of the file.
///
/// # Panics
/// If a text stands under no phenomenon.
pub fn cases() -> Vec<Case> {
    let mut phenomenon = None;
    let mut cases = Vec::new();
    for line in SENTENCES.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            phenomenon = Some(name);
        } else if !line.starts_with('#') && !line.trim().is_empty() {
            let phenomenon = phenomenon.unwrap_or_else(|| panic!("under no phenomenon: {line}"));
            let (known, markup) = line.strip_prefix("~ ").map_or((false, line), |markup| (true, markup));
            cases.push(Case { phenomenon, markup, known });
        }
    }
    cases
}

/// What was expected of one mention and what was found; both sorted.
#[derive(Debug)]
pub struct Outcome {
    pub words: String,
    pub expected: Vec<String>,
    pub found: Vec<String>,
    pub cues: Vec<String>,
}

impl Outcome {
    pub fn is_right(&self) -> bool {
        self.expected == self.found
    }
}

static STAGES: LazyLock<(RuleSegmenter, Context, Abbreviations)> =
    LazyLock::new(|| (RuleSegmenter::embedded(), Context::embedded(), Abbreviations::embedded()));

/// Runs the stages on a marked text.
///
/// # Panics
/// If the markup is malformed.
pub fn outcomes(markup: &str) -> Vec<Outcome> {
    let (segmenter, context, abbreviations) = &*STAGES;
    let (date, markup) = dated(markup);
    let marked = read(markup);
    let mut note = Note::new("case", marked.text.as_str()).unwrap();
    note.date = date.map(str::to_owned);
    let layout = segmenter.segment(&note);
    let mention = |&(start, end, _): &(usize, usize, Expected)| Mention {
        span: note.span(start..end).unwrap(),
        label: Label::Disease,
        score: 1.0,
        by: MentionSource::Given,
    };
    let mentions: Vec<Mention> = marked.mentions.iter().map(mention).collect();
    let assertions = context.assert(&note, &layout, &mentions);
    let expansions = abbreviations.expand(&note, &layout, &mentions);
    assert_eq!(assertions.len(), mentions.len());
    let of_mention = |(at, (.., expected)): (usize, (_, _, Expected))| {
        let (mention, assertion) = (&mentions[at], &assertions[at]);
        let (expected, found) = match expected {
            Expected::Values(values) => {
                let found = said(&note, assertion, &values);
                (values, found)
            }
            Expected::Long(long) => {
                let found = expansions.iter().find(|e| e.short == mention.span).map(|e| e.long.clone());
                (vec![long], found.into_iter().collect())
            }
        };
        let cues = assertion.cues.iter().map(|cue| format!("{}={}", &note[cue.span], cue.rule)).collect();
        Outcome { words: note[mention.span].to_owned(), expected, found, cues }
    };
    marked.mentions.into_iter().enumerate().map(of_mention).collect()
}

/// The date of the note, before the first space of a text that starts with "@", and the rest of the text.
fn dated(markup: &str) -> (Option<&str>, &str) {
    let parts = markup.strip_prefix('@').and_then(|rest| rest.split_once(' '));
    parts.map_or((None, markup), |(date, markup)| (Some(date), markup))
}

/// What an assertion says: the axes that are not plain, and the details of which `expected` speaks.
fn said(note: &Note, assertion: &Assertion, expected: &[String]) -> Vec<String> {
    let axes = [
        (assertion.polarity == Polarity::Negated).then_some("negated"),
        match assertion.certainty {
            Certainty::Certain => None,
            Certainty::Probable => Some("probable"),
            Certainty::Possible => Some("possible"),
        },
        match assertion.temporality {
            Temporality::Recent => None,
            Temporality::Historical => Some("historical"),
            Temporality::Hypothetical => Some("hypothetical"),
        },
        match assertion.experiencer {
            Experiencer::Patient => None,
            Experiencer::Family => Some("family"),
            Experiencer::Other => Some("other"),
        },
    ];
    let mut found: Vec<String> = axes.into_iter().flatten().map(str::to_owned).collect();
    assert!(found.is_empty() || !assertion.cues.is_empty(), "{found:?} without a cue");
    let course = assertion.course.map(|course| match course {
        Course::Resolved => "resolved",
        Course::Planned => "planned",
        Course::Conditional => "conditional",
    });
    let time = assertion.time.map(|time| &note[time.span]);
    for (key, value) in [("course", course), ("relative", assertion.relative), ("time", time)] {
        if expected.iter().any(|value| value.split_once('=').is_some_and(|(wanted, _)| wanted == key)) {
            found.push(format!("{key}={}", value.unwrap_or("none")));
        }
    }
    found.sort();
    found
}
