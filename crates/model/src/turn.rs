use serde::{Deserialize, Serialize};

use crate::span::Span;

/// What one speaker of a dialogue says before the next one speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Name and words: `[doctor] any pain ?`.
    pub span: Span,
    /// Who speaks.
    pub speaker: Speaker,
}

/// Who speaks in a dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    /// A doctor, nurse or therapist, or whoever asks.
    Clinician,
    /// The patient.
    Patient,
    /// A relative or another guest.
    Family,
    /// A name or role that says none of these: an interpreter, "Mr. Hall".
    Unknown,
}
