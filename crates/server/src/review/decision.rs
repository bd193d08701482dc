use clinlink_model::{Assertion, Certainty, Experiencer, Polarity, Temporality};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A code of a system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub(crate) struct CodeKey {
    /// The system, by its name (`ICD-10-CM`).
    #[schema(max_length = 64)]
    pub(crate) system: String,
    /// The code, as its owner writes it.
    #[schema(max_length = 64)]
    pub(crate) code: String,
}

/// Words of a note, in characters (Unicode scalar values).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub(crate) struct Place {
    /// The note's id.
    pub(crate) note: String,
    /// First character, from 0.
    pub(crate) start_char: usize,
    /// The character after the last one.
    pub(crate) end_char: usize,
}

/// What a coder decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Decision {
    /// The code stands.
    Accept { system: String, code: String },
    /// The code does not stand.
    Reject {
        system: String,
        code: String,
        reason: Reason,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 4000)]
        note: Option<String>,
    },
    /// Another code stands in its place, on the same evidence.
    Replace { system: String, code: String, with: CodeKey },
    /// A code that the machine has not proposed, with the words that say so.
    Add {
        system: String,
        code: String,
        #[schema(min_items = 1, max_items = 100)]
        evidence: Vec<Place>,
    },
    /// Back to what the machine proposed.
    Clear { system: String, code: String },
    /// How words are meant.
    Context {
        note: String,
        start_char: usize,
        end_char: usize,
        axis: Axis,
        /// A value of that axis, as in `clinlink/annotate/1`: `negated`, `family`, …
        #[schema(max_length = 32)]
        value: String,
    },
    /// Such words mean this code here.
    Synonym {
        #[schema(min_length = 1, max_length = 400)]
        term: String,
        system: String,
        code: String,
    },
    /// What an abbreviation is short for here.
    Abbreviation {
        #[schema(min_length = 1, max_length = 40)]
        short: String,
        #[schema(min_length = 1, max_length = 400)]
        long: String,
    },
    /// The principal diagnosis; none without a code.
    Principal {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        system: Option<String>,
        #[serde(default)]
        code: Option<String>,
    },
    /// A remark, on a code or on the whole.
    Comment {
        #[schema(min_length = 1, max_length = 4000)]
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<CodeKey>,
    },
    /// Takes back the last decision of the same person that is not taken back yet.
    Undo {},
    /// The review is done. Nothing can be decided in it any more.
    SignOff {},
}

impl Decision {
    /// The name of its kind, as in JSON.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Accept { .. } => "accept",
            Self::Reject { .. } => "reject",
            Self::Replace { .. } => "replace",
            Self::Add { .. } => "add",
            Self::Clear { .. } => "clear",
            Self::Context { .. } => "context",
            Self::Synonym { .. } => "synonym",
            Self::Abbreviation { .. } => "abbreviation",
            Self::Principal { .. } => "principal",
            Self::Comment { .. } => "comment",
            Self::Undo {} => "undo",
            Self::SignOff {} => "sign_off",
        }
    }
}

/// Why a code does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reason {
    /// The notes deny it.
    Negated,
    /// It is a relative's.
    Family,
    /// It is over.
    Historical,
    /// It may come.
    Hypothetical,
    /// Nobody is sure of it.
    Uncertain,
    /// A more specific code says it.
    NotSpecific,
    /// No words support it.
    NotSupported,
    /// It is part of another code's disease.
    Symptom,
    /// Another code excludes it.
    Excluded,
    /// The words mean something else.
    WrongConcept,
    /// See the note.
    Other,
}

impl Reason {
    /// Its name, as in JSON.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::Negated => "negated",
            Self::Family => "family",
            Self::Historical => "historical",
            Self::Hypothetical => "hypothetical",
            Self::Uncertain => "uncertain",
            Self::NotSpecific => "not-specific",
            Self::NotSupported => "not-supported",
            Self::Symptom => "symptom",
            Self::Excluded => "excluded",
            Self::WrongConcept => "wrong-concept",
            Self::Other => "other",
        }
    }
}

/// An axis of how words are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Axis {
    /// `affirmed`, `negated`.
    Polarity,
    /// `certain`, `probable`, `possible`.
    Certainty,
    /// `recent`, `historical`, `hypothetical`.
    Temporality,
    /// `patient`, `family`, `other`.
    Experiencer,
}

/// A value of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    Polarity(Polarity),
    Certainty(Certainty),
    Temporality(Temporality),
    Experiencer(Experiencer),
}

impl Setting {
    /// The value of that name; `None` if the axis has no such value.
    pub(crate) fn new(axis: Axis, value: &str) -> Option<Self> {
        Some(match axis {
            Axis::Polarity => Self::Polarity(named(value)?),
            Axis::Certainty => Self::Certainty(named(value)?),
            Axis::Temporality => Self::Temporality(named(value)?),
            Axis::Experiencer => Self::Experiencer(named(value)?),
        })
    }

    /// Sets it.
    pub(crate) fn apply(self, assertion: &mut Assertion) {
        match self {
            Self::Polarity(value) => assertion.polarity = value,
            Self::Certainty(value) => assertion.certainty = value,
            Self::Temporality(value) => assertion.temporality = value,
            Self::Experiencer(value) => assertion.experiencer = value,
        }
    }
}

fn named<T: DeserializeOwned>(value: &str) -> Option<T> {
    serde_json::from_value(Value::String(value.to_owned())).ok()
}

/// How words are meant, as a coder says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) place: Place,
    pub(crate) set: Setting,
}
