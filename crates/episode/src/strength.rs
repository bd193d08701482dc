//! How strong evidence is.
//!
//! One claim weighs `link × section × ground`, each 0 to 1. The claims of a code combine as independent chances, each of
//! which alone settles at most 0.7: `1 − ∏(1 − 0.7 × weight)`. One plain mention under a discharge diagnosis with a
//! perfect link scores 0.7, two 0.91; a mention in passing 0.49. Copies of a sentence count once. Structured facts add
//! nothing to it: they stand beside the words.

use clinlink_model::{SectionKind, Status};

use crate::assess::Ground;

/// What one perfect claim scores.
const ONE_CLAIM: f32 = 0.7;

/// The weight of one claim.
pub(crate) fn of_claim(link: f32, section: SectionKind, ground: Ground) -> f32 {
    link * of_section(section) * ground.weight()
}

/// The score of a code from the weights of its claims.
pub(crate) fn combined(weights: impl Iterator<Item = f32>) -> f32 {
    1.0 - weights.map(|weight| 1.0 - ONE_CLAIM * weight).product::<f32>()
}

/// The score of a code that has structured facts and no words.
pub(crate) const fn of_facts_alone(status: Status) -> f32 {
    match status {
        Status::Accepted => 0.5,
        Status::Review => 0.2,
        Status::Rejected => 0.1,
    }
}

/// How much a section's statements are the author's conclusions.
fn of_section(section: SectionKind) -> f32 {
    match section {
        SectionKind::DischargeDiagnosis => 1.0,
        SectionKind::AssessmentAndPlan
        | SectionKind::ProblemList
        | SectionKind::AdmissionDiagnosis
        | SectionKind::Impression => 0.9,
        SectionKind::HospitalCourse | SectionKind::HistoryOfPresentIllness | SectionKind::ChiefComplaint => {
            0.8
        }
        SectionKind::PhysicalExam
        | SectionKind::ReviewOfSystems
        | SectionKind::Results
        | SectionKind::Imaging
        | SectionKind::VitalSigns
        | SectionKind::Procedure => 0.6,
        SectionKind::Medications
        | SectionKind::Allergies
        | SectionKind::Instructions
        | SectionKind::Immunizations => 0.4,
        _ => 0.7,
    }
}

#[cfg(test)]
mod tests {
    use super::combined;

    #[test]
    fn more_evidence_scores_higher_and_never_above_one() {
        let (one, two) = (combined([1.0].into_iter()), combined([1.0, 1.0].into_iter()));
        assert!(one < two && two < 1.0);
        assert!(combined(std::iter::repeat_n(1.0, 1000)) <= 1.0);
        assert!(combined(std::iter::empty()).abs() < f32::EPSILON);
    }
}
