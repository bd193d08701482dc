//! Assertions and expansions by phenomenon: every text of `sentences.txt` (markup: see `markup`).

mod markup;
mod outcome;

use outcome::{cases, outcomes};
use rstest::rstest;

#[rstest]
#[case("Negation before the mention")]
#[case("Negation after the mention")]
#[case("Pseudo-negation")]
#[case("Denied change that is a symptom")]
#[case("Double negation")]
#[case("Ends of scope")]
#[case("Lists")]
#[case("Signs")]
#[case("Check boxes and forms")]
#[case("Certainty")]
#[case("Tests and screening")]
#[case("Historical")]
#[case("Habits and allergies")]
#[case("Course")]
#[case("Hypothetical")]
#[case("Experiencer")]
#[case("Stated times")]
#[case("Questions and answers")]
#[case("Everyday notes")]
#[case("Abbreviations that the text defines")]
#[case("Abbreviations of the lexicon")]
fn phenomenon(#[case] name: &str) {
    let cases: Vec<_> = cases().into_iter().filter(|case| case.phenomenon == name).collect();
    assert!(!cases.is_empty(), "no text under {name:?}");
    let mut faults = Vec::new();
    for case in cases {
        let outcomes = outcomes(case.markup);
        let right = outcomes.iter().all(outcome::Outcome::is_right);
        if right == case.known {
            let note = if right { "comes right: drop its mark" } else { "goes wrong" };
            let wrong: Vec<String> = outcomes
                .iter()
                .filter(|outcome| !outcome.is_right())
                .map(|o| format!("{:?}: {:?} for {:?}, cues {:?}", o.words, o.found, o.expected, o.cues))
                .collect();
            faults.push(format!("{note}: {}\n    {}", case.markup, wrong.join("\n    ")));
        }
    }
    assert!(faults.is_empty(), "{name}\n{}", faults.join("\n"));
}

#[test]
fn every_phenomenon_is_tested_and_no_text_stands_twice() {
    let mut texts: Vec<&str> = cases().iter().map(|case| case.markup).collect();
    let mut names: Vec<&str> = cases().iter().map(|case| case.phenomenon).collect();
    names.dedup();
    assert_eq!(names.len(), 21, "{names:?}");
    let all = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), all);
    assert!(all >= 300, "{all}");
}
