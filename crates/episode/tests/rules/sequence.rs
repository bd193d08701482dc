//! The principal diagnosis and the order of the others.

use clinlink_episode::{CoderConfig, RuleCoder};
use clinlink_model::{AnnotatedNote, CodeEntry, Label, SectionKind, System};
use clinlink_vocab::{NoteKind, Pack, PackBuilder};
use rstest::rstest;

use crate::support::{code_by, coder, naming, note, plain};

const CODES: &[&str] =
    &["I21.4", "I10", "E78.5", "R21", "W19.XXXA", "Z79.01", "Z38.00", "O80", "A41.9", "N39.0", "S72.001A"];

/// The codes by their places.
fn order(codes: &[CodeEntry]) -> Vec<&str> {
    let mut placed: Vec<(usize, &str)> =
        codes.iter().filter_map(|entry| Some((entry.report.sequence?, entry.code.as_str()))).collect();
    placed.sort_unstable();
    assert!(placed.iter().enumerate().all(|(at, (place, _))| at + 1 == *place), "{placed:?}");
    placed.into_iter().map(|(_, code)| code).collect()
}

/// A note of a section whose lines name codes.
fn told(id: &'static str, section: SectionKind, codes: &'static [&'static str]) -> AnnotatedNote {
    let said: Vec<_> = codes.iter().map(|code| plain(code, code)).collect();
    note(id, section, codes.join("\n").leak(), &said)
}

#[rstest]
#[case::in_their_order(&["I21.4", "I10", "E78.5"], &["I21.4", "I10", "E78.5"])]
#[case::no_symptom_first(&["R21", "I21.4"], &["I21.4", "R21"])]
#[case::no_external_cause_first(&["W19.XXXA", "S72.001A"], &["S72.001A", "W19.XXXA"])]
#[case::no_status_first(&["Z79.01", "I10"], &["I10", "Z79.01"])]
#[case::birth_first(&["I10", "Z38.00"], &["Z38.00", "I10"])]
#[case::childbirth_first(&["E78.5", "O80"], &["O80", "E78.5"])]
#[case::sepsis_before_its_source(&["N39.0", "A41.9"], &["A41.9", "N39.0"])]
fn what_may_not_be_first_is_not(#[case] named: &'static [&'static str], #[case] expected: &[&str]) {
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![naming(named)]);
    assert_eq!(order(&codes), expected);
    let principal: Vec<&str> = codes
        .iter()
        .filter(|entry| entry.report.principal.is_some())
        .map(|entry| entry.code.as_str())
        .collect();
    assert_eq!(principal, [expected[0]]);
}

#[test]
fn discharge_diagnoses_come_before_what_was_thought_at_admission() {
    let notes = vec![
        told("a", SectionKind::AssessmentAndPlan, &["I10", "E78.5"]),
        told("b", SectionKind::DischargeDiagnosis, &["I21.4", "E78.5"]),
    ];
    let codes = code_by(&coder(CODES, CoderConfig::default()), notes);
    assert_eq!(order(&codes), ["I21.4", "E78.5", "I10"]);
}

#[rstest]
#[case::a_symptom_alone("R21", Some("II.A"))]
#[case::a_status_alone("Z79.01", None)]
fn without_a_diagnosis(#[case] code: &'static str, #[case] why: Option<&str>) {
    let named: &'static [&'static str] = vec![code].leak();
    let entry = code_by(&coder(CODES, CoderConfig::default()), vec![naming(named)]).remove(0);
    assert_eq!(entry.report.principal.is_some(), why.is_some());
    assert!(why.is_none_or(|why| entry.report.principal.unwrap().contains(why)));
}

/// A pack in which a manifestation asks for its etiology, and a disease for its stage.
fn with_notes() -> RuleCoder {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack");
    let mut builder = PackBuilder::new();
    let mut code = |code: &str, title: &str, kind: NoteKind, note: &str| {
        let concept = builder.concept(&System::ICD10CM, code, title, Label::Disease);
        concept.billable(true).note(kind, note);
    };
    let stage = "code to identify stage of chronic kidney disease (N18.1-N18.6)";
    code("E13.22", "Diabetes with chronic kidney disease", NoteKind::UseAdditional, stage);
    code("N18.4", "Chronic kidney disease, stage 4", NoteKind::Includes, "severe");
    let underlying = "underlying condition, such as diabetes (E13.-)";
    code("H42", "Glaucoma in diseases classified elsewhere", NoteKind::CodeFirst, underlying);
    builder.write(&path).unwrap();
    RuleCoder::new(std::sync::Arc::new(Pack::open(&path).unwrap()), CoderConfig::default())
}

#[rstest]
#[case::stage_after_disease(&["N18.4", "E13.22"], &["E13.22", "N18.4"], &[])]
#[case::etiology_before_manifestation(&["H42", "E13.22"], &["E13.22", "H42"], &["E13.22"])]
#[case::manifestation_alone(&["H42"], &["H42"], &["H42"])]
fn the_tabular_lists_notes_order_and_ask(
    #[case] named: &'static [&'static str],
    #[case] expected: &[&str],
    #[case] asks: &[&str],
) {
    let codes = code_by(&with_notes(), vec![naming(named)]);
    assert_eq!(order(&codes), expected);
    let mut asking: Vec<&str> = codes
        .iter()
        .filter(|entry| !entry.report.remarks.is_empty())
        .map(|entry| entry.code.as_str())
        .collect();
    asking.sort_unstable();
    assert_eq!(asking, asks);
}

/// An injury waits for its seventh character; what is first without it is said to be so.
#[test]
fn a_diagnosis_to_review_that_stands_first_is_named() {
    let coder = coder(&["S72.002", "S72.002A", "I10"], CoderConfig::default());
    let told = || told("a", SectionKind::AssessmentAndPlan, &["S72.002A", "I10"]);
    let mut note = told();
    if let Some(assertion) = &mut note.mentions[0].assertion {
        assertion.certainty = clinlink_model::Certainty::Possible;
    }
    let codes = code_by(&coder, vec![note]);
    let principal = codes.iter().find_map(|entry| entry.report.principal.clone()).unwrap();
    assert!(principal.contains("S72.002A"), "{principal}");
    let codes = code_by(&coder, vec![told()]);
    let principal = codes.iter().find_map(|entry| entry.report.principal.clone()).unwrap();
    assert!(!principal.contains("to review"), "{principal}");
}
