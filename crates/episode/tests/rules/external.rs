//! What caused an injury, and where.

use clinlink_model::{CodeEntry, SectionKind};
use rstest::rstest;

use crate::support::{accepted, code_by, note, plain, titled};

/// The code set of a text of an emergency department that names a fracture or a cough.
pub fn told(text: &'static str) -> Vec<CodeEntry> {
    let codes = [
        ("S52.50XA", "Fracture of radius, initial encounter for closed fracture"),
        ("S52.50XD", "Fracture of radius, subsequent encounter for fracture with routine healing"),
        ("S52.50", "Fracture of radius"),
        ("R05", "Cough"),
        ("W11.XXXA", "Fall on and from ladder, initial encounter"),
        ("W11.XXXD", "Fall on and from ladder, subsequent encounter"),
        ("Y92.009", "Unspecified place in residence"),
    ];
    let named = [("radius fracture", "S52.50"), ("cough", "R05")];
    let said: Vec<_> = named
        .into_iter()
        .filter(|(words, _)| text.contains(words))
        .map(|(words, code)| plain(words, code))
        .collect();
    let mut note = note("n", SectionKind::Unknown, text, &said);
    note.note.kind = Some("emergency note".to_owned());
    code_by(&titled(&codes), vec![note])
}

#[rstest]
#[case("He fell off of a ladder at home\nradius fracture", &["S52.50XA", "W11.XXXA", "Y92.009"])]
#[case::heals("fell from the ladder in his house\nhealing radius fracture", &["S52.50XD", "W11.XXXD"])]
#[case::elsewhere("He fell off a ladder\nat home now\nradius fracture", &["S52.50XA", "W11.XXXA"])]
#[case::no_injury("He fell off a ladder at home\ncough", &["R05"])]
#[case::denied("did not fall from a ladder\nradius fracture", &["S52.50XA"])]
#[case::not_happened("at risk if he fell from a ladder\nradius fracture", &["S52.50XA"])]
fn an_injury_has_its_cause(#[case] text: &'static str, #[case] expected: &[&str]) {
    assert_eq!(accepted(&told(text)), expected.iter().copied().collect());
}
