//! Symptoms that belong to an established diagnosis are not coded beside it.
//!
//! `Cough and fever` beside pneumonia are pneumonia; a rash is not, and is coded (Official Guidelines I.B.4 to I.B.6).
//! Which symptoms belong to which disease stands in `vocab/rules/symptoms.toml`.

use clinlink_model::Status;
use clinlink_vocab::Pack;
use serde::Deserialize;

use crate::claim::Considered;
use crate::rules;
use crate::tables::any_prefix;

/// Diseases and what belongs to them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Symptoms {
    of: Vec<String>,
    symptoms: Vec<String>,
}

/// Rejects the symptoms of accepted diseases.
pub(crate) fn leave_out(pack: &Pack, table: &[Symptoms], codes: &mut [Considered]) {
    let accepted: Vec<&str> =
        codes.iter().filter(|code| code.status == Status::Accepted).map(|code| pack.code(code.id)).collect();
    let present: Vec<(&str, &Symptoms)> = table
        .iter()
        .filter_map(|disease| Some((*accepted.iter().find(|code| any_prefix(&disease.of, code))?, disease)))
        .collect();
    for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
        let symptom = pack.code(code.id);
        let disease =
            present.iter().find(|(of, disease)| *of != symptom && any_prefix(&disease.symptoms, symptom));
        if let Some((disease, _)) = disease {
            code.lower(Status::Rejected, rules::INTEGRAL_SYMPTOM, format!("belongs to {disease}"));
        }
    }
}
