//! Synonyms that mean something else stay with their concept as related; what the pack lacks changes nothing.

use std::fs;

use clinlink_vocab::TermKind;
use rstest::rstest;

use crate::common_terms;
use crate::set::{Set, named, one, set};

const WRONG: &str = r#"format = "wrong-synonyms"
licence = "none"
notice = "invented"
file = "wrong.tsv"
after = ["own"]
"#;

fn give(set: &Set, wrong: &str) {
    common_terms::give(set, "Q01.0\tno purrs at all\nQ01\tpurr gone odd\n");
    set.recipe("wrong", WRONG);
    fs::write(set.path("recipes").join("wrong.tsv"), wrong).unwrap();
}

#[rstest]
#[case::as_it_is("ICD-10-CM\tQ01.0\tno purrs at all\n", TermKind::Related)]
#[case::in_another_form("# why\nICD-10-CM\tQ01.0\tNo purr at all\n", TermKind::Related)]
#[case::of_another_concept("ICD-10-CM\tQ01\tno purrs at all\n", TermKind::Index)]
#[case::of_no_concept("ICD-10-CM\tQ99\tno purrs at all\n", TermKind::Index)]
#[case::of_no_system("Mondo\tQ01.0\tno purrs at all\n", TermKind::Index)]
fn a_wrong_synonym_is_related(set: Set, #[case] wrong: &str, #[case] kind: TermKind) {
    give(&set, wrong);
    let (_, pack) = set.build(&[]).unwrap();
    assert_eq!(named(&pack, "no purrs at all"), one("Q01.0", kind));
    assert_eq!(named(&pack, "purr gone odd"), one("Q01", TermKind::Index));
}

#[rstest]
fn a_bad_row_has_a_place(set: Set) {
    give(&set, "# none\nQ01.0\tno purr\n");
    let error = set.build(&[]).unwrap_err().to_string();
    assert!(error.contains("wrong.tsv:2: expected a system, a code and a term"), "{error}");
}
