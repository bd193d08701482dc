use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::counts::Counts;
use crate::coverage::{Coverage, Pair, pair};
use crate::error::ScoreError;
use crate::gold::{self, GoldMention};
use crate::labels::{self, Labels};
use crate::matching::{self, Range};
use crate::prediction::{self, PredictedMention};
use crate::table::{self, COUNTS, Table};

/// What [`mentions`] scores.
#[derive(Debug, Clone, Default)]
pub struct MentionOptions {
    /// The labels to score; empty for all that the gold has.
    pub labels: Vec<String>,
}

/// How well mentions are found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MentionReport {
    /// The notes that were scored.
    pub notes: Coverage,
    /// The labels that were scored.
    pub labels: Labels,
    /// Gold mentions with the span and label of another one of the same note, counted once.
    pub gold_duplicates: usize,
    /// All labels that are scored, summed.
    pub micro: SpanCounts,
    /// Each label.
    pub by_label: BTreeMap<String, SpanCounts>,
}

/// Counts by two ways to compare spans. A mention must have the gold's label in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SpanCounts {
    /// The same first and last character.
    pub strict: Counts,
    /// At least one character in common, each mention of either side used once.
    pub overlapping: Counts,
}

/// Scores the mentions that `clinlink annotate` found.
///
/// If no gold mention has a label, spans alone are compared. Two gold mentions with the same span and label count as one. A prediction that is made twice is wrong once.
///
/// # Errors
/// If a file cannot be read, a line is broken or repeats a note, or a label asked for is not in the gold.
pub fn mentions(
    gold: &Path,
    predicted: &Path,
    options: &MentionOptions,
) -> Result<MentionReport, ScoreError> {
    let (mut pairs, notes) = pair(gold::read_mentions(gold)?, prediction::read_mentions(predicted)?);
    labels::align(&mut pairs);
    let labels = Labels::choose(&options.labels, &pairs, gold)?;
    let mut by_label: BTreeMap<String, SpanCounts> =
        labels.scored.iter().map(|label| (label.clone(), SpanCounts::default())).collect();
    let mut gold_duplicates = 0;
    for note in &pairs {
        for (label, counts) in &mut by_label {
            gold_duplicates += add_note(note, label, counts);
        }
    }
    let mut micro = SpanCounts::default();
    for counts in by_label.values() {
        micro.strict += counts.strict;
        micro.overlapping += counts.overlapping;
    }
    Ok(MentionReport { notes, labels, gold_duplicates, micro, by_label })
}

/// Adds one note's mentions of one label, and returns how many gold mentions were duplicates.
fn add_note(note: &Pair<Vec<GoldMention>, PredictedMention>, label: &str, counts: &mut SpanCounts) -> usize {
    let mut seen = HashSet::new();
    let all: Vec<Range> = note.gold.iter().filter(|m| m.label == label).map(|m| m.span).collect();
    let gold: Vec<Range> = all.iter().copied().filter(|&span| seen.insert(span)).collect();
    let predicted: Vec<Range> = note.predicted.iter().filter(|m| m.label == label).map(|m| m.span).collect();
    counts.strict += Counts::of(matching::exact(&gold, &predicted), predicted.len(), gold.len());
    counts.overlapping += Counts::of(matching::overlapping(&gold, &predicted), predicted.len(), gold.len());
    all.len() - gold.len()
}

impl fmt::Display for MentionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "notes: {}", self.notes)?;
        for (title, of) in [
            ("strict spans", (|c: &SpanCounts| c.strict) as fn(&SpanCounts) -> Counts),
            ("overlapping spans", |c| c.overlapping),
        ] {
            let mut table = Table::new(std::iter::once(title).chain(COUNTS));
            for (label, counts) in &self.by_label {
                table.row(label, table::counts(of(counts)));
            }
            table.row("micro", table::counts(of(&self.micro)));
            write!(f, "\n{table}")?;
        }
        write!(f, "{}", self.labels.note())?;
        if self.gold_duplicates > 0 {
            writeln!(f, "{} duplicates in the gold counted once", self.gold_duplicates)?;
        }
        Ok(())
    }
}
