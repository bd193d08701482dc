use serde::{Deserialize, Serialize};

use super::decision::{CodeKey, Decision};
use super::state::State;

/// Something that happened in a review. Never changed, never removed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// Its place in the log of the whole desk.
    pub(crate) seq: i64,
    /// When, in RFC 3339.
    pub(crate) at: String,
    /// Who did it.
    pub(crate) who: String,
    /// Its place in the review, from 0: the review's version after it.
    pub(crate) version: i64,
    /// `open`, `annotated`, or the kind of the decision.
    pub(crate) kind: String,
    pub(crate) payload: Payload,
}

/// What an event says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// What was decided, in a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decision: Option<Decision>,
    /// The code set that the machine proposes from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proposal: Option<String>,
    /// Of the first event of a review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) opening: Option<Opening>,
    /// Of an undo: the event that it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) undoes: Option<i64>,
    /// Of a sign-off: the codes that stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signed: Option<Vec<SignedCode>>,
}

/// How a review begins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Opening {
    /// The review that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reopens: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// What is decided from the start.
    #[serde(default)]
    pub(crate) carried: State,
}

/// A code that stood when a review was signed off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignedCode {
    #[serde(flatten)]
    pub(crate) key: CodeKey,
    pub(crate) title: String,
    pub(crate) principal: bool,
    /// Whether a coder decided it, rather than let the machine's acceptance stand.
    pub(crate) decided: bool,
}
