//! Our own terms: a row's concept gets a term of kind `Index`; a bad row has a place.

use std::fs;

use clinlink_vocab::TermKind;
use rstest::rstest;

use crate::set::{Set, named, one, set};

const RECIPE: &str = r#"format = "common-terms"
licence = "none"
notice = "invented"
file = "own.tsv"
after = ["icd10cm"]
"#;

/// A set with our own terms.
pub fn give(set: &Set, text: &str) {
    set.recipe("own", RECIPE);
    fs::write(set.path("recipes").join("own.tsv"), text).unwrap();
}

#[rstest]
fn a_row_gives_its_code_a_term(set: Set) {
    give(&set, "# code\tterm\nQ01.0\tno purr at all\nQ01\tpurr gone odd\n");
    let (manifest, pack) = set.build(&[]).unwrap();
    assert_eq!(named(&pack, "no purr at all"), one("Q01.0", TermKind::Index));
    assert_eq!(named(&pack, "purr gone odd"), one("Q01", TermKind::Index));
    let source = manifest.sources.iter().find(|source| source.name == "own").unwrap();
    assert_eq!((source.concepts, source.terms), (0, 2));
}

#[rstest]
#[case::unknown_code("Q01.0\tno purr\nQ99.9\tlost purr\n", ":2: Q99.9 is no code")]
#[case::no_tab("# a comment\n\nQ01.0 no purr\n", ":3: expected a code, a tab and a term")]
#[case::three_columns("Q01.0\tno purr\tnone\n", ":1: expected one term after Q01.0")]
#[case::no_term("Q01.0\t\n", ":1: expected a code, a tab and a term")]
fn a_bad_row_has_a_place(set: Set, #[case] text: &str, #[case] expected: &str) {
    give(&set, text);
    let error = set.build(&[]).unwrap_err().to_string();
    assert!(error.contains("own.tsv") && error.contains(expected), "{error}");
}
