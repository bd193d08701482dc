use std::collections::BTreeMap;
use std::path::Path;

use clinlink_encoder::EncoderError;
use clinlink_model::Label;

use crate::meaning::{Meaning, Place, own_names, split};

/// What one output of the classifier says of a word. The number stands for the entity type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Outside,
    Word(Place, usize),
}

impl Tag {
    /// Whether `next`, after this tag, is a further word of the same mention.
    pub fn goes_on(self, next: Self) -> bool {
        match (self, next) {
            (
                Self::Word(Place::Begin | Place::Inside, kind),
                Self::Word(Place::Inside | Place::End, next),
            ) => kind == next,
            _ => false,
        }
    }
}

/// An entity type.
#[derive(Debug, Clone)]
struct Kind {
    label: Label,
    /// Whether it has a tag for first words, so that others may only follow it …
    begins: bool,
    /// … for last words, so that others must come before it …
    ends: bool,
    /// … and for single words.
    singles: bool,
}

/// The classifier's outputs, read from `id2label`: IOB2 (`B-X`, `I-X`, `O`), IO (`X` or `I-X`, `O`), or IOBES and BILOU,
/// which are IOB2 with `E-X` or `L-X` for last words and `S-X` or `U-X` for single ones.
#[derive(Debug, Clone)]
pub(crate) struct Scheme {
    tags: Vec<Tag>,
    kinds: Vec<Kind>,
}

impl Scheme {
    /// The scheme that the trainer writes: `O`, then `B-` and `I-` of each label.
    pub fn iob2(labels: &[Label]) -> Self {
        let mut tags = vec![Tag::Outside];
        for kind in 0..labels.len() {
            tags.extend([Tag::Word(Place::Begin, kind), Tag::Word(Place::Inside, kind)]);
        }
        Self::new(tags, labels)
    }

    fn new(tags: Vec<Tag>, labels: &[Label]) -> Self {
        let kind = |(kind, &label): (usize, &Label)| {
            let has = |place| tags.contains(&Tag::Word(place, kind));
            Kind { label, begins: has(Place::Begin), ends: has(Place::End), singles: has(Place::Single) }
        };
        let kinds = labels.iter().enumerate().map(kind).collect();
        Self { tags, kinds }
    }

    /// Reads the names of the outputs, in the order of their ids. `known` says what the model's outputs or entity names
    /// stand for; names that are not in it are those of [`Label::from_name`].
    pub fn from_names(
        names: &[String],
        known: &BTreeMap<String, Meaning>,
        path: &Path,
    ) -> Result<Self, EncoderError> {
        let fault = |cause: String| Err(EncoderError::Labels { path: path.to_owned(), cause });
        let mut kinds: Vec<(&str, Label)> = Vec::new();
        let (mut tags, mut entities, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for name in names {
            let (place, entity) = split(name).unwrap_or((Place::Inside, name));
            entities.push(entity);
            let whole = known.get(name).copied();
            let meaning = match whole.or_else(|| known.get(entity).copied()) {
                None if name == "O" || name == "0" => Some(Meaning::Outside),
                None => Label::from_name(entity).map(Meaning::Label),
                told => told,
            };
            let (place, label) = match meaning {
                Some(Meaning::Label(label)) => (place, label),
                Some(Meaning::Word(place, label)) => (place, label),
                Some(Meaning::Outside) => {
                    tags.push(Tag::Outside);
                    continue;
                }
                None => {
                    unknown.push(entity);
                    continue;
                }
            };
            // Outputs whose names say nothing of the entity are of one type if their label is the same.
            let key = if whole.is_some() { label.name() } else { entity };
            let kind = kinds.iter().position(|&(known, _)| known == key).unwrap_or_else(|| {
                kinds.push((key, label));
                kinds.len() - 1
            });
            tags.push(Tag::Word(place, kind));
        }
        unknown.dedup();
        if let Some(first) = unknown.first() {
            return fault(format!(
                "{}: not known; say in [tag] of pipeline.toml what each stands for ({}, these with B-, I-, E- or S- before \
                 them, or O for what is to be passed over), as in labels = {{ \"{first}\" = \"O\" }}",
                unknown.join(", "),
                own_names()
            ));
        }
        let is_its = |key: &String| names.contains(key) || entities.contains(&key.as_str());
        if let Some(key) = known.keys().find(|key| !is_its(key)) {
            entities.dedup();
            return fault(format!(
                "`labels` in [tag] of pipeline.toml says what {key:?} stands for, but the model has only {}",
                entities.join(", ")
            ));
        }
        if !tags.contains(&Tag::Outside) {
            return fault("no label is O, so nothing says that a word is outside of every entity".to_owned());
        }
        Ok(Self::new(tags, &kinds.into_iter().map(|(_, label)| label).collect::<Vec<_>>()))
    }

    /// Number of outputs.
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// What an entity type stands for.
    pub fn label(&self, kind: usize) -> Label {
        self.kinds[kind].label
    }

    /// Whether a sentence, or a mention of its type, may end with a word of this tag.
    pub fn may_end(&self, last: Tag) -> bool {
        match last {
            Tag::Word(Place::Begin, kind) => !(self.kinds[kind].ends && self.kinds[kind].singles),
            Tag::Word(Place::Inside, kind) => !self.kinds[kind].ends,
            _ => true,
        }
    }

    /// Whether `next` may follow `last` (`None` at the start of a sentence): an `I-X` or `E-X` needs a `B-X` or an `I-X`
    /// before it, if there is a `B-X` at all; and a `B-X` or an `I-X` needs one of them after it, if there are tags for
    /// last and for single words.
    pub fn may_follow(&self, last: Option<Tag>, next: Tag) -> bool {
        let ends = last.is_none_or(|last| self.may_end(last));
        last.is_some_and(|last| last.goes_on(next)) || (ends && self.may_begin(next))
    }

    /// Whether `next` needs no word of its type before it.
    fn may_begin(&self, next: Tag) -> bool {
        match next {
            Tag::Word(Place::Inside | Place::End, kind) => !self.kinds[kind].begins,
            _ => true,
        }
    }

    /// Whether a run of `kind` may begin with `next` after `last`: with its `B-` or `S-`, or with the first `I-` where it has
    /// no `B-`.
    pub fn begins(&self, kind: usize, last: Option<Tag>, next: Tag) -> bool {
        let is_its = matches!(next, Tag::Word(_, of) if of == kind);
        is_its && self.may_begin(next) && !last.is_some_and(|last| last.goes_on(next))
    }

    /// Number of entity types.
    pub fn kinds(&self) -> usize {
        self.kinds.len()
    }
}
