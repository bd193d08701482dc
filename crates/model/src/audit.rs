use serde::{Deserialize, Serialize};

/// What the notes of an episode say about codes that it was given by someone else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The episode's identifier.
    pub episode: String,
    /// How many codes it was given.
    pub given: usize,
    /// Those that the notes support, as their owner writes them.
    pub supported: Vec<String>,
    /// What does not agree, by kind and code.
    pub findings: Vec<Finding>,
}

/// A code that is given or not, and should not, or should, be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// The code.
    pub code: String,
    /// Its title; empty if the vocabulary has none.
    pub title: String,
    /// Why, in a sentence fragment for people.
    pub reason: String,
    /// The code of the episode's code set that speaks for the finding, by its place in it: with its evidence.
    pub about: Option<usize>,
}

/// What is wrong with a code that is given, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// Not given, but the notes support it.
    Missing,
    /// Given, but the notes do not support it, or refuse it.
    Unsupported,
    /// Given, though the notes support a more specific code.
    LessSpecific,
    /// Given beside a code that excludes it.
    ExcludedTogether,
    /// Given, and the notes leave it to a person.
    Doubtful,
    /// Given, but the code system does not have it.
    Unknown,
}

impl FindingKind {
    /// All kinds, in the order in which they are told.
    pub const ALL: [Self; 6] = [
        Self::Missing,
        Self::Unsupported,
        Self::LessSpecific,
        Self::ExcludedTogether,
        Self::Doubtful,
        Self::Unknown,
    ];

    /// The kind in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unsupported => "unsupported",
            Self::LessSpecific => "less specific",
            Self::ExcludedTogether => "excluded together",
            Self::Doubtful => "doubtful",
            Self::Unknown => "unknown code",
        }
    }
}
