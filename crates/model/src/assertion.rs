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
    /// Which relative, where it is a relative's and the words name one: `mother`, `paternal aunt`.
    pub relative: Option<&'static str>,
    /// Over, planned or only in a certain case, where the words say so.
    pub course: Option<Course>,
    /// The date or duration that stands beside it.
    pub time: Option<StatedTime>,
    /// The words that say so, and the headers that stand in for words (see [`Assertion::is_default`]).
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
            relative: None,
            course: None,
            time: None,
            cues: Vec::new(),
        }
    }

    /// Whether no words spoke of the mention: it has the default of its section, whose rule is then called
    /// `section:` and the section's name, or the plain reading.
    pub fn is_default(&self) -> bool {
        self.cues.iter().all(|cue| cue.rule.starts_with("section:"))
    }
}

/// The words that decided an axis of an assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Where they stand.
    pub span: Span,
    /// The rule that they set off, by its id in `vocab/`.
    pub rule: Cow<'static, str>,
    /// The text that they speak of, themselves included.
    pub scope: Span,
}

/// Where a mention stands in its course. It refines the other axes and does not alter them: a disorder that is
/// "resolved" at discharge was still treated in the stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Course {
    /// Said to be over ("resolved").
    Resolved,
    /// To be done ("scheduled for").
    Planned,
    /// Only in a certain case ("if", "in the event of").
    Conditional,
}

/// A date or duration, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedTime {
    /// Its words.
    pub span: Span,
    /// What sort of time it is.
    pub kind: TimeKind,
}

/// What sort of time words state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeKind {
    /// When it was ("in 2014", "on 3/14/2019").
    Date,
    /// How long it lasts or lasted ("for 3 days", "x 2 weeks").
    Duration,
    /// How long before the note it was ("20 years ago").
    Ago,
    /// Since when it has lasted ("since 2010", "since Monday").
    Since,
    /// How old the patient was ("at age 5").
    Age,
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
