use serde::{Deserialize, Serialize};

use crate::concept::System;

/// A structured fact of a patient's chart that came with a note, or in a record without text. It may support or
/// contradict a code; it never takes the place of a provider's diagnosis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartFact {
    /// A laboratory result or a vital sign.
    Measurement(Measurement),
    /// An entry of the problem list.
    Problem(ChartCode),
    /// An entry of the medication list, in the source's words.
    Medication(String),
    /// A code that the chart already has.
    Code(ChartCode),
}

/// A measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The LOINC code of what was measured (`2823-3`).
    pub loinc: String,
    /// The value, in `unit`.
    pub value: f64,
    /// The unit, in the source's words (`mmol/L`).
    pub unit: Option<String>,
    /// The lowest value that is normal, as the laboratory gives it.
    pub low: Option<f64>,
    /// The highest value that is normal, as the laboratory gives it.
    pub high: Option<f64>,
}

/// A code of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartCode {
    /// The code system.
    pub system: System,
    /// The code, as its owner writes it.
    pub code: String,
}

/// Where the patient is cared for. The Official Guidelines have other rules for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CareSetting {
    /// A hospital stay (sections II and III).
    Inpatient,
    /// A visit (section IV).
    Outpatient,
}
