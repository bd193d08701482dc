//! From the probabilities of tags to mentions.
//!
//! The sequences of tags that the scheme allows form a chain. A run's probability is the share of all allowed sequences,
//! by weight, that have this run with these borders (forward and backward over the chain). So a score is the
//! probability that a mention is right in both borders and label, and of borders that are in doubt the likeliest is kept.
//! The one best sequence (Viterbi) has a mention wherever `O` is not the likeliest, however unsure its borders are: it
//! costs precision and gives scores that say little.

use clinlink_model::Label;

use crate::scheme::{Scheme, Tag};

/// The least probability of a tag; keeps sums above zero where the model is very sure.
const FLOOR: f64 = 1e-30;

/// A run of words with one entity type: words `start..end` of the sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub start: usize,
    pub end: usize,
    pub label: Label,
    /// The probability of exactly this run, 0 to 1.
    pub score: f32,
}

/// The runs with a score of at least `least` that share no word with a likelier one (ties: the one that begins first,
/// then the longer), in text order. `log_probs` holds the log-probabilities of a sentence, `[words, tags]` row by row.
pub(crate) fn decode(scheme: &Scheme, log_probs: &[f32], least: f32) -> Vec<Run> {
    let chain = Chain::new(scheme, log_probs);
    let mut likely = Vec::new();
    for kind in 0..scheme.kinds() {
        for start in 0..chain.words() {
            chain.runs(start, kind, f64::from(least), &mut likely);
        }
    }
    likely.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.start.cmp(&b.start)).then(b.end.cmp(&a.end)));
    let mut kept: Vec<Found> = Vec::new();
    for found in likely {
        if kept.iter().all(|other| found.end <= other.start || other.end <= found.start) {
            kept.push(found);
        }
    }
    kept.sort_by_key(|found| found.start);
    let run = |Found { start, end, kind, score }: Found| Run {
        start,
        end,
        label: scheme.label(kind),
        score: score as f32,
    };
    kept.into_iter().map(run).collect()
}

/// A run of an entity type.
struct Found {
    start: usize,
    end: usize,
    kind: usize,
    score: f64,
}

/// The allowed sequences of tags of one sentence, by weight. All vectors are `[words, tags]`, row by row.
struct Chain<'a> {
    scheme: &'a Scheme,
    /// A tag's probability by itself, each row divided by what is left of it after the words before.
    tag: Vec<f64>,
    /// The probability of a tag by the words up to its own.
    forward: Vec<f64>,
    /// How much the words after a tag speak for it; times `forward` it is the tag's probability.
    backward: Vec<f64>,
}

impl<'a> Chain<'a> {
    fn new(scheme: &'a Scheme, log_probs: &[f32]) -> Self {
        let tags = scheme.tags();
        let mut tag: Vec<f64> = log_probs.iter().map(|&p| f64::from(p).exp().max(FLOOR)).collect();
        // A tag that the next word would have to go on with is none for the last one.
        if let Some(last) = tag.len().checked_sub(tags.len()) {
            let barred = tag[last..].iter_mut().zip(tags).filter(|(_, tag)| !scheme.may_end(**tag));
            barred.for_each(|(p, _)| *p = 0.0);
        }
        let mut forward: Vec<f64> = Vec::with_capacity(tag.len());
        for (at, row) in tag.chunks_exact_mut(tags.len()).enumerate() {
            let before = at.checked_sub(1).map(|at| &forward[at * tags.len()..]);
            let reached = |next: Tag| match before {
                None => f64::from(u8::from(scheme.may_follow(None, next))),
                Some(before) => allowed(before, tags, |last| scheme.may_follow(Some(last), next)),
            };
            let weights: Vec<f64> = row.iter().zip(tags).map(|(p, &next)| p * reached(next)).collect();
            let all: f64 = weights.iter().sum();
            for p in row.iter_mut() {
                *p /= all;
            }
            forward.extend(weights.iter().map(|weight| weight / all));
        }
        let mut chain = Self { scheme, tag, forward, backward: vec![1.0; log_probs.len()] };
        for word in (0..chain.words().saturating_sub(1)).rev() {
            for (at, &last) in tags.iter().enumerate() {
                chain.backward[word * tags.len() + at] =
                    chain.after(word, |next| scheme.may_follow(Some(last), next));
            }
        }
        chain
    }

    fn words(&self) -> usize {
        self.tag.len() / self.scheme.len()
    }

