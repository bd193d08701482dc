use serde::{Deserialize, Serialize};

/// What a bill, a statistic or a study needs to know of a code beside its evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Its place among the accepted codes, from 1: the principal (first-listed) diagnosis.
    pub sequence: Option<usize>,
    /// Why it is the principal diagnosis, if it is.
    pub principal: Option<String>,
    /// Whether it was there at admission; `None` for a visit and for codes that are not accepted.
    pub present_on_admission: Option<PresentOnAdmission>,
    /// Whether the chart already had it.
    pub in_chart: bool,
    /// `CC` or `MCC`: a (major) complication or comorbidity of the MS-DRGs.
    pub severity: Option<String>,
    /// Its category in AHRQ's Clinical Classifications Software Refined.
    pub ccsr: Option<String>,
    /// What stands above it, from the chapter down to its parent.
    pub levels: Vec<String>,
    /// What the tabular list asks for beside it and the code set lacks.
    pub remarks: Vec<String>,
}

/// Whether a condition was there when the patient was admitted (Official Guidelines, appendix I).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentOnAdmission {
    /// The indicator.
    pub indicator: Indicator,
    /// How that is known.
    pub why: String,
}

/// The indicator of [`PresentOnAdmission`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Indicator {
    /// It was.
    Y,
    /// It was not.
    N,
    /// The record does not say.
    U,
    /// The provider says that it cannot be known.
    W,
    /// The code is exempt from the question.
    #[serde(rename = "1")]
    Exempt,
}

impl Indicator {
    /// The indicator as it stands on a claim.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Y => "Y",
            Self::N => "N",
            Self::U => "U",
            Self::W => "W",
            Self::Exempt => "1",
        }
    }
}

/// What a code set is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A claim: accepted codes that may be reported, the principal diagnosis first.
    Billing,
    /// A study: every code with the levels above it.
    Research,
    /// A statistic: categories of three characters, each once.
    Statistics,
}

/// A structured fact that speaks for or against a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactEvidence {
    /// The record that it came with, as an index into the episode's notes.
    pub note: usize,
    /// Its place among the facts of that record.
    pub fact: usize,
    /// What it does.
    pub weighs: Weighs,
    /// The fact in words (`potassium 2.9 mmol/L, low`).
    pub says: String,
}

/// Whether a fact speaks for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weighs {
    /// It does.
    For,
    /// It speaks against it.
    Against,
}
