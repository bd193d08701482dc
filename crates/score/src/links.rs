use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::counts::{Counts, ratio};
use crate::coverage::{Coverage, Pair, pair};
use crate::error::ScoreError;
use crate::gold::{self, GoldMention};
use crate::identifiers::{self, Identifier};
use crate::labels::{self, Labels};
use crate::prediction::{self, PredictedMention};
use crate::table::{self, COUNTS, Table, figure};

/// How many links of a mention [`LinkReport::at_10`] looks at.
const DEPTH: usize = 10;

/// What [`links`] scores.
#[derive(Debug, Clone)]
pub struct LinkOptions {
    /// The code system, by its name in the output (`MeSH`). Links to other systems are not looked at.
    pub system: String,
    /// The labels to score, on both sides; empty for all that the gold has.
    pub labels: Vec<String>,
}

/// How well mentions are linked to the concepts of one code system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkReport {
    /// The code system.
    pub system: String,
    /// The notes that were scored.
    pub notes: Coverage,
    /// The labels that were scored.
    pub labels: Labels,
    /// Gold mentions with a concept of the system.
    pub mentions: usize,
    /// Of [`mentions`](Self::mentions), those whose span was not predicted. They count as wrong below.
    pub not_found: usize,
    /// The first link is right. Of a composite gold (`D1|D2`), any of its concepts is.
    pub at_1: Accuracy,
    /// One of the first ten links is right.
    pub at_10: Accuracy,
    /// Mentions without a concept, in the gold or in the prediction.
    pub nil: NilCounts,
    /// Gold mentions whose only concepts are of other systems, by their prefix. They are left out.
    pub other_system: usize,
    /// The set of concepts of each note: all concepts of the gold, and the first link of each mention predicted.
    pub concepts: Counts,
}

/// A share of [`LinkReport::mentions`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Accuracy {
    /// The share, 0 to 1; `None` if there are no mentions.
    pub accuracy: Option<f64>,
    /// Mentions that are right.
    pub right: usize,
}

/// Mentions without a concept of the system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct NilCounts {
    /// NIL in the gold. They are left out of the accuracy.
    pub gold: usize,
    /// Of those, found and linked all the same.
    pub gold_linked: usize,
    /// With a concept in the gold, found, and not linked.
    pub predicted: usize,
}

/// Scores the links of `clinlink annotate --given`, or of mentions that it found itself.
///
/// # Errors
/// If a file cannot be read, a line is broken or repeats a note, a label asked for is not in the gold, or the gold
/// has no concept of the system.
pub fn links(gold: &Path, predicted: &Path, options: &LinkOptions) -> Result<LinkReport, ScoreError> {
    let (mut pairs, notes) = pair(gold::read_mentions(gold)?, prediction::read_mentions(predicted)?);
    labels::align(&mut pairs);
    let labels = Labels::choose(&options.labels, &pairs, gold)?;
    let mut tally = Tally::default();
    for note in &pairs {
        tally.add_note(note, &options.system, &labels);
    }
    if tally.mentions == 0 {
        let what = format!("no mention has a concept of {}; name another system", options.system);
        return Err(ScoreError::NothingToScore { path: gold.to_owned(), what });
    }
    let accuracy = |right| Accuracy { accuracy: ratio(right, tally.mentions), right };
    Ok(LinkReport {
        system: options.system.clone(),
        notes,
        labels,
        mentions: tally.mentions,
        not_found: tally.not_found,
        at_1: accuracy(tally.right_at_1),
        at_10: accuracy(tally.right_at_10),
        nil: tally.nil,
        other_system: tally.other_system,
        concepts: tally.concepts,
    })
}

#[derive(Default)]
struct Tally {
    mentions: usize,
    not_found: usize,
    right_at_1: usize,
    right_at_10: usize,
    nil: NilCounts,
    other_system: usize,
    concepts: Counts,
}

