//! Status codes.

use clinlink_episode::{CoderConfig, rules};
use clinlink_model::{Assertion, Course, Experiencer, Label, Polarity, SectionKind, Status};
use rstest::rstest;

use crate::support::{Said, code_by, coder, historical, naming, note, of, plain, with};

const CODES: &[&str] =
    &["Z79.01", "Z79.52", "Z95.1", "Z88.0", "Z87.891", "Z80.0", "Z68.34", "E66.9", "I10", "Z90.49"];

#[rstest]
#[case::taken(SectionKind::Medications, "apixaban", Some(Assertion::plain()), Some(("Z79.01", Status::Accepted)))]
#[case::by_its_brand(SectionKind::Medications, "Eliquis", Some(Assertion::plain()), Some(("Z79.01", Status::Accepted)))]
#[case::perhaps_short(SectionKind::Medications, "prednisone", Some(Assertion::plain()), Some(("Z79.52", Status::Review)))]
#[case::only_named(SectionKind::HospitalCourse, "apixaban", Some(Assertion::plain()), None)]
#[case::words_say_so(SectionKind::HospitalCourse, "on apixaban", Some(Assertion::plain()), Some(("Z79.01", Status::Accepted)))]
#[case::just_started(SectionKind::HospitalCourse, "started on apixaban", Some(Assertion::plain()), None)]
#[case::stopped(SectionKind::Medications, "apixaban", with(|a| a.polarity = Polarity::Negated), None)]
#[case::done_before(SectionKind::Unknown, "CABG", historical(Some("hist.status_post")), Some(("Z95.1", Status::Accepted)))]
#[case::done_by_heading(SectionKind::PastSurgicalHistory, "CABG", Some(Assertion::plain()), Some(("Z95.1", Status::Accepted)))]
#[case::done_now(SectionKind::Procedure, "CABG", Some(Assertion::plain()), None)]
#[case::planned(SectionKind::PastSurgicalHistory, "CABG", with(|a| a.course = Some(Course::Planned)), None)]
#[case::a_relatives(SectionKind::PastSurgicalHistory, "CABG", with(|a| a.experiencer = Experiencer::Family), None)]
#[case::allergic(SectionKind::Allergies, "Penicillin", Some(Assertion::plain()), Some(("Z88.0", Status::Accepted)))]
#[case::allergic_by_words(SectionKind::Unknown, "penicillin", historical(Some("hist.allergy")), Some(("Z88.0", Status::Accepted)))]
#[case::not_allergic(SectionKind::Medications, "penicillin", Some(Assertion::plain()), None)]
#[case::not_assessed(SectionKind::Medications, "apixaban", None, None)]
fn words_tell_a_status_where_they_stand(
    #[case] section: SectionKind,
    #[case] words: &'static str,
    #[case] assertion: Option<Assertion>,
    #[case] expected: Option<(&str, Status)>,
) {
    let drug = words.rsplit(' ').next().unwrap();
    let mut note = note("n", section, words, &[Said(drug, "", assertion)]);
    note.mentions[0].links.clear();
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![note]);
    let found: Vec<(&str, Status)> = codes.iter().map(|entry| (entry.code.as_str(), entry.status)).collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
}

#[test]
fn what_is_done_in_the_episode_is_no_status_yet() {
    let mut now = note("a", SectionKind::Procedure, "appendectomy", &[plain("appendectomy", "")]);
    now.mentions[0].links.clear();
    let said = [Said("appendectomy", "", historical(Some("hist.status_post")))];
    let mut later = note("b", SectionKind::Unknown, "s/p appendectomy", &said);
    later.mentions[0].links.clear();
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![now, later]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("Z90.49", Status::Rejected));
}

