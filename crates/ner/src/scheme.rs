use std::collections::BTreeMap;
use std::path::Path;

use clinlink_encoder::EncoderError;
use clinlink_model::Label;

/// What one output of the classifier says of a word. The number stands for the entity type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Outside,
    Begin(usize),
    Inside(usize),
}

/// The classifier's outputs, read from `id2label`: IOB2 (`B-X`, `I-X`, `O`) or IO (`X` or `I-X`, `O`).
#[derive(Debug, Clone)]
pub(crate) struct Scheme {
    tags: Vec<Tag>,
    /// What each entity type stands for; `None` for types that are ignored.
    labels: Vec<Option<Label>>,
    /// Whether a type has a `B-` tag, so that `I-` may only continue.
    has_begin: Vec<bool>,
}

/// A run of words with one entity type: words `start..end` of the sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub start: usize,
    pub end: usize,
    pub label: Label,
    /// Mean over the words of the probability of the entity type, 0 to 1.
    pub score: f32,
}

impl Scheme {
    /// The scheme that the trainer writes: `O`, then `B-` and `I-` of each label.
    pub fn iob2(labels: &[Label]) -> Self {
        let mut tags = vec![Tag::Outside];
        for kind in 0..labels.len() {
            tags.extend([Tag::Begin(kind), Tag::Inside(kind)]);
        }
        let has_begin = vec![true; labels.len()];
        Self { tags, labels: labels.iter().copied().map(Some).collect(), has_begin }
    }

    /// Reads the names of the outputs, in the order of their ids. `known` says what the model's entity names
    /// stand for; names that are not in it are those of [`Label::from_name`], and the rest is ignored.
    pub fn from_names(
        names: &[String],
        known: &BTreeMap<String, Label>,
        path: &Path,
    ) -> Result<Self, EncoderError> {
        let fault = |cause: String| EncoderError::Labels { path: path.to_owned(), cause };
        let mut kinds: Vec<&str> = Vec::new();
        let mut tags = Vec::with_capacity(names.len());
        for name in names {
            let (prefix, kind) = match name.split_once(['-', '_']) {
                Some((prefix @ ("B" | "I" | "E" | "L" | "S" | "U"), kind)) => (prefix, kind),
                _ if name == "O" || name == "0" => ("O", ""),
                _ => ("I", name.as_str()),
            };
            let number = kinds.iter().position(|&k| k == kind).unwrap_or_else(|| {
                if prefix != "O" {
                    kinds.push(kind);
                }
                kinds.len().saturating_sub(1)
            });
            tags.push(match prefix {
                "O" => Tag::Outside,
                "B" => Tag::Begin(number),
                "I" => Tag::Inside(number),
                _ => return Err(fault(format!("{name}: only the IOB2 and IO schemes are supported"))),
            });
        }
        if !tags.contains(&Tag::Outside) {
            return Err(fault(
                "no label is O, so nothing says that a word is outside of every entity".to_owned(),
            ));
        }
        let has_begin = (0..kinds.len()).map(|k| tags.contains(&Tag::Begin(k))).collect();
        let labels = kinds.iter().map(|&k| known.get(k).copied().or_else(|| Label::from_name(k))).collect();
        Ok(Self { tags, labels, has_begin })
    }

    /// Number of outputs.
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// What an entity type stands for.
    pub fn label(&self, kind: usize) -> Option<Label> {
        self.labels[kind]
    }

    /// Whether `next` may follow `last` (`None` at the start of a sentence): an `I-X` needs a `B-X` or an `I-X`
    /// before it, if there is a `B-X` at all.
    fn may_follow(&self, last: Option<Tag>, next: Tag) -> bool {
        match next {
            Tag::Inside(kind) if self.has_begin[kind] => {
                matches!(last, Some(Tag::Begin(k) | Tag::Inside(k)) if k == kind)
            }
            _ => true,
        }
    }

