use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;

use clinlink_model::{Certainty, Experiencer, Polarity, Temporality};
use serde::Serialize;

use crate::counts::{Counts, ratio};
use crate::coverage::{Coverage, Pair, pair};
use crate::error::ScoreError;
use crate::gold::{self, GoldAssertion, GoldMention};
use crate::prediction::{self, PredictedAssertion, PredictedMention};
use crate::table::{self, COUNTS, Table, figure};

/// How well assertions are made of mentions that are given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContextReport {
    /// The notes that were scored.
    pub notes: Coverage,
    /// Gold mentions with an assertion.
    pub mentions: usize,
    /// Of [`mentions`](Self::mentions), those whose span was not predicted. They count as wrong.
    pub not_found: usize,
    /// Of [`mentions`](Self::mentions), those found and not assessed. They count as wrong.
    pub not_assessed: usize,
    /// Each axis that the gold speaks of.
    pub axes: Vec<AxisReport>,
}

/// One axis of the assertion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AxisReport {
    /// Its name in the output (`polarity`).
    pub axis: &'static str,
    /// The share of [`mentions`](Self::mentions) with the gold's value, 0 to 1.
    pub accuracy: Option<f64>,
    /// Mentions with the gold's value.
    pub right: usize,
    /// Gold mentions with a value on this axis.
    pub mentions: usize,
    /// Each value but the default one, since that is what nearly all mentions have.
    pub values: Vec<ValueReport>,
}

/// One value of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ValueReport {
    /// Its name in the output (`negated`).
    pub value: &'static str,
    /// Mentions that have it in gold and prediction.
    #[serde(flatten)]
    pub counts: Counts,
}

/// The axes, each with its values; the first one is the default.
const AXES: [(&str, &[&str]); 4] = [
    ("polarity", &["affirmed", "negated"]),
    ("certainty", &["certain", "probable", "possible"]),
    ("temporality", &["recent", "historical", "hypothetical"]),
    ("experiencer", &["patient", "family", "other"]),
];

/// Scores the assertions of `clinlink annotate --given`. Mentions are matched by their span, whatever their label.
///
/// # Errors
/// If a file cannot be read, a line is broken or repeats a note, or the gold has no assertion.
pub fn context(gold: &Path, predicted: &Path) -> Result<ContextReport, ScoreError> {
    let (pairs, notes) = pair(gold::read_mentions(gold)?, prediction::read_mentions(predicted)?);
    let mut tally = Tally::default();
    for note in &pairs {
        tally.add_note(note);
    }
    if tally.mentions == 0 {
        let what = "no mention has an \"assertion\"; give gold with assertions".to_owned();
        return Err(ScoreError::NothingToScore { path: gold.to_owned(), what });
    }
    let axes = AXES.iter().zip(&tally.axes).filter(|(_, axis)| axis.mentions > 0);
    Ok(ContextReport {
        notes,
        mentions: tally.mentions,
        not_found: tally.not_found,
        not_assessed: tally.not_assessed,
        axes: axes.map(|((name, values), axis)| axis.report(name, values)).collect(),
    })
}

#[derive(Default)]
struct Tally {
    mentions: usize,
    not_found: usize,
    not_assessed: usize,
    axes: [AxisTally; AXES.len()],
}

#[derive(Default)]
struct AxisTally {
    mentions: usize,
    right: usize,
    values: BTreeMap<&'static str, Counts>,
}

impl Tally {
    fn add_note(&mut self, note: &Pair<Vec<GoldMention>, PredictedMention>) {
        let mut by_span = HashMap::new();
        for mention in &note.predicted {
            // Of two mentions with one span, the first speaks, unless only the other is assessed.
            let assertion = by_span.entry(mention.span).or_insert(None);
            *assertion = assertion.or(mention.assertion);
        }
        for mention in &note.gold {
            let Some(gold) = mention.assertion.map(GoldAssertion::values) else { continue };
            let found = by_span.get(&mention.span).copied();
            self.mentions += 1;
            self.not_found += usize::from(found.is_none());
            self.not_assessed += usize::from(matches!(found, Some(None)));
            let predicted = found.flatten().map(PredictedAssertion::values);
            for (i, axis) in self.axes.iter_mut().enumerate() {
                if let Some(gold) = gold[i] {
                    axis.add(gold, predicted.map(|values| values[i]));
                }
            }
        }
    }
}

impl AxisTally {
    fn add(&mut self, gold: &'static str, predicted: Option<&'static str>) {
        self.mentions += 1;
        if predicted == Some(gold) {
            self.right += 1;
            self.values.entry(gold).or_default().tp += 1;
            return;
        }
        self.values.entry(gold).or_default().fn_ += 1;
        if let Some(predicted) = predicted {
            self.values.entry(predicted).or_default().fp += 1;
        }
    }

    fn report(&self, axis: &'static str, values: &[&'static str]) -> AxisReport {
        let value =
            |&value| ValueReport { value, counts: self.values.get(value).copied().unwrap_or_default() };
        AxisReport {
            axis,
            accuracy: ratio(self.right, self.mentions),
            right: self.right,
            mentions: self.mentions,
            values: values.iter().skip(1).map(value).collect(),
        }
    }
}

impl GoldAssertion {
    /// The values, in the order of [`AXES`].
    fn values(self) -> [Option<&'static str>; AXES.len()] {
        [
            self.polarity.map(polarity),
            self.certainty.map(certainty),
            self.temporality.map(temporality),
            self.experiencer.map(experiencer),
        ]
    }
}

impl PredictedAssertion {
    /// The values, in the order of [`AXES`].
    fn values(self) -> [&'static str; AXES.len()] {
        [
            polarity(self.polarity),
            certainty(self.certainty),
            temporality(self.temporality),
            experiencer(self.experiencer),
        ]
    }
}

const fn polarity(value: Polarity) -> &'static str {
    match value {
        Polarity::Affirmed => "affirmed",
        Polarity::Negated => "negated",
    }
}

const fn certainty(value: Certainty) -> &'static str {
    match value {
        Certainty::Certain => "certain",
        Certainty::Probable => "probable",
        Certainty::Possible => "possible",
    }
}

const fn temporality(value: Temporality) -> &'static str {
    match value {
        Temporality::Recent => "recent",
        Temporality::Historical => "historical",
        Temporality::Hypothetical => "hypothetical",
    }
}

const fn experiencer(value: Experiencer) -> &'static str {
    match value {
        Experiencer::Patient => "patient",
        Experiencer::Family => "family",
        Experiencer::Other => "other",
    }
}

impl fmt::Display for ContextReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "notes: {}", self.notes)?;
        let mut values = Table::new(std::iter::once("value").chain(COUNTS));
        let mut accuracy = Table::new(["axis", "accuracy", "right", "mentions"]);
        for axis in &self.axes {
            let cells = [figure(axis.accuracy), axis.right.to_string(), axis.mentions.to_string()];
            accuracy.row(axis.axis, cells);
            for ValueReport { value, counts } in &axis.values {
                values.row(format!("{} {value}", axis.axis), table::counts(*counts));
            }
        }
        writeln!(f, "{values}\n{accuracy}")?;
        writeln!(
            f,
            "{} mentions; {} not found and {} not assessed, counted as wrong",
            self.mentions, self.not_found, self.not_assessed
        )
    }
}
