//! Which predicted spans answer which gold spans, one to one.

use std::collections::HashMap;

/// Start and end, in characters.
pub(crate) type Range = (usize, usize);

/// How many of the gold spans are predicted exactly. Each side is used once: the second of two equal predictions
/// finds nothing left.
pub(crate) fn exact(gold: &[Range], predicted: &[Range]) -> usize {
    let mut free = count(predicted);
    gold.iter().filter(|span| take(&mut free, **span)).count()
}

/// How many of the gold spans share a character with a prediction of their own.
///
/// Equal spans are paired first, so that this is never below [`exact`]; then each gold span, in the order of their
/// ends, takes the free prediction that ends first. Where neither side overlaps itself, no other pairing has more
/// pairs.
pub(crate) fn overlapping(gold: &[Range], predicted: &[Range]) -> usize {
    let mut unpredicted = count(predicted);
    let mut gold_left: Vec<Range> =
        gold.iter().copied().filter(|&span| !take(&mut unpredicted, span)).collect();
    let equal = gold.len() - gold_left.len();

    let mut left: Vec<Range> =
        predicted.iter().copied().filter(|&span| take(&mut unpredicted, span)).collect();
    for spans in [&mut gold_left, &mut left] {
        spans.sort_unstable_by_key(|&(start, end)| (end, start));
    }
    let longest = left.iter().map(|&(start, end)| end.saturating_sub(start)).max().unwrap_or(0);
    let mut taken = vec![false; left.len()];
    let shared = gold_left.into_iter().filter(|&(start, end)| {
        // Outside these, a prediction ends too early, or too late to start before `end`.
        let near = left.partition_point(|p| p.1 <= start)..left.partition_point(|p| p.1 < end + longest);
        let found = near.into_iter().find(|&i| !taken[i] && left[i].0 < end);
        found.inspect(|&i| taken[i] = true).is_some()
    });
    equal + shared.count()
}

fn count(spans: &[Range]) -> HashMap<Range, usize> {
    let mut counts = HashMap::with_capacity(spans.len());
    for &span in spans {
        *counts.entry(span).or_insert(0) += 1;
    }
    counts
}

/// Takes one `span`, and says whether there was one left.
fn take(free: &mut HashMap<Range, usize>, span: Range) -> bool {
    match free.get_mut(&span) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Range, exact, overlapping};

    #[rstest]
    #[case::equal(&[(0, 4)], &[(0, 4)], 1, 1)]
    #[case::inside(&[(0, 4)], &[(1, 2)], 0, 1)]
    #[case::touching_is_not_overlapping(&[(0, 4)], &[(4, 6)], 0, 0)]
    #[case::one_prediction_over_two(&[(0, 4), (5, 9)], &[(0, 9)], 0, 1)]
    #[case::two_predictions_in_one(&[(0, 9)], &[(0, 4), (5, 9)], 0, 1)]
    #[case::duplicate_prediction(&[(0, 4)], &[(0, 4), (0, 4)], 1, 1)]
    // The first gold span overlaps both: taking (2, 6) would leave nothing for the second.
    #[case::each_finds_its_own(&[(0, 3), (4, 6)], &[(0, 1), (2, 6)], 0, 2)]
    #[case::the_equal_one_first(&[(0, 9), (5, 9)], &[(5, 9), (0, 3)], 1, 2)]
    #[case::no_gold(&[], &[(0, 4)], 0, 0)]
    #[case::no_prediction(&[(0, 4)], &[], 0, 0)]
    fn pairs_one_to_one(
        #[case] gold: &[Range],
        #[case] predicted: &[Range],
        #[case] equal: usize,
        #[case] shared: usize,
    ) {
        assert_eq!((exact(gold, predicted), overlapping(gold, predicted)), (equal, shared));
    }
}
