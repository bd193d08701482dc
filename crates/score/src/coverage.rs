use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

use crate::gold::Gold;
use crate::prediction::Predictions;

/// Which notes (or episodes) were scored, and which count as missed or were ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Notes in the gold.
    pub gold: usize,
    /// Notes of the gold with a prediction.
    pub predicted: usize,
    /// Notes of the gold whose prediction is an error record: their gold counts as missed.
    pub failed: Vec<String>,
    /// Notes of the gold without any prediction: their gold counts as missed.
    pub missing: Vec<String>,
    /// Predictions for notes that the gold does not have, which are ignored.
    pub ignored: usize,
    /// Error records that are about no note of the gold: their id is unknown, or it is that of a single note of an
    /// episode, which is scored without it.
    pub other_errors: usize,
}

impl Coverage {
    /// Whether every note of the gold has a prediction, no other note has one, and nothing failed.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.missing.is_empty() && self.ignored == 0 && self.other_errors == 0
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in the gold, {} predicted", self.gold, self.predicted)?;
        for (ids, what) in [(&self.failed, "failed"), (&self.missing, "without prediction")] {
            if !ids.is_empty() {
                let more = if ids.len() > 3 { ", …" } else { "" };
                let shown = ids[..ids.len().min(3)].join(", ");
                write!(f, "; {} {what}, counted as missed ({shown}{more})", ids.len())?;
            }
        }
        if self.ignored > 0 {
            write!(f, "; {} not in the gold, ignored", self.ignored)?;
        }
        if self.other_errors > 0 {
            write!(f, "; {} error records about none of them", self.other_errors)?;
        }
        writeln!(f)
    }
}

/// Gold and prediction of one note. The prediction is empty where there is none.
pub(crate) struct Pair<G, P> {
    pub(crate) gold: G,
    pub(crate) predicted: Vec<P>,
}

/// Pairs gold and predictions, in the order of the gold.
pub(crate) fn pair<G, P>(gold: Vec<Gold<G>>, mut predictions: Predictions<P>) -> (Vec<Pair<G, P>>, Coverage) {
    let ids: HashSet<&str> = gold.iter().map(|note| note.id.as_str()).collect();
    let others = || predictions.by_id.iter().filter(|(id, _)| !ids.contains(id.as_str()));
    let mut coverage = Coverage {
        gold: gold.len(),
        ignored: others().filter(|(_, found)| found.is_some()).count(),
        other_errors: others().filter(|(_, found)| found.is_none()).count() + predictions.unnamed_errors,
        ..Coverage::default()
    };
    let pairs = gold
        .into_iter()
        .map(|Gold { id, items }| {
            let predicted = match predictions.by_id.remove(&id) {
                Some(Some(found)) => {
                    coverage.predicted += 1;
                    found
                }
                Some(None) => {
                    coverage.failed.push(id);
                    Vec::new()
                }
                None => {
                    coverage.missing.push(id);
                    Vec::new()
                }
            };
            Pair { gold: items, predicted }
        })
        .collect();
    (pairs, coverage)
}
