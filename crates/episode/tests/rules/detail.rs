//! Categories, sides and seventh characters.

use clinlink_episode::rules;
use clinlink_model::{Candidate, SectionKind, Status};
use rstest::rstest;

use crate::support::{code, note, one, plain};

#[rstest]
#[case("diabetes", "E11", "E11.9", Status::Accepted, rules::UNSPECIFIED)]
#[case("pneumonia", "J18", "J18.9", Status::Accepted, rules::UNSPECIFIED)]
#[case("knee pain", "M25.56", "M25.569", Status::Accepted, rules::UNSPECIFIED)]
#[case("right knee pain", "M25.56", "M25.561", Status::Accepted, rules::SIDE)]
#[case("pain in left knee", "M25.569", "M25.562", Status::Accepted, rules::SIDE)]
#[case("radius fracture", "S52.50", "S52.50XA", Status::Review, rules::SEVENTH_CHARACTER)]
#[case("injury", "T14.90", "T14.90XA", Status::Review, rules::SEVENTH_CHARACTER)]
#[case("respiratory failure", "J96.9", "J96.90", Status::Accepted, rules::UNSPECIFIED)]
#[case("pressure ulcer", "L89", "L89", Status::Review, rules::NOT_BILLABLE)]
fn categories_are_brought_down(
    #[case] words: &'static str,
    #[case] linked: &'static str,
    #[case] expected: &str,
    #[case] status: Status,
    #[case] rule: &str,
) {
    let entry = one(SectionKind::Unknown, words, &[plain(words, linked)]);
    assert_eq!((entry.code.as_str(), entry.status), (expected, status));
    assert!(entry.rules.iter().any(|r| r == rule), "{:?}", entry.rules);
}

#[test]
fn a_category_without_an_open_code_gives_way_to_a_candidate_below_it() {
    let mut note = note("n", SectionKind::Unknown, "ascites", &[plain("ascites", "R18")]);
    let below = Candidate { code: "R18.8".into(), score: 0.9, ..note.mentions[0].links[0].clone() };
    let other = Candidate { code: "R05".into(), score: 0.95, ..below.clone() };
    note.mentions[0].links.extend([other, below]);
    let codes = code(vec![note]);
    assert_eq!((codes[0].code.as_str(), codes[0].status, codes.len()), ("R18.8", Status::Accepted, 1));
}

#[test]
fn every_thing_that_a_mention_names_is_coded() {
    let words = "pneumonia and knee pain";
    let mut note = note("n", SectionKind::Unknown, words, &[plain(words, "J18.9")]);
    let links = &mut note.mentions[0].links;
    links[0].conjunct = 1;
    links.push(Candidate { code: "M25.569".into(), conjunct: 2, ..links[0].clone() });
    // Only second to the best of the same thing.
    links.push(Candidate { code: "R05".into(), score: 0.8, ..links[0].clone() });
    let codes: Vec<String> = code(vec![note]).into_iter().map(|entry| entry.code).collect();
    assert_eq!(codes, ["J18.9", "M25.569"]);
}

#[rstest]
#[case::the_word_is_another_phrase("right hip fine, knee pain", "knee pain")]
#[case::both_sides_are_named("right and left knee pain", "knee pain")]
fn a_side_that_is_not_the_mentions_is_not_taken(#[case] text: &str, #[case] words: &'static str) {
    assert_eq!(one(SectionKind::Unknown, text, &[plain(words, "M25.56")]).code, "M25.569");
}
