use clinlink_model::System;
use serde::{Deserialize, Serialize};

/// Settings of [`RuleCoder`](crate::RuleCoder).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CoderConfig {
    /// The system that codes are taken from.
    pub system: System,
    /// Links below this score (0 to 1) are not coded.
    pub threshold: f32,
    /// Whether the episode is a hospital stay: only then is a probable diagnosis at discharge coded as if it were
    /// established (Official Guidelines, section II.H; not for outpatients, IV.H).
    pub inpatient: bool,
}

impl Default for CoderConfig {
    fn default() -> Self {
        Self { system: System::ICD10CM, threshold: 0.6, inpatient: true }
    }
}
