//! The marked cases of `cases`: sentences by phenomenon, and headers with their kinds and parents.

mod cases;

use cases::{found_headers, found_sentences, header_cases, parse_headers, parse_sentences, sentence_cases};
use clinlink_segment::RuleSegmenter;
use rstest::rstest;

#[test]
fn sentences_are_exact_but_for_known_failures() {
    let segmenter = RuleSegmenter::embedded();
    let cases = sentence_cases();
    assert!(cases.len() >= 300, "{} cases", cases.len());
    let wrong = |case: &&cases::SentenceCase| {
        (found_sentences(&segmenter, &case.text) == case.sentences) == case.known
    };
    let wrong: Vec<String> = cases
        .iter()
        .filter(wrong)
        .map(|case| {
            let found = found_sentences(&segmenter, &case.text);
            let now = if case.known { " is exact now: take KNOWN away" } else { "" };
            format!("line {}, {}{now}: {found:?}", case.line, case.phenomenon)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn headers_have_their_kinds_and_parents() {
    let segmenter = RuleSegmenter::embedded();
    let cases = header_cases();
    assert!(cases.len() >= 40, "{} notes", cases.len());
    for case in cases {
        assert_eq!(found_headers(&segmenter, &case.text), case.headers, "note {:?}", case.name);
    }
}

#[rstest]
#[case("No fever.", "line 1: a case before the first phenomenon")]
#[case("== a\nNo fever.‖", "line 2: a sentence without text")]
#[case("== a\nNo\\x fever.", "line 2: unknown escape Some('x')")]
#[case("== a\nNo fever.\nNo fe‖ver.", "line 3: the case stands in the file before")]
fn a_faulty_sentence_case_is_refused(#[case] file: &'static str, #[case] fault: &str) {
    assert_eq!(parse_sentences(file).unwrap_err(), fault);
}

#[rstest]
#[case("\n== a\n⟦PMH: HTN", "note \"a\": ⟦ without ⟧{kind}")]
#[case("\n== a\n⟦PMH⟧{plan: HTN", "note \"a\": {kind without }")]
#[case("\n== a\n⟦PMH⟧{past}: HTN", "note \"a\": unknown kind \"past\"")]
#[case("\n== a\nPMH⟧: HTN", "note \"a\": ⟧ without ⟦")]
#[case("\n== a\n\n", "note \"a\" is empty")]
fn a_faulty_header_case_is_refused(#[case] file: &'static str, #[case] fault: &str) {
    assert_eq!(parse_headers(file).unwrap_err(), fault);
}
