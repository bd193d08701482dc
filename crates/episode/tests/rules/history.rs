//! Codes for what is over and for what a relative has.

use clinlink_episode::{CoderConfig, Family, rules};
use clinlink_model::{Experiencer, SectionKind, Status};
use rstest::rstest;

use crate::support::{Said, code_by, coder, historical, note, of, plain, with};

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