    /// The most probable allowed sequence of tags (Viterbi; ties go to the lower id), as runs of words.
    /// `logits` holds the log-probabilities of a sentence, `[words, tags]` row by row.
    pub fn decode(&self, log_probs: &[f32]) -> Vec<Run> {
        let best = self.best_path(log_probs);
        let mut runs: Vec<Run> = Vec::new();
        let mut open: Option<(usize, usize)> = None;
        for at in 0..=best.len() {
            let tag = best.get(at).map_or(Tag::Outside, |&t| self.tags[t]);
            let goes_on = matches!((tag, open), (Tag::Inside(kind), Some((_, k))) if k == kind);
            if goes_on {
                continue;
            }
            if let Some((start, kind)) = open.take()
                && let Some(label) = self.labels[kind]
            {
                runs.push(Run { start, end: at, label, score: self.score(log_probs, start..at, kind) });
            }
            if let Tag::Begin(kind) | Tag::Inside(kind) = tag {
                open = Some((at, kind));
            }
        }
        runs
    }

    fn best_path(&self, log_probs: &[f32]) -> Vec<usize> {
        let tags = self.len();
        let mut rows = log_probs.chunks_exact(tags);
        let Some(row) = rows.next() else {
            return Vec::new();
        };
        // The best total of a path that ends in each tag, and the tags before it on that path.
        let mut total: Vec<f32> = (0..tags)
            .map(|t| if self.may_follow(None, self.tags[t]) { row[t] } else { f32::NEG_INFINITY })
            .collect();
        let mut back: Vec<usize> = Vec::with_capacity(log_probs.len());
        for row in rows {
            let before: Vec<usize> = (0..tags).map(|to| self.best_before(&total, self.tags[to])).collect();
            total = before.iter().zip(row).map(|(&from, p)| total[from] + p).collect();
            back.extend(before);
        }
        let mut tag = greatest(total.iter().copied());
        let mut path = vec![tag];
        for before in back.chunks_exact(tags).rev() {
            tag = before[tag];
            path.push(tag);
        }
        path.reverse();
        path
    }

    fn best_before(&self, total: &[f32], next: Tag) -> usize {
        greatest(
            total
                .iter()
                .zip(&self.tags)
                .map(|(&sum, &tag)| if self.may_follow(Some(tag), next) { sum } else { f32::NEG_INFINITY }),
        )
    }

    fn score(&self, log_probs: &[f32], words: std::ops::Range<usize>, kind: usize) -> f32 {
        let count = words.len() as f32;
        let sum: f32 = words
            .flat_map(|w| {
                let row = &log_probs[w * self.len()..(w + 1) * self.len()];
                row.iter().zip(&self.tags).filter_map(move |(p, tag)| match tag {
                    Tag::Begin(k) | Tag::Inside(k) if *k == kind => Some(p.exp()),
                    _ => None,
                })
            })
            .sum();
        (sum / count).clamp(0.0, 1.0)
    }
}

/// The place of the greatest value, the first of several.
fn greatest(values: impl Iterator<Item = f32>) -> usize {
    let mut best = (0, f32::NEG_INFINITY);
    for (at, value) in values.enumerate() {
        if value > best.1 {
            best = (at, value);
        }
    }
    best.0
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use rstest::rstest;

    use super::*;

    fn scheme(names: &[&str]) -> Scheme {
        let names: Vec<String> = names.iter().map(|&n| n.to_owned()).collect();
        Scheme::from_names(&names, &BTreeMap::new(), Path::new("config.json")).unwrap()
    }

    /// Log-probabilities of words that are given as probabilities.
    fn logs<const N: usize>(rows: &[[f32; N]]) -> Vec<f32> {
        rows.iter().flat_map(|row| row.iter().map(|p| p.ln())).collect()
    }

    fn runs<const N: usize>(scheme: &Scheme, rows: &[[f32; N]]) -> Vec<(usize, usize, Label)> {
        scheme.decode(&logs(rows)).iter().map(|r| (r.start, r.end, r.label)).collect()
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

    #[test]
    fn the_score_is_the_mean_probability_of_the_type() {
        let scheme = scheme(&["O", "B-Disease", "I-Disease", "B-Chemical", "I-Chemical"]);
        let found = scheme.decode(&logs(&[[0.1, 0.6, 0.2, 0.05, 0.05], [0.3, 0.1, 0.5, 0.05, 0.05]]));
        assert!((found[0].score - f32::midpoint(0.8, 0.6)).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn unknown_types_take_part_and_are_dropped() {
        let scheme = scheme(&["O", "B-Gadget", "I-Gadget", "B-Disease", "I-Disease"]);
        let rows: [[f32; 5]; 2] = [[0.1, 0.6, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.6, 0.1]];
        assert_eq!(runs(&scheme, &rows), [(1, 2, D)]);
    }
}