impl Tally {
    fn add_note(&mut self, note: &Pair<Vec<GoldMention>, PredictedMention>, system: &str, labels: &Labels) {
        // A link is right whatever label its mention has; only for the sets must both sides have the label.
        let mut by_span: HashMap<_, Vec<String>> = HashMap::new();
        let mut predicted_concepts = HashSet::new();
        for mention in &note.predicted {
            let codes = codes_of(mention, system);
            if labels.contains(&mention.label) {
                predicted_concepts.extend(codes.first().cloned());
            }
            by_span.entry(mention.span).or_default().extend(codes);
        }
        let mut gold_concepts = HashSet::new();
        for mention in note.gold.iter().filter(|m| labels.contains(&m.label)) {
            let found = by_span.get(&mention.span);
            match concepts_of(mention, system) {
                Gold::Concepts(concepts) => {
                    self.add_mention(&concepts, found);
                    gold_concepts.extend(concepts);
                }
                Gold::Nil => {
                    self.nil.gold += 1;
                    self.nil.gold_linked += usize::from(found.is_some_and(|codes| !codes.is_empty()));
                }
                Gold::Elsewhere => self.other_system += 1,
            }
        }
        let both = gold_concepts.intersection(&predicted_concepts).count();
        self.concepts += Counts::of(both, predicted_concepts.len(), gold_concepts.len());
    }

    fn add_mention(&mut self, concepts: &[String], found: Option<&Vec<String>>) {
        self.mentions += 1;
        let Some(codes) = found else {
            self.not_found += 1;
            return;
        };
        self.nil.predicted += usize::from(codes.is_empty());
        let right_within = |depth| codes.iter().take(depth).any(|code| concepts.contains(code));
        self.right_at_1 += usize::from(right_within(1));
        self.right_at_10 += usize::from(right_within(DEPTH));
    }
}

/// The codes of a mention's links to the system, best first, each once.
fn codes_of(mention: &PredictedMention, system: &str) -> Vec<String> {
    let mut codes = Vec::new();
    for link in mention.links.iter().filter(|link| identifiers::names(&link.system, system)) {
        let code = identifiers::code(&link.code);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

enum Gold {
    Concepts(Vec<String>),
    Nil,
    Elsewhere,
}

/// The concepts of the system that a gold mention has: several if it is composite.
fn concepts_of(mention: &GoldMention, system: &str) -> Gold {
    let mut concepts = Vec::new();
    let mut elsewhere = false;
    for id in mention.ids.iter().flat_map(|ids| ids.split('|')) {
        match identifiers::identifier(id, system) {
            Identifier::Concept(concept) => concepts.push(concept),
            Identifier::Elsewhere => elsewhere = true,
            Identifier::Nil => {}
        }
    }
    match (concepts.is_empty(), elsewhere) {
        (false, _) => Gold::Concepts(concepts),
        (true, true) => Gold::Elsewhere,
        (true, false) => Gold::Nil,
    }
}

impl fmt::Display for LinkReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "notes: {}", self.notes)?;
        let mut accuracy =
            Table::new([&format!("links to {}", self.system), "accuracy", "right", "mentions"]);
        for (title, share) in [("at 1", self.at_1), ("at 10", self.at_10)] {
            accuracy.row(title, [figure(share.accuracy), share.right.to_string(), self.mentions.to_string()]);
        }
        let mut concepts = Table::new(std::iter::once("concepts of a note").chain(COUNTS));
        concepts.row("micro", table::counts(self.concepts));
        writeln!(f, "{accuracy}\n{concepts}")?;
        let NilCounts { gold, gold_linked, predicted } = self.nil;
        writeln!(
            f,
            "{} mentions not found, counted as wrong; {predicted} found without a link",
            self.not_found
        )?;
        writeln!(
            f,
            "{gold} mentions NIL in the gold, left out of the accuracy; {gold_linked} of them linked"
        )?;
        if self.other_system > 0 {
            writeln!(f, "{} mentions with concepts of other systems alone, left out", self.other_system)?;
        }
        write!(f, "{}", self.labels.note())
    }
}
