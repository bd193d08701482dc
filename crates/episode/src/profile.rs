//! Code sets for studies that would rather miss than err, or rather err than miss.

use clinlink_model::Status;
use serde::{Deserialize, Serialize};

use crate::claim::Considered;
use crate::rules;

/// What a study asks of accepted codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Few of them are wrong: with a model those of a probability of 0.9 or more, without one those that two statements or more
    /// affirm. The others go to review.
    HighPrecision,
    /// Few are missing: what would go to review is accepted too.
    HighRecall,
}

/// How probable a code must be.
const SURE: f64 = 0.9;
/// How many statements must affirm a code that no model has looked at.
const STATEMENTS: usize = 2;

impl Profile {
    /// Moves codes between accepted and to review.
    pub(crate) fn apply(self, codes: &mut [Considered]) {
        for code in codes {
            let sure =
                code.probability.map_or(code.affirmed() >= STATEMENTS, |probability| probability >= SURE);
            let (status, reason) = match (self, code.status) {
                (Self::HighPrecision, Status::Accepted) if !sure => {
                    (Status::Review, "not sure enough for high precision")
                }
                (Self::HighRecall, Status::Review) => {
                    (Status::Accepted, "to review; accepted for high recall")
                }
                _ => continue,
            };
            code.status = status;
            code.verdicts.push((rules::PROFILE.into(), reason.to_owned()));
        }
    }
}
