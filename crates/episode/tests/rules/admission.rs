//! Present on admission.

use clinlink_episode::CoderConfig;
use clinlink_model::{AnnotatedNote, CareSetting, Indicator, SectionKind};
use rstest::rstest;

use crate::support::{code_by, coder, note, of, plain};

const CODES: &[&str] = &["I21.4", "J18.9", "E87.6", "I10", "Z79.01", "K56.7"];

fn dated(
    date: &str,
    kind: &str,
    section: SectionKind,
    text: &'static str,
    code: &'static str,
) -> AnnotatedNote {
    let words = text.split('|').nth(1).unwrap();
    let mut note = note(kind, section, text, &[plain(words, code)]);
    (note.note.date, note.note.kind) = (Some(date.to_owned()), Some(kind.to_owned()));
    note
}

const NONE: SectionKind = SectionKind::Unknown;

#[rstest]
#[case::told_at_admission("2024-01-01", "admission", NONE, "has |it|", "J18.9", Indicator::Y)]
#[case::told_on_the_first_day("2024-01-01", "consult", NONE, "has |it|", "J18.9", Indicator::Y)]
#[case::first_told_later("2024-01-03", "progress note", NONE, "has |it|", "E87.6", Indicator::U)]
#[case::in_the_history(
    "2024-01-03",
    "progress note",
    SectionKind::HistoryOfPresentIllness,
    "has |it|",
    "J18.9",
    Indicator::Y
)]
#[case::said_to_have_been_there(
    "2024-01-03",
    "discharge summary",
    NONE,
    "|it| was present on admission",
    "E87.6",
    Indicator::Y
)]
#[case::said_to_have_come_later(
    "2024-01-03",
    "discharge summary",
    NONE,
    "hospital-acquired |it|",
    "J18.9",
    Indicator::N
)]
#[case::postoperative("2024-01-01", "admission", NONE, "postoperative |it|", "K56.7", Indicator::N)]
#[case::cannot_be_known(
    "2024-01-03",
    "progress note",
    NONE,
    "|it|, clinically undetermined",
    "J18.9",
    Indicator::W
)]
#[case::not_there("2024-01-01", "admission", NONE, "|it|, not POA", "E87.6", Indicator::N)]
#[case::told_of_a_later_day(
    "2024-01-03",
    "discharge summary",
    NONE,
    "POD2 |it|, repleted",
    "E87.6",
    Indicator::N
)]
#[case::of_the_third_day(
    "2024-01-03",
    "discharge summary",
    NONE,
    "|it| on hospital day 3",
    "E87.6",
    Indicator::N
)]
#[case::seen_then_but_there(
    "2024-01-03",
    "discharge summary",
    NONE,
    "on HD3 noted |it|, documented on admission",
    "E87.6",
    Indicator::Y
)]
#[case::chronic_then("2024-01-03", "discharge summary", NONE, "HD3: |it| controlled", "I10", Indicator::Y)]
#[case::chronic("2024-01-03", "progress note", NONE, "has |it|", "I10", Indicator::Y)]
#[case::exempt("2024-01-03", "progress note", NONE, "has |it|", "Z79.01", Indicator::Exempt)]
fn the_indicator(
    #[case] date: &str,
    #[case] kind: &str,
    #[case] section: SectionKind,
    #[case] text: &'static str,
    #[case] code: &'static str,
    #[case] indicator: Indicator,
) {
    // Another diagnosis is the principal one, and gives the first day.
    let mut first =
        dated("2024-01-01", "admission", SectionKind::DischargeDiagnosis, "the |reason|", "I21.4");
    first.note.date = Some("2024-01-01T08:00".into());
    let last = dated("2024-01-05", "progress note", NONE, "the |reason|", "I21.4");
    let notes = vec![first, dated(date, kind, section, text, code), last];
    let codes = code_by(&coder(CODES, CoderConfig::default()), notes);
    let known = of(&codes, code).report.present_on_admission.clone().unwrap();
    assert_eq!(known.indicator, indicator, "{}", known.why);
}

#[test]
fn the_reason_for_the_stay_was_there() {
    let only = dated("2024-01-03", "discharge summary", SectionKind::DischargeDiagnosis, "has |it|", "J18.9");
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![only]);
    assert_eq!(codes[0].report.present_on_admission.as_ref().unwrap().indicator, Indicator::Y);
}

#[rstest]
#[case::by_the_pipeline(false, None, false)]
#[case::by_the_record(true, Some(CareSetting::Outpatient), false)]
#[case::the_record_counts(false, Some(CareSetting::Inpatient), true)]
fn a_visit_has_no_indicator(
    #[case] inpatient: bool,
    #[case] setting: Option<CareSetting>,
    #[case] asked: bool,
) {
    let mut visit = dated("2024-01-03", "clinic", NONE, "has |it|", "J18.9");
    visit.note.setting = setting;
    let config = CoderConfig { inpatient, ..CoderConfig::default() };
    let codes = code_by(&coder(CODES, config), vec![visit]);
    assert_eq!(codes[0].report.present_on_admission.is_some(), asked);
}

#[rstest]
#[case::a_visit(&["neurology-clinic"], false)]
#[case::a_visit_with_a_report(&["office visit", "radiology chest x-ray"], false)]
#[case::an_emergency_department(&["ED-note"], false)]
#[case::admitted_from_it(&["emergency note", "history and physical"], true)]
#[case::and_a_stay(&["clinic", "discharge summary"], true)]
#[case::a_report_alone(&["radiology chest x-ray"], true)]
#[case::no_word_of_it(&["clinical note"], true)]
fn the_kinds_of_the_notes_tell_a_visit(#[case] kinds: &[&str], #[case] stay: bool) {
    let notes = kinds.iter().map(|kind| dated("2024-01-03", kind, NONE, "has |it|", "J18.9")).collect();
    let codes = code_by(&coder(CODES, CoderConfig::default()), notes);
    assert_eq!(codes[0].report.present_on_admission.is_some(), stay);
}

#[test]
fn what_came_after_admission_is_not_the_principal_diagnosis() {
    let notes = vec![
        dated("2024-01-01", "admission", NONE, "the |reason|", "R07.9"),
        dated("2024-01-05", "discharge summary", NONE, "hospital-acquired |it|", "J18.9"),
    ];
    let codes = code_by(&coder(&["R07.9", "J18.9"], CoderConfig::default()), notes);
    assert!(of(&codes, "J18.9").report.principal.is_none(), "{codes:?}");
    assert!(of(&codes, "R07.9").report.principal.is_some(), "{codes:?}");
}
