//! Tables of the user's own.

use clinlink_model::{Label, System};
use clinlink_vocab::{Relation, TermKind};
use rstest::rstest;

use crate::own::Own;
use crate::set::{named, one};

fn local() -> System {
    System::from("Local")
}

#[test]
fn rows_of_an_id_are_one_concept() {
    let built = Own::new().with("local", "local/local.csv").build().unwrap();
    assert_eq!(built.codes(&local()), ["W", "W1", "W2"]);
    assert_eq!(built.title(&local(), "W1"), "Bent whisker", "the title may stand behind a synonym");
    assert_eq!(named(&built.pack, "crooked whisker"), one("W1", TermKind::Synonym));
    assert_eq!(built.title(&local(), "W2"), "Purrline", "the first row, if none says title");
    assert_eq!(named(&built.pack, "purr line"), one("W2", TermKind::Synonym));
    let label = |code| built.pack.concept(built.pack.find(&local(), code).unwrap()).label;
    assert_eq!([label("W1"), label("W2")], [Label::Disease, Label::Chemical]);
    assert_eq!(built.parent(&local(), "W1"), Some("W"));
    let source = built.source("local");
    assert_eq!((source.concepts, source.terms, source.maps), (3, 6, 3));
}

#[test]
fn codes_are_cross_references() {
    let own = Own::new().with("local", "local/local.csv").with("icd10", "icd10/icd102026syst_codes.txt");
    let own = own.options("local", "code_system = \"ICD-10\"\nrelation = \"broader\"\nsystem = \"Ward\"");
    let built = own.build().unwrap();
    let maps = built.maps(&System::from("Ward"), "W");
    assert_eq!(
        maps,
        [("ICD-10 Q01".to_owned(), Relation::Broader), ("ICD-10 Q02".to_owned(), Relation::Broader)]
    );
}

#[test]
fn columns_go_by_the_names_in_the_recipe() {
    let text = "Bezeichnung\tNummer\nSilent purr\tN1\n";
    let own = Own::new().with_text("local", "mine.tsv", text.as_bytes());
    let built = own.options("local", "id = \"Nummer\"\nterm = \"Bezeichnung\"").build().unwrap();
    assert_eq!(built.title(&local(), "N1"), "Silent purr");
}

#[rstest]
#[case::header("N1,Purr\n", ":1: no column \"id\"; the header has: N1, Purr")]
#[case::nothing("", ":1: the file is empty; expected a header")]
#[case::kind(
    "id,term,kind\n1,Purr,titel\n",
    ":2: unknown kind \"titel\" (title, synonym, index, related, or empty)"
)]
#[case::id("id,term\n1,Purr\n,Meow\n", ":3: the column \"id\" is empty")]
#[case::term("id,term\n1,\n", ":2: the column \"term\" is empty")]
#[case::count("id,term\n1,Purr,synonym\n", ":2: 3 columns, expected the 2 of the header")]
#[case::short("id,term,kind\n1,Purr\n", ":2: 2 columns, expected the 3 of the header")]
#[case::two_titles("id,term,kind\n1,Purr,title\n1,Meow,title\n", ":3: \"1\" has a title already")]
#[case::label("id,term,label\n1,Purr,cat\n", ":2: unknown label \"cat\"")]
fn a_bad_table_is_refused(#[case] text: &str, #[case] expected: &str) {
    let message = Own::new().with_text("local", "t.csv", text.as_bytes()).refusal();
    assert!(message.contains(&format!("t.csv{expected}")), "{message}");
}

#[test]
fn a_byte_that_is_not_utf8_names_its_line() {
    let message = Own::new().with_text("local", "t.csv", b"id,term\n1,Purr\n2,M\xe9ow\n").refusal();
    assert!(message.contains("t.csv:3: a byte that is not UTF-8"), "{message}");
}

/// A table with a code that the classification beside it lacks, and one of a system that no source here brings.
fn with_unknown_code(options: &str) -> Own {
    let text = b"id,term,code\nW1,Purr,Q01\nW1,Meow,Q01|Q77\nW2,Hiss,Q02\n";
    Own::new()
        .with_text("local", "t.csv", text)
        .with("icd10", "icd10/icd102026syst_codes.txt")
        .options("local", options)
}

#[test]
fn a_code_that_its_system_lacks_names_its_line() {
    let message = with_unknown_code("code_system = \"ICD-10\"").refusal();
    assert!(message.contains("t.csv:3: ICD-10 Q77 is not in the pack"), "{message}");
}

#[test]
fn a_lenient_build_leaves_such_a_code_out_and_counts_it() {
    let built = with_unknown_code("code_system = \"ICD-10\"").lenient().build().unwrap();
    assert_eq!(built.source("local").skipped, 1);
    assert_eq!(built.problems.len(), 1);
    let maps = built.maps(&local(), "W1");
    assert_eq!(maps, [("ICD-10 Q01".to_owned(), Relation::Exact)], "the other code stays");
}

#[test]
fn codes_of_a_system_that_the_pack_lacks_are_counted() {
    let built = with_unknown_code("code_system = \"ICD-11\"").build().unwrap();
    assert_eq!(built.source("local").foreign_targets, 3);
}
