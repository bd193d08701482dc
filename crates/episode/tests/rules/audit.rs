//! Codes that someone else gave, compared with what the notes support.

use clinlink_episode::{Auditor, CoderConfig, RuleCoder};
use clinlink_model::{
    AnnotatedNote, Audit, Certainty, Coder, Episode, FindingKind, Polarity, SectionKind, System,
};
use rstest::rstest;

use crate::support::{Said, note, pack, plain, with};

/// The audit of given codes against a note.
fn audit(given: &[&str], note: AnnotatedNote) -> Audit {
    let episode = Episode { id: "e".into(), notes: vec![note], repeats: vec![] };
    let codes = RuleCoder::new(pack(), CoderConfig::default()).code(&episode);
    let given: Vec<String> = given.iter().map(|&code| code.to_owned()).collect();
    Auditor::new(pack(), System::ICD10CM).audit(&given, &codes)
}

/// A note that names one code.
fn naming(code: &'static str, change: impl FnOnce(&mut clinlink_model::Assertion)) -> AnnotatedNote {
    note("n", SectionKind::Unknown, "words", &[Said("words", code, with(change))])
}

fn found(audit: &Audit) -> Vec<(FindingKind, &str, &str)> {
    audit.findings.iter().map(|f| (f.kind, f.code.as_str(), f.reason.as_str())).collect()
}

#[rstest]
#[case::its_unspecified_code("E11.9", "E11.21", FindingKind::LessSpecific, "the notes support E11.21")]
#[case::its_category("E11.2", "E11.21", FindingKind::LessSpecific, "the notes support E11.21")]
#[case::an_unspecified_side("M25.569", "M25.561", FindingKind::LessSpecific, "the notes support M25.561")]
#[case::more_than_they_say("E11.21", "E11.9", FindingKind::Unsupported, "the notes support only E11.9")]
fn a_code_that_says_less_or_more_answers_the_right_one(
    #[case] given: &str,
    #[case] told: &'static str,
    #[case] kind: FindingKind,
    #[case] reason: &str,
) {
    let audit = audit(&[given], naming(told, |_| {}));
    assert_eq!(found(&audit), [(kind, given, reason)], "and the right one is not missing too");
    assert!(audit.supported.is_empty() && audit.findings[0].about.is_some());
}

#[test]
fn codes_that_exclude_each_other_are_told_though_both_are_supported_or_not() {
    let audit = audit(&["I51", "Q21"], naming("I51", |_| {}));
    assert_eq!(audit.supported, ["I51"]);
    let told = found(&audit);
    assert!(
        told.contains(&(FindingKind::ExcludedTogether, "I51", "I51 and Q21 exclude each other"))
            || told.contains(&(FindingKind::ExcludedTogether, "Q21", "Q21 and I51 exclude each other")),
        "{told:?}"
    );
    assert!(told.iter().any(|(kind, code, _)| (*kind, *code) == (FindingKind::Unsupported, "Q21")));
}

#[test]
fn codes_that_do_not_exclude_each_other_are_not_told() {
    let both = [plain("one", "I51"), plain("two", "R05")];
    let audit = audit(&["I51", "R05"], note("n", SectionKind::Unknown, "one\ntwo", &both));
    assert!(audit.findings.is_empty(), "{:?}", audit.findings);
    assert_eq!(audit.supported, ["I51", "R05"]);
}

#[rstest]
#[case::only_possible("R05", Some(FindingKind::Doubtful), |a: &mut clinlink_model::Assertion| a.certainty = Certainty::Possible)]
#[case::denied("R05", Some(FindingKind::Unsupported), |a: &mut clinlink_model::Assertion| a.polarity = Polarity::Negated)]
#[case::affirmed("R05", None, |_: &mut clinlink_model::Assertion| {})]
fn what_a_person_must_decide_is_doubtful(
    #[case] code: &'static str,
    #[case] expected: Option<FindingKind>,
    #[case] change: fn(&mut clinlink_model::Assertion),
) {
    let audit = audit(&[code], naming(code, change));
    assert_eq!(audit.findings.first().map(|finding| finding.kind), expected);
    assert!(audit.findings.iter().all(|finding| finding.about.is_some()));
}

#[test]
fn an_assumed_detail_is_doubtful() {
    let audit = audit(&["S52.50XA"], naming("S52.50", |_| {}));
    assert_eq!(audit.findings[0].kind, FindingKind::Doubtful);
}
