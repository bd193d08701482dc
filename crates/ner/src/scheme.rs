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
    pub fn may_follow(&self, last: Option<Tag>, next: Tag) -> bool {
        match next {
            Tag::Inside(kind) if self.has_begin[kind] => {
                matches!(last, Some(Tag::Begin(k) | Tag::Inside(k)) if k == kind)
            }
            _ => true,
        }
    }

    /// Whether a run of `kind` may begin with `next` after `last`: with its `B-`, or with the first `I-` where it has none.
    pub fn begins(&self, kind: usize, last: Option<Tag>, next: Tag) -> bool {
        match next {
            Tag::Begin(k) => k == kind,
            Tag::Inside(k) => {
                k == kind
                    && !self.has_begin[kind]
                    && !matches!(last, Some(Tag::Begin(k) | Tag::Inside(k)) if k == kind)
            }
            Tag::Outside => false,
        }
    }

    /// Number of entity types.
    pub fn kinds(&self) -> usize {
        self.labels.len()
    }
}
