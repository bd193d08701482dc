use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// How a mention is meant: whether it is denied, how sure the author is, when it holds, and of whom.
///
/// The four axes are those of ConText (Harkema et al., J Biomed Inform 2009;42:839) with certainty added. A
/// mention that no stage has assessed has no assertion at all: not assessed is not affirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Denied or not.
    pub polarity: Polarity,
    /// How sure the author is.
    pub certainty: Certainty,
    /// When it holds.
    pub temporality: Temporality,
    /// Whose it is.
    pub experiencer: Experiencer,
    /// The words that say so. Empty where the section or nothing decided.
    pub cues: Vec<Cue>,
}

impl Assertion {
    /// What holds when no cue and no section says otherwise: affirmed, certain, recent, the patient's.
    pub const fn plain() -> Self {
        Self {
            polarity: Polarity::Affirmed,
            certainty: Certainty::Certain,
            temporality: Temporality::Recent,
            experiencer: Experiencer::Patient,
            cues: Vec::new(),
        }
    }
}

/// The words that decided an axis of an assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Where they stand.
    pub span: Span,
    /// The rule that they set off, by its id in `vocab/`.
    pub rule: Cow<'static, str>,
}

/// Whether a mention is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Polarity {
    /// Said to be there.
    Affirmed,
    /// Said not to be there.
    Negated,
}

/// How sure the author is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Stated without doubt.
    Certain,
    /// More likely than not ("probable", "consistent with").
    Probable,
    /// Open ("possible", "rule out", "?").
    Possible,
}

/// When a mention holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Temporality {
    /// Now, or in this episode.
    Recent,
    /// Before this episode.
    Historical,
    /// Not yet, only if ("return if fever").
    Hypothetical,
}

/// Whose problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Experiencer {
    /// The patient.
    Patient,
    /// A relative.
    Family,
    /// Someone else: a donor, a contact.
    Other,
}
