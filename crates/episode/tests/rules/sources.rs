//! Notes that disagree, and findings that only a report names.

use clinlink_episode::{CoderConfig, RuleCoder, rules};
use clinlink_model::{AnnotatedNote, Assertion, Certainty, Course, Cue, Note, Polarity, SectionKind, Status};
use rstest::rstest;

use crate::support::{Said, code_by, coder, note, of, plain, with};

fn default() -> RuleCoder {
    coder(&["J18.9", "R05.9", "J43.9"], CoderConfig::default())
}

fn denied(cue: &'static str) -> Option<Assertion> {
    let words = Note::new("cue", "cue").unwrap();
    with(|a| {
        a.polarity = Polarity::Negated;
        a.cues.push(Cue { span: words.whole(), rule: cue.into(), scope: words.whole() });
    })
}

fn possible() -> Option<Assertion> {
    with(|a| a.certainty = Certainty::Possible)
}

/// A note of a kind in which a code is named once.
fn of_kind(
    kind: &str,
    section: SectionKind,
    code: &'static str,
    assertion: Option<Assertion>,
) -> AnnotatedNote {
    let mut note = note(kind, section, "words", &[Said("words", code, assertion)]);
    note.note.kind = Some(kind.to_owned());
    note
}

const NONE: SectionKind = SectionKind::Unknown;

#[rstest]
#[case::suspected_then_denied(("admission", possible()), ("progress note", denied("neg.no")), "J18.9", Status::Rejected)]
#[case::suspected_then_ruled_out(("admission", possible()), ("discharge summary", denied("neg.ruled_out_for")), "J18.9", Status::Rejected)]
#[case::denied_then_suspected(("admission", denied("neg.no")), ("progress note", possible()), "J18.9", Status::Review)]
#[case::denied_by_less_weight(("discharge summary", possible()), ("nursing", denied("neg.no")), "J18.9", Status::Review)]
#[case::suspected_then_confirmed(("admission", possible()), ("discharge summary", Some(Assertion::plain())), "J18.9", Status::Accepted)]
#[case::affirmed_then_ruled_out(("admission", Some(Assertion::plain())), ("discharge summary", denied("neg.ruled_out_for")), "J18.9", Status::Rejected)]
#[case::affirmed_then_gone(("admission", Some(Assertion::plain())), ("progress note", denied("neg.no")), "J18.9", Status::Accepted)]
#[case::a_symptom_was_there(("admission", Some(Assertion::plain())), ("progress note", denied("neg.ruled_out_for")), "R05.9", Status::Accepted)]
#[case::ruled_out_in_triage(("discharge summary", Some(Assertion::plain())), ("triage", denied("neg.ruled_out_for")), "J18.9", Status::Accepted)]
fn later_and_weightier_statements_decide(
    #[case] first: (&str, Option<Assertion>),
    #[case] second: (&str, Option<Assertion>),
    #[case] code: &'static str,
    #[case] status: Status,
) {
    let notes = vec![of_kind(first.0, NONE, code, first.1), of_kind(second.0, NONE, code, second.1)];
    let entry = code_by(&default(), notes).remove(0);
    assert_eq!(entry.status, status, "{}", entry.reason);
    let told = entry.rules.contains(&rules::RULED_OUT.to_owned());
    assert_eq!(told, status == Status::Rejected);
}

#[test]
fn the_reason_names_the_note_that_decides() {
    let notes = vec![
        of_kind("admission", NONE, "J18.9", possible()),
        of_kind("discharge summary", SectionKind::DischargeDiagnosis, "J18.9", denied("neg.ruled_out_for")),
    ];
    let entry = code_by(&default(), notes).remove(0);
    assert!(entry.reason.contains("ruled out in discharge summary"), "{}", entry.reason);
}

#[rstest]
#[case::beside_other_notes(true, "progress note", true, Status::Review)]
#[case::also_told_by_a_provider(true, "progress note", false, Status::Accepted)]
#[case::of_an_outpatient(false, "progress note", true, Status::Accepted)]
fn a_radiologists_finding_alone_is_left_to_a_person(
    #[case] inpatient: bool,
    #[case] other: &str,
    #[case] alone: bool,
    #[case] status: Status,
) {
    let config = CoderConfig { inpatient, ..CoderConfig::default() };
    let coder = coder(&["J43.9", "R05.9"], config);
    let report = of_kind("radiology report", SectionKind::Impression, "J43.9", Some(Assertion::plain()));
    let named = if alone { "R05.9" } else { "J43.9" };
    let codes = code_by(&coder, vec![report, of_kind(other, NONE, named, Some(Assertion::plain()))]);
    assert_eq!(of(&codes, "J43.9").status, status);
}

#[test]
fn a_report_that_is_the_whole_episode_is_coded() {
    let mut report = note("r", SectionKind::Impression, "words", &[plain("words", "J43.9")]);
    report.note.kind = Some("radiology report".into());
    assert_eq!(code_by(&default(), vec![report])[0].status, Status::Accepted);
}

/// What had resolved before a visit is not coded there (IV.J); an emergency department saw it.
#[rstest]
#[case::visit("cardiology clinic", Status::Rejected)]
#[case::emergency("ED note", Status::Accepted)]
#[case::stay("discharge summary", Status::Accepted)]
fn what_has_resolved_is_of_the_past_at_a_visit(#[case] kind: &str, #[case] status: Status) {
    let resolved = with(|a| a.course = Some(Course::Resolved));
    let codes = code_by(&default(), vec![of_kind(kind, NONE, "J18.9", resolved)]);
    assert_eq!(codes[0].status, status);
}
