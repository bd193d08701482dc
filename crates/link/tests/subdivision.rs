//! The way down the tabular list: which subdivision a mention supports, and where it must not go.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use clinlink_link::{LinkerConfig, PackLinker};
use clinlink_model::{Label, System, Via};
use clinlink_vocab::{Pack, PackBuilder, TermKind};
use rstest::{fixture, rstest};

/// Categories and subdivisions of the tabular list, with a term each that clinicians write.
const CODES: [(&str, &str, &str, &str); 27] = [
    ("E11", "", "Type 2 diabetes mellitus", "type 2 diabetes"),
    ("E11.4", "E11", "Type 2 diabetes mellitus with neurological complications", ""),
    ("E11.40", "E11.4", "Type 2 diabetes mellitus with diabetic neuropathy, unspecified", ""),
    ("E11.41", "E11.4", "Type 2 diabetes mellitus with diabetic mononeuropathy", ""),
    ("E11.9", "E11", "Type 2 diabetes mellitus without complications", ""),
    ("S52.5", "", "Fracture of lower end of radius", ""),
    ("S52.50", "S52.5", "Unspecified fracture of the lower end of radius", "distal radius fracture"),
    ("S52.501", "S52.50", "Unspecified fracture of the lower end of right radius", ""),
    ("S52.502", "S52.50", "Unspecified fracture of the lower end of left radius", ""),
    ("K57", "", "Diverticular disease of intestine", ""),
    ("K57.2", "K57", "Diverticulitis of large intestine with perforation and abscess", ""),
    ("K57.3", "K57", "Diverticular disease of large intestine without perforation or abscess", ""),
    (
        "K57.32",
        "K57.3",
        "Diverticulitis of large intestine without perforation or abscess without bleeding",
        "diverticulitis of colon",
    ),
    ("I50.9", "", "Heart failure, unspecified", "congestive heart failure"),
    ("I50.2", "I50.9", "Systolic (congestive) heart failure", ""),
    ("I50.20", "I50.2", "Unspecified systolic (congestive) heart failure", ""),
    ("K40", "", "Inguinal hernia", ""),
    ("K40.2", "K40", "Bilateral inguinal hernia", ""),
    ("K40.9", "K40", "Unilateral inguinal hernia", ""),
    ("S82.6", "", "Fracture of lateral malleolus", "lateral malleolus fracture"),
    ("S82.61", "S82.6", "Displaced fracture of lateral malleolus of right fibula", ""),
    ("S82.65", "S82.6", "Nondisplaced fracture of lateral malleolus of left fibula", ""),
    (
        "C50.4",
        "",
        "Malignant neoplasm of upper-outer quadrant of breast",
        "cancer of the upper outer quadrant",
    ),
    ("C50.41", "C50.4", "Malignant neoplasm of upper-outer quadrant of breast, female", ""),
    ("C50.412", "C50.41", "Malignant neoplasm of upper-outer quadrant of left female breast", ""),
    ("C50.42", "C50.4", "Malignant neoplasm of upper-outer quadrant of breast, male", ""),
    ("C50.422", "C50.42", "Malignant neoplasm of upper-outer quadrant of left male breast", ""),
];

#[fixture]
#[once]
fn linker() -> PackLinker {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack");
    let mut builder = PackBuilder::new();
    for (code, parent, title, term) in CODES {
        builder.concept(&System::ICD10CM, code, title, Label::Disease);
        if !parent.is_empty() {
            builder.parent(parent);
        }
        if !term.is_empty() {
            builder.term(term, TermKind::Synonym);
        }
    }
    builder.write(&path).unwrap();
    let pack = Pack::open(&path).unwrap();
    // The full-text index is opened at its first use, which must be before the folder goes.
    pack.search("fracture", None, 1).unwrap();
    PackLinker::new(Arc::new(pack), LinkerConfig::default())
}

#[rstest]
#[case::what_it_comes_with("type 2 diabetes with neuropathy", "E11.40")]
#[case::the_side("left distal radius fracture", "S52.502")]
#[case::the_side_written_short("lt distal radius fracture", "S52.502")]
#[case::one_side("left inguinal hernia", "K40.9")]
#[case::each_side("right and left inguinal hernias", "K40.2")]
#[case::both_sides("inguinal hernias on both sides", "K40.2")]
#[case::and_means_or("diverticulitis of the colon with perforation", "K57.2")]
#[case::what_all_subdivisions_say_is_no_matter(
    "nondisplaced fracture of the left lateral malleolus",
    "S82.65"
)]
fn the_subdivision_that_says_what_the_mention_says(
    linker: &PackLinker,
    #[case] text: &str,
    #[case] code: &str,
) {
    let best = linker.candidates(text, None, Label::Disease).remove(0);
    assert_eq!((best.code.as_str(), best.via), (code, Via::Subdivision));
}

#[rstest]
#[case::a_term_as_a_whole("type 2 diabetes")]
#[case::something_else("type 2 diabetes with hypertension")]
#[case::less_than_the_title_says("type 2 diabetes with complications")]
#[case::a_sort_that_nobody_names("congestive heart failure, unspecified")]
#[case::a_sex_that_nobody_names("cancer of the upper outer quadrant, left")]
fn never_more_specific_than_the_text(linker: &PackLinker, #[case] text: &str) {
    let found = linker.candidates(text, None, Label::Disease);
    assert!(!found.is_empty());
    assert!(found.iter().all(|candidate| candidate.via != Via::Subdivision), "{found:?}");
}

#[rstest]
fn what_the_mention_names_is_not_denied(linker: &PackLinker) {
    let found = linker.candidates("diverticulitis of the colon with abscess", None, Label::Disease);
    assert_eq!(found[0].code, "K57.2", "{found:?}");
}
