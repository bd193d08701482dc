use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use clinlink_model::{Logistic, System};
use clinlink_vocab::{is_function_word, normal_words};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::classifier::Classifier;
use super::company::Company;
use super::experience::Experience;
use super::features::NAMES;

/// The number of the file's form.
const FORMAT: u32 = 4;
/// A learned term has at most this many words: longer ones hardly come again.
const MOST_WORDS: usize = 8;

/// What was learnt from coded episodes: a JSON file made by `clinlink train coder`.
///
/// It holds words of the episodes that it was learnt from and is theirs as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoderModel {
    format: u32,
    /// The system of the codes.
    pub(super) system: System,
    /// In how many episodes each code was given.
    pub(super) codes: BTreeMap<String, u32>,
    /// In how many episodes a code of each category, its first three characters, was given.
    pub(super) categories: BTreeMap<String, u32>,
    /// Which codes were given together.
    pub(super) company: Company,
    /// What words led to which codes, by the normal form of the words.
    pub(super) terms: BTreeMap<String, LearnedTerm>,
    /// What speaks for which codes in an episode as a whole.
    pub(super) classifier: Classifier,
    /// How sure a code is, given all that is known of it. Without it, codes are scored as without a model.
    pub(super) ranker: Option<Rankers>,
    /// How right it was with these weights.
    pub(super) experience: Experience,
}

/// Words and the codes that came with them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LearnedTerm {
    /// How many episodes have the words.
    pub(super) episodes: u32,
    /// The codes that were given with these words as evidence, or that the words were linked to.
    pub(super) codes: BTreeMap<String, Given>,
    /// The episodes in which the words are meant in a way, by its rule, and in how many of them these codes were given.
    pub(super) meant: BTreeMap<String, Meant>,
}

/// How often words were meant in a way, and which codes were given then.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meant {
    pub(super) episodes: u32,
    pub(super) codes: BTreeMap<String, u32>,
}

/// The weights for codes that were given, and those for codes that never were.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rankers {
    pub(super) given: Logistic,
    pub(super) never: Logistic,
}

/// How often a code came with words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// In how many episodes the words were its evidence.
    pub(super) evidence: u32,
    /// In how many of them no one has said so, and it was inferred.
    pub(super) inferred: u32,
    /// How many episodes that have the words were given the code, whatever its evidence.
    pub(super) episodes: u32,
}

/// Why a model cannot be used.
#[derive(Debug, Error)]
pub enum ModelError {
    /// The file cannot be read or written.
    #[error("{}: {cause}; `clinlink train coder` makes such a file", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is not a model. The cause is left out, since it might quote words of an episode.
    #[error("{}: line {line}, column {column}: not a coder's model; make it again with `clinlink train coder`", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// The file is of another form, or has weights for other features.
    #[error("{}: made by another release (format {found}, this one reads {FORMAT}); make it again with `clinlink train coder`", path.display())]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// The codes are of another system than the pipeline's.
    #[error("{}: learnt {learned} codes, but the pipeline codes in {wanted}", path.display())]
    OtherSystem {
        /// The file.
        path: PathBuf,
        /// Its system.
        learned: System,
        /// The pipeline's.
        wanted: System,
    },
}

impl Rankers {
    fn fit(&self, names: &[&str]) -> bool {
        self.given.fits(names) && self.never.fits(names)
    }
}

impl CoderModel {
    /// A model that knows nothing.
    pub(super) fn empty(system: System) -> Self {
        Self {
            format: FORMAT,
            system,
            codes: BTreeMap::new(),
            categories: BTreeMap::new(),
            company: Company::default(),
            terms: BTreeMap::new(),
            classifier: Classifier::default(),
            ranker: None,
            experience: Experience::default(),
        }
    }

    /// Reads a model of codes of `system`.
    ///
    /// # Errors
    /// If the file cannot be read, is no model of this release, or is of another system.
    pub fn read(path: &Path, system: &System) -> Result<Self, ModelError> {
        let path = || path.to_owned();
        let text = fs::read(path()).map_err(|cause| ModelError::Io { path: path(), cause })?;
        let model: Self = serde_json::from_slice(&text).map_err(|cause| ModelError::Malformed {
            path: path(),
            line: cause.line(),
            column: cause.column(),
        })?;
        if model.format != FORMAT || model.ranker.as_ref().is_some_and(|rankers| !rankers.fit(&NAMES)) {
            return Err(ModelError::OtherFormat { path: path(), found: model.format });
        }
        if model.system != *system {
            let wanted = system.clone();
            return Err(ModelError::OtherSystem { path: path(), learned: model.system, wanted });
        }
        Ok(model)
    }

    /// Writes the model.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), ModelError> {
        let failed = |cause| ModelError::Io { path: path.to_owned(), cause };
        let json = serde_json::to_vec_pretty(self).map_err(|cause| failed(cause.into()))?;
        fs::write(path, json).map_err(failed)
    }

    /// How right it was in the episodes that it was learnt from, each scored by what the others taught.
    pub fn experience(&self) -> &Experience {
        &self.experience
    }

    /// How many terms have been evidence of a code.
    pub fn terms(&self) -> usize {
        self.terms.values().filter(|term| term.codes.values().any(|given| given.evidence > 0)).count()
    }

    /// The learned terms in `text`: their places in bytes and their normal forms, by start and then by length. They may
    /// overlap.
    pub(super) fn terms_in(&self, text: &str) -> Vec<(Range<usize>, String)> {
        let words = normal_words(text);
        let mut found = Vec::new();
        for (first, start) in words.iter().enumerate() {
            let mut form = String::new();
            for word in words[first..].iter().take(MOST_WORDS) {
                if !form.is_empty() {
                    form.push(' ');
                }
                form.push_str(&word.form);
                if self.terms.contains_key(&form) {
                    found.push((start.range.start..word.range.end, form.clone()));
                }
            }
        }
        found
    }
}

/// The form under which words are learnt: their normal form without function words at either end; `None` for nothing,
/// and for too many words.
pub(super) fn term_of(text: &str) -> Option<String> {
    let words = normal_words(text);
    let is_content = |word: &clinlink_vocab::NormalWord| !is_function_word(&word.form);
    let first = words.iter().position(is_content)?;
    let last = words.iter().rposition(is_content)?;
    let words = &words[first..=last];
    let forms: Vec<&str> = words.iter().map(|word| word.form.as_str()).collect();
    (words.len() <= MOST_WORDS && forms.iter().any(|form| form.len() > 1)).then(|| forms.join(" "))
}