#[rstest]
#[case::history("Z87.891", historical(Some("hist.previous")), Status::Accepted)]
#[case::family_history("Z80.0", with(|a| a.experiencer = Experiencer::Family), Status::Accepted)]
#[case::of_a_relative("Z87.891", with(|a| a.experiencer = Experiencer::Family), Status::Rejected)]
#[case::denied("Z80.0", with(|a| { a.experiencer = Experiencer::Family; a.polarity = Polarity::Negated; }), Status::Rejected)]
fn codes_that_speak_of_the_past_hold_there(
    #[case] code: &'static str,
    #[case] assertion: Option<Assertion>,
    #[case] status: Status,
) {
    let note = note("n", SectionKind::Unknown, "words", &[Said("words", code, assertion)]);
    assert_eq!(code_by(&coder(CODES, CoderConfig::default()), vec![note])[0].status, status);
}

#[rstest]
#[case::with_obesity(&["Z68.34", "E66.9"], Status::Accepted)]
#[case::alone(&["Z68.34", "I10"], Status::Rejected)]
fn a_body_mass_index_needs_a_diagnosis(#[case] named: &'static [&'static str], #[case] status: Status) {
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![naming(named)]);
    let index = of(&codes, "Z68.34");
    assert_eq!(index.status, status);
    assert_eq!(index.rules.contains(&rules::NEEDS_DIAGNOSIS.to_owned()), status == Status::Rejected);
}

#[rstest]
#[case::end_stage("N18.6", Status::Accepted)]
#[case::acute("N17.9", Status::Review)]
fn dialysis_lasts_beside_an_end_stage_disease(#[case] disease: &'static str, #[case] expected: Status) {
    let said = [plain("dialysis", "Z99.2"), plain("kidney", disease)];
    let mut note = note("n", SectionKind::Unknown, "dialysis\nkidney", &said);
    note.mentions[0].links.clear();
    let codes = code_by(&coder(&["Z99.2", "N18.6", "N17.9"], CoderConfig::default()), vec![note]);
    assert_eq!(of(&codes, "Z99.2").status, expected);
}

/// What only a plan names is no status, and one that must be confirmed is weak evidence.
#[test]
fn a_planned_status_is_none() {
    let planned = with(|a| a.course = Some(Course::Planned));
    let told = |meant| {
        let note = note("n", SectionKind::Unknown, "CABG", &[Said("CABG", "Z95.1", meant)]);
        code_by(&coder(CODES, CoderConfig::default()), vec![note]).remove(0)
    };
    assert_eq!(told(planned).status, Status::Rejected);
    let (named, done) = (told(Some(Assertion::plain())), told(historical(Some("hist.status_post"))));
    assert!(named.score < done.score, "{} {}", named.score, done.score);
}

/// A transplant that is named may be planned; only words of the past tell that it was done.
#[rstest]
#[case::only_named(Some(Assertion::plain()), Status::Review)]
#[case::done(historical(Some("hist.status_post")), Status::Accepted)]
fn a_linked_status_must_be_told_as_done(#[case] assertion: Option<Assertion>, #[case] expected: Status) {
    let said = [Said("CABG", "Z95.1", assertion)];
    let codes =
        code_by(&coder(CODES, CoderConfig::default()), vec![note("n", SectionKind::Unknown, "CABG", &said)]);
    assert_eq!((codes[0].code.as_str(), codes[0].status), ("Z95.1", expected), "{codes:?}");
}

/// What stands before the first drug of a list holds for all of it.
#[rstest]
#[case::joined("on metformin + warfarin", true)]
#[case::with_doses("on metformin 1000 mg bid, warfarin 5 daily", true)]
#[case::under_a_label("meds metformin 500 mg, warfarin", true)]
#[case::said_behind("metformin stopped, warfarin 5 mg continued", true)]
#[case::something_between("on metformin, pneumonia, warfarin", false)]
#[case::just_started("started on metformin and warfarin", false)]
#[case::nobody_says_so("metformin, warfarin", false)]
fn drugs_of_a_list_are_taken_together(#[case] text: &'static str, #[case] taken: bool) {
    let said = [plain("metformin", ""), plain("warfarin", "")];
    let mut note = note("n", SectionKind::HospitalCourse, text, &said);
    for mention in &mut note.mentions {
        mention.links.clear();
        mention.mention.label = Label::Chemical;
    }
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![note]);
    assert_eq!(codes.iter().any(|entry| entry.code == "Z79.01"), taken);
}
