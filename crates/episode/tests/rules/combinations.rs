//! Diagnoses that are one code together.

use std::collections::BTreeSet;

use clinlink_episode::{CoderConfig, Family};
use clinlink_model::{Polarity, SectionKind, Status};
use rstest::rstest;

use crate::support::{Said, accepted, code_by, coder, historical, naming, note, of, plain, with};

const CODES: &[&str] = &[
    "I10", "I11.0", "I11.9", "I12.0", "I12.9", "I13.0", "I13.2", "I13.10", "I13.11", "I50.9", "I50.21",
    "I50.22", "I50.23", "I51.7", "N18.32", "N18.6", "N17.9", "E11.9", "E11.22", "E11.42", "E11.51", "E11.52",
    "E11.621", "E11.649", "E10.9", "E10.22", "G62.9", "I73.9", "I96", "L97.519", "E16.2", "D64.9", "D63.1",
    "J44.9", "J44.0", "J18.9", "I25.10", "I20.0", "I20.9", "I25.110", "I25.119", "K80.20", "K81.0", "K80.00",
    "J96.01", "J96.10", "J96.21", "F03.90", "G30.9", "F02.80", "G81.90", "I69.359", "I63.9", "O10.919",
    "G40.209", "Z33.1", "O13.9", "A41.9", "R65.20", "G40.919", "G40.219", "E10.3593", "H35.23", "C61",
    "D63.0", "R45.1", "F02.811", "F03.911", "K74.60", "I85.01", "I85.11", "K92.0", "E21.1", "N25.81",
    "K35.32", "L02.91", "K35.33", "R65.21", "D62", "Z37.0", "O90.81", "H35.20", "I85.00",
];

#[rstest]
#[case::hypertension_and_heart_failure(&["I10", "I50.23"], &["I11.0", "I50.23"])]
#[case::hypertension_and_kidney_disease(&["I10", "N18.32"], &["I12.9", "N18.32"])]
#[case::hypertension_and_end_stage(&["I10", "N18.6"], &["I12.0", "N18.6"])]
#[case::all_three(&["I10", "I50.9", "N18.32"], &["I13.0", "I50.9", "N18.32"])]
#[case::all_three_at_end_stage(&["I10", "I50.9", "N18.6"], &["I13.2", "I50.9", "N18.6"])]
#[case::named_without_heart_failure(&["I13.10", "I50.9"], &["I13.0", "I50.9"])]
#[case::heart_disease(&["I10", "I51.7"], &["I11.9"])]
#[case::hypertensive_heart_disease(&["I11.9", "N18.32"], &["I13.10", "N18.32"])]
#[case::acute_kidney_injury_is_not_chronic(&["I10", "N17.9"], &["I10", "N17.9"])]
#[case::pregnancy_has_its_own(&["I10", "I50.9", "O10.919"], &["I10", "I50.9", "O10.919"])]
#[case::diabetes_and_kidney_disease(&["E11.9", "N18.32"], &["E11.22", "N18.32"])]
#[case::type_1(&["E10.9", "N18.32"], &["E10.22", "N18.32"])]
#[case::two_complications(&["E11.9", "N18.32", "G62.9"], &["E11.22", "E11.42", "N18.32"])]
#[case::hypertension_too(&["I10", "E11.9", "N18.32"], &["I12.9", "E11.22", "N18.32"])]
#[case::gangrene(&["E11.9", "I73.9", "I96"], &["E11.52"])]
#[case::angiopathy(&["E11.9", "I73.9"], &["E11.51"])]
#[case::foot_ulcer(&["E11.9", "L97.519"], &["E11.621", "L97.519"])]
#[case::hypoglycemia(&["E11.9", "E16.2"], &["E11.649"])]
#[case::hypoglycemia_alone(&["E16.2"], &["E16.2"])]
#[case::anemia(&["D64.9", "N18.6"], &["D63.1", "N18.6"])]
#[case::lung(&["J44.9", "J18.9"], &["J44.0", "J18.9"])]
#[case::unstable_angina(&["I25.10", "I20.0"], &["I25.110"])]
#[case::angina(&["I25.10", "I20.9"], &["I25.119"])]
#[case::gallstones(&["K80.20", "K81.0"], &["K80.00"])]
#[case::gallstones_alone(&["K80.20"], &["K80.20"])]
#[case::acute_on_chronic(&["J96.01", "J96.10"], &["J96.21"])]
#[case::acute_on_chronic_heart_failure(&["I50.21", "I50.22"], &["I50.23"])]
#[case::dementia_in_alzheimer(&["F03.90", "G30.9"], &["F02.80", "G30.9"])]
#[case::proliferative_retinopathy(&["E10.9", "H35.23"], &["E10.3593"])]
#[case::retinopathy_alone(&["H35.20", "I10"], &["H35.20", "I10"])]
#[case::anemia_in_neoplasm(&["D64.9", "C61"], &["D63.0", "C61"])]
#[case::agitation(&["F03.90", "G30.9", "R45.1"], &["F02.811", "G30.9"])]
#[case::agitation_alone(&["R45.1"], &["R45.1"])]
#[case::varices_that_bleed(&["K74.60", "I85.01", "K92.0"], &["I85.11", "K74.60"])]
#[case::varices_of_no_cirrhosis(&["I85.01"], &["I85.01"])]
#[case::parathyroid_of_the_kidney(&["E21.1", "N18.6"], &["N25.81", "N18.6"])]
#[case::appendix_with_abscess(&["K35.32", "L02.91"], &["K35.33"])]
#[case::septic_shock(&["R65.21"], &["A41.9", "R65.21"])]
#[case::bleeding_in_childbirth(&["D62", "Z37.0"], &["D62", "O90.81", "Z37.0"])]
#[case::bleeding(&["D62"], &["D62"])]
#[case::intractable(&["G40.209", "G40.919"], &["G40.219"])]
fn two_diagnoses_are_one_code(#[case] named: &'static [&'static str], #[case] expected: &[&str]) {
    let coder = coder(CODES, CoderConfig::default());
    let codes = code_by(&coder, vec![naming(named)]);
    assert_eq!(accepted(&codes), expected.iter().copied().collect::<BTreeSet<_>>());
}

