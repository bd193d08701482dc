//! Symptoms that belong to an established diagnosis.

use clinlink_episode::{CoderConfig, Family, rules};
use clinlink_model::{Certainty, SectionKind, Status};
use rstest::rstest;

use crate::support::{Said, accepted, code_by, coder, naming, note, of, plain, titled, with};

const CODES: &[&str] = &["J18.9", "R05.9", "R50.9", "R21", "K35.80", "R10.31", "I50.9", "R60.0"];

#[rstest]
#[case::pneumonia(&["J18.9", "R05.9", "R50.9"], &["J18.9"])]
#[case::appendicitis(&["K35.80", "R10.31"], &["K35.80"])]
#[case::heart_failure(&["I50.9", "R60.0"], &["I50.9"])]
#[case::another_disease(&["I50.9", "R50.9"], &["I50.9", "R50.9"])]
#[case::not_routine(&["J18.9", "R21"], &["J18.9", "R21"])]
#[case::no_disease(&["R05.9", "R50.9"], &["R05.9", "R50.9"])]
fn they_are_left_out(#[case] named: &'static [&'static str], #[case] expected: &[&str]) {
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![naming(named)]);
    assert_eq!(accepted(&codes), expected.iter().copied().collect());
}

#[test]
fn a_disease_that_is_only_suspected_has_no_symptoms() {
    let possible = with(|a| a.certainty = Certainty::Possible);
    let said = [plain("cough", "R05.9"), Said("pneumonia", "J18.9", possible)];
    let note = note("n", SectionKind::Unknown, "cough\npossible pneumonia", &said);
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![note]);
    assert_eq!(accepted(&codes), ["R05.9"].into());
}

#[test]
fn the_reason_names_the_disease_and_a_pipeline_may_leave_the_family_out() {
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![naming(&["J18.9", "R05.9"])]);
    let cough = of(&codes, "R05.9");
    assert_eq!((cough.status, cough.reason.as_str()), (Status::Rejected, "affirmed; belongs to J18.9"));
    assert!(cough.rules.contains(&rules::INTEGRAL_SYMPTOM.to_owned()));
    let mut config = CoderConfig::default();
    config.rules.remove(&Family::Symptoms);
    let codes = code_by(&coder(CODES, config), vec![naming(&["J18.9", "R05.9"])]);
    assert_eq!(accepted(&codes), ["J18.9", "R05.9"].into());
}

/// Pain belongs to the injury of its region, but not on the other side.
#[rstest]
#[case::same_side("M25.551", &["S72.001A"])]
#[case::other_side("M25.552", &["M25.552", "S72.001A"])]
#[case::side_not_told("M25.559", &["S72.001A"])]
#[case::other_region("M25.561", &["M25.561", "S72.001A"])]
fn pain_belongs_to_the_injury_of_its_side(#[case] pain: &'static str, #[case] expected: &[&str]) {
    let coder = titled(&[
        (
            "S72.001A",
            "Fracture of unspecified part of neck of right femur, initial encounter for closed fracture",
        ),
        ("M25.551", "Pain in right hip"),
        ("M25.552", "Pain in left hip"),
        ("M25.559", "Pain in unspecified hip"),
        ("M25.561", "Pain in right knee"),
    ]);
    let said = [plain("fracture", "S72.001A"), plain("pain", pain)];
    let codes = code_by(&coder, vec![note("n", SectionKind::Unknown, "fracture\npain", &said)]);
    assert_eq!(accepted(&codes), expected.iter().copied().collect());
}
