//! Which labels are scored.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clinlink_model::Label;
use serde::Serialize;

use crate::coverage::Pair;
use crate::error::ScoreError;
use crate::gold::GoldMention;
use crate::prediction::PredictedMention;

/// The label of a gold mention that names none.
pub(crate) const UNLABELLED: &str = "unlabelled";

/// clinlink's own name of a label (`SpecificDisease` is `disease`), or the name in lower case if it has none.
pub(crate) fn canonical(name: &str) -> String {
    Label::from_name(name).map_or_else(|| name.to_lowercase(), |label| label.name().to_owned())
}

/// Where no gold mention names a label, takes the labels of the predictions away too: spans alone are compared.
pub(crate) fn align(pairs: &mut [Pair<Vec<GoldMention>, PredictedMention>]) {
    if pairs.iter().flat_map(|pair| &pair.gold).all(|mention| mention.label == UNLABELLED) {
        for mention in pairs.iter_mut().flat_map(|pair| &mut pair.predicted) {
            UNLABELLED.clone_into(&mut mention.label);
        }
    }
}

/// The labels that a report is about.
///
/// They are those that the gold has: a corpus that marks diseases alone says nothing of the chemicals that a
/// system finds in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Labels {
    /// The labels that are scored, in alphabetical order.
    pub scored: Vec<String>,
    /// Predicted mentions of other labels, which no figure counts.
    pub left_out: Vec<LabelCounts>,
}

/// How many mentions have a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelCounts {
    /// The label.
    pub label: String,
    /// Mentions.
    pub mentions: usize,
}

impl Labels {
    /// The labels to score: those of the gold, or those of them that were asked for.
    pub(crate) fn choose(
        asked: &[String],
        pairs: &[Pair<Vec<GoldMention>, PredictedMention>],
        path: &Path,
    ) -> Result<Self, ScoreError> {
        let known: BTreeSet<&str> =
            pairs.iter().flat_map(|pair| &pair.gold).map(|mention| mention.label.as_str()).collect();
        let asked: BTreeSet<String> = asked.iter().map(|name| canonical(name)).collect();
        if let Some(label) = asked.iter().find(|label| !known.contains(label.as_str())) {
            return Err(ScoreError::UnknownLabel {
                path: path.to_owned(),
                label: label.clone(),
                known: known.into_iter().map(str::to_owned).collect(),
            });
        }
        let scored: BTreeSet<&str> =
            known.into_iter().filter(|label| asked.is_empty() || asked.contains(*label)).collect();
        let mut others = BTreeMap::new();
        for label in pairs.iter().flat_map(|pair| &pair.predicted).map(|mention| mention.label.as_str()) {
            if !scored.contains(label) {
                *others.entry(label.to_owned()).or_insert(0) += 1;
            }
        }
        Ok(Self {
            scored: scored.into_iter().map(str::to_owned).collect(),
            left_out: others.into_iter().map(|(label, mentions)| LabelCounts { label, mentions }).collect(),
        })
    }

    pub(crate) fn contains(&self, label: &str) -> bool {
        self.scored.iter().any(|scored| scored == label)
    }

    /// A line that names what was left out; nothing if nothing was.
    pub(crate) fn note(&self) -> String {
        let counts: Vec<String> =
            self.left_out.iter().map(|l| format!("{} {}", l.mentions, l.label)).collect();
        match counts.as_slice() {
            [] => String::new(),
            counts => format!(
                "left out, since the labels scored are {}: {}\n",
                self.scored.join(", "),
                counts.join(", ")
            ),
        }
    }
}