    /// What the words after `word` weigh, if the tag of the next one is among the given ones; 1 after the last word.
    fn after(&self, word: usize, among: impl Fn(Tag) -> bool) -> f64 {
        let row = (word + 1) * self.scheme.len()..(word + 2) * self.scheme.len();
        let (Some(tag), Some(backward)) = (self.tag.get(row.clone()), self.backward.get(row)) else {
            return 1.0;
        };
        let next = self.scheme.tags().iter().zip(tag.iter().zip(backward));
        next.filter(|(next, _)| among(**next)).map(|(_, (p, after))| p * after).sum()
    }

    /// Adds the runs of `kind` that begin at `start` and have at least the probability `least`.
    fn runs(&self, start: usize, kind: usize, least: f64, out: &mut Vec<Found>) {
        let (tags, count) = (self.scheme.tags(), self.scheme.len());
        let before = start.checked_sub(1).map(|at| &self.forward[at * count..start * count]);
        let reached = |first: Tag| match before {
            None => f64::from(u8::from(self.scheme.begins(kind, None, first))),
            Some(before) => allowed(before, tags, |last| {
                self.scheme.may_follow(Some(last), first) && self.scheme.begins(kind, Some(last), first)
            }),
        };
        // The tags of the run so far, by weight: for each tag that its last word may have.
        let mut so_far: Vec<f64> =
            tags.iter().zip(&self.tag[start * count..]).map(|(&first, p)| reached(first) * p).collect();
        for word in start..self.words() {
            // Whatever comes after: an upper bound of this run and of all longer ones.
            let bound: f64 =
                so_far.iter().zip(&self.backward[word * count..]).map(|(p, after)| p * after).sum();
            if bound <= 0.0 || bound < least {
                break;
            }
            let ends = |now: Tag| move |next| self.scheme.may_follow(Some(now), next) && !now.goes_on(next);
            let possible = so_far.iter().zip(tags).filter(|(p, _)| **p > 0.0);
            let score: f64 = possible.map(|(p, &now)| p * self.after(word, ends(now))).sum();
            if score >= least {
                out.push(Found { start, end: word + 1, kind, score });
            }
            let Some(row) = self.tag.get((word + 1) * count..(word + 2) * count) else { break };
            let next = |(p, &next): (&f64, &Tag)| p * allowed(&so_far, tags, |now| now.goes_on(next));
            so_far = row.iter().zip(tags).map(next).collect();
        }
    }
}

