//! Codes for patients of one sex or age.

use clinlink_model::{CodeEntry, SectionKind, Status};
use rstest::rstest;

use crate::support::{code_by, coder, note, of, plain};
use clinlink_episode::CoderConfig;

/// The code set of a patient with a code that the last line names.
pub fn told(patient: &str, code: &'static str) -> Vec<CodeEntry> {
    let text: &'static str = format!("{patient}\n{code}").leak();
    code_by(
        &coder(&[code], CoderConfig::default()),
        vec![note("n", SectionKind::Unknown, text, &[plain(code, code)])],
    )
}

#[rstest]
#[case("45-year-old man with headache", "O14.90", Some("sex-conflict"))]
#[case("67 y/o white female", "C61", Some("sex-conflict"))]
#[case("Sex: M", "N92.0", Some("sex-conflict"))]
#[case("54-year-old man", "P59.9", Some("age-conflict"))]
#[case("5-year-old girl", "H25.10", Some("age-conflict"))]
#[case("Male, 45 years old", "O14.90", Some("sex-conflict"))]
#[case::fits("32F here for delivery", "O14.90", None)]
#[case::newborn("3-day-old boy", "P59.9", None)]
#[case::the_mothers_age("Infant born to a 28 year old female", "P59.9", None)]
#[case::for_all("45-year-old man", "J18.9", None)]
#[case::both_told("30 year old woman, her partner\n32 year old man", "O14.90", None)]
#[case::nobody_told("headache", "O14.90", None)]
fn another_patients_codes_are_left_to_a_person(
    #[case] patient: &str,
    #[case] code: &'static str,
    #[case] rule: Option<&str>,
) {
    let codes = told(patient, code);
    let entry = of(&codes, code);
    assert_eq!(entry.status, if rule.is_some() { Status::Review } else { Status::Accepted }, "{entry:?}");
    assert!(rule.is_none_or(|rule| entry.rules.iter().any(|fired| fired == rule)), "{:?}", entry.rules);
}
