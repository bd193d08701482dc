//! Codes for what is over and for what a relative has.

use clinlink_episode::{CoderConfig, Family, rules};
use clinlink_model::{Experiencer, SectionKind, Status};
use rstest::rstest;

use crate::support::{Said, code_by, coder, historical, note, of, plain, titled, with};

const CODES: &[&str] = &["C50.919", "Z85.3", "I63.9", "Z86.73", "C18.9", "Z80.0", "Z87.891", "R05.9", "I10"];

#[rstest]
#[case::cancer("C50.919", "Z85.3")]
#[case::stroke("I63.9", "Z86.73")]
fn what_was_has_a_code_of_its_own(#[case] disease: &'static str, #[case] history: &str) {
    let said = [Said("it", disease, historical(Some("history_of")))];
    let codes = code_by(
        &coder(CODES, CoderConfig::default()),
        vec![note("n", SectionKind::Unknown, "history of it", &said)],
    );
    assert_eq!(of(&codes, history).status, Status::Accepted);
    assert_eq!(of(&codes, history).rules, [rules::HISTORY_CODE]);
    let was = of(&codes, disease);
    assert_eq!((was.status, was.reason.clone()), (Status::Rejected, format!("historical, see {history}")));
}

#[rstest]
#[case::a_symptom("R05.9", historical(Some("history_of")))]
#[case::a_chronic_disease("I10", historical(Some("history_of")))]
#[case::now("I63.9", Some(clinlink_model::Assertion::plain()))]
fn what_has_no_such_code_gives_none(
    #[case] disease: &'static str,
    #[case] assertion: Option<clinlink_model::Assertion>,
) {
    let said = [Said("it", disease, assertion)];
    let codes =
        code_by(&coder(CODES, CoderConfig::default()), vec![note("n", SectionKind::Unknown, "it", &said)]);
    assert_eq!(codes.len(), 1, "{codes:?}");
}

#[test]
fn a_relatives_disease_is_left_to_a_person() {
    let said = [Said("colon cancer", "C18.9", with(|a| a.experiencer = Experiencer::Family))];
    let codes = code_by(
        &coder(CODES, CoderConfig::default()),
        vec![note("n", SectionKind::FamilyHistory, "father: colon cancer", &said)],
    );
    assert_eq!(of(&codes, "Z80.0").status, Status::Review);
    assert_eq!(of(&codes, "C18.9").status, Status::Rejected);
}

#[rstest]
#[case::malignant("C50.919", "Z85.3", Status::Rejected)]
#[case::other("I63.9", "Z86.73", Status::Review)]
fn what_is_there_now_is_no_history(
    #[case] disease: &'static str,
    #[case] history: &str,
    #[case] status: Status,
) {
    let said = [plain("now", disease), Said("before", disease, historical(Some("history_of")))];
    let codes = code_by(
        &coder(CODES, CoderConfig::default()),
        vec![note("n", SectionKind::Unknown, "now\nbefore", &said)],
    );
    assert_eq!(of(&codes, disease).status, Status::Accepted);
    assert_eq!(of(&codes, history).status, status);
}

#[test]
fn a_pipeline_may_leave_the_family_out() {
    let mut config = CoderConfig::default();
    config.rules.remove(&Family::History);
    let said = [Said("it", "I63.9", historical(Some("history_of")))];
    let codes = code_by(&coder(CODES, config), vec![note("n", SectionKind::Unknown, "it", &said)]);
    assert!(codes.iter().all(|entry| entry.code != "Z86.73"));
}

const CHRONIC: &[&str] = &["J44.1", "J44.9", "E10.10", "E10.9", "I20.0", "I20.9", "Z87.09"];

/// An episode of a chronic disease is over, the disease is not.
#[rstest]
#[case::exacerbation("J44.1", SectionKind::Unknown, historical(Some("history_of")), Some("J44.9"))]
#[case::under_past_history("J44.1", SectionKind::PastMedicalHistory, historical(None), Some("J44.9"))]
#[case::ketoacidosis("E10.10", SectionKind::Unknown, historical(Some("history_of")), Some("E10.9"))]
#[case::nothing_left("I20.0", SectionKind::Unknown, historical(Some("history_of")), None)]
#[case::now("J44.1", SectionKind::Unknown, Some(clinlink_model::Assertion::plain()), Some("J44.1"))]
fn a_past_episode_leaves_the_disease(
    #[case] episode: &'static str,
    #[case] section: SectionKind,
    #[case] assertion: Option<clinlink_model::Assertion>,
    #[case] left: Option<&str>,
) {
    let said = [Said("it", episode, assertion)];
    let codes =
        code_by(&coder(CHRONIC, CoderConfig::default()), vec![note("n", section, "it in 2019", &said)]);
    let accepted: Vec<&str> = codes
        .iter()
        .filter(|entry| entry.status == Status::Accepted)
        .map(|entry| entry.code.as_str())
        .collect();
    assert_eq!(accepted, Vec::from_iter(left), "{codes:?}");
}

#[test]
fn the_history_of_what_was_only_possible_is_left_to_a_person() {
    let mut meant = historical(Some("history_of"));
    if let Some(meant) = &mut meant {
        meant.certainty = clinlink_model::Certainty::Possible;
    }
    let said = [Said("it", "I63.9", meant)];
    let codes = code_by(
        &coder(CODES, CoderConfig::default()),
        vec![note("n", SectionKind::Unknown, "history of possible it", &said)],
    );
    assert_eq!(codes.len(), 1, "{codes:?}");
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("I63.9", Status::Review));
}

#[rstest]
#[case::leukemia("it in remission", "C91.10", Some("C91.11"))]
#[case::to_a_degree("it in partial remission", "F32.9", Some("F32.4"))]
#[case::in_full("it in full remission", "F32.9", Some("F32.5"))]
#[case::no_such_code("it in remission", "C50.9", None)]
fn remission_has_codes_of_its_own(
    #[case] text: &'static str,
    #[case] disease: &'static str,
    #[case] expected: Option<&str>,
) {
    let codes = [
        ("C91.1", "Leukemia"),
        ("C91.10", "Leukemia, not having achieved remission"),
        ("C91.11", "Leukemia, in remission"),
        ("F32", "Depression"),
        ("F32.4", "Depression, in partial remission"),
        ("F32.5", "Depression, in full remission"),
        ("F32.9", "Depression, unspecified"),
        ("C50.9", "Cancer"),
    ];
    let said = [Said("it", disease, historical(Some("hist.remission")))];
    let codes = code_by(&titled(&codes), vec![note("n", SectionKind::Unknown, text, &said)]);
    let accepted: Vec<&str> = codes
        .iter()
        .filter(|entry| entry.status == Status::Accepted)
        .map(|entry| entry.code.as_str())
        .collect();
    assert_eq!(accepted, Vec::from_iter(expected), "{codes:?}");
}
