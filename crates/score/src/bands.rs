//! Codes by how often the training data has them: what is never seen is where learnt coders fail unnoticed.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde::Serialize;

use crate::counts::Counts;
use crate::error::ScoreError;
use crate::gold;
use crate::identifiers;

/// A code in at least this many episodes of the training data is seen often.
const OFTEN: usize = 10;

/// How well the codes of one band of frequency are found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// `never`, `seldom` (1 to 9 episodes of the training data) or `often`.
    pub seen: &'static str,
    /// Full codes, summed over the episodes.
    pub micro: Counts,
}

/// The bands of the gold and predicted codes of each episode, given the gold of the training data.
pub(crate) fn bands(
    training: &Path,
    episodes: &[(HashSet<String>, HashSet<String>)],
) -> Result<Vec<Band>, ScoreError> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for episode in gold::read_codes(training)? {
        for code in episode.items.codes.iter().map(|code| identifiers::code(code)).collect::<HashSet<_>>() {
            *seen.entry(code).or_default() += 1;
        }
    }
    let band = |code: &String| match seen.get(code) {
        None => "never",
        Some(&times) if times < OFTEN => "seldom",
        Some(_) => "often",
    };
    let of = |name: &'static str| {
        let mut micro = Counts::default();
        for (gold, predicted) in episodes {
            let right = gold.intersection(predicted).filter(|code| band(code) == name).count();
            let count = |codes: &HashSet<String>| codes.iter().filter(|code| band(code) == name).count();
            micro += Counts::of(right, count(predicted), count(gold));
        }
        Band { seen: name, micro }
    };
    Ok(["never", "seldom", "often"].map(of).into())
}
