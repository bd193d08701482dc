use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clinlink_model::{Logistic, System};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::features::NAMES;
use super::surroundings::{Company, Fit, Surroundings};

/// The number of the file's form.
const FORMAT: u32 = 2;

/// What was learnt from linked mentions: a JSON file made by `clinlink train ranker`.
///
/// It holds words of the notes that it was learnt from and is theirs as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkModel {
    format: u32,
    /// The system of the concepts.
    system: System,
    /// What stood around each concept, by its code.
    concepts: BTreeMap<String, Company>,
    /// The same of all concepts together.
    all: Company,
    /// In how many notes words were linked to each concept, by the normal form of the words.
    terms: BTreeMap<String, BTreeMap<String, u32>>,
    /// How likely a candidate is, by its features. Without them, candidates are scored as without a model.
    weights: Option<Logistic>,
}

/// Why a model cannot be used.
#[derive(Debug, Error)]
pub enum LinkModelError {
    /// The file cannot be read or written.
    #[error("{}: {cause}; `clinlink train ranker` makes such a file", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is not a model. The cause is left out, since it might quote words of a note.
    #[error("{}: line {line}, column {column}: not a linker's model; make it again with `clinlink train ranker`", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// The file is of another form, or has weights for other features.
    #[error("{}: made by another release (format {found}, this one reads {FORMAT}); make it again with `clinlink train ranker`", path.display())]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
}

impl LinkModel {
    /// A model of concepts of `system` that knows nothing.
    pub(super) fn empty(system: System) -> Self {
        Self {
            format: FORMAT,
            system,
            concepts: BTreeMap::new(),
            all: Company::default(),
            terms: BTreeMap::new(),
            weights: None,
        }
    }

    /// Reads a model.
    ///
    /// # Errors
    /// If the file cannot be read or is no model of this release.
    pub fn read(path: &Path) -> Result<Self, LinkModelError> {
        let text =
            fs::read_to_string(path).map_err(|cause| LinkModelError::Io { path: path.to_owned(), cause })?;
        let model: Self = serde_json::from_str(&text).map_err(|cause| LinkModelError::Malformed {
            path: path.to_owned(),
            line: cause.line(),
            column: cause.column(),
        })?;
        if model.format != FORMAT || model.weights.as_ref().is_some_and(|weights| !weights.fits(&NAMES)) {
            return Err(LinkModelError::OtherFormat { path: path.to_owned(), found: model.format });
        }
        Ok(model)
    }

    /// Writes the model as JSON.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), LinkModelError> {
        let failed = |cause| LinkModelError::Io { path: path.to_owned(), cause };
        let text = serde_json::to_string(self).map_err(|cause| failed(cause.into()))?;
        fs::write(path, text + "\n").map_err(failed)
    }

    /// The system of its concepts.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// How many wordings it knows.
    pub fn terms(&self) -> usize {
        self.terms.len()
    }

    /// The wordings that it knows.
    pub(super) fn wordings(&self) -> impl Iterator<Item = &str> {
        self.terms.keys().map(String::as_str)
    }

    /// Counts what one note links: normal forms with the codes of their concepts, and what stands around each concept.
    pub(super) fn count(
        &mut self,
        links: &BTreeSet<(String, String)>,
        concepts: &BTreeMap<String, Surroundings<'_>>,
    ) {
        for (code, around) in concepts {
            self.concepts.entry(code.clone()).or_default().count(around);
            self.all.count(around);
        }
        for (form, code) in links {
            *self.terms.entry(form.clone()).or_default().entry(code.clone()).or_default() += 1;
        }
    }

    /// The same with weights.
    #[must_use]
    pub(super) fn with_weights(mut self, weights: Logistic) -> Self {
        self.weights = Some(weights);
        self
    }

    pub(crate) fn weights(&self) -> Option<&Logistic> {
        self.weights.as_ref()
    }

    /// The concepts that words, by their normal form, were linked to, with the number of notes.
    pub(super) fn linked(&self, form: &str) -> Option<&BTreeMap<String, u32>> {
        self.terms.get(form)
    }

    /// In how many notes a concept was named.
    pub(super) fn notes_with(&self, code: &str) -> u32 {
        self.concepts.get(code).map_or(0, |company| company.notes)
    }

    /// How surroundings fit a concept: not at all and not badly if it was never named.
    pub(super) fn fit(&self, code: &str, around: &Surroundings<'_>) -> Fit {
        self.concepts.get(code).map_or_else(Fit::default, |company| company.fit(&self.all, around))
    }
}
