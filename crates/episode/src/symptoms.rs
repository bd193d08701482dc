//! Symptoms that belong to an established diagnosis are not coded beside it.
//!
//! `Cough and fever` beside pneumonia are pneumonia; a rash is not, and is coded (Official Guidelines I.B.4 to I.B.6).
//! Which symptoms belong to which disease stands in `vocab/rules/symptoms.toml`. Pain on the other side than the injury is
//! not the injury's.

use clinlink_model::Status;
use clinlink_vocab::{ConceptId, Pack};
use serde::Deserialize;

use crate::claim::Considered;
use crate::rules;
use crate::sequence::is_sequela;
use crate::side::Side;
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
    let accepted: Vec<ConceptId> = codes
        .iter()
        // What an old injury left is coded before it.
        .filter(|code| code.status == Status::Accepted && !is_sequela(pack.code(code.id)))
        .map(|code| code.id)
        .collect();
    let present: Vec<(ConceptId, &Symptoms)> = table
        .iter()
        .flat_map(|disease| accepted.iter().map(move |id| (*id, disease)))
        .filter(|(id, disease)| any_prefix(&disease.of, pack.code(*id)))
        .collect();
    for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
        let (id, symptom) = (code.id, pack.code(code.id));
        let belongs = |(of, disease): &&(ConceptId, &Symptoms)| {
            *of != id
                && any_prefix(&disease.symptoms, symptom)
                && !are_opposite(pack.title(*of), pack.title(id))
        };
        if let Some((disease, _)) = present.iter().find(belongs) {
            let reason = format!("belongs to {}", pack.code(*disease));
            code.lower(Status::Rejected, rules::INTEGRAL_SYMPTOM, reason);
        }
    }
}

/// Whether titles name one side each, and not the same.
fn are_opposite(one: &str, other: &str) -> bool {
    let side = |title: &str| {
        let named = |side: Side| title.split(|c: char| !c.is_alphanumeric()).any(|word| word == side.word());
        [Side::Right, Side::Left].into_iter().find(|side| named(*side))
    };
    side(one).zip(side(other)).is_some_and(|(one, other)| one != other)
}