#[test]
fn the_code_has_the_evidence_of_its_parts_and_they_say_where_they_went() {
    let coder = coder(CODES, CoderConfig::default());
    let codes = code_by(&coder, vec![naming(&["I10", "I50.23"])]);
    let together = of(&codes, "I11.0");
    assert_eq!(together.evidence.len(), 2);
    assert_eq!(together.reason, "affirmed in 2; I10 with I50.23");
    assert_eq!(together.rules, ["affirmed", "hypertension-heart"]);
    assert!(together.score <= of(&codes, "I50.23").score);
    let part = of(&codes, "I10");
    assert_eq!((part.status, part.reason.as_str()), (Status::Rejected, "affirmed; reported as I11.0"));
}

#[test]
fn what_the_record_denies_is_not_presumed() {
    let coder = coder(CODES, CoderConfig::default());
    let denied = with(|assertion| assertion.polarity = Polarity::Negated);
    let said =
        [plain("T2DM", "E11.9"), plain("CKD", "N18.32"), Said("diabetic nephropathy", "E11.22", denied)];
    let text = "T2DM\nCKD\nno diabetic nephropathy";
    let codes = code_by(&coder, vec![note("n", SectionKind::Unknown, text, &said)]);
    assert_eq!(accepted(&codes), ["E11.9", "N18.32"].into());
}

#[test]
fn a_deficit_after_an_old_stroke_is_left_to_a_person() {
    let coder = coder(CODES, CoderConfig::default());
    let said = [plain("hemiplegia", "G81.90"), Said("stroke", "I63.9", historical(Some("history_of")))];
    let codes =
        code_by(&coder, vec![note("n", SectionKind::Unknown, "hemiplegia\nhistory of stroke", &said)]);
    assert_eq!(of(&codes, "I69.359").status, Status::Review);
    let now = code_by(&coder, vec![naming(&["G81.90", "I63.9"])]);
    assert!(now.iter().all(|entry| entry.code != "I69.359"), "the stroke is of now: {now:?}");
}

#[rstest]
#[case::sepsis_with_organ_failure(&["A41.9", "N17.9"], "R65.20", true)]
#[case::sepsis_alone(&["A41.9", "N18.6"], "R65.20", false)]
fn what_a_provider_must_relate_is_proposed(
    #[case] named: &'static [&'static str],
    #[case] code: &str,
    #[case] proposed: bool,
) {
    let codes = code_by(&coder(CODES, CoderConfig::default()), vec![naming(named)]);
    assert_eq!(accepted(&codes), named.iter().copied().collect::<BTreeSet<_>>());
    let found = codes.iter().find(|entry| entry.code == code);
    assert_eq!(found.map(|entry| entry.status), proposed.then_some(Status::Review));
}

#[test]
fn a_pipeline_may_leave_the_family_out() {
    let mut config = CoderConfig::default();
    config.rules.remove(&Family::Combinations);
    let codes = code_by(&coder(CODES, config), vec![naming(&["I10", "I50.9"])]);
    assert_eq!(accepted(&codes), ["I10", "I50.9"].into());
}

const TYPES: &[&str] = &["E10.9", "E10.10", "E11.9", "E11.10", "E13.9", "E13.10"];

