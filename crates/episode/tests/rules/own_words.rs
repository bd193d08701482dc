//! What the words of a diagnosis bring beside its code.

use clinlink_episode::{CoderConfig, Family, RuleCoder, rules};
use clinlink_model::{CodeEntry, SectionKind};
use rstest::rstest;

use crate::support::{accepted, code_by, coder, note, of, plain};

const CODES: &[&str] = &[
    "N39.0", "B96.20", "B96.1", "A41.02", "R65.20", "D70.9", "R50.81", "G30.9", "F02.80", "J96.01", "J96.02",
];

fn told_to(coder: &RuleCoder, text: &'static str, words: &'static str, code: &'static str) -> Vec<CodeEntry> {
    code_by(coder, vec![note("n", SectionKind::Unknown, text, &[plain(words, code)])])
}

/// A diagnosis, which is the whole text.
pub fn told(words: &'static str, code: &'static str) -> Vec<CodeEntry> {
    told_to(&coder(CODES, CoderConfig::default()), words, words, code)
}

#[rstest]
#[case::an_organism("E. coli UTI", "N39.0", &["N39.0", "B96.20"])]
#[case::another("Klebsiella urinary tract infection", "N39.0", &["N39.0", "B96.1"])]
#[case::none("UTI", "N39.0", &["N39.0"])]
#[case::severe("severe sepsis due to MRSA", "A41.02", &["A41.02", "R65.20"])]
#[case::not_severe("sepsis due to MRSA", "A41.02", &["A41.02"])]
#[case::febrile("neutropenic fever", "D70.9", &["D70.9", "R50.81"])]
#[case::afebrile("neutropenia without fever", "D70.9", &["D70.9"])]
#[case::dementia("Alzheimer's dementia", "G30.9", &["G30.9", "F02.80"])]
fn they_are_read(#[case] words: &'static str, #[case] code: &'static str, #[case] expected: &[&str]) {
    let codes = told(words, code);
    assert_eq!(accepted(&codes), expected.iter().copied().collect());
    for other in &expected[1..] {
        assert_eq!(of(&codes, other).rules, [rules::AFFIRMED, rules::OWN_WORDS]);
    }
}

#[test]
fn some_are_read_in_the_sentence() {
    let text = "acute hypoxic respiratory failure, also hypercapnic";
    let coder = coder(CODES, CoderConfig::default());
    let codes = told_to(&coder, text, "acute hypoxic respiratory failure", "J96.01");
    assert_eq!(accepted(&codes), ["J96.01", "J96.02"].into());
}

#[test]
fn a_pipeline_may_leave_the_family_out() {
    let mut config = CoderConfig::default();
    config.rules.remove(&Family::Combinations);
    let codes = told_to(&coder(CODES, config), "E. coli UTI", "E. coli UTI", "N39.0");
    assert_eq!(accepted(&codes), ["N39.0"].into());
}
