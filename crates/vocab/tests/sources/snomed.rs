//! SNOMED CT.

use std::fs;

use clinlink_model::{Label, System};
use clinlink_vocab::{Fact, Relation, TermKind};
use rstest::rstest;

use crate::own::{Own, data};
use crate::set::{named, one};

const SNOMED: System = System::SNOMED_CT;

fn all() -> Own {
    Own::new().with("snomed", "snomed").options("snomed", "")
}

#[test]
fn language_reference_sets_choose_names() {
    let built = all().build().unwrap();
    assert_eq!(built.title(&SNOMED, "990000011"), "Purr failure", "preferred in US English");
    assert_eq!(
        built.terms(&SNOMED, "990000011"),
        ["Purr failure", "Failure of purring", "Failure to purr", "Purring, colour of failure"]
    );
    assert!(named(&built.pack, "cat that will not purr").is_empty(), "inactive");
    assert!(named(&built.pack, "nowhere accepted purr").is_empty(), "in no language reference set");
    let british = all().options("snomed", "language_refsets = [\"900000000000508004\"]").build().unwrap();
    assert_eq!(british.title(&SNOMED, "990000011"), "Purring, colour of failure");
}

#[test]
fn tags_give_labels_and_filter() {
    let built = all().build().unwrap();
    let label = |code| built.pack.concept(built.pack.find(&SNOMED, code).unwrap()).label;
    let labels = ["990000011", "990000012", "990000015", "990000016"].map(label);
    assert_eq!(labels, [Label::Disease, Label::Anatomy, Label::Procedure, Label::Other]);
    assert_eq!(
        built.facts(&SNOMED, "990000011"),
        [(Fact::Definition, "The cat \"should\" purr and does not."), (Fact::SemanticType, "disorder")]
    );
    assert!(named(&built.pack, "purr module").is_empty(), "metadata are named by no term");
    let some = Own::new().with("snomed", "snomed").build().unwrap();
    assert_eq!(some.codes(&SNOMED), ["990000010", "990000011", "990000012", "990000013", "990000015"]);
}

#[test]
fn is_a_is_the_hierarchy() {
    let built = all().build().unwrap();
    assert_eq!(built.parent(&SNOMED, "990000011"), Some("990000010"));
    assert_eq!(built.children(&SNOMED, "138875005"), ["990000010", "990000012", "990000015"]);
}

#[test]
fn maps_to_icd10_are_approximate() {
    let built = all().with("icd10", "icd10/icd102026syst_codes.txt").build().unwrap();
    let maps = built.maps(&SNOMED, "990000011");
    let icd: Vec<&str> =
        maps.iter().map(|(code, _)| code.as_str()).filter(|code| code.starts_with("ICD")).collect();
    // Q01.9 shares its name with the concept, so that its approximate map counts as exact.
    assert_eq!(icd, ["ICD-10 Q01.9", "ICD-10 Q01.0", "ICD-10 Q02"]);
    assert!(
        maps.iter().all(|(_, relation)| *relation == Relation::Approximate || *relation == Relation::Exact)
    );
    let detail = |code| built.detail(&SNOMED, "990000011", code);
    assert_eq!(
        detail("Q01.0"),
        "group 1, priority 1: if the age at onset is below 28 days; map of source concept is context dependent"
    );
    assert_eq!([detail("Q01.9"), detail("Q02")], ["group 1, priority 2: otherwise", "group 2, priority 1"]);
    assert!(
        built.maps(&SNOMED, "990000010").iter().all(|(code, _)| !code.starts_with("ICD")),
        "not classifiable"
    );
}

#[test]
fn retired_concepts_name_their_heirs() {
    let built = all().build().unwrap();
    let retired = built.pack.concept(built.pack.find(&SNOMED, "990000013").unwrap());
    assert_eq!((retired.title, retired.billable), ("Silence of the cat", false));
    assert_eq!(built.facts(&SNOMED, "990000013"), [(Fact::Status, "retired: 990000010, 990000011")]);
    assert!(built.maps(&SNOMED, "990000013").contains(&("SNOMED CT 990000011".to_owned(), Relation::Exact)));
    assert!(named(&built.pack, "silence of the cat").is_empty());
    assert!(built.pack.find(&SNOMED, "990000014").is_none(), "moved from says nothing of an heir");
}

#[test]
fn counts_are_those_of_the_files() {
    let built = all().build().unwrap();
    let source = built.source("snomed");
    // 6 active concepts and 1 retired with an heir; 5 rows of the maps that have a known target, 2 heirs.
    assert_eq!((source.concepts, source.maps, source.skipped), (7, 4 + 2, 0));
    assert_eq!(named(&built.pack, "whisker"), one("990000012", TermKind::Title));
}

/// Each case changes a file of the release: what is replaced by what, and the message.
#[rstest]
#[case::column(
    "sct2_Concept_Snapshot_INT_20260101.txt",
    "active",
    "aktiv",
    ":1: no column \"active\"; the header has: id, "
)]
#[case::active(
    "sct2_Concept_Snapshot_INT_20260101.txt",
    "20260101\t1\t",
    "20260101\tyes\t",
    ":2: active is \"yes\""
)]
#[case::id(
    "sct2_Concept_Snapshot_INT_20260101.txt",
    "990000010\t",
    "A99\t",
    ":3: \"A99\" is no SNOMED CT identifier"
)]
#[case::short_row(
    "sct2_Description_Snapshot-en_INT_20260101.txt",
    "\ten\t900000000000003001\tDisorder",
    "\tDisorder",
    ":4: 7 columns, expected the 9"
)]
#[case::unknown(
    "sct2_Description_Snapshot-en_INT_20260101.txt",
    "\t990000012\ten",
    "\t990000099\ten",
    "a description of the concept 990000099"
)]
#[case::group(
    "der2_iisssccRefset_ExtendedMapSnapshot_INT_20260101.txt",
    "\t1\t1\tIFA",
    "\tone\t1\tIFA",
    ":2: mapGroup \"one\" is no number"
)]
#[case::language(
    "der2_cRefset_LanguageSnapshot-en_INT_20260101.txt",
    "90000000000050",
    "70000000000050",
    "no name in the language reference sets 900000000000509007, 900000000000508004; the release has 700000000000508004, 700000000000509007"
)]
fn a_bad_release_is_refused(
    #[case] file: &str,
    #[case] from: &str,
    #[case] to: &str,
    #[case] expected: &str,
) {
    let dir = tempfile::tempdir().unwrap();
    let mut changed = false;
    for entry in walk(&data("snomed")) {
        let name = entry.file_name().unwrap().to_str().unwrap().to_owned();
        let mut text = fs::read_to_string(&entry).unwrap();
        if name == file {
            changed = text.contains(from);
            text = text.replace(from, to);
        }
        fs::write(dir.path().join(name), text).unwrap();
    }
    assert!(changed, "{file} has no {from:?}");
    let message = Own::new().with_file("snomed", dir.path().to_owned()).refusal();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_release_without_snapshot_is_refused() {
    let message = Own::new().with_text("snomed", "sct2_Concept_Full_INT_20260101.txt", b"id\n").refusal();
    assert!(message.contains("no sct2_Concept_…Snapshot….txt here"), "{message}");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}
