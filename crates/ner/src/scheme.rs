use std::collections::BTreeMap;
use std::path::Path;

use clinlink_model::Label;

use crate::error::NerError;

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
    ) -> Result<Self, NerError> {
        let fault = |cause: String| NerError::Labels { path: path.to_owned(), cause };
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
        let words = log_probs.len() / tags;
        if words == 0 {
            return Vec::new();
        }
        let mut total: Vec<f32> = (0..tags)
            .map(|t| if self.may_follow(None, self.tags[t]) { log_probs[t] } else { f32::NEG_INFINITY })
            .collect();
        let mut back: Vec<usize> = Vec::with_capacity((words - 1) * tags);
        for word in log_probs[tags..].chunks_exact(tags) {
            let mut next = vec![f32::NEG_INFINITY; tags];
            for to in 0..tags {
                let mut from = 0;
                for last in 0..tags {
                    if self.may_follow(Some(self.tags[last]), self.tags[to])
                        && total[last] + word[to] > next[to]
                    {
                        next[to] = total[last] + word[to];
                        from = last;
                    }
                }
                back.push(from);
            }
            total = next;
        }
        let mut tag = 0;
        for t in 1..tags {
            if total[t] > total[tag] {
                tag = t;
            }
        }
        let mut path = vec![tag];
        for step in back.chunks_exact(tags).rev() {
            tag = step[tag];
            path.push(tag);
        }
        path.reverse();
        path
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
