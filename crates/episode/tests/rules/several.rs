//! Specific and general codes, and codes that exclude each other.

use clinlink_episode::{CoderConfig, rules};
use clinlink_model::{Polarity, SectionKind, Status, System};
use rstest::rstest;

use crate::support::{Said, accepted, code, code_by, coder, naming, note, one, plain, with};

#[test]
fn the_specific_code_outranks_the_general_one() {
    let said = [plain("diabetes", "E11"), plain("nephropathy", "E11.21")];
    let codes = code(vec![note("n", SectionKind::Unknown, "diabetes\nnephropathy", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("E11.21", Status::Accepted));
    assert_eq!((codes[1].code.as_str(), codes[1].status), ("E11.9", Status::Rejected));
    assert!(codes[1].reason.ends_with("outranked by E11.21"), "{}", codes[1].reason);
    assert!(codes[1].rules.contains(&rules::SPECIFIC.to_owned()));
}

#[test]
fn a_negated_specific_code_outranks_nothing() {
    let negated = with(|a| a.polarity = Polarity::Negated);
    let said = [plain("diabetes", "E11"), Said("nephropathy", "E11.21", negated)];
    let codes = code(vec![note("n", SectionKind::Unknown, "diabetes\nno nephropathy", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("E11.9", Status::Accepted));
    assert_eq!((codes[1].code.as_str(), codes[1].status), ("E11.21", Status::Rejected));
}

#[test]
fn of_two_codes_that_exclude_each_other_the_one_with_more_evidence_stays() {
    let said = [plain("one", "I51"), plain("two", "Q21"), plain("three", "Q21")];
    let codes = code(vec![note("n", SectionKind::Unknown, "one\ntwo\nthree", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("Q21", Status::Accepted));
    assert_eq!((codes[1].code.as_str(), codes[1].status), ("I51", Status::Rejected));
    assert!(codes[1].reason.contains("Q21 and I51"), "{}", codes[1].reason);
    assert!(codes[1].rules.contains(&rules::EXCLUDES1.to_owned()));
}

#[test]
fn with_as_much_evidence_for_each_a_person_decides() {
    let said = [plain("one", "I51"), plain("two", "Q21")];
    let codes = code(vec![note("n", SectionKind::Unknown, "one\ntwo", &said)]);
    let statuses: Vec<Status> = codes.iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [Status::Accepted, Status::Review]);
    assert!(codes[1].reason.ends_with("as much evidence for each"), "{}", codes[1].reason);
}

#[test]
fn a_symptom_gives_way_to_the_diagnosis_that_it_excludes() {
    let said = [plain("one", "R09.89"), plain("two", "R09.89"), plain("three", "J96.90")];
    let codes = code(vec![note("n", SectionKind::Unknown, "one\ntwo\nthree", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("J96.90", Status::Accepted));
    assert_eq!((codes[1].code.as_str(), codes[1].status), ("R09.89", Status::Rejected));
    assert!(codes[1].reason.ends_with("R09.89 is a symptom"), "{}", codes[1].reason);
}

#[test]
fn excludes1_needs_both_codes_accepted() {
    let negated = with(|a| a.polarity = Polarity::Negated);
    let said = [plain("one", "I51"), Said("two", "Q21", negated)];
    let codes = code(vec![note("n", SectionKind::Unknown, "one\ntwo", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("I51", Status::Accepted));
}

#[test]
fn a_code_that_the_pack_lacks_is_told() {
    let entry = one(SectionKind::Unknown, "something", &[plain("something", "X99")]);
    assert_eq!((entry.status, entry.rules), (Status::Rejected, vec![rules::NOT_IN_PACK.to_owned()]));
}

#[test]
fn links_below_the_threshold_and_of_other_systems_are_not_coded() {
    let mut weak = note("n", SectionKind::Unknown, "cough", &[plain("cough", "R05")]);
    weak.mentions[0].links[0].score = 0.3;
    let mut other = note("n", SectionKind::Unknown, "cough", &[plain("cough", "R05")]);
    other.mentions[0].links[0].system = System::HPO;
    assert!(code(vec![weak, other]).is_empty());
}

#[test]
fn discharge_diagnoses_come_first() {
    let exam = note("a", SectionKind::PhysicalExam, "cough", &[plain("cough", "R05")]);
    let diagnosis = note("b", SectionKind::DischargeDiagnosis, "pneumonia", &[plain("pneumonia", "J18.9")]);
    let codes: Vec<_> = code(vec![exam, diagnosis]).into_iter().map(|entry| entry.code).collect();
    assert_eq!(codes, ["J18.9", "R05"]);
}

#[rstest]
#[case::atony_with_bleeding(&["O62.2", "O72.1"], &["O72.1"])]
#[case::no_normal_delivery(&["O80", "O70.1"], &["O70.1"])]
#[case::normal_delivery(&["O80", "Z37.0"], &["O80", "Z37.0"])]
#[case::rejected_transplant(&["Z94.0", "T86.11"], &["T86.11"])]
#[case::other_transplant(&["Z94.4", "T86.11"], &["T86.11", "Z94.4"])]
#[case::iron_deficiency(&["D64.9", "D50.9"], &["D50.9"])]
#[case::alone(&["D64.9"], &["D64.9"])]
#[case::not_its_kind(&["D64.9", "I10"], &["D64.9", "I10"])]
#[case::asthma(&["J45.909", "J45.20"], &["J45.20"])]
#[case::pain(&["R52", "R07.9"], &["R07.9"])]
fn a_general_code_gives_way(#[case] named: &'static [&'static str], #[case] expected: &[&str]) {
    let coder = coder(named, CoderConfig::default());
    let codes = code_by(&coder, vec![naming(named)]);
    assert_eq!(accepted(&codes), expected.iter().copied().collect());
    for gone in codes.iter().filter(|entry| entry.status == Status::Rejected) {
        assert!(gone.rules.contains(&rules::GENERAL.to_owned()), "{gone:?}");
    }
}
