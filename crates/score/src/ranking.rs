//! Means over documents, and measures of the order of codes.

use serde::Serialize;

use crate::counts::Counts;

/// The depths at which recall is reported.
const DEPTHS: [usize; 3] = [5, 10, 20];

/// Means over the documents that have gold codes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct MeanScores {
    /// Mean precision, 0 to 1. A document without predictions has 0.
    pub precision: f64,
    /// Mean recall, 0 to 1.
    pub recall: f64,
    /// Mean of the documents' F1, 0 to 1.
    pub f1: f64,
}

/// Mean recall of the first `k` codes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RecallAt {
    /// How many codes of each document are looked at.
    pub k: usize,
    /// The mean over the documents that have gold codes, 0 to 1; `None` if there are none.
    pub recall: Option<f64>,
}

/// The mean of each document's figures; `None` without documents.
pub(crate) fn macro_average(documents: &[Counts]) -> Option<MeanScores> {
    let figure =
        |of: fn(Counts) -> Option<f64>| mean(documents.iter().map(|&counts| of(counts).unwrap_or(0.0)));
    Some(MeanScores {
        precision: figure(Counts::precision)?,
        recall: figure(Counts::recall)?,
        f1: figure(Counts::f1)?,
    })
}

/// Mean average precision: for each document, the precision at the rank of each right code, summed and divided by
/// the number of gold codes (Manning et al., Introduction to Information Retrieval, section 8.4).
///
/// Each document is the number of its gold codes, above 0, and whether each code as ranked is one of them.
pub(crate) fn mean_average_precision(documents: &[(usize, Vec<bool>)]) -> Option<f64> {
    mean(documents.iter().map(average_precision))
}

/// The average precision of one document.
pub(crate) fn average_precision((gold, ranked): &(usize, Vec<bool>)) -> f64 {
    let mut right = 0;
    let mut sum = 0.0;
    for (rank, _) in ranked.iter().enumerate().filter(|(_, is_right)| **is_right) {
        right += 1;
        sum += f64::from(right) / (rank + 1) as f64;
    }
    sum / *gold as f64
}

/// Mean recall at each of the depths.
pub(crate) fn recall_at(documents: &[(usize, Vec<bool>)]) -> Vec<RecallAt> {
    let recall = |k: usize| {
        mean(documents.iter().map(|(gold, ranked)| {
            ranked.iter().take(k).filter(|is_right| **is_right).count() as f64 / *gold as f64
        }))
    };
    DEPTHS.iter().map(|&k| RecallAt { k, recall: recall(k) }).collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = values.len();
    (count > 0).then(|| values.sum::<f64>() / count as f64)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{mean_average_precision, recall_at};

    #[rstest]
    // 1/1 and 2/3 over three gold codes.
    #[case::two_of_three(vec![(3, vec![true, false, true])], Some((1.0 + 2.0 / 3.0) / 3.0))]
    #[case::nothing_ranked(vec![(2, vec![])], Some(0.0))]
    #[case::mean_of_two(vec![(1, vec![true]), (1, vec![false, true])], Some(0.75))]
    #[case::no_document(vec![], None)]
    fn average_precision(#[case] documents: Vec<(usize, Vec<bool>)>, #[case] map: Option<f64>) {
        assert_eq!(mean_average_precision(&documents), map);
    }

    #[test]
    fn recall_looks_no_deeper_than_k() {
        let ranked = vec![(4, vec![false, true, false, false, false, true])];
        let recalls: Vec<_> = recall_at(&ranked).into_iter().map(|at| (at.k, at.recall)).collect();
        assert_eq!(recalls, [(5, Some(0.25)), (10, Some(0.5)), (20, Some(0.5))]);
    }
}
