//! Which terms are too general to name a problem alone.
#![cfg(unix)]

use clinlink_model::{Label, System};
use clinlink_vocab::{Pack, PackBuilder, TermKind};
use rstest::rstest;

/// A hundred terms about a word (`wobble of X`) and a hundred that a word narrows (`lunar X`).
fn pack(label: Label, kind: TermKind) -> (tempfile::TempDir, Pack) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pack");
    let mut builder = PackBuilder::new();
    let system = System::from("Invented");
    for number in 0..100 {
        builder.concept(&system, &format!("A{number}"), &format!("wobble of part{number}"), label);
        builder.concept(&system, &format!("B{number}"), &format!("lunar spin{number}"), label);
    }
    builder.heading(&system, "C1", "heading", label).term("wobble", kind).term("lunar", kind);
    builder.write(&path).unwrap();
    let pack = Pack::open(&path).unwrap();
    (dir, pack)
}

#[rstest]
#[case::what_narrows(Label::Disease, TermKind::Synonym, "lunar", true)]
#[case::what_it_is_about(Label::Disease, TermKind::Synonym, "wobble", false)]
#[case::a_title(Label::Disease, TermKind::Title, "lunar", false)]
#[case::a_chemical(Label::Chemical, TermKind::Synonym, "lunar", false)]
#[case::several_words(Label::Disease, TermKind::Synonym, "lunar spin1", false)]
fn general(#[case] label: Label, #[case] kind: TermKind, #[case] term: &str, #[case] expected: bool) {
    let (_dir, pack) = pack(label, kind);
    assert_eq!(pack.is_general(pack.terms().get(term).unwrap()), expected);
    assert!(!pack.is_general(u64::MAX));
}

#[test]
fn what_is_said_alone_is_not_general() {
    let dir = tempfile::tempdir().unwrap();
    let mut builder = PackBuilder::new();
    for number in 0..100 {
        for word in ["lunar", "solar"] {
            let (code, title) = (format!("{word}{number}"), format!("{word} spin{number}"));
            builder.concept(&System::ICD10CM, &code, &title, Label::Disease);
        }
    }
    builder.heading(&System::ICD10CM, "C1", "heading", Label::Disease).term("solar", TermKind::Index);
    builder.term_said_alone("lunar", TermKind::Index);
    let path = dir.path().join("pack");
    builder.write(&path).unwrap();
    let pack = Pack::open(&path).unwrap();
    let is_general = |term| pack.is_general(pack.terms().get(term).unwrap());
    assert_eq!([is_general("lunar"), is_general("solar")], [false, true]);
}