/// The sum of a row over the tags that hold.
fn allowed(row: &[f64], tags: &[Tag], holds: impl Fn(Tag) -> bool) -> f64 {
    row.iter().zip(tags).filter(|(_, tag)| holds(**tag)).map(|(p, _)| p).sum()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use rstest::rstest;

    use super::*;
    use crate::meaning::Meaning;

    fn scheme(names: &[&str]) -> Scheme {
        let names: Vec<String> = names.iter().map(|&n| n.to_owned()).collect();
        Scheme::from_names(&names, &BTreeMap::new(), Path::new("config.json")).unwrap()
    }

    /// Log-probabilities of words that are given as probabilities.
    fn logs<const N: usize>(rows: &[[f32; N]]) -> Vec<f32> {
        rows.iter().flat_map(|row| row.iter().map(|p| p.ln())).collect()
    }

    fn runs<const N: usize>(scheme: &Scheme, rows: &[[f32; N]]) -> Vec<(usize, usize, Label)> {
        decode(scheme, &logs(rows), 0.3).iter().map(|r| (r.start, r.end, r.label)).collect()
    }

    const D: Label = Label::Disease;
    const C: Label = Label::Chemical;

    #[rstest]
    #[case::nothing(&[[0.9, 0.04, 0.02, 0.02, 0.02]], &[])]
    #[case::one_word(&[[0.1, 0.6, 0.1, 0.1, 0.1]], &[(0, 1, D)])]
    #[case::two_words(&[[0.1, 0.6, 0.1, 0.1, 0.1], [0.1, 0.1, 0.6, 0.1, 0.1]], &[(0, 2, D)])]
    #[case::neighbours(&[[0.1, 0.6, 0.1, 0.1, 0.1], [0.1, 0.6, 0.1, 0.1, 0.1]], &[(0, 1, D), (1, 2, D)])]
    #[case::other_type_starts(&[[0.1, 0.6, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.6, 0.1]], &[(0, 1, D), (1, 2, C)])]
    // An I without a B before it would be best word by word; the next best allowed path wins.
    #[case::inside_first(&[[0.1, 0.3, 0.5, 0.05, 0.05]], &[(0, 1, D)])]
    #[case::inside_after_outside(&[[0.9, 0.04, 0.02, 0.02, 0.02], [0.3, 0.1, 0.5, 0.05, 0.05]], &[])]
    #[case::inside_of_another(&[[0.1, 0.7, 0.1, 0.05, 0.05], [0.05, 0.05, 0.3, 0.1, 0.5]], &[(0, 2, D)])]
    fn iob2(#[case] rows: &[[f32; 5]], #[case] expected: &[(usize, usize, Label)]) {
        let scheme = scheme(&["O", "B-Disease", "I-Disease", "B-Chemical", "I-Chemical"]);
        assert_eq!(runs(&scheme, rows), expected);
    }

    #[rstest]
    #[case::one_run(&[[0.2, 0.7, 0.1], [0.2, 0.7, 0.1]], &[(0, 2, D)])]
    #[case::gap(&[[0.2, 0.7, 0.1], [0.8, 0.1, 0.1], [0.2, 0.7, 0.1]], &[(0, 1, D), (2, 3, D)])]
    #[case::types(&[[0.2, 0.7, 0.1], [0.2, 0.1, 0.7]], &[(0, 1, D), (1, 2, C)])]
    fn io(#[case] rows: &[[f32; 3]], #[case] expected: &[(usize, usize, Label)]) {
        assert_eq!(runs(&scheme(&["O", "I-Disease", "I-Chemical"]), rows), expected);
        assert_eq!(runs(&scheme(&["O", "Disease", "Chemical"]), rows), expected);
    }

    #[test]
    fn ids_may_come_in_any_order() {
        let scheme = scheme(&["I-Disease", "B-Disease", "O"]);
        assert_eq!(runs(&scheme, &[[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]]), [(0, 2, D)]);
    }

    /// The probability of exactly one run, by every allowed sequence of tags.
    fn counted(scheme: &Scheme, rows: &[[f32; 5]], (start, end, kind): (usize, usize, usize)) -> f64 {
        let tags = scheme.tags();
        let (mut all, mut with) = (0.0, 0.0);
        for number in 0..tags.len().pow(rows.len() as u32) {
            let path: Vec<usize> =
                (0..rows.len()).map(|w| number / tags.len().pow(w as u32) % tags.len()).collect();
            let tag = |word: usize| path.get(word).map(|&at| tags[at]);
            let before = |word: usize| word.checked_sub(1).and_then(tag);
            let last = tag(rows.len() - 1).unwrap();
            if !(0..rows.len()).all(|word| scheme.may_follow(before(word), tags[path[word]]))
                || !scheme.may_end(last)
            {
                continue;
            }
            let weight: f64 = path.iter().zip(rows).map(|(&at, row)| f64::from(row[at])).product();
            all += weight;
            let begins = scheme.begins(kind, before(start), tags[path[start]]);
            let goes_on = |word: usize| tag(word).is_some_and(|next| before(word).unwrap().goes_on(next));
            let ends = !goes_on(end);
            with += if begins && (start + 1..end).all(goes_on) && ends { weight } else { 0.0 };
        }
        with / all
    }

    #[rstest]
    #[case::with_begin(&["O", "B-Disease", "I-Disease", "B-Chemical", "I-Chemical"])]
    #[case::without(&["O", "Disease", "Chemical", "Anatomy", "Procedure"])]
    #[case::mixed(&["Chemical", "I-Disease", "B-Disease", "O", "Anatomy"])]
    #[case::with_end(&["B-Disease", "O", "I-Disease", "E-Disease", "S-Disease"])]
    #[case::bilou(&["U-Disease", "L-Disease", "I-Disease", "O", "B-Disease"])]
    #[case::end_without_single(&["B-Disease", "O", "I-Disease", "E-Disease", "Anatomy"])]
    #[case::end_without_begin(&["O", "I-Disease", "E-Disease", "I-Anatomy", "E-Anatomy"])]
    #[case::single_without_end(&["O", "B-Disease", "I-Disease", "S-Disease", "Anatomy"])]
    fn a_score_is_the_share_of_the_allowed_sequences(#[case] names: &[&str]) {
        let scheme = scheme(names);
        let rows = [
            [0.5, 0.2, 0.1, 0.15, 0.05],
            [0.1, 0.2, 0.4, 0.1, 0.2],
            [0.2, 0.15, 0.25, 0.3, 0.1],
            [0.3, 0.3, 0.2, 0.1, 0.1],
        ];
        let logs = logs(&rows);
        let chain = Chain::new(&scheme, &logs);
        let mut found = Vec::new();
        for (start, kind) in (0..4).flat_map(|start| (0..scheme.kinds()).map(move |kind| (start, kind))) {
            chain.runs(start, kind, 0.0, &mut found);
        }
        assert_eq!(found.len(), 10 * scheme.kinds());
        for Found { start, end, kind, score } in found {
            let counted = counted(&scheme, &rows, (start, end, kind));
            assert!((score - counted).abs() < 1e-6, "{start}..{end} of {kind}: {score}, not {counted}");
        }
    }

    /// "acute renal failure" or "renal failure": the best single sequence of tags has the first, all sequences together make
    /// the second likelier, and neither is sure.
    #[rstest]
    #[case::likely_enough(0.3, &[(1, 3, D)])]
    #[case::too_unsure(0.6, &[])]
    fn of_borders_in_doubt_the_likeliest_is_kept(
        #[case] least: f32,
        #[case] expected: &[(usize, usize, Label)],
    ) {
        let scheme = scheme(&["O", "B-Disease", "I-Disease", "B-Chemical", "I-Chemical"]);
        let rows =
            [[0.6, 0.38, 0.01, 0.005, 0.005], [0.02, 0.3, 0.65, 0.02, 0.01], [0.02, 0.01, 0.95, 0.01, 0.01]];
        let found = decode(&scheme, &logs(&rows), least);
        assert_eq!(found.iter().map(|r| (r.start, r.end, r.label)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_model_that_is_quite_sure_breaks_no_sum() {
        let scheme = scheme(&["O", "B-Disease", "I-Disease", "B-Chemical", "I-Chemical"]);
        // An I that nothing allows, with all else too small for a number.
        let rows = [[-800.0, -900.0, 0.0, -900.0, -900.0], [-800.0, -900.0, 0.0, -900.0, -900.0]].concat();
        assert!(decode(&scheme, &rows, 0.3).iter().all(|run| run.score.is_finite()));
        assert_eq!(decode(&scheme, &[], 0.3), []);
    }

    #[rstest]
    #[case::one_word(&[[0.1, 0.1, 0.1, 0.1, 0.6]], &[(0, 1, D)])]
    #[case::two_words(&[[0.1, 0.6, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.6, 0.1]], &[(0, 2, D)])]
    #[case::three_words(
        &[[0.1, 0.6, 0.1, 0.1, 0.1], [0.1, 0.1, 0.6, 0.1, 0.1], [0.1, 0.1, 0.1, 0.6, 0.1]],
        &[(0, 3, D)],
    )]
    #[case::neighbours(&[[0.1, 0.1, 0.1, 0.1, 0.6], [0.1, 0.1, 0.1, 0.1, 0.6]], &[(0, 1, D), (1, 2, D)])]
    // A B that nothing goes on with would be best word by word; the next best allowed path wins.
    #[case::begin_alone(&[[0.1, 0.5, 0.05, 0.05, 0.3]], &[(0, 1, D)])]
    #[case::end_alone(&[[0.9, 0.02, 0.02, 0.03, 0.03], [0.3, 0.05, 0.05, 0.5, 0.1]], &[])]
    fn iobes(#[case] rows: &[[f32; 5]], #[case] expected: &[(usize, usize, Label)]) {
        let scheme_of = |end: &str, single: &str| scheme(&["O", "B-Disease", "I-Disease", end, single]);
        assert_eq!(runs(&scheme_of("E-Disease", "S-Disease"), rows), expected);
        assert_eq!(runs(&scheme_of("L-Disease", "U-Disease"), rows), expected);
    }

    #[test]
    fn types_that_are_passed_over_take_part() {
        let names = ["O", "B-Gadget", "I-Gadget", "B-Disease", "I-Disease"].map(str::to_owned);
        let known = BTreeMap::from([("Gadget".to_owned(), Meaning::Outside)]);
        let scheme = Scheme::from_names(&names, &known, Path::new("config.json")).unwrap();
        let rows: [[f32; 5]; 2] = [[0.1, 0.6, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.6, 0.1]];
        assert_eq!(runs(&scheme, &rows), [(1, 2, D)]);
    }
}