/// A complication whose words name no type is that of the type that is told.
#[rstest]
#[case::type_1(&[plain("DKA", "E11.10"), plain("type 1 diabetes", "E10.9")], &["E10.10"])]
#[case::type_2_is_named(&[plain("type 2 diabetes with DKA", "E11.10"), plain("type 1 diabetes", "E10.9")], &["E11.10"])]
#[case::two_types(
    &[plain("DKA", "E11.10"), plain("type 1 diabetes", "E10.9"), plain("steroid diabetes", "E13.9")],
    &["E11.10"]
)]
#[case::no_type(&[plain("DKA", "E11.10"), plain("diabetes", "E11.9")], &["E11.10"])]
#[case::a_relatives_type(
    &[plain("DKA", "E11.10"), Said("type 1 diabetes", "E10.9", with(|a| a.experiencer = clinlink_model::Experiencer::Family))],
    &["E11.10"]
)]
fn a_complication_is_of_the_type_that_is_told(#[case] said: &[Said], #[case] with_10: &[&str]) {
    let text = said.iter().map(|Said(words, ..)| *words).collect::<Vec<_>>().join("\n");
    let coder = coder(TYPES, CoderConfig::default());
    let codes = code_by(&coder, vec![note("n", SectionKind::Unknown, &text, said)]);
    let complications: Vec<&str> = codes
        .iter()
        .filter(|entry| {
            entry.status != Status::Rejected || entry.rules.iter().any(|rule| rule == "excludes1")
        })
        .map(|entry| entry.code.as_str())
        .filter(|code| code.ends_with(".10"))
        .collect();
    assert_eq!(complications, with_10, "{codes:?}");
}

#[test]
fn septic_shock_asks_for_the_sepsis() {
    let shock = || vec![note("n", SectionKind::Unknown, "septic shock", &[plain("septic shock", "R65.21")])];
    let codes = code_by(&coder(&["R65.21", "A41.9"], CoderConfig::default()), shock());
    assert_eq!(of(&codes, "A41.9").status, Status::Accepted);
    let said = [plain("septic shock", "R65.21"), plain("MRSA sepsis", "A41.02")];
    let named = vec![note("n", SectionKind::Unknown, "septic shock\nMRSA sepsis", &said)];
    let codes = code_by(&coder(&["R65.21", "A41.9", "A41.02"], CoderConfig::default()), named);
    assert_eq!(accepted(&codes), BTreeSet::from(["R65.21", "A41.02"]));
    assert!(codes.iter().all(|entry| entry.code != "A41.9"), "{codes:?}");
}

/// The index has a neuropathy of no kind apart from a polyneuropathy.
#[rstest]
#[case("neuropathy", &["E11.40"])]
#[case("peripheral neuropathy", &["E11.42"])]
fn a_neuropathy_of_a_diabetes_has_its_kind(#[case] words: &'static str, #[case] expected: &[&str]) {
    let coder = coder(&[CODES, &["E11.40"]].concat(), CoderConfig::default());
    let said = [plain("diabetes", "E11.9"), plain(words, "G62.9")];
    let text = format!("diabetes\n{words}").leak();
    let codes = code_by(&coder, vec![note("n", SectionKind::Unknown, text, &said)]);
    let found: BTreeSet<&str> = accepted(&codes).into_iter().filter(|code| *code != "E11.9").collect();
    assert_eq!(found, expected.iter().copied().collect());
    // The words of the diabetes and those of the neuropathy.
    assert_eq!(of(&codes, expected[0]).evidence.len(), 2);
}

#[test]
fn a_diabetes_brings_no_neuropathy_that_is_denied() {
    let coder = coder(&[CODES, &["E11.40"]].concat(), CoderConfig::default());
    let denied = with(|assertion| assertion.polarity = Polarity::Negated);
    let said = [plain("diabetes", "E11.9"), Said("neuropathy", "G62.9", denied)];
    let note = note("n", SectionKind::Unknown, "diabetes\nneuropathy", &said);
    assert_eq!(accepted(&code_by(&coder, vec![note])), ["E11.9"].into());
}

#[test]
fn a_neuropathy_without_diabetes_stays() {
    let coder = coder(&[CODES, &["E11.40"]].concat(), CoderConfig::default());
    let note = note("n", SectionKind::Unknown, "neuropathy", &[plain("neuropathy", "G62.9")]);
    assert_eq!(accepted(&code_by(&coder, vec![note])), ["G62.9"].into());
}

/// What is not related to a `kidney disease` is not to the one that has a code.
#[rstest]
#[case("diabetes, not related to the kidney disease", &["E11.9", "N18.32"])]
#[case("diabetes and kidney disease", &["E11.22", "N18.32"])]
fn what_is_not_related_may_be_named_in_general(#[case] text: &'static str, #[case] expected: &[&str]) {
    let said = [plain("diabetes", "E11.9"), plain("kidney disease", "N28.9"), plain("CKD", "N18.32")];
    let text = format!("{text}\nCKD").leak();
    let codes = code_by(
        &coder(&["E11.9", "N18.32", "E11.22", "N28.9"], CoderConfig::default()),
        vec![note("n", SectionKind::Unknown, text, &said)],
    );
    assert_eq!(accepted(&codes), expected.iter().copied().collect());
}
