use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A family of coding rules that a pipeline may leave out, since not every reader of codes follows it: the coders of a
/// corpus may code symptoms beside the disease, a register may want every finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Codes for what is over or runs in the family.
    History,
    /// Codes for what was done, is taken for long, or must not be given.
    Status,
    /// Notes that disagree.
    Contradiction,
    /// Findings that only a diagnostic report names.
    Findings,
    /// Unspecified codes beside specific ones.
    Specificity,
    /// Diagnoses that are one code together.
    Combinations,
    /// What drugs did, and what too little of them did.
    Drugs,
    /// What words say of a neoplasm besides its site.
    Neoplasms,
    /// Codes that exclude each other.
    Excludes,
    /// Symptoms of an established disease.
    Symptoms,
    /// Structured facts of the chart.
    Facts,
}

impl Family {
    /// Every family.
    pub fn all() -> BTreeSet<Self> {
        [
            Self::History,
            Self::Status,
            Self::Contradiction,
            Self::Findings,
            Self::Specificity,
            Self::Combinations,
            Self::Drugs,
            Self::Neoplasms,
            Self::Excludes,
            Self::Symptoms,
            Self::Facts,
        ]
        .into()
    }
}
